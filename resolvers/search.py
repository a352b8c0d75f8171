"""The search over all records: one statement for all kinds, the best first."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, array

from auth.policy import OWNERS, WORKSPACE, Reach, reach, readable, visible
from core.codes import DenialCode
from core.errors import Denied
from core.names import camel
from core.sql import Remembered, Rendered
from models.base import Uuid
from models.registry import Entity, Pointer
from resolvers.conditions import checked_text
from resolvers.listing import page_size, read_cursor
from resolvers.plans.wire import cursor
from resolvers.queries import valued
from resolvers.reading import Reading
from schema.search import answered, kinds
from services.rules import search_terms
from services.rules.search_terms import FUZZY, Marker

_STATEMENTS = Remembered()
_FIRST_LOOK = 500
"""How many hits are held against the policy before all are, where columns do not tell."""
_EVERYTHING = 2**31 - 1
_SHOWN = 3
"""Fields of a record whose finds are shown."""

_TIERS = sa.cast(sa.bindparam("tiers", None, type_=sa.Text), JSONB)
_TYPOS = sa.cast(sa.bindparam("typos", None, type_=sa.Text), JSONB)
_AFTER_ID = sa.bindparam("after_id", None, type_=Uuid)
_AFTER_TIER = sa.bindparam("after_tier", None, type_=sa.Integer)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: the patterns of each tier, in which kinds, from which place on."""

    words: Sequence[str]
    kinds: Sequence[Entity]
    size: int
    after: tuple[Any, ...] | None
    """The tier and the id of the last one seen."""


@valued("search", answered())
async def search(reading: Reading, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The page of what is found."""
    words = search_terms.words_of(checked_text(arguments["query"]))
    chosen = [
        one
        for name, one in kinds().items()
        if readable(one, reading.actor)
        and (arguments.get("types") is None or name in arguments["types"])
    ]
    signature = _signature(words, chosen)
    after = arguments.get("after")
    place = tuple(read_cursor(after, signature, (sa.Integer(), Uuid))) if after else None
    wanted = Wanted(words, chosen, page_size(arguments.get("first")), place)
    rows = await _found(reading, wanted) if words and chosen else []
    reading.returned(len(rows), min(len(rows), wanted.size))
    return _page(wanted, rows, signature)


def _signature(words: Sequence[str], chosen: Sequence[Entity]) -> str:
    """What a cursor carries so that it is only used for the same search."""
    asked = orjson.dumps([words, [one.prefix for one in chosen]])
    return f"search:{hashlib.sha256(asked).hexdigest()[:12]}"


async def _found(reading: Reading, wanted: Wanted) -> list[Any]:
    tiers = search_terms.tiers(wanted.words)
    strict, typos = tiers[:FUZZY], tiers[FUZZY:]
    tier, record_id = wanted.after or (None, None)
    statement = _statement(reading, wanted, may_be_mistyped=bool(typos))
    values = {
        "tiers": orjson.dumps(strict).decode(),
        # What is found as it was typed is no typo: the widest tier before is held against it.
        "typos": orjson.dumps([strict[-1], *typos]).decode(),
        "after_tier": tier,
        "after_id": record_id,
    }
    return await reading.fetch(statement.with_values(**values))


def _statement(reading: Reading, wanted: Wanted, *, may_be_mistyped: bool) -> Rendered:
    names = tuple(one.name for one in wanted.kinds)
    asked = (reading.actor.permission_set, names, wanted.size, may_be_mistyped)

    def make() -> sa.Select[Any]:
        looking = _Looking(reading, wanted.kinds, wanted.size + 1)
        return looking.statement(may_be_mistyped=may_be_mistyped)

    return _STATEMENTS.of(asked, make)


class _Looking:
    """Makes the statement: the best of each kind by the one search function, then of all."""

    def __init__(self, reading: Reading, chosen: Sequence[Entity], most: int) -> None:
        self._reading = reading
        self._kinds = chosen
        self._most = most

    def statement(self, *, may_be_mistyped: bool) -> sa.Select[Any]:
        """What was typed, then what resembles it where that does not fill the page."""
        begins = sa.func.coalesce(_AFTER_TIER, 0)
        strict = self._best("strict", _Tiers(_TIERS, 0, FUZZY - 1), begins < FUZZY)
        page = sa.select(strict)
        if may_be_mistyped:
            room = sa.select(sa.func.count()).select_from(strict).scalar_subquery() < self._most
            fuzzy = self._best("fuzzy", _Tiers(_TYPOS, 1, 1), room)
            page = sa.union_all(page, sa.select(fuzzy))
        rows = page.subquery("page")
        return (
            sa.select(rows.c.kind, rows.c.id, rows.c.tier, self._texts(rows).label("texts"))
            .order_by(rows.c.tier, rows.c.id.desc())
            .limit(self._limit())
        )

    def _best(self, name: str, tiers: "_Tiers", wanted: Any) -> Any:
        parts = [
            one
            for at, entity in enumerate(self._kinds)
            for one in self._of_kind(at, entity, tiers, wanted)
        ]
        every = sa.union(*parts).subquery()
        ordered = sa.select(every).order_by(every.c.tier, every.c.id.desc())
        return ordered.limit(self._limit()).cte(name).prefix_with("MATERIALIZED")

    def _of_kind(
        self, at: int, entity: Entity, tiers: "_Tiers", wanted: Any
    ) -> Iterator[sa.Select[Any]]:
        """The best of one kind that are seen; what columns tell is told the search function."""
        table, told = entity.table, reach(entity, self._reading.actor)
        owners = OWNERS if told is Reach.OWNED else sa.null()
        enough = self._most if told is not Reach.MORE else _FIRST_LOOK
        hits = tiers.hits(table.name, owners, sa.case((wanted, enough), else_=0))
        if told is not Reach.MORE:
            yield self._seen(at, entity, tiers, hits)
            return
        # Most of the first may be out of sight: then, and only then, all of them are looked at.
        first = sa.select(hits).cte(f"first_{tiers.name}_{at}").prefix_with("MATERIALIZED")
        seen = self._seen(at, entity, tiers, first).cte(f"seen_{tiers.name}_{at}")
        count = [
            sa.select(sa.func.count()).select_from(one).scalar_subquery() for one in (first, seen)
        ]
        missing = sa.and_(count[0] == _FIRST_LOOK, count[1] < self._most)
        rest = tiers.hits(table.name, owners, sa.case((missing, _EVERYTHING), else_=0))
        yield sa.select(seen)
        yield self._seen(at, entity, tiers, rest)

    def _seen(self, at: int, entity: Entity, tiers: "_Tiers", hits: Any) -> sa.Select[Any]:
        rows = entity.table.alias(f"item{at}")
        found = hits.join(rows, rows.c.id == hits.c.id)
        tier = hits.c.tier + tiers.offset
        inner = (
            sa.select(sa.literal_column(str(at)).label("kind"), hits.c.id, tier.label("tier"))
            .select_from(found)
            .where(visible(entity, self._reading.actor, rows))
            .order_by(hits.c.tier, hits.c.id.desc())
            .limit(self._limit())
        )
        return sa.select(inner.subquery())

    def _texts(self, page: Any) -> Any:
        """What was looked into, of the rows of the page only."""
        of_kind = {}
        for at, entity in enumerate(self._kinds):
            rows = entity.table.alias(f"text{at}")
            texts = array([sa.cast(rows.c[name], sa.Text) for name in _columns(entity)])
            own = sa.and_(rows.c.workspace_id == WORKSPACE, rows.c.id == page.c.id)
            of_kind[at] = sa.select(texts).where(own).correlate(page).scalar_subquery()
        return sa.case(of_kind, value=page.c.kind)

    def _limit(self) -> Any:
        # A number in the text, not a parameter: a generic plan knows how few rows are wanted.
        return sa.literal_column(str(self._most))


@dataclass(frozen=True, slots=True)
class _Tiers:
    """The patterns a part of the statement looks for, and which of their tiers."""

    patterns: Any
    first: int
    last: int

    @property
    def offset(self) -> int:
        """What their tiers are counted from."""
        return FUZZY - 1 if self.first else 0

    @property
    def name(self) -> str:
        """A word for them."""
        return "fuzzy" if self.first else "strict"

    def hits(self, table: str, owners: Any, most: Any) -> Any:
        """The hits in a table, seen or not, the best first."""
        behind = _AFTER_TIER - self.offset
        # Those behind a place in an earlier tier are all of them.
        after = sa.case((behind >= self.first, _AFTER_ID), else_=sa.null())
        asked = sa.func.search_hits(
            sa.literal(table, sa.Text),
            self.patterns,
            self.first,
            self.last,
            sa.cast(owners, sa.ARRAY(Uuid)),
            behind,
            after,
            most,
        )
        columns = (sa.column("id", Uuid), sa.column("tier", sa.Integer))
        return asked.table_valued(*columns).alias()


def _columns(entity: Entity) -> Sequence[str]:
    columns: Sequence[str] = entity.table.c.search_key.info["columns"]
    return columns


def _page(wanted: Wanted, rows: Sequence[Any], signature: str) -> dict[str, Any]:
    marker = Marker(wanted.words)
    edges = [
        {
            "cursor": cursor(signature, (row["tier"], row["id"])),
            "node": Pointer(wanted.kinds[row["kind"]], row["id"]),
            "highlights": _Highlights(wanted.kinds[row["kind"]], row, marker),
        }
        for row in rows[: wanted.size]
    ]
    info = {
        "has_next_page": len(rows) > wanted.size,
        "has_previous_page": wanted.after is not None,
        "start_cursor": edges[0]["cursor"] if edges else None,
        "end_cursor": edges[-1]["cursor"] if edges else None,
    }
    return {"edges": edges, "nodes": [one["node"] for one in edges], "page_info": info}


class _Highlights:
    """What is marked in a record, worked out if it is asked for."""

    def __init__(self, entity: Entity, row: Any, marker: Marker) -> None:
        self._entity = entity
        self._row = row
        self._marker = marker

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The fields something was found in, titles first."""
        return iter(self._made)

    @cached_property
    def _made(self) -> list[dict[str, Any]]:
        fuzzy = self._row["tier"] >= FUZZY
        found = []
        for column, text in zip(_columns(self._entity), self._row["texts"] or (), strict=False):
            parts = self._marker.parts(text, fuzzy=fuzzy) if text else []
            if parts:
                found.append({"field": _field(self._entity, column), "parts": parts})
        return found[:_SHOWN]


def _field(entity: Entity, column: str) -> str:
    """What clients call a column."""
    own = (name for name, field in entity.fields.items() if field.columns == (column,))
    return camel(next(own, column))
