"""The context of an act: its actor, its moment, its transaction, and checked look-ups."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from auth.actor import Actor
from auth.policy import in_reach, visible
from auth.roles import Category, Level
from core.db import Database
from core.errors import Path, not_found
from core.writes import Transaction, transaction
from models.base import Technical, uuids
from models.registry import REGISTRY, Entity

Row = TypeVar("Row", bound=Technical)


class Context:
    """What every service function is given, and all it is given."""

    def __init__(self, actor: Actor, act: Transaction, *, reads_only: bool = False) -> None:
        self.actor = actor
        self.act = act
        self.reads_only = reads_only
        """Whether nothing follows from what is looked at, so that nothing is kept from others."""
        self.kept: dict[Any, Any] = {}
        """What was read and is kept from others until the act ends, by what it is."""

    @property
    def now(self) -> datetime:
        """The moment of the act, the same for all of it."""
        return self.act.now

    @property
    def today(self) -> date:
        """The day it is where the workspace is."""
        return self.now.astimezone(ZoneInfo(self.actor.time_zone)).date()

    @property
    def workspace_id(self) -> str:
        """The workspace the act happens in."""
        return self.act.workspace

    def require(self, category: Category, level: Level = Level.WRITE) -> None:
        """Deny unless the actor's role reaches a level in a category."""
        self.actor.require(category, level)

    async def get(
        self,
        row: type[Row],
        record_id: str,
        *,
        path: Path = ("id",),
        lock: bool = False,
        deleted: bool = False,
        keep: bool = False,
    ) -> Row:
        """A record the actor sees, or NOT_FOUND at `path`; `lock` keeps others from changing it.

        `keep` lets others keep it as well, and waits for who changes it.
        """
        found = await self.find(row, [record_id], lock=lock, deleted=deleted, keep=keep)
        if not found:
            raise not_found(path)
        return found[0]

    async def find(
        self,
        row: type[Row],
        record_ids: Sequence[str],
        *,
        lock: bool = False,
        deleted: bool = False,
        keep: bool = False,
        alone: bool = False,
    ) -> list[Row]:
        """Those of the records that the actor sees, in the order of their ids.

        `alone` keeps others from pointing at them, too.
        """
        entity = REGISTRY.of_table(row.__tablename__)
        table = entity.table.alias() if deleted else entity.table
        condition = visible(entity, self.actor, table)
        if deleted:
            condition = _deleted(entity, self.actor, table)
        statement = (
            sa.select(table)
            .where(condition, table.c[entity.key] == sa.any_(uuids(record_ids)))
            .order_by(table.c[entity.key])
        )
        if alone:
            statement = statement.with_for_update(of=table)
        elif lock:
            # Others may still point at it: they would wait here while holding what we need next.
            statement = statement.with_for_update(of=table, key_share=True)
        elif keep:
            statement = statement.with_for_update(of=table, read=True)
        elif entity.mergeable and not deleted and not self.reads_only:
            # What is looked at may be pointed at next: nobody merges it away before the act ends.
            statement = statement.with_for_update(of=table, read=True, key_share=True)
        rows = await self.act.fetch(statement, self.actor.bound)
        return [as_row(row, found) for found in rows]


def as_row(row: type[Row], values: Mapping[str, Any]) -> Row:
    """A typed, detached row of what a statement returned."""
    names = row.__table__.columns.keys()
    return row(**{name: values[name] for name in names})


def _deleted(entity: Entity, actor: Actor, table: Any) -> sa.ColumnElement[bool]:
    conditions = [table.c.workspace_id == actor.workspace_id, table.c.deleted_at.is_not(None)]
    scope = in_reach(entity, actor, table)
    return sa.and_(*conditions, *([] if scope is None else [scope]))


@asynccontextmanager
async def acting(
    database: Database,
    actor: Actor,
    *,
    now: datetime,
    request_id: str,
    name: str | None = None,
    import_id: str | None = None,
    operation_id: str | None = None,
) -> AsyncIterator[Context]:
    """Open an act of an actor, called `name`: one transaction, committed with its events."""
    async with transaction(
        database,
        workspace=actor.workspace_id,
        author=actor.author,
        now=now,
        request_id=request_id,
        act=name,
        import_id=import_id,
        operation_id=operation_id,
    ) as act:
        yield Context(actor, act)
