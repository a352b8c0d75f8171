"""Pages of a list: one statement for all parents of a level, however many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from auth.policy import Taken, readable, restorable, visible
from core.codes import DenialCode
from core.errors import Denied
from models.enums import Deleted
from models.registry import REGISTRY, Entity, Field
from resolvers.listing import Ordering, ordering, page_size
from resolvers.reading import MAX_ROWS, Reading, Seen
from services.conditions import Filtering, belongs, searched

BUDGET = sa.literal_column(str(MAX_ROWS + 1), sa.Integer)
"""No statement returns more rows than tell that there are too many."""

ROOT = ""
"""The parent of lists that have none."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of one parent's list, and how to count the whole of it."""

    listing: "Listing"
    parent: str
    items: Sequence[Seen]
    more: bool
    after: bool

    def cursor(self, at: int) -> str | None:
        """The cursor of an item by its place; None on an empty page."""
        return self.listing.order.cursor(self.items[at].row) if self.items else None

    async def total(self, reading: Reading) -> int:
        """How many items the list has in all."""
        loader = reading.loader(("count", self.listing.key), self.listing.counts(reading))
        return int(await loader.load(self.parent))


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it was asked for: whose, which, in which order, how much of it."""

    entity: Entity
    field: Field | None
    arguments: Mapping[str, Any]
    order: Ordering
    size: int

    @property
    def key(self) -> Any:
        """Lists with the same key differ only in their parent."""
        owner = (self.field.target, self.field.by, self.field.through) if self.field else None
        return self.entity.name, owner, orjson.dumps(self.arguments, default=str)

    def fitting(
        self, reading: Reading, rows: Any, taken: Taken = Taken.IN_ORDER
    ) -> sa.ColumnElement[bool]:
        """The rows of the whole list, whatever the page."""
        arguments = self.arguments
        filtering = Filtering(reading.actor, reading.now)
        conditions = [
            visible(
                self.entity,
                reading.actor,
                rows,
                which(self.arguments),
                taken=taken if self.field is None else Taken.SINGLY,
            ),
            filtering.where(self.entity, rows, arguments.get("filter")),
        ]
        if arguments.get("search"):
            conditions.append(searched(rows, arguments["search"]))
        return sa.and_(*conditions)

    def _selected(self, reading: Reading, rows: Any, *conditions: Any, above: Any = None) -> Any:
        after = self.arguments.get("after")
        place = self.order.place(after) if after else None
        # As a parameter the planner would take it for a tenth of the table.
        page = sa.literal_column(str(self.size + 1), sa.Integer)
        fitting = [self.fitting(reading, rows), *conditions]
        return self.order.page(list(rows.c), rows, fitting, place, page, above=above)

    def pages(self, reading: Reading) -> Any:
        """The batch function that fetches this list's page for many parents."""

        async def batch(parents: Sequence[str]) -> list[Page]:
            rows = self.entity.table.alias("item")
            if self.field is None:
                found = await reading.fetch(self._selected(reading, rows))
                return self._counted(reading, len(found), [self._page(ROOT, found)])
            above, joined = _parents(parents, self.field)
            own = belongs(self.field, above, rows)
            inner = self._selected(reading, rows, own, above=above).lateral("x")
            statement = (
                sa.select(inner, above.c.ord).select_from(joined.join(inner, sa.true()))
            ).order_by(above.c.ord, *self.order.by(inner))
            groups: list[list[Any]] = [[] for _ in parents]
            found = await reading.fetch(statement.limit(BUDGET))
            for row in found:
                groups[row["ord"] - 1].append(row)
            pages = [self._page(*pair) for pair in zip(parents, groups, strict=True)]
            return self._counted(reading, len(found), pages)

        return batch

    def _counted(self, reading: Reading, fetched: int, pages: list[Page]) -> list[Page]:
        reading.returned(fetched, sum(len(page.items) for page in pages))
        return pages

    def counts(self, reading: Reading) -> Any:
        """The batch function that counts this list for many parents."""

        async def batch(parents: Sequence[str]) -> list[int]:
            rows = self.entity.table.alias("item")
            counting = sa.select(sa.func.count()).select_from(rows)
            if self.field is None:
                found = await reading.fetch(
                    counting.where(self.fitting(reading, rows, Taken.TOGETHER))
                )
                return [found[0][0]]
            above, joined = _parents(parents, self.field)
            inner = counting.where(
                self.fitting(reading, rows), belongs(self.field, above, rows)
            ).lateral("x")
            found = await reading.fetch(
                sa.select(inner.c[0], above.c.ord)
                .select_from(joined.join(inner, sa.true()))
                .order_by(above.c.ord)
            )
            return [row[0] for row in found]

        return batch

    def _page(self, parent: str, rows: list[Any]) -> Page:
        items = [Seen(self.entity, row) for row in rows[: self.size]]
        return Page(self, parent, items, len(rows) > self.size, bool(self.arguments.get("after")))


def parent_type(field: Field) -> Any:
    """The type of what a collection's rows hold of their parent: an id, or an enum's value."""
    target = REGISTRY[field.target].table
    table = target.metadata.tables[field.through] if field.through else target
    return table.c[field.by].type


def _parents(ids: Sequence[str], field: Field) -> tuple[Any, Any]:
    kind = parent_type(field)
    wanted = sa.bindparam("parents", list(ids), type_=sa.ARRAY(kind))
    above = (
        sa.func.unnest(wanted)
        .table_valued(sa.column("id", kind), with_ordinality="ord", name="above")
        .render_derived()
    )
    return above, above


def which(arguments: Mapping[str, Any]) -> Deleted:
    """Which records a list has, by whether they are deleted."""
    return Deleted[str(arguments.get("deleted") or Deleted.EXCLUDE)]


def may_restore(entity: Entity, actor: Any) -> bool:
    """Whether an actor may see an entity's deleted records."""
    return restorable(entity, actor) is Deleted.INCLUDE


def listing(
    entity: Entity, field: Field | None, arguments: Mapping[str, Any], actor: Any
) -> Listing:
    """The list a field asks for; FORBIDDEN at the root where the role may not read it."""
    if field is None and not readable(entity, actor):
        message = f"The role {actor.role} may not read {entity.category}; an Admin can grant it."
        raise Denied(DenialCode.FORBIDDEN, message)
    if which(arguments) is not Deleted.EXCLUDE and not may_restore(entity, actor):
        message = f"Only who may restore {entity.category} sees what was deleted."
        raise Denied(DenialCode.FORBIDDEN, message)
    order = ordering(entity, arguments.get("orderBy"), actor, field.order_by if field else ())
    return Listing(entity, field, arguments, order, page_size(arguments.get("first")))


async def page_of(
    reading: Reading, field: Field | Entity, parent: str, arguments: Mapping[str, Any]
) -> Page:
    """The page of a collection of a parent, or of an entity's root list."""
    if isinstance(field, Entity):
        asked = listing(field, None, arguments, reading.actor)
    else:
        asked = listing(REGISTRY[field.target], field, arguments, reading.actor)
    page: Page = await reading.loader(("page", asked.key), asked.pages(reading)).load(parent)
    return page
