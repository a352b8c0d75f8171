"""PostgreSQL: two pools, the workspace of every connection, and how statements run on them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Any, TypeVar

import asyncpg
import orjson
from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.sql import ClauseElement

from core.settings import Settings
from core.sql import Rendered, render_again

CONFLICTS = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""Why an act is begun again: another one was in its way, and nothing is left of it."""
_TRIES = 4
_IDLE_SECONDS = 300.0
_SETTING = "SELECT set_config('app.workspace', $1, $2)"
_ACTING = f"{_SETTING}, set_config('app.operation', $3, $2)"

SESSION = {
    "timezone": "UTC",
    "jit": "off",
    # Rows lie in memory or on a disk without arms: a page from anywhere costs a page.
    "random_page_cost": "1.1",
    # Statements are planned for the largest workspace, which may hold nearly all rows: reading
    # a table from end to end would then seem cheap, and is not for any other.
    "enable_seqscan": "off",
}
"""What every session is set to."""
READING = SESSION | {
    "default_transaction_read_only": "on",
    "plan_cache_mode": "force_generic_plan",
    "statement_timeout": "10s",
}
"""What a session of the read pool is set to."""

Statement = ClauseElement | Rendered
T = TypeVar("T")


async def undisturbed(do: Callable[[], Awaitable[T]]) -> T:
    """Do an act; where another one is in its way, that goes on and this one begins again."""
    for _ in range(1, _TRIES):
        with suppress(*CONFLICTS):
            return await do()
    return await do()


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that remembers which workspace it is set to."""

    workspace: str | None = None
    left: float = 0.0
    """When it was used last."""

    def get_reset_query(self) -> str:
        """Nothing to reset: this module owns all session state."""
        return ""

    async def rows(self, text: str, arguments: Sequence[Any]) -> list[asyncpg.Record]:
        """What `fetch` returns; for a statement it has prepared, without its seven calls."""
        protocol = self._protocol
        known = self._stmt_cache.get((text, protocol.get_record_class(), False))
        if known is not None and not self._query_loggers:
            try:
                found: list[asyncpg.Record] = await protocol.bind_execute(
                    known, arguments, "", 0, False, None
                )
            except (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError):
                # The tables have changed: `fetch` knows how to begin anew.
                pass
            else:
                return found
        return list(await self.fetch(text, *arguments))


class _Sent(Collector):
    """How many statements there were: plain numbers, without the locks of the library's own."""

    read = 0
    write = 0

    def collect(self) -> Iterator[Metric]:
        """What was counted so far, as it is served."""
        sent = CounterMetricFamily(
            "coeffection_sql_statements",
            "SQL statements sent to PostgreSQL, by pool.",
            labels=["pool"],
        )
        sent.add_metric(["read"], self.read)
        sent.add_metric(["write"], self.write)
        yield sent


_SENT = _Sent()
REGISTRY.register(_SENT)
Connect = Callable[[], Awaitable[_Connection]]


class _Turns:
    """Turns, so many at once; who finds none free waits in line.

    The semaphore of the library asks a chain of questions for what is nearly always free.
    """

    __slots__ = ("_free", "_line")

    def __init__(self, count: int) -> None:
        self._free = count
        self._line: list[asyncio.Future[None]] = []

    async def take(self) -> None:
        """Take one, as soon as one is free."""
        if self._free:
            self._free -= 1
            return
        waiter = asyncio.get_running_loop().create_future()
        self._line.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():
                # It was given, and is not wanted any more.
                self.give()
            raise

    def give(self) -> None:
        """Give it to whoever waits longest, or back."""
        while self._line:
            waiter = self._line.pop(0)
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1


class _Reads:
    """The connections of the read pool: so many at most, each kept to a workspace if it can be.

    It does no more than hand them out. A pool of the driver's spends as much on that as on a
    short statement, because it has to forget what a stranger may have done to a session.
    """

    def __init__(self, connect: Connect, size: int) -> None:
        self._connect = connect
        self._size = size
        self._turns = _Turns(size)
        self._free: list[_Connection] = []
        self._open: set[_Connection] = set()

    async def take(self, workspace: str | None = None) -> _Connection:
        """A connection for this caller alone; waits while all are taken."""
        await self._turns.take()
        try:
            while self._free:
                connection = self._chosen(workspace)
                if not connection.is_closed() and monotonic() - connection.left < _IDLE_SECONDS:
                    return connection
                self._forget(connection)
            connection = await self._connect()
        except BaseException:
            self._turns.give()
            raise
        self._open.add(connection)
        return connection

    def _chosen(self, workspace: str | None) -> _Connection:
        """One that is set to the workspace, else the one that was used least lately."""
        for at in reversed(range(len(self._free))):
            if self._free[at].workspace == workspace:
                return self._free.pop(at)
        return self._free.pop(0)

    def give_back(self, connection: _Connection) -> None:
        """Take it back; one in doubt, whose workspace was forgotten, is used last."""
        if connection.is_closed():
            self._forget(connection)
        elif connection.workspace is None:
            self._free.insert(0, connection)
        else:
            self._free.append(connection)
        connection.left = monotonic()
        self._turns.give()

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[_Connection]:
        """A connection whose workspace is forgotten afterwards, for what is no plain statement."""
        connection = await self.take()
        try:
            yield connection
        finally:
            connection.workspace = None
            self.give_back(connection)

    async def close(self) -> None:
        """Close all, each as soon as it is given back."""
        for _ in range(self._size):
            await self._turns.take()
        await asyncio.gather(*(connection.close() for connection in self._open))

    def terminate(self) -> None:
        """Close all at once."""
        for connection in self._open:
            connection.terminate()

    def _forget(self, connection: _Connection) -> None:
        connection.terminate()
        self._open.discard(connection)


class Reader:
    """The reading statements of one request: over one connection, one after the other."""

    __slots__ = ("_connection", "_pooled", "_reads", "_turn", "_workspace", "sent")

    def __init__(self, reads: _Reads, workspace: str | None, *, pooled: bool) -> None:
        self._reads = reads
        self._workspace = workspace
        self._pooled = pooled
        self._connection: _Connection | None = None
        self._turn = _Turns(1)
        self.sent = 0

    async def fetch(
        self, statement: Rendered, values: Mapping[str, Any] | None = None
    ) -> list[asyncpg.Record]:
        """Run a statement; the first one takes the connection."""
        arguments = statement.arguments(values)
        await self._turn.take()
        connection = self._connection
        try:
            if connection is None:
                connection = self._connection = await self._reads.take(self._workspace)
            self.sent += 1
            if self._pooled and self._workspace is not None:
                return await self._in_transaction(connection, statement.text, arguments)
            if self._workspace is not None and connection.workspace != self._workspace:
                connection.workspace = None
                await connection.execute(_SETTING, self._workspace, False)
                connection.workspace = self._workspace
            return await connection.rows(statement.text, arguments)
        except BaseException:
            if connection is not None:
                connection.workspace = None
            raise
        finally:
            self._turn.give()

    async def _in_transaction(
        self, connection: _Connection, text: str, arguments: list[Any]
    ) -> list[asyncpg.Record]:
        async with connection.transaction(readonly=True):
            await connection.execute(_SETTING, self._workspace, True)
            return list(await connection.fetch(text, *arguments))

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._reads.give_back(self._connection)
            self._connection = None
            _SENT.read += self.sent
            self.sent = 0


class Database:
    """The database as the application's role sees it."""

    def __init__(self, reads: _Reads, writes: asyncpg.Pool, *, pooled: bool) -> None:
        self._reads = reads
        self._writes = writes
        self._pooled = pooled
        self.told = 0
        """How many acts of this process had something to tell."""

    @classmethod
    async def open(cls, settings: Settings, *, application: str) -> "Database":
        """Open both pools; the read pool only ever sees single statements."""
        common: dict[str, Any] = {
            "dsn": settings.database_app_url,
            "connection_class": _Connection,
            "timeout": 5.0,
            "statement_cache_size": 0 if settings.database_pooler else 1024,
            # A search over all kinds is longer than the driver would remember; what is longer
            # still is nobody's everyday question, and would be kept by each connection.
            "max_cacheable_statement_size": 64 * 1024,
        }
        named = {"application_name": application}
        reading, writing = READING | named, SESSION | named

        async def connect() -> _Connection:
            connection: _Connection = await asyncpg.connect(**common, server_settings=reading)
            await init_reads(connection)
            return connection

        reads = _Reads(connect, settings.database_pool_size)
        reads.give_back(await reads.take())
        writes = await asyncpg.create_pool(
            **common,
            min_size=1,
            max_size=settings.database_pool_size,
            max_inactive_connection_lifetime=_IDLE_SECONDS,
            init=_init_writes,
            server_settings=writing
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

    def reading(self, workspace: str | None) -> Reader:
        """One connection for several statements; whoever asks for it closes it."""
        return Reader(self._reads, workspace, pooled=self._pooled)

    async def fetch(
        self, workspace: str, statement: Statement, values: Mapping[str, Any] | None = None
    ) -> list[asyncpg.Record]:
        """Run one reading statement as seen by a workspace."""
        return await self._fetch(workspace, statement, values)

    async def fetch_outside(
        self, statement: Statement, values: Mapping[str, Any] | None = None
    ) -> list[asyncpg.Record]:
        """Read a table that has no workspace policy (credentials, logins, heads, due work)."""
        return await self._fetch(None, statement, values)

    async def write_outside(self, text: str, *arguments: Any) -> list[asyncpg.Record]:
        """Write such a table in one statement, which is a transaction of its own."""
        _SENT.write += 1
        async with self._writes.acquire() as connection:
            return list(await connection.fetch(text, *arguments))

    async def _fetch(
        self, workspace: str | None, statement: Statement, values: Mapping[str, Any] | None
    ) -> list[asyncpg.Record]:
        rendered = statement if isinstance(statement, Rendered) else render_again(statement)
        reader = self.reading(workspace)
        try:
            return await reader.fetch(rendered, values)
        finally:
            reader.close()

    async def ping(self) -> None:
        """Fail unless the database answers."""
        async with self._reads.acquire() as proxy:
            await proxy.execute("SELECT 1")

    @asynccontextmanager
    async def writing(self, workspace: str | None, operation: str = "") -> AsyncIterator["Writing"]:
        """One transaction, set to a workspace for its whole length; None only outside of any.

        The database remembers for undo what an `operation` does to rows no event tells of.
        """
        async with self._writes.acquire() as connection, connection.transaction():
            if workspace is not None:
                await connection.execute(_ACTING, workspace, True, operation)
            yield Writing(connection)


class Writing:
    """Statements of one open transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(
        self, statement: Statement, values: Mapping[str, Any] | None = None
    ) -> list[asyncpg.Record]:
        """All rows of a statement."""
        rendered = statement if isinstance(statement, Rendered) else render_again(statement)
        _SENT.write += 1
        return list(await self._connection.fetch(rendered.text, *rendered.arguments(values)))

    async def fetch_text(self, text: str, *arguments: Any) -> list[asyncpg.Record]:
        """All rows of a statement given as SQL text."""
        _SENT.write += 1
        return list(await self._connection.fetch(text, *arguments))

    async def execute(self, text: str) -> None:
        """Run SQL text without arguments."""
        _SENT.write += 1
        await self._connection.execute(text)

    async def copy(self, table: str, columns: Sequence[str], rows: Any) -> None:
        """COPY rows into a temporary table (PostgreSQL refuses COPY into one with a policy)."""
        _SENT.write += 1
        await self._connection.copy_records_to_table(
            table, columns=list(columns), records=rows, schema_name="pg_temp"
        )

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part of the transaction that may fail on its own."""
        async with self._connection.transaction():
            yield


async def init_reads(connection: asyncpg.Connection) -> None:
    """Have a connection take values in the forms that reads are written for."""
    await _init_writes(connection)
    await _as_text(connection, "numeric")


async def _init_writes(connection: asyncpg.Connection) -> None:
    await _as_text(connection, "uuid")
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: orjson.dumps(value, default=str).decode(),
        decoder=orjson.loads,
        format="text",
    )


async def _as_text(connection: asyncpg.Connection, kind: str) -> None:
    """Take values of a type as PostgreSQL writes them: the driver does it without a call each."""
    await connection.set_builtin_type_codec(
        kind, schema="pg_catalog", codec_name="text", format="text"
    )
