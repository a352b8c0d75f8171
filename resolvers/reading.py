"""One request's reading: its actor, its moment, and the loaders that batch its look-ups."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from aiodataloader import DataLoader
from graphql import GraphQLResolveInfo

from auth.actor import Actor
from auth.heads import Heads, Stale
from auth.policy import visible
from core.codes import DenialCode
from core.db import Database, Reader, Statement
from core.errors import Denied
from core.sql import Rendered, render
from models.base import Uuid
from models.registry import Entity
from services import redirects

MAX_ROWS = 20_000

Info = GraphQLResolveInfo[Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A row that the viewer sees, with what it is."""

    entity: Entity
    row: Mapping[str, Any]


@dataclass(slots=True)
class Reading:
    """What every resolver of one operation shares."""

    database: Database
    actor: Actor
    now: datetime
    position: int = 0
    request_id: str = ""
    heads: Heads | None = None
    """How to read the workspace's head, as long as nobody has held the actor against it."""
    clock_offset: int = 0
    reader: Reader | None = None
    """The one connection of a plan; without one each statement takes its own."""
    rows: int = 0
    """Items of lists in the answer so far: what it is charged by."""
    _loaders: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)

    async def fetch(self, statement: Statement) -> list[Any]:
        """Run one statement as this actor."""
        return await self.run(statement if isinstance(statement, Rendered) else render(statement))

    async def run(
        self, statement: Rendered, values: Mapping[str, Any] | None = None, *, headed: bool = False
    ) -> list[Any]:
        """Run one statement; the first of a request brings the head, or the head is read before."""
        if self.heads is not None and not headed:
            await self.begin()
        values = {**self.actor.bound, **values} if values else self.actor.bound
        if self.reader is not None:
            rows = await self.reader.fetch(statement, values)
        else:
            rows = await self.database.fetch(self.actor.workspace_id, statement, values)
        if headed:
            self.hold(rows[0] if rows else None)
        return rows

    async def begin(self) -> None:
        """Hold the actor against the workspace's head, unless that was done; Stale otherwise."""
        if self.heads is not None:
            await self.run(self.heads.alone, headed=True)

    def hold(self, row: Any) -> None:
        """Hold the actor against the head at the end of a row; Stale where it has changed."""
        if self.heads is None or row is None:
            raise Stale
        position, epoch, clock_offset = row[-3:]
        if epoch != self.actor.epoch or clock_offset != self.clock_offset:
            raise Stale
        self.position = position
        self.heads = None

    def returned(self, fetched: int, items: int) -> None:
        """Count what a list returned; RESULT_TOO_LARGE when the answer passes its budget."""
        self.rows += items
        if fetched > MAX_ROWS or self.rows > MAX_ROWS:
            message = f"The answer would hold more than {MAX_ROWS} rows; ask for smaller pages."
            raise Denied(DenialCode.RESULT_TOO_LARGE, message)

    def renewed(self) -> "Reading":
        """A reading with empty loaders, for what is read after an act changed rows."""
        return replace(self, reader=None, _loaders={})

    def loader(
        self,
        key: Any,
        batch: Callable[[Sequence[Any]], Awaitable[Sequence[Any]]],
        *,
        of: Callable[[Any], Any] | None = None,
    ) -> DataLoader[Any, Any]:
        """The loader of this name, made once; its keys are fetched together, known by `of` them."""
        known = self._loaders.get(key)
        if known is None:
            known = DataLoader(_listed(batch), cache=True, get_cache_key=of)
            self._loaders[key] = known
        return known

    async def record(self, entity: Entity, record_id: str | None) -> Seen | None:
        """The record with this id, if the viewer sees it."""
        if record_id is None:
            return None
        found: Seen | None = await self.loader(entity.name, self._records(entity)).load(record_id)
        return found

    async def led(self, record_id: str) -> str | None:
        """The id of the record this one was merged into, if it was."""

        async def batch(ids: Sequence[str]) -> list[str | None]:
            found = await redirects.read(self, ids)
            return [found.get(one) for one in ids]

        found: str | None = await self.loader("redirects", batch).load(record_id)
        return found

    def _records(self, entity: Entity) -> Callable[[Sequence[str]], Awaitable[list[Seen | None]]]:
        async def batch(ids: Sequence[str]) -> list[Seen | None]:
            table = entity.table
            wanted = sa.bindparam("ids", list(ids), type_=sa.ARRAY(Uuid))
            rows = await self.fetch(
                sa.select(table).where(
                    visible(entity, self.actor, table), table.c[entity.key] == sa.any_(wanted)
                )
            )
            by_id = {row[entity.key]: Seen(entity, row) for row in rows}
            return [by_id.get(one) for one in ids]

        return batch


def _listed(batch: Callable[[Sequence[Any]], Awaitable[Sequence[Any]]]) -> Any:
    async def load(keys: list[Any]) -> list[Any]:
        return list(await batch(keys))

    return load
