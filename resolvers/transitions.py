"""Transitions: which records were seen before some events, and which are seen after them.

What a record was is made of its row and of the log, in the statement that reads the row: both are
of one moment, so that whatever happens meanwhile is told by its own event, and nothing twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from auth.policy import WORKSPACE, visible
from core.sql import Rendered, render
from models import metadata
from models.base import Uuid
from models.registry import Entity
from resolvers.reading import Reading
from services.conditions import Filtering

_EVENT = metadata.tables["event"]
_IDS = sa.cast(sa.bindparam("ids", None, type_=sa.Text), sa.ARRAY(Uuid))
_SINCE = sa.bindparam("since", None, type_=sa.BigInteger)

Place = Callable[[Any], sa.ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Transition:
    """What became of one record."""

    id: str
    was: bool
    """Whether it was seen before."""
    now: bool
    """Whether it is seen now."""
    was_in: Any
    """The column of the board it was in."""
    now_in: Any
    seen: bool
    """Whether it is in sight, if not in its place or not fitting the filter."""
    placed: bool
    deleted: bool
    rank: str | None
    above: str | None
    """The card above it."""


@dataclass(slots=True)
class Watched:
    """The records of one kind that are watched: in sight, in their place, fitting a filter."""

    entity: Entity
    place: Place
    filter: Mapping[str, Any] | None = None
    by: str = ""
    """The column that says which column of a board a card is in."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Those of the parameters of `place`."""
    _rendered: dict[str, tuple[Any, Rendered]] = field(default_factory=dict)

    async def transitions(
        self, reading: Reading, ids: Sequence[str], since: int
    ) -> dict[str, Transition]:
        """What became of records since a position; the statement holds the reader's rights too."""
        statement = self._statement("transitions", reading, self._transitions)
        values = {"ids": f"{{{','.join(ids)}}}", "since": since, **self.values}
        rows = await reading.run(statement, values, headed=reading.heads is not None)
        return {row[0]: Transition(*row[:10]) for row in rows if row[0] is not None}

    async def all(self, reading: Reading) -> dict[str, Any]:
        """All that are watched now, each with its column."""
        statement = self._statement("all", reading, self._all)
        rows = await reading.run(statement, self.values)
        return {row[0]: row[1] for row in rows}

    def fits(self, reading: Reading, rows: Any) -> sa.ColumnElement[bool]:
        """Whether rows are watched."""
        filtering = Filtering(reading.actor, reading.now)
        return sa.and_(
            visible(self.entity, reading.actor, rows),
            self.place(rows),
            filtering.where(self.entity, rows, self.filter),
        )

    def _statement(
        self, name: str, reading: Reading, make: Callable[[Reading], sa.Select[Any]]
    ) -> Rendered:
        # Days of a filter are counted from the reader's own.
        day = None
        if b'"days"' in orjson.dumps(self.filter, default=str):
            day = reading.now.astimezone(ZoneInfo(reading.actor.time_zone)).date()
        form = day, reading.heads is not None
        known = self._rendered.get(name)
        if known is None or known[0] != form:
            known = self._rendered[name] = form, render(make(reading))
        return known[1]

    def _all(self, reading: Reading) -> sa.Select[Any]:
        rows = self.entity.table.alias("item")
        by = rows.c[self.by] if self.by else sa.null()
        return sa.select(rows.c.id, by).where(self.fits(reading, rows))

    def _transitions(self, reading: Reading) -> sa.Select[Any]:
        table = self.entity.table
        wanted = sa.func.unnest(_IDS).table_valued(sa.column("id", Uuid), name="wanted")
        wanted = wanted.render_derived()
        item = table.alias("item")
        past = _past(table, wanted)
        before = _before(table, wanted, past)
        by = self.by or "id"
        columns = [
            wanted.c.id,
            sa.func.coalesce(self.fits(reading, before), sa.false()).label("was"),
            sa.func.coalesce(self.fits(reading, item), sa.false()).label("now"),
            before.c[by].label("was_in"),
            item.c[by].label("now_in"),
            sa.func.coalesce(visible(self.entity, reading.actor, item), sa.false()).label("seen"),
            sa.func.coalesce(self.place(item), sa.false()).label("placed"),
            _deleted(item).label("deleted"),
            (item.c.rank if self.by else sa.null()).label("rank"),
            (self._above(reading, item) if self.by else sa.null()).label("above"),
        ]
        same = sa.and_(item.c.workspace_id == WORKSPACE, item.c.id == wanted.c.id)
        joined = wanted.outerjoin(item, same).join(past, sa.true()).join(before, sa.true())
        if reading.heads is None:
            return sa.select(*columns).select_from(joined)
        heads = reading.heads
        found = sa.select(*columns).select_from(joined).lateral("found")
        beside = heads.table.outerjoin(found, sa.true())
        return sa.select(*found.c, *heads.columns).select_from(beside).where(heads.of_workspace)

    def _above(self, reading: Reading, item: Any) -> Any:
        other = self.entity.table.alias("other")
        return (
            sa.select(other.c.id)
            .where(
                self.fits(reading, other),
                other.c[self.by] == item.c[self.by],
                other.c.rank < item.c.rank,
            )
            .order_by(other.c.rank.desc())
            .limit(1)
            .correlate(item)
            .scalar_subquery()
        )


def _deleted(item: Any) -> sa.ColumnElement[bool]:
    gone: sa.ColumnElement[bool] = item.c.id.is_(None)
    return sa.or_(gone, item.c.deleted_at.is_not(None)) if "deleted_at" in item.c else gone


def _past(table: sa.Table, wanted: Any) -> Any:
    """For each record, the fields that changed since, as they were before."""
    change = sa.func.jsonb_each(_EVENT.c.changes).table_valued(
        sa.column("key", sa.Text), sa.column("value", JSONB), name="change"
    )
    first = (
        sa.select(change.c.key, change.c.value["before"].label("value"))
        .select_from(_EVENT)
        .join(change.render_derived(), sa.true())
        .where(
            _EVENT.c.workspace_id == WORKSPACE,
            _EVENT.c.entity == table.name,
            _EVENT.c.record_id == wanted.c.id,
            _EVENT.c.position > _SINCE,
        )
        .distinct(change.c.key)
        .order_by(change.c.key, _EVENT.c.position)
        .correlate(wanted)
        .subquery("first")
    )
    return sa.select(
        sa.func.coalesce(
            sa.func.jsonb_object_agg(first.c.key, first.c.value), sa.literal_column("'{}'::jsonb")
        ).label("fields")
    ).lateral("past")


def _before(table: sa.Table, wanted: Any, past: Any) -> Any:
    """The row as it was: what the database derives is derived anew."""
    own = sa.func.jsonb_build_object(
        sa.literal_column("'id'"),
        wanted.c.id,
        sa.literal_column("'workspace_id'"),
        WORKSPACE,
    )
    whole = sa.func.jsonb_populate_record(
        sa.literal_column("item"), past.c.fields.op("||")(own)
    ).table_valued(*[sa.column(column.name, column.type) for column in table.c], name="was")
    columns = [
        sa.literal_column(str(column.computed.sqltext), column.type).label(column.name)
        if column.computed is not None
        else whole.c[column.name]
        for column in table.c
    ]
    return sa.select(*columns).select_from(whole).lateral("before")
