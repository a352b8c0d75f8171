"""PostgreSQL: two pools, the workspace of every connection, and how statements run on them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
from prometheus_client import Counter
from sqlalchemy.sql import ClauseElement

from core.settings import Settings
from core.sql import Rendered, render

STATEMENTS = Counter(
    "coeffection_sql_statements", "SQL statements sent to PostgreSQL, by pool.", ["pool"]
)
_READS = STATEMENTS.labels("read")
_WRITES = STATEMENTS.labels("write")
_SETTING = "SELECT set_config('app.workspace', $1, $2)"

Statement = ClauseElement | Rendered


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that remembers which workspace it is set to."""

    workspace: str | None = None

    def get_reset_query(self) -> str:
        """Nothing to reset: this module owns all session state."""
        return ""


class Database:
    """The database as the application's role sees it."""

    def __init__(self, reads: asyncpg.Pool, writes: asyncpg.Pool, *, pooled: bool) -> None:
        self._reads = reads
        self._writes = writes
        self._pooled = pooled

    @classmethod
    async def open(cls, settings: Settings, *, application: str) -> "Database":
        """Open both pools; the read pool only ever sees single statements."""
        common: dict[str, Any] = {
            "dsn": settings.database_app_url,
            "connection_class": _Connection,
            "min_size": 1,
            "max_inactive_connection_lifetime": 300.0,
            "timeout": 5.0,
            "statement_cache_size": 0 if settings.database_pooler else 1024,
        }
        session = {"timezone": "UTC", "application_name": application, "jit": "off"}
        reads = await asyncpg.create_pool(
            **common,
            max_size=settings.database_pool_size,
            init=_init_reads,
            server_settings=session
            | {
                "default_transaction_read_only": "on",
                "plan_cache_mode": "force_generic_plan",
                "statement_timeout": "10s",
            },
        )
        writes = await asyncpg.create_pool(
            **common,
            max_size=settings.database_pool_size,
            init=_init_writes,
            server_settings=session
            | {
                "statement_timeout": "60s",
                "lock_timeout": "5s",
                "idle_in_transaction_session_timeout": "60s",
            },
        )
        return cls(reads, writes, pooled=settings.database_pooler)

    async def close(self) -> None:
        """Close both pools, waiting a little for running statements."""
        for pool in (self._reads, self._writes):
            try:
                await asyncio.wait_for(pool.close(), timeout=5)
            except TimeoutError:
                pool.terminate()

    async def fetch(
        self, workspace: str, statement: Statement, values: Mapping[str, Any] | None = None
    ) -> list[asyncpg.Record]:
        """Run one reading statement as seen by a workspace."""
        rendered = statement if isinstance(statement, Rendered) else render(statement)
        arguments = rendered.arguments(values)
        async with self._reads.acquire() as proxy:
            connection = proxy._con  # noqa: SLF001 - the proxy hides our subclass's attribute
            if self._pooled:
                async with proxy.transaction(readonly=True):
                    await proxy.execute(_SETTING, workspace, True)
                    _READS.inc()
                    return list(await proxy.fetch(rendered.text, *arguments))
            if connection.workspace != workspace:
                connection.workspace = None
                await proxy.execute(_SETTING, workspace, False)
                connection.workspace = workspace
            try:
                _READS.inc()
                return list(await proxy.fetch(rendered.text, *arguments))
            except BaseException:
                connection.workspace = None
                raise

    async def fetch_outside(
        self, statement: Statement, values: Mapping[str, Any] | None = None
    ) -> list[asyncpg.Record]:
        """Read a table that has no workspace policy (credentials, logins, heads, due work)."""
        rendered = statement if isinstance(statement, Rendered) else render(statement)
        async with self._reads.acquire() as proxy:
            _READS.inc()
            return list(await proxy.fetch(rendered.text, *rendered.arguments(values)))

    async def ping(self) -> None:
        """Fail unless the database answers."""
        async with self._reads.acquire() as proxy:
            await proxy.execute("SELECT 1")

    @asynccontextmanager
    async def writing(self, workspace: str | None) -> AsyncIterator["Writing"]:
        """One transaction, set to a workspace for its whole length; None only outside of any."""
        async with self._writes.acquire() as connection, connection.transaction():
            if workspace is not None:
                await connection.execute(_SETTING, workspace, True)
            yield Writing(connection)


class Writing:
    """Statements of one open transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(
        self, statement: Statement, values: Mapping[str, Any] | None = None
    ) -> list[asyncpg.Record]:
        """All rows of a statement."""
        rendered = statement if isinstance(statement, Rendered) else render(statement)
        _WRITES.inc()
        return list(await self._connection.fetch(rendered.text, *rendered.arguments(values)))

    async def fetch_text(self, text: str, *arguments: Any) -> list[asyncpg.Record]:
        """All rows of a statement given as SQL text."""
        _WRITES.inc()
        return list(await self._connection.fetch(text, *arguments))

    async def execute(self, text: str) -> None:
        """Run SQL text without arguments."""
        _WRITES.inc()
        await self._connection.execute(text)

    async def copy(self, table: str, columns: Sequence[str], rows: Any) -> None:
        """COPY rows into a temporary table (PostgreSQL refuses COPY into one with a policy)."""
        _WRITES.inc()
        await self._connection.copy_records_to_table(
            table, columns=list(columns), records=rows, schema_name="pg_temp"
        )

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part of the transaction that may fail on its own."""
        async with self._connection.transaction():
            yield


async def _init_reads(connection: asyncpg.Connection) -> None:
    await _init(connection, numeric=str)


async def _init_writes(connection: asyncpg.Connection) -> None:
    await _init(connection, numeric=None)


async def _init(connection: asyncpg.Connection, *, numeric: Any) -> None:
    await connection.set_type_codec(
        "uuid", schema="pg_catalog", encoder=str, decoder=str, format="text"
    )
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: orjson.dumps(value, default=str).decode(),
        decoder=orjson.loads,
        format="text",
    )
    if numeric:
        await connection.set_type_codec(
            "numeric", schema="pg_catalog", encoder=str, decoder=numeric, format="text"
        )
