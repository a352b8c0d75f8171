"""The purge: what was deleted 30 days ago goes for good, unless others or the law need it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import sqlalchemy as sa

from auth.actor import ActorKind
from auth.policy import WORKSPACE
from core.db import Database
from core.events import Author
from core.writes import Transaction, transaction
from models import metadata
from services import pointers, sweeps
from services.rules.undo import KEPT

ACT = "purge"
BY_LAW = frozenset({"invoice"})
"""Documents that have to be kept for years, whoever deletes them."""
LAW = "law"
_BATCH = 500
_FIRST = "00000000-0000-0000-0000-000000000000"
_HEAD = sa.select(metadata.tables["event_head"].c.workspace_id)

_DUE = """
SELECT t.id, CASE {needed} END AS needed_by
FROM "{name}" AS t
WHERE t.workspace_id = $1 AND t.deleted_at <= $2 AND t.id > $3
ORDER BY t.id LIMIT {batch} FOR UPDATE OF t SKIP LOCKED
"""
_NEEDED = """
WHEN EXISTS (SELECT FROM "{other}" AS r WHERE r.workspace_id = $1 AND r."{column}" = t.id)
THEN '{other}'
"""
_REMOVE = 'DELETE FROM "{name}" WHERE workspace_id = $1 AND id = ANY ($2::uuid[])'
_FORGET = """
WITH kept AS (
  SELECT DISTINCT operation_id AS id FROM undo_row WHERE workspace_id = $1
), old AS (
  SELECT id FROM kept WHERE NOT EXISTS (
    SELECT FROM event
    WHERE event.workspace_id = $1 AND event.operation_id = kept.id AND event.at > $2)
)
DELETE FROM undo_row USING old WHERE workspace_id = $1 AND operation_id = old.id
"""
_FORGET_UNDONE = "DELETE FROM undone_act WHERE workspace_id = $1 AND at <= $2"
_TABLES = [table for table in reversed(metadata.sorted_tables) if "deleted_at" in table.c]
_UNDO, _EVENT, _UNDONE = (metadata.tables[name] for name in ("undo_row", "event", "undone_act"))
_OLD = sweeps.before(KEPT)
_ACTS = (
    sa.select(_UNDO.c.operation_id).where(_UNDO.c.workspace_id == WORKSPACE).distinct().subquery()
)
_NEWER = sweeps.rows(_EVENT, _EVENT.c.operation_id == _ACTS.c.operation_id, _EVENT.c.at > _OLD)
ASKED = sweeps.question(
    *(
        sweeps.rows(table, table.c.deleted_at <= _OLD)
        for table in _TABLES
        if table.name not in BY_LAW
    ),
    sa.exists().select_from(_ACTS).where(~_NEWER.correlate(_ACTS)),
    sweeps.rows(_UNDONE, _UNDONE.c.at <= _OLD),
)
"""Whether something has been in the trash, or remembered for undo, for so long."""


@dataclass(slots=True)
class Purged:
    """How many records went, by table, and how many stay, by table and what needs them."""

    gone: Counter[str] = field(default_factory=Counter)
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, other: "Purged") -> None:
        """Count those of another purge as well."""
        self.gone.update(other.gone)
        self.kept.update(other.kept)


async def everywhere(database: Database, now: datetime) -> Purged:
    """Purge one workspace after the other."""
    whole = Purged()
    for row in await database.fetch_outside(_HEAD):
        whole.add(await workspace(database, row["workspace_id"], now))
    return whole


async def workspace(database: Database, workspace_id: str, now: datetime) -> Purged:
    """Purge a workspace, batch by batch: one that was cut short goes on where it ended."""
    purge = _Purge(database, workspace_id, now)
    for table in _TABLES:
        await purge.table(table)
    await purge.forget()
    return purge.purged


class _Purge:
    """One workspace's purge."""

    def __init__(self, database: Database, workspace_id: str, now: datetime) -> None:
        self._database = database
        self._workspace = workspace_id
        self._now = now
        self.purged = Purged()

    async def table(self, table: sa.Table) -> None:
        """Remove what is due of a table."""
        last = _FIRST
        while last:
            async with self._acting() as act:
                last = await self._batch(act, table, last)

    async def _batch(self, act: Transaction, table: sa.Table, last: str) -> str:
        """Remove a batch; the id it ended with, empty after the last one."""
        due = await act.fetch_text(_due(table), self._workspace, self._now - KEPT, last)
        for row in due:
            if row["needed_by"]:
                self.purged.kept[table.name, row["needed_by"]] += 1
        ids = [row["id"] for row in due if not row["needed_by"]]
        try:
            await self._remove(act, table, ids)
        except asyncpg.ForeignKeyViolationError:
            # A part of one of them is needed: the others go without it.
            for one in ids:
                await self._remove_alone(act, table, one)
        return str(due[-1]["id"]) if len(due) == _BATCH else ""

    async def _remove_alone(self, act: Transaction, table: sa.Table, record_id: str) -> None:
        try:
            await self._remove(act, table, [record_id])
        except asyncpg.ForeignKeyViolationError as error:
            self.purged.kept[table.name, error.table_name or "another record"] += 1

    async def _remove(self, act: Transaction, table: sa.Table, ids: Sequence[str]) -> None:
        if not ids:
            return
        async with act.savepoint():
            await pointers.forget(act, ids)
            text, event = _REMOVE.format(name=table.name), f"{table.name}.purged"
            count = await act.write_set(table, event, text, self._workspace, ids, told=False)
        self.purged.gone[table.name] += count

    async def forget(self) -> None:
        """Forget what undo remembered of acts that can be undone no more."""
        async with self._acting() as act:
            await act.fetch_text(_FORGET, self._workspace, self._now - KEPT)
            await act.fetch_text(_FORGET_UNDONE, self._workspace, self._now - KEPT)

    def _acting(self) -> Any:
        return transaction(
            self._database,
            workspace=self._workspace,
            author=Author(ActorKind.SYSTEM, None),
            now=self._now,
            request_id=ACT,
            act=ACT,
            remember=False,
        )


def _due(table: sa.Table) -> str:
    """The records of a table that are due, each with what needs it."""
    needed = [f"WHEN true THEN '{LAW}'"] if table.name in BY_LAW else []
    needed += [
        _NEEDED.format(other=other.name, column=column.name)
        for other in metadata.sorted_tables
        for column in other.c
        if column.info.get("references") == table.name and column.info["on_delete"] == "RESTRICT"
    ]
    return _DUE.format(
        name=table.name, needed="".join(needed) or "WHEN false THEN ''", batch=_BATCH
    )
