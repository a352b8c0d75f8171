"""The statements our server sends for a request, to run them again by themselves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx

from core import log
from core.db import READING, init_reads
from core.settings import Settings
from server.app import application
from tests.benchmarks.harness import Asked

Sent = list[tuple[str, tuple[Any, ...]]]


async def statements(ready: dict[str, Any], asked: list[Asked]) -> list[Sent]:
    """What each request sends once it is warm: texts with their arguments."""
    settings = Settings(
        database_app_url=ready["appDatabaseUrl"],
        redis_url=ready["redisUrl"],
        database_pool_size=1,
    )
    log.configure("error")
    app = application(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            reads = app.it.database._reads
            return [await _sent(reads, client, one) for one in asked]


async def _sent(reads: Any, client: httpx.AsyncClient, asked: Asked) -> Sent:
    sent: Sent = []

    def note(query: Any) -> None:
        sent.append((query.query, query.args))

    async def ask() -> None:
        answer = await client.post("/graphql", content=asked.body(), headers=asked.headers())
        answer.raise_for_status()

    await ask()
    async with reads.acquire() as own:
        own.add_query_logger(note)
    # The connection is told its workspace anew: once, and not of interest.
    await ask()
    # The driver tells of a statement in the loop's next turn.
    await asyncio.sleep(0)
    sent.clear()
    await ask()
    await asyncio.sleep(0)
    own.remove_query_logger(note)
    return sent


@asynccontextmanager
async def connected(ready: dict[str, Any], *, policy: bool) -> AsyncIterator[asyncpg.Connection]:
    """A connection as reads have it: under the policy as the API's role, or past it."""
    url = ready["appDatabaseUrl"] if policy else ready["databaseUrl"]
    connection = await asyncpg.connect(
        url,
        server_settings=READING,
        statement_cache_size=1024,
        max_cacheable_statement_size=0,
    )
    try:
        await init_reads(connection)
        yield connection
    finally:
        await connection.close()
