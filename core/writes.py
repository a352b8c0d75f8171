"""The one module that writes rows: every change becomes an event with its place in commit order."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

import asyncpg
import orjson
import sqlalchemy as sa

from core.db import Database, Writing
from core.events import Author, Pending
from core.ids import new_id

LONG, BEGINNING = 2_000, 1_000
"""Of a longer text in a column of long ones, the log keeps so many characters."""

_CHANGES = "event_changes(to_jsonb(old), to_jsonb(new))"

_HEAD = """
UPDATE event_head SET position = position + $2, access_epoch = access_epoch + $3
WHERE workspace_id = $1 RETURNING position
"""

_LOG = """
INSERT INTO event (workspace_id, position, at, type, entity, record_id, actor_kind, actor_id,
                   request_id, operation_id, act, import_id, changes, data)
SELECT $1, $2 + e.ord, $3, e.type, e.entity, e.record_id, $4, $5, $6, $7, $8, $9, e.changes, e.data
FROM unnest($10::text[], $11::text[], $12::uuid[], $13::jsonb[], $14::jsonb[])
     WITH ORDINALITY AS e(type, entity, record_id, changes, data, ord)
"""

_PENDING = """
CREATE TEMPORARY TABLE IF NOT EXISTS pending_event (
  ord bigint GENERATED ALWAYS AS IDENTITY, type text, entity text, record_id uuid, changes jsonb
) ON COMMIT DROP
"""

_UNTOLD = frozenset({"workspace_id", "id", "version", "created_at", "updated_at"})

_LOG_PENDING = """
INSERT INTO event (workspace_id, position, at, type, entity, record_id, actor_kind, actor_id,
                   request_id, operation_id, act, import_id, changes)
SELECT $1, $2 + row_number() OVER (ORDER BY ord), $3, type, entity, record_id, $4, $5, $6, $7, $8,
       $9, changes
FROM pending_event
"""


class Transaction(Writing):
    """One act: its rows and its events, committed together."""

    def __init__(
        self,
        connection: Any,
        *,
        workspace: str,
        author: Author,
        now: datetime,
        request_id: str,
        act: str | None = None,
        import_id: str | None = None,
        operation_id: str | None = None,
    ) -> None:
        super().__init__(connection)
        self.workspace = workspace
        self.author = author
        self.now = now
        self.request_id = request_id
        self.import_id = import_id
        self.name = act
        self.operation_id = operation_id or new_id()
        self.position: int | None = None
        self._events: dict[tuple[str, str], Pending] = {}
        self._set_based = 0
        self._access_changed = False

    async def insert(self, table: sa.Table, values: Mapping[str, Any]) -> asyncpg.Record:
        """Insert one record and remember that it was created."""
        rows = await self.insert_many(table, [values])
        return rows[0]

    async def insert_many(
        self, table: sa.Table, values: Sequence[Mapping[str, Any]]
    ) -> list[asyncpg.Record]:
        """Insert records; ids and times are filled in where missing."""
        filled = [self._filled(table, row) for row in values]
        # One row is a statement that is compiled once; several are another one for each number.
        given = filled[0] if len(filled) == 1 else filled
        return await self._run(table, sa.insert(table).values(given), f"{table.name}.created")

    async def update(
        self,
        table: sa.Table,
        where: sa.ColumnElement[bool],
        values: Mapping[str, Any],
        *,
        event: str = "updated",
    ) -> list[asyncpg.Record]:
        """Change records of this workspace; each gets its next version and one event."""
        statement = (
            sa.update(table)
            .where(table.c.workspace_id == self.workspace, where)
            .values(**values, version=table.c.version + 1, updated_at=self.now)
        )
        return await self._run(table, statement, f"{table.name}.{event}")

    async def delete(self, table: sa.Table, where: sa.ColumnElement[bool]) -> list[asyncpg.Record]:
        """Delete records for good; softly deleting is an update of `deleted_at`."""
        statement = sa.delete(table).where(table.c.workspace_id == self.workspace, where)
        return await self._run(table, statement, f"{table.name}.deleted")

    async def write_set(
        self, table: sa.Table, event: str, dml: str, *arguments: Any, told: bool = True
    ) -> int:
        """Run set-based SQL and log its rows where they are, without bringing them here.

        `dml` is an INSERT, UPDATE or DELETE without RETURNING; the number of rows is returned.
        Unless it is `told`, the log keeps that it happened and not what was in the rows.
        """
        await self.execute(_PENDING)
        changes = changes_in_line(table) if told else "'{}'::jsonb"
        counted = await self.fetch_text(
            f"WITH changed AS ({dml} RETURNING coalesce(new.id, old.id) AS id,"
            f" {changes} AS changes),"
            " logged AS (INSERT INTO pending_event (type, entity, record_id, changes)"
            f" SELECT '{event}', '{table.name}', id, changes FROM changed RETURNING 1)"
            " SELECT count(*) FROM logged",
            *arguments,
        )
        self._set_based += counted[0][0]
        return int(counted[0][0])

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part of the act that may fail on its own, its events with it."""
        before, set_based = dict(self._events), self._set_based
        try:
            async with super().savepoint():
                yield
        except BaseException:
            self._events, self._set_based = before, set_based
            raise

    def emit(self, event: str, entity: str, record_id: str, **data: Any) -> None:
        """Say more about a record than its changed fields, in the same event as they are in."""
        self._remember(Pending(event, entity, record_id, "{}", data))

    def events(self) -> list[Pending]:
        """What this act will log of single records, as far as it is."""
        return list(self._events.values())

    async def join(self, operation_id: str, *, name: str) -> None:
        """Make what follows a part of an act that others go on with."""
        self.operation_id, self.name = operation_id, name
        await self.fetch_text("SELECT set_config('app.operation', $1, true)", operation_id)

    def access_changed(self) -> None:
        """Make every process read the workspace's users, teams and credentials anew."""
        self._access_changed = True

    async def finish(self) -> None:
        """Take the events' positions; the row lock is held from here to the commit only."""
        count = len(self._events) + self._set_based
        if self.position is None:
            await self.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if not count and not self._access_changed:
            return
        head = await self.fetch_text(_HEAD, self.workspace, count, int(self._access_changed))
        self.position = head[0]["position"]
        first = self.position - count
        facts = (
            self.now,
            self.author.kind,
            self.author.id,
            self.request_id,
            self.operation_id,
            self.name,
            self.import_id,
        )
        if self._events:
            await self.fetch_text(_LOG, self.workspace, first, *facts, *self._columns())
        if self._set_based:
            await self.fetch_text(_LOG_PENDING, self.workspace, first + len(self._events), *facts)
            await self.execute("TRUNCATE pg_temp.pending_event")
        self._events.clear()
        self._set_based = 0
        self._access_changed = False

    def _columns(self) -> Iterable[list[Any]]:
        events = list(self._events.values())
        yield [event.type for event in events]
        yield [event.entity for event in events]
        yield [event.record_id for event in events]
        yield [orjson.Fragment(event.changes) for event in events]
        yield [event.data for event in events]

    def _filled(self, table: sa.Table, values: Mapping[str, Any]) -> dict[str, Any]:
        defaults = {"id": new_id(), "created_at": self.now, "updated_at": self.now}
        known = {name: value for name, value in defaults.items() if name in table.c}
        return known | dict(values) | {"workspace_id": self.workspace}

    async def _run(self, table: sa.Table, statement: Any, event: str) -> list[asyncpg.Record]:
        if "version" not in table.c:
            return await self.fetch(statement.returning(*table.c))
        told = changes_in_line(table) if long_texts(table) else _CHANGES
        changed: Any = sa.literal_column(f"{told}::text AS event_changes")
        rows = await self.fetch(statement.returning(*table.c, changed))
        for row in rows:
            changes = row["event_changes"]
            record = row["id" if "id" in table.c else "workspace_id"]
            if changes != "{}" or not event.endswith(".updated"):
                self._remember(Pending(event, table.name, record, changes))
        return rows

    def _remember(self, event: Pending) -> None:
        key = (event.entity, event.record_id)
        earlier = self._events.get(key)
        self._events[key] = earlier.merged(event) if earlier else event


def long_texts(table: sa.Table) -> list[str]:
    """The columns of a table that hold texts of many pages."""
    return [column.name for column in table.c if column.info.get("long")]


def _side(table: sa.Table, row: str, name: str) -> str:
    """A value before or after; a long text as `{"cut": its beginning, "length": …}`."""
    value = f'{row}."{name}"'
    if name not in long_texts(table):
        return f"to_json({value})"
    return (
        f"CASE WHEN length({value}) > {LONG} THEN json_build_object('cut',"
        f" left({value}, {BEGINNING}), 'length', length({value})) ELSE to_json({value}) END"
    )


@lru_cache(maxsize=64)
def changes_in_line(table: sa.Table) -> str:
    """What `event_changes(old, new)` answers, spelled out: for many rows it costs a tenth."""
    changed = ", ".join(
        f"""CASE WHEN old."{name}" IS DISTINCT FROM new."{name}" THEN '"{name}":{{"before":'"""
        f""" || coalesce({_side(table, "old", name)}::text, 'null') || ',"after":'"""
        f""" || coalesce({_side(table, "new", name)}::text, 'null') || '}}' END"""
        for name in table.columns.keys()  # noqa: SIM118 - iterating gives columns, not names
        if name not in _UNTOLD and not name.endswith(("_key", "_milli"))
    )
    return f"('{{' || concat_ws(',', {changed}) || '}}')::jsonb"


@asynccontextmanager
async def transaction(
    database: Database,
    *,
    workspace: str,
    author: Author,
    now: datetime,
    request_id: str,
    act: str | None = None,
    import_id: str | None = None,
    operation_id: str | None = None,
    remember: bool = True,
) -> AsyncIterator[Transaction]:
    """Open an act's transaction; leaving it normally logs its events and commits.

    Several transactions of one `operation_id` are one act; what nothing is to `remember` is gone.
    """
    operation_id = operation_id or new_id()
    async with database.writing(workspace, operation_id if remember else "") as writing:
        transaction = Transaction(
            writing._connection,  # noqa: SLF001 - the act goes on with the same connection
            workspace=workspace,
            author=author,
            now=now,
            request_id=request_id,
            act=act,
            import_id=import_id,
            operation_id=operation_id,
        )
        yield transaction
        await transaction.finish()
    if transaction.position is not None:
        database.told += 1
