"""The search over all records: one statement for all kinds, the best first."""

import functools
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter, methodcaller
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by, array

from auth.actor import Actor
from auth.policy import OWNERS, WORKSPACE, Reach, reach, readable, visible
from core.names import camel
from core.sql import Remembered, Rendered
from models.base import Uuid
from models.registry import Entity, Pointer
from models.searching import FUZZY
from resolvers.listing import page_size, read_cursor
from resolvers.plans.wire import cursor
from resolvers.queries import valued
from resolvers.reading import Reading
from schema.search import answered, kinds
from services.conditions import checked_text
from services.rules import search_terms
from services.rules.search_terms import Marker

_STATEMENTS = Remembered()
_FIRST_STEP, _GROWTH = 500, 8
"""How many hits are held against the policy at first, and how many times more each next time."""
_WEIGHED, _WEIGHED_UNSEEN = 200, 2000
"""So many of the newest that fit are weighed: where all hits are seen, and where some may not be.

Those before them follow by their age alone.
"""
_HIT: Mapping[str, Any] = {"kind": sa.Integer(), "id": Uuid, "tier": sa.Integer()}
_OF_ALL = ("workspace_id", "id", "owner_id", "deleted_at")
"""The columns that kinds in one group have in common, and that say who sees their rows."""
_SHOWN = 3
"""Fields of a record whose finds are shown."""

_LISTS = sa.ARRAY(sa.Text)
_PATTERNS: Mapping[str, Any] = {
    "phrase": sa.Text(),
    "words": _LISTS,
    "beginnings": _LISTS,
    "parts": _LISTS,
    "keys": _LISTS,
    "fits": _LISTS,
    "digits": sa.Text(),
    "slips": _LISTS,
    "slips2": _LISTS,
    "slips3": _LISTS,
    "others": _LISTS,
    "resembled": sa.Text(),
}
"""What the search functions look for, in the order in which they take it."""
_AFTER_ID = sa.bindparam("after_id", None, type_=Uuid)
_AFTER_TIER = sa.bindparam("after_tier", None, type_=sa.Integer)


Group = list[tuple[int, Entity]]
"""Kinds, each with its place among those that are asked for."""


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
    statement, values = searching(reading, wanted)
    return await reading.fetch(statement.with_values(**values))


def searching(reading: Reading, wanted: Wanted) -> tuple[Rendered, Mapping[str, Any]]:
    """The statement of a search, and what is bound in it besides the actor."""
    tier, record_id = wanted.after or (None, None)
    place = {"after_tier": tier, "after_id": record_id}
    return _statement(reading, wanted), search_terms.patterns(wanted.words) | place


def _statement(reading: Reading, wanted: Wanted) -> Rendered:
    names = tuple(one.name for one in wanted.kinds)
    asked = (reading.actor.permission_set, names, wanted.size)
    make = _Looking(reading.actor, wanted.kinds, wanted.size + 1).statement
    return _STATEMENTS.of(asked, make)


class _Looking:
    """Makes the statement: the best of each kind by its search function, then of all."""

    def __init__(self, actor: Actor, chosen: Sequence[Entity], most: int) -> None:
        self._actor = actor
        self._kinds = chosen
        # A number in the text, not a parameter: a generic plan knows how few rows are wanted.
        self._most = sa.literal_column(str(most), sa.Integer)

    def statement(self) -> sa.Select[Any]:
        """The best of all kinds, with the texts that were looked into."""
        parts = [sa.select(self._best(at, one)) for at, one in enumerate(self._groups())]
        found = sa.union_all(*parts).subquery("found")
        page = _ordered(sa.select(found), found, self._most).subquery("page")
        texts = self._texts(page).label("texts")
        return sa.select(page, texts).order_by(page.c.tier, page.c.id.desc())

    def _groups(self) -> list[Group]:
        """Kinds that are seen for the same reasons are looked through together: by their join."""
        found: dict[str, Group] = {}
        for at, entity in enumerate(self._kinds):
            found.setdefault(entity.attached or entity.name, []).append((at, entity))
        return list(found.values())

    def _best(self, at: int, group: Group) -> Any:
        """The best of a group that are seen; what columns tell is told its function."""
        told = reach(group[0][1], self._actor)
        if told is Reach.MORE:
            hits = self._looked_through(at, group)
            rows = sa.select(hits)
        else:
            owners = OWNERS if told is Reach.OWNED else sa.null()
            hits = _hits(group, owners, (_AFTER_TIER, _AFTER_ID), self._most, _WEIGHED)
            rows = sa.select(hits).where(self._seen(group, hits))
        return _ordered(rows, hits, self._most).subquery(f"best_{at}")

    def _seen(self, group: Group, hits: Any) -> Any:
        entity = group[0][1]
        rows: Any = entity.table.alias("item")
        if len(group) > 1:
            same = [sa.select(*(one.table.c[name] for name in _OF_ALL)) for _, one in group]
            rows = sa.union_all(*same).subquery("item")
        return sa.exists().where(rows.c.id == hits.c.id, visible(entity, self._actor, rows))

    def _looked_through(self, at: int, group: Group) -> Any:
        """The hits that are seen, in steps that grow until there are enough or no more hits."""
        begin = sa.select(
            sa.cast(_AFTER_TIER, sa.Integer).label("tier"),
            sa.cast(_AFTER_ID, Uuid).label("id"),
            sa.literal_column(str(_FIRST_STEP), sa.Integer).label("step"),
            sa.literal_column("0::bigint", sa.BigInteger).label("seen"),
            sa.true().label("more"),
            *(sa.cast(sa.null(), sa.ARRAY(kind)).label(f"{name}s") for name, kind in _HIT.items()),
        ).cte(f"looked_{at}", recursive=True)
        hits = _hits(group, sa.null(), (begin.c.tier, begin.c.id), begin.c.step, _WEIGHED_UNSEEN)
        judged = sa.select(hits, self._seen(group, hits).label("seen")).lateral(f"judged_{at}")
        step = _judgement(judged).lateral(f"step_{at}")
        looked = begin.union_all(
            sa.select(
                step.c.tier,
                step.c.id,
                begin.c.step * _GROWTH,
                begin.c.seen + step.c.seen,
                step.c.hits == begin.c.step,
                *(step.c[f"{name}s"] for name in _HIT),
            )
            .select_from(begin.join(step, sa.true()))
            .where(begin.c.more, begin.c.seen < self._most)
        )
        each = (
            sa.func.unnest(*(looked.c[f"{name}s"] for name in _HIT))
            .table_valued(*(sa.column(*one) for one in _HIT.items()), name=f"each_{at}")
            .render_derived()
        )
        found = sa.select(*(each.c[name] for name in _HIT))
        return found.select_from(looked.join(each, sa.true())).subquery(f"through_{at}")

    def _texts(self, page: Any) -> Any:
        """What was looked into, of the rows of the page only."""
        of_kind = {}
        for at, entity in enumerate(self._kinds):
            rows = entity.table.alias(f"text{at}")
            texts = array([sa.cast(rows.c[name], sa.Text) for name in _columns(entity)])
            own = sa.and_(rows.c.workspace_id == WORKSPACE, rows.c.id == page.c.id)
            of_kind[at] = sa.select(texts).where(own).correlate(page).scalar_subquery()
        return sa.case(of_kind, value=page.c.kind)


def _judgement(judged: Any) -> sa.Select[Any]:
    """How many hits of a step there were, which of them are seen, and where it ended."""
    best, worst = (judged.c.tier, judged.c.id.desc()), (judged.c.tier.desc(), judged.c.id)
    return sa.select(
        sa.func.max(judged.c.tier).label("tier"),
        sa.func.array_agg(aggregate_order_by(judged.c.id, *worst))[1].label("id"),
        sa.func.count().label("hits"),
        sa.func.count().filter(judged.c.seen).label("seen"),
        *(
            sa.func.array_agg(aggregate_order_by(judged.c[name], *best))
            .filter(judged.c.seen)
            .label(f"{name}s")
            for name in _HIT
        ),
    ).select_from(judged)


def _hits(group: Group, owners: Any, after: tuple[Any, Any], most: Any, weighed: int) -> Any:
    """The hits in the tables of a group, seen or not, the best first."""
    parts = []
    asked = _asked()
    for at, entity in group:
        look = getattr(sa.func, f"search_{entity.table.name}")(
            *(asked.c[name] for name in _PATTERNS),
            sa.cast(owners, sa.ARRAY(Uuid)),
            *after,
            most,
            sa.literal_column(str(weighed), sa.Integer),
        )
        columns = (sa.column(name, _HIT[name]) for name in ("id", "tier"))
        hit = look.table_valued(*columns).alias().lateral()
        kind = sa.literal_column(str(at), sa.Integer).label("kind")
        parts.append(sa.select(kind, hit.c.id, hit.c.tier).select_from(asked.join(hit, sa.true())))
    if len(parts) == 1:
        return parts[0].lateral()
    every = sa.union_all(*parts).subquery()
    return _ordered(sa.select(every), every, most).lateral()


@functools.cache
def _asked() -> sa.CTE:
    """The patterns, folded once as the texts are that they are held against."""
    columns = []
    for name, kind in _PATTERNS.items():
        given = sa.bindparam(name, None, type_=kind)
        if kind is _LISTS:
            one = sa.func.unnest(given).column_valued("one")
            folded = sa.func.array(sa.select(sa.func.searchable(one)).scalar_subquery(), type_=kind)
            columns.append(sa.case((given.is_not(None), folded)).label(name))
        else:
            columns.append(sa.func.searchable(given, type_=kind).label(name))
    return sa.select(*columns).cte("asked")


def _ordered(chosen: sa.Select[Any], hits: Any, most: Any) -> sa.Select[Any]:
    return chosen.order_by(hits.c.tier, hits.c.id.desc()).limit(most)


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
    place = Place(
        [str(one["cursor"]) for one in edges], len(rows) > wanted.size, bool(wanted.after)
    )
    return {"edges": edges, "nodes": [one["node"] for one in edges], "page_info": place}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the page lies: as a list's page tells it, and as a value does."""

    cursors: Sequence[str]
    more: bool
    after: bool

    def cursor(self, at: int) -> str | None:
        """The cursor of one of its items."""
        return self.cursors[at] if self.cursors else None

    has_next_page = property(attrgetter("more"))
    has_previous_page = property(attrgetter("after"))
    start_cursor = property(methodcaller("cursor", 0))
    end_cursor = property(methodcaller("cursor", -1))


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
        fuzzy = self._row["tier"] == FUZZY
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
