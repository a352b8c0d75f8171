"""Timelines and inboxes as they are read: a page for each of many records, in one statement."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from auth.policy import WORKSPACE, Taken, readable, visible
from auth.roles import Category, Level
from core.codes import DenialCode
from core.errors import Denied
from core.ids import encode
from core.sql import Remembered
from models import metadata
from models.base import Uuid
from models.enums import InboxChannel, TimelineKind
from models.registry import REGISTRY, Entity, pointer
from resolvers.listing import page_size
from resolvers.pages import BUDGET
from resolvers.reading import Reading
from services import history

RECORDS = {
    TimelineKind.NOTE: "Note",
    TimelineKind.CALL: "Call",
    TimelineKind.EMAIL: "Email",
    TimelineKind.SMS: "Sms",
    TimelineKind.MEETING: "Meeting",
    TimelineKind.DEAL: "Deal",
    TimelineKind.CASE: "Case",
    TimelineKind.TASK: "Task",
}
"""The entities of the kinds that are records."""
ACTIVITIES = tuple(RECORDS)[:5]
RELATED = tuple(RECORDS)[5:]
NOBODY = str(UUID(int=0))
"""The parent of the items of an inbox."""

_KINDS = tuple(TimelineKind)
_RANKS = {kind: rank for rank, kind in enumerate(_KINDS)}
"""What happened at one moment comes in the order of its kinds."""
_LOWEST, _HIGHEST = str(UUID(int=0)), str(UUID(int=2**128 - 1))
_LAST_POSITION = 2**63 - 1
_ENTRY, _EVENT = metadata.tables["timeline_entry"], metadata.tables["event"]
_STATEMENTS = Remembered(256)
_PARENTS = sa.bindparam("parents", None, type_=sa.ARRAY(Uuid))
_POSITIONS = sa.bindparam("positions", None, type_=sa.ARRAY(sa.BigInteger))
_AT = sa.bindparam("after_at", None, type_=sa.DateTime(timezone=True))

Item = tuple[datetime, TimelineKind, str | int]
"""When, what, and the id of the record or the position of the event."""


@dataclass(frozen=True, slots=True)
class Source:
    """Whose items they are: those of each record of an entity, or all in an inbox."""

    name: str
    entity: Entity | None = None
    unmatched: bool = False

    def kinds(self) -> list[TimelineKind]:
        """What it can hold."""
        if self.entity is None:
            return [TimelineKind[channel.name] for channel in InboxChannel]
        related = [kind for kind in RELATED if self.points(kind) is not None]
        return [*ACTIVITIES, TimelineKind.EVENT, *related]

    def points(self, kind: TimelineKind) -> str | None:
        """The column that puts rows of a kind into the timelines of the records."""
        assert self.entity is not None  # noqa: S101 - an inbox holds activities only
        name = f"{self.entity.table.name}_id"
        column = REGISTRY[RECORDS[kind]].table.c.get(name)
        return name if column is not None and column.info.get("timeline") else None


INBOX = Source("inbox")
UNMATCHED = Source("unmatched", unmatched=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """A list of items as it is asked for."""

    source: Source
    kinds: tuple[TimelineKind, ...]
    size: int
    place: Item | None

    @property
    def form(self) -> Any:
        """What its statements depend on."""
        return self.source.name, self.kinds, self.size, self.place is not None

    def cursor(self, item: Item) -> str:
        """The place of an item."""
        at, kind, key = item
        place = orjson.dumps([self.source.name, at, kind, key])
        return base64.urlsafe_b64encode(place).rstrip(b"=").decode()

    def bound(self) -> dict[str, Any]:
        """Where each kind goes on: those of a later rank have been shown at that moment."""
        if self.place is None:
            return {}
        at, kind, key = self.place
        values: dict[str, Any] = {"after_at": at}
        for one in self.kinds:
            event = one is TimelineKind.EVENT
            before, behind = (0, _LAST_POSITION) if event else (_LOWEST, _HIGHEST)
            if one is kind:
                values[f"after_{one}"] = key
            else:
                values[f"after_{one}"] = behind if _RANKS[one] < _RANKS[kind] else before
        return values


@dataclass(frozen=True, slots=True)
class Items:
    """One page of one record."""

    asked: Asked
    parent: str
    items: Sequence[Item]
    more: bool

    @property
    def after(self) -> bool:
        """Whether it goes on behind a cursor."""
        return self.asked.place is not None

    def cursor(self, at: int) -> str | None:
        """The cursor of an item by its place; None on an empty page."""
        return self.asked.cursor(self.items[at]) if self.items else None


def asked(reading: Reading, source: Source, arguments: Mapping[str, Any]) -> Asked:
    """What the arguments of a list ask for; what is wrong with them is raised here."""
    if source.entity is None:
        reading.actor.require(Category.COMMUNICATIONS, Level.READ)
    wanted = arguments.get("kinds" if source.entity else "channels")
    chosen = None if wanted is None else {str(one) for one in wanted}

    def shown(kind: TimelineKind) -> bool:
        name = RECORDS.get(kind)
        seen = name is None or readable(REGISTRY[name], reading.actor)
        return seen and (chosen is None or kind in chosen)

    after = arguments.get("after")
    return Asked(
        source,
        tuple(filter(shown, source.kinds())),
        page_size(arguments.get("first")),
        _place(source, after) if after else None,
    )


def _place(source: Source, cursor: str) -> Item:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        name, at, kind, key = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if name == source.name:
            moment = datetime.fromisoformat(at).astimezone(UTC)
            return moment, TimelineKind[kind], _key(TimelineKind[kind], key)
    except (ValueError, TypeError, KeyError, OverflowError, AttributeError):
        pass
    message = "This cursor is not one of this list; start without it."
    raise Denied(DenialCode.INVALID_CURSOR, message)


def _key(kind: TimelineKind, key: Any) -> str | int:
    if kind is not TimelineKind.EVENT:
        return str(UUID(key))
    if not isinstance(key, int) or not 0 <= key <= _LAST_POSITION:
        raise ValueError(key)
    return key


async def pages(reading: Reading, asked: Asked, parents: Sequence[str]) -> list[Items]:
    """The page of each record, however many: one statement."""
    if not parents or not asked.kinds:
        return [Items(asked, parent, (), more=False) for parent in parents]
    form = ("page", *asked.form, reading.actor.permission_set)
    statement = _STATEMENTS.of(form, lambda: _page(reading, asked))
    values = {"parents": list(parents)} | asked.bound()
    rows = await reading.fetch(statement.with_values(**values))
    found: list[list[Item]] = [[] for _ in parents]
    for at, rank, record_id, position, ord_ in rows:
        kind = _KINDS[rank]
        key = position if kind is TimelineKind.EVENT else record_id
        found[ord_ - 1].append((at, kind, key))
    reading.returned(len(rows), sum(min(len(own), asked.size) for own in found))
    return [
        Items(asked, parent, own[: asked.size], len(own) > asked.size)
        for parent, own in zip(parents, found, strict=True)
    ]


async def totals(reading: Reading, asked: Asked, parents: Sequence[str]) -> list[int]:
    """How many items each record has in all: one statement."""
    if not parents or not asked.kinds:
        return [0] * len(parents)
    form = ("total", asked.source.name, asked.kinds, reading.actor.permission_set)
    statement = _STATEMENTS.of(form, lambda: _total(reading, asked))
    rows = await reading.fetch(statement.with_values(parents=list(parents)))
    return [int(row[0]) for row in rows]


async def logged(reading: Reading, positions: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What the log says of events, by their positions."""
    if not positions:
        return {}
    statement = _STATEMENTS.of("events", lambda: history.events(_POSITIONS))
    rows = await reading.fetch(statement.with_values(positions=list(positions)))
    return {row["position"]: history.timeline_event(row, reading.actor.custom) for row in rows}


def related(item: Item) -> dict[str, Any]:
    """A record in the timeline of another one, as the value that is answered of it."""
    at, kind, key = item
    entity = REGISTRY[RECORDS[kind]]
    return {
        "kind": "TimelineRecord",
        "id": encode(entity.prefix, str(key)),
        "at": at,
        "record_kind": kind,
        "record": pointer(entity.name, str(key)),
    }


def _page(reading: Reading, asked: Asked) -> sa.Select[Any]:
    above, limit = _above(), sa.literal_column(str(asked.size + 1), sa.Integer)
    # Each branch is read from its own index in order, and no further than a page.
    branches = [
        sa.select(branch.order_by(*order).limit(limit).correlate(above).subquery(f"branch{at}"))
        for at, (branch, order) in enumerate(_branches(reading, asked, above, Taken.IN_ORDER))
    ]
    merged = sa.union_all(*branches).subquery("merged")
    page = sa.select(merged).order_by(*_latest(merged)).limit(limit).lateral("page")
    return (
        sa.select(page.c.at, page.c.rank, page.c.id, page.c.position, above.c.ord)
        .select_from(above.join(page, sa.true()))
        .order_by(above.c.ord, *_latest(page))
        .limit(BUDGET)
    )


def _total(reading: Reading, asked: Asked) -> sa.Select[Any]:
    above = _above()
    counts = [
        sa.select(sa.func.count().label("found")).select_from(
            branch.correlate(above).subquery(f"branch{at}")
        )
        for at, (branch, _) in enumerate(_branches(reading, asked, above, Taken.TOGETHER))
    ]
    counted = sa.union_all(*counts).subquery("counted")
    total = sa.select(sa.func.sum(counted.c.found).label("total")).lateral("total")
    return sa.select(total.c.total).select_from(above.join(total, sa.true())).order_by(above.c.ord)


def _above() -> Any:
    return (
        sa.func.unnest(_PARENTS)
        .table_valued(sa.column("id", Uuid), with_ordinality="ord", name="above")
        .render_derived()
    )


def _latest(rows: Any) -> list[Any]:
    return [rows.c[name].desc() for name in ("at", "rank", "position", "id")]


Branch = tuple[Any, Sequence[Any]]
"""The items of one kind that a record has, and their order."""


def _branches(reading: Reading, asked: Asked, above: Any, taken: Taken) -> Iterator[Branch]:
    for kind in asked.kinds:
        if asked.source.entity is None:
            yield _received(reading, asked, kind, taken)
        elif kind is TimelineKind.EVENT:
            yield from _logged(reading, asked, above)
        elif kind in ACTIVITIES:
            yield _attached(asked, kind, above)
        else:
            yield _begun(reading, asked, kind, above)


def _received(reading: Reading, asked: Asked, kind: TimelineKind, taken: Taken) -> Branch:
    """The activities of a kind that the viewer sees, or those nobody was found for."""
    entity = REGISTRY[RECORDS[kind]]
    rows = entity.table.alias("item")
    found = _branch(asked, kind, rows.c.at, rows.c.id)
    wanted = [rows.c.unmatched] if asked.source.unmatched else []
    return found[0].where(visible(entity, reading.actor, rows, taken=taken), *wanted), found[1]


def _attached(asked: Asked, kind: TimelineKind, above: Any) -> Branch:
    """The activities about the record: who sees that one sees them."""
    table = REGISTRY[RECORDS[kind]].table
    item = table.alias("item")
    entry = _ENTRY.alias("entry")
    found, order = _branch(asked, kind, entry.c.at, entry.c.item_id)
    return (
        found.where(
            entry.c.workspace_id == WORKSPACE,
            entry.c.record_id == above.c.id,
            entry.c.item_kind == table.name,
            item.c.workspace_id == WORKSPACE,
            item.c.id == entry.c.item_id,
            item.c.deleted_at.is_(None),
        ),
        order,
    )


def _begun(reading: Reading, asked: Asked, kind: TimelineKind, above: Any) -> Branch:
    """The deals, cases or tasks that point at the record."""
    entity = REGISTRY[RECORDS[kind]]
    rows = entity.table.alias("item")
    found, order = _branch(asked, kind, rows.c.created_at, rows.c.id)
    of_it = rows.c[asked.source.points(kind) or ""] == above.c.id
    return found.where(of_it, visible(entity, reading.actor, rows)), order


def _logged(reading: Reading, asked: Asked, above: Any) -> Iterator[Branch]:
    """What the log says of the record, and of the leads that became it."""
    event = _EVENT.alias("event")
    found, order = _branch(asked, TimelineKind.EVENT, event.c.at, event.c.position)
    found = found.where(event.c.workspace_id == WORKSPACE)
    yield found.where(event.c.record_id == above.c.id), order
    assert asked.source.entity is not None  # noqa: S101 - an inbox holds activities only
    became = f"converted_{asked.source.entity.table.name}_id"
    entity = REGISTRY["Lead"]
    if became not in {"converted_contact_id", "converted_company_id"}:
        return
    if not readable(entity, reading.actor):
        return
    lead = entity.table.alias("lead")
    heirs = [lead.c[became] == above.c.id]
    if became == "converted_company_id":
        heirs.append(lead.c.converted_contact_id.is_(None))
    of_lead = visible(entity, reading.actor, lead)
    yield found.where(event.c.record_id == lead.c.id, of_lead, *heirs), order


def _branch(asked: Asked, kind: TimelineKind, at: Any, key: Any) -> Branch:
    event = kind is TimelineKind.EVENT
    no_id, no_position = sa.null().cast(Uuid), sa.null().cast(sa.BigInteger)
    found = sa.select(
        at.label("at"),
        sa.literal_column(str(_RANKS[kind]), sa.Integer).label("rank"),
        (no_id if event else key).label("id"),
        (key if event else no_position).label("position"),
    )
    if asked.place is not None:
        place = sa.bindparam(f"after_{kind}", None, type_=key.type)
        found = found.where(sa.tuple_(at, key) < sa.tuple_(_AT, place))
    return found, (at.desc(), key.desc())
