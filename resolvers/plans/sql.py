"""The statements of a plan: one a level of the selection, for all parents at once."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa
from graphql.execution.values import VariableValues

from auth.actor import Actor
from auth.heads import Heads
from auth.policy import Taken, visible
from core.sql import Rendered
from models.base import Uuid
from models.registry import REGISTRY, Entity, Field
from resolvers.pages import BUDGET, Listing, listing, parent_type
from resolvers.plans.bindings import Form, selected
from resolvers.plans.rendering import rendered
from resolvers.plans.selection import Arguments
from resolvers.plans.together import Together
from resolvers.plans.wire import cursor
from resolvers.reading import Reading
from services.conditions import belongs

Id = str | bytes
"""A UUID as a caller has it: its text, or the bytes a level selects."""
Path = tuple[str, ...]
"""The links that lead from a level's own row to a joined one; empty for its own."""

_REMEMBERED = 16
_PLAIN_KEY = 3
_BYTES = 16
"""Of a UUID."""
_OWN = (b'"customFields"', b'"CUSTOM_FIELD"')
"""What of a list's arguments depends on the workspace's own fields."""


def _several(name: str, kind: Any = Uuid) -> Any:
    # As one text, because the driver asks each element of an array what it is.
    return sa.cast(sa.bindparam(name, None, type_=sa.Text), sa.ARRAY(kind))


def _written(uuids: Collection[Id]) -> str:
    if not isinstance(next(iter(uuids), ""), bytes):
        return f"{{{','.join(uuids)}}}"  # type: ignore[arg-type]
    return f"{{{b''.join(uuids).hex(',', _BYTES)}}}"  # type: ignore[arg-type]


def _named(ids: Sequence[str]) -> dict[str, str]:
    """The parameter of a lookup: one id, or the text of several."""
    return {"ids": ids[0] if len(ids) == 1 else _written(ids)}


class Run:
    """One operation being answered by a plan."""

    def __init__(self, reading: Reading, variables: VariableValues) -> None:
        self.reading = reading
        self.variables = variables
        self.asked: dict[int, Asked] = {}

    @property
    def headed(self) -> bool:
        """Whether the next statement is the first, and has to bring the workspace's head."""
        return self.reading.heads is not None

    def fetch(
        self, statement: Rendered, values: Mapping[str, Any], *, headed: bool = False
    ) -> Awaitable[list[Any]]:
        """Run a statement as the actor, with these parameters."""
        return self.reading.run(statement, values, headed=headed)


@dataclass(slots=True)
class Shape:
    """What one statement selects, and from which joined links."""

    entity: Entity
    items: list[tuple[Path, str, Form]] = field(default_factory=list)
    joins: dict[Path, Field] = field(default_factory=dict)
    wholes: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def at(self, path: Path, column: str, form: Form = Form.RAW) -> int:
        """The place of a column in the rows."""
        item = (path, column, form)
        if item not in self.items:
            self.items.append(item)
        return self.items.index(item)

    def whole(self, path: Path, entity: Entity) -> tuple[int, int]:
        """The places of all columns of a row, side by side."""
        known = self.wholes.get(path)
        if known is None:
            start = len(self.items)
            self.items += [(path, column.name, Form.RAW) for column in entity.table.c]
            known = self.wholes[path] = (start, len(self.items))
        return known

    def joined(self, path: Path, link: Field) -> Path:
        """The path of a link from a path, joined once however often it is selected."""
        longer = (*path, link.name)
        self.joins[longer] = link
        return longer

    def own_columns(self) -> set[str]:
        """The columns of the level's own row that are needed."""
        own = {column for path, column, _ in self.items if not path}
        return own | {link.columns[0] for path, link in self.joins.items() if len(path) == 1}

    def selection(self, rows: Any, actor: Actor) -> tuple[Any, list[Any]]:
        """The rows with their links joined, and the columns selected of them."""
        at: dict[Path, Any] = {(): rows}
        source = rows
        for number, (path, link) in enumerate(self.joins.items()):
            target = REGISTRY[link.target]
            other = at[path] = target.table.alias(f"link{number}")
            source = source.outerjoin(
                other,
                sa.and_(
                    other.c[target.key] == at[path[:-1]].c[link.columns[0]],
                    visible(target, actor, other),
                ),
            )
        columns = [
            selected(form, at[path].c[name]).label(f"c{number}")
            for number, (path, name, form) in enumerate(self.items)
        ]
        return source, columns


_Headed = tuple[Any, Mapping[str, Any]]
"""A row with the head, and rows by their ids."""


class Found:
    """The rows of records looked up by their ids."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._key = shape.at((), shape.entity.key)
        self._rendered: dict[tuple[bool, bool], Rendered] = {}
        self._together: Together[_Headed] = Together()

    async def rows(self, run: Run, ids: Sequence[str]) -> list[Any]:
        """The visible ones, in no order."""
        reading, heads = run.reading, run.reading.heads
        if heads is not None and len(ids) == 1:
            return await self._one(reading, heads, ids[0])
        statement = self._chosen(reading.actor, heads, ids)
        rows = await run.fetch(statement, _named(ids), headed=heads is not None)
        return rows if heads is None or rows[0][self._key] is not None else []

    async def _one(self, reading: Reading, heads: Heads, wanted: str) -> list[Any]:
        """The first statement of a request, maybe with what others ask for."""
        actor, database, bound = reading.actor, reading.database, reading.actor.bound
        alone = self._chosen(actor, heads, (wanted,))
        conditions = actor.workspace_id, *[bound[name] for name in alone.names if name in bound]

        async def read(ids: Sequence[str]) -> _Headed:
            statement = self._chosen(actor, heads, ids)
            rows = await database.fetch(actor.workspace_id, statement, {**bound, **_named(ids)})
            return rows[0] if rows else None, {row[self._key]: row for row in rows}

        head, found = await self._together.read(conditions, wanted, read)
        reading.hold(head)
        return [found[wanted]] if wanted in found else []

    def _chosen(self, actor: Actor, heads: Heads | None, ids: Sequence[str]) -> Rendered:
        form = heads is not None, len(ids) == 1
        statement = self._rendered.get(form)
        if statement is None:
            made = self._statement(actor, heads, alone=len(ids) == 1)
            statement = self._rendered[form] = rendered(made)
        return statement

    def _statement(self, actor: Actor, heads: Heads | None, *, alone: bool) -> sa.Select[Any]:
        entity = self._shape.entity
        rows = entity.table.alias("item")
        source, columns = self._shape.selection(rows, actor)
        ids = sa.bindparam("ids", None, type_=Uuid) if alone else sa.any_(_several("ids"))
        wanted = sa.and_(visible(entity, actor, rows), rows.c[entity.key] == ids)
        if heads is None:
            return sa.select(*columns).select_from(source).where(wanted)
        beside = _beside(heads.table.outerjoin(rows, wanted), rows, source)
        return _headed(sa.select(*columns).select_from(beside), heads)


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as one request asks for it, and the key its statements are remembered by."""

    listing: Listing
    after: bool
    place: Mapping[str, Any]
    key: Any


@dataclass(frozen=True, slots=True)
class Page:
    """One page for each parent: whose rows begin and end where, and whether more follow."""

    rows: Sequence[Any]
    starts: Sequence[int]
    ends: Sequence[int]
    more: Sequence[bool]
    order: Any
    width: int

    def cursors(self) -> list[str]:
        """The cursor of each row."""
        signature, start = self.order.signature, self.width
        end = start + len(self.order.keys)
        return [cursor(signature, row[start:end]) for row in self.rows]


class Pages:
    """The statements of one list: its pages and its totals."""

    def __init__(
        self,
        shape: Shape,
        bound_to: Field | None,
        arguments: Arguments,
        *,
        looks_ahead: bool,
        places: bool,
    ) -> None:
        self._shape = shape
        self._field = bound_to
        self._arguments = arguments
        self._ahead = 1 if looks_ahead else 0
        self._places = places or bound_to is None
        """Whether the rows say where in the order they are."""
        self._remembered: OrderedDict[Any, Rendered] = OrderedDict()
        self._always: Asked | None = None
        """What every request asks for, where no variable and no day is in it."""

    def asked(self, run: Run) -> Asked:
        """The list as this request asks for it; what is wrong with it is raised here."""
        known = run.asked.get(id(self))
        if known is None:
            known = run.asked[id(self)] = self._asked(run)
        return known

    def _asked(self, run: Run) -> Asked:
        if self._always is not None:
            return self._always
        asked = self._worked_out(run)
        if self._arguments.known is not None and len(asked.key) == _PLAIN_KEY:
            self._always = asked
        return asked

    def _worked_out(self, run: Run) -> Asked:
        arguments = self._arguments.of(run.variables)
        reading = run.reading
        asked = listing(self._shape.entity, self._field, arguments, reading.actor)
        after = arguments.get("after")
        place = asked.order.place(after) if after else {}
        shape = {name: arguments.get(name) for name in ("filter", "orderBy", "search", "deleted")}
        text = orjson.dumps(shape, default=str)
        key: tuple[Any, ...] = (asked.size, bool(after), text)
        if b'"days"' in text:
            # Days are those of the workspace's time zone, and `relative` counts from today.
            zone = reading.actor.time_zone
            key = (*key, zone, reading.now.astimezone(ZoneInfo(zone)).date())
        if any(name in text for name in _OWN):
            # The fields are those of the workspace, as they are at this moment.
            key = (*key, reading.actor.workspace_id, reading.actor.epoch)
        # The first request's cursor must not live on in what is remembered.
        plain = replace(asked, arguments={**arguments, "after": None})
        return Asked(plain, bool(after), place, key)

    async def page(self, run: Run, parents: Collection[Id]) -> Page:
        """The page of each parent; rows lie side by side in the order of the parents."""
        asked = self.asked(run)
        rows = await self._fetch(run, asked, parents)
        page = _cut(rows, len(parents), asked.listing, len(self._shape.items))
        run.reading.returned(len(rows), len(page.rows))
        return page

    async def rows(self, run: Run, parents: Collection[Id]) -> list[Any]:
        """The rows of all pages, each with the number of its parent at its end, from 1 on."""
        rows = await self._fetch(run, self.asked(run), parents)
        run.reading.returned(len(rows), len(rows))
        return rows

    async def _fetch(self, run: Run, asked: Asked, parents: Collection[Id]) -> list[Any]:
        headed = run.headed and self._field is None
        statement = self._render(("page", headed, *asked.key), run, asked)
        if self._field is not None:
            return await run.fetch(statement, {"parents": _written(parents), **asked.place})
        rows = await run.fetch(statement, asked.place, headed=headed)
        # What orders a list is never null: a row without it has nothing but the head.
        return [] if headed and rows[0][len(self._shape.items)] is None else rows

    async def totals(self, run: Run, parents: Collection[Id]) -> list[int]:
        """How many items each parent's list has in all."""
        asked, headed = self.asked(run), run.headed and self._field is None
        statement = self._render(("total", headed, *asked.key[2:]), run, asked)
        rows = await run.fetch(statement, {"parents": _written(parents)}, headed=headed)
        return [row[0] for row in rows]

    def _render(self, key: Any, run: Run, asked: Asked) -> Rendered:
        known = self._remembered.get(key)
        if known is None:
            make = self._counting if key[0] == "total" else self._statement
            known = self._remembered[key] = rendered(make(run.reading, asked))
            if len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        else:
            self._remembered.move_to_end(key)
        return known

    def _statement(self, reading: Reading, asked: Asked) -> sa.Select[Any]:
        heads = reading.heads
        order = asked.listing.order
        rows = self._shape.entity.table.alias("item")
        names = sorted(self._shape.own_columns() | order.columns)
        own = [rows.c[name] for name in names]
        conditions = [asked.listing.fitting(reading, rows)]
        # The place is bound when the statement runs.
        place: Any = {} if asked.after else None
        # A number in the text, not a parameter: a generic plan knows how few rows are wanted.
        limit: Any = sa.literal_column(str(asked.listing.size + self._ahead))
        if self._field is None:
            page = order.page(own, rows, conditions, place, limit).subquery("page")
            source, columns = self._shape.selection(page, reading.actor)
            columns += [page.c[name].label(f"k{at}") for at, (name, _) in enumerate(order.keys)]
            if heads is None:
                return sa.select(*columns).select_from(source).order_by(*order.by(page))
            beside = _beside(heads.table.outerjoin(page, sa.true()), page, source)
            statement = sa.select(*columns).select_from(beside).order_by(*order.by(page))
            return _headed(statement, heads)
        above = _above(self._field)
        conditions.append(belongs(self._field, above, rows))
        inner = order.page(own, rows, conditions, place, limit, above=above).lateral("page")
        source, columns = self._shape.selection(inner, reading.actor)
        if self._places:
            columns += [inner.c[name].label(f"k{at}") for at, (name, _) in enumerate(order.keys)]
        return (
            sa.select(*columns, above.c.ord)
            .select_from(_beside(above.join(inner, sa.true()), inner, source))
            .order_by(above.c.ord, *order.by(inner))
            .limit(BUDGET)
        )

    def _counting(self, reading: Reading, asked: Asked) -> sa.Select[Any]:
        rows = self._shape.entity.table.alias("item")
        counting = sa.select(sa.func.count()).select_from(rows)
        fitting = asked.listing.fitting(reading, rows, Taken.TOGETHER)
        if self._field is None:
            if reading.heads is None:
                return counting.where(fitting)
            total = counting.where(fitting).scalar_subquery()
            return _headed(sa.select(total).select_from(reading.heads.table), reading.heads)
        above = _above(self._field)
        inner = counting.where(fitting, belongs(self._field, above, rows)).lateral("counted")
        return sa.select(inner.c[0]).select_from(above.join(inner, sa.true())).order_by(above.c.ord)


def _above(field: Field) -> Any:
    kind = parent_type(field)
    return (
        sa.func.unnest(_several("parents", kind))
        .table_valued(sa.column("id", kind), with_ordinality="ord", name="above")
        .render_derived()
    )


def _beside(joined: Any, rows: Any, source: Any) -> Any:
    """What the rows were joined to, then the links that were joined to the rows."""
    chain = []
    while source is not rows:
        chain.append((source.right, source.onclause))
        source = source.left
    for right, condition in reversed(chain):
        joined = joined.outerjoin(right, condition)
    return joined


def _headed(statement: sa.Select[Any], heads: Heads) -> sa.Select[Any]:
    """The statement with the workspace's head at the end of each row; one row at least."""
    return statement.add_columns(*heads.columns).where(heads.of_workspace)


def _cut(rows: list[Any], parents: int, asked: Listing, width: int) -> Page:
    """Where each parent's rows lie; the row that was fetched to look ahead is dropped."""
    order, size = asked.order, asked.size
    if parents == 1:
        kept = rows[:size] if len(rows) > size else rows
        return Page(kept, (0,), (len(kept),), (len(rows) > size,), order, width)
    starts, ends = _bounds(rows, parents)
    more = [end - start > size for start, end in zip(starts, ends, strict=True)]
    if any(more):
        rows = [
            row
            for start, end in zip(starts, ends, strict=True)
            for row in rows[start : min(end, start + size)]
        ]
        starts, ends = _bounds(rows, parents)
    return Page(rows, starts, ends, more, order, width)


def _bounds(rows: list[Any], parents: int) -> tuple[list[int], list[int]]:
    """Where the rows of each parent begin and end: they lie in the order of the parents."""
    of = [row[-1] for row in rows]
    ends = [bisect_right(of, at) for at in range(1, parents + 1)]
    return [0, *ends[:-1]], ends
