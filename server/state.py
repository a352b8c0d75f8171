"""What one API process holds: its pools, its callers, its schema."""

from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLSchema
from redis.asyncio import Redis
from redis.exceptions import RedisError

from auth.authenticate import Callers
from core import redis
from core.db import Database
from core.limiter import Limiter
from core.settings import Settings
from resolvers import api
from resolvers.plans.cache import Plans
from server.answers import Boundary
from server.waiting import Watch
from subscriptions.hub import Hub


@dataclass(slots=True)
class State:
    """Everything requests share."""

    settings: Settings
    database: Database
    callers: Callers
    limiter: Limiter
    redis: Redis | None
    schema: GraphQLSchema
    plans: Plans
    hub: Hub
    trusted: frozenset[str] = frozenset()
    """Proxies whose word on where a request comes from counts."""
    documents: OrderedDict[str, Any] = field(default_factory=OrderedDict)
    watch: Watch = field(default_factory=Watch)

    async def wake(self) -> None:
        """Tell workers and feeds that there may be work; they find it without this, only later."""
        self.hub.call()
        if self.redis is None:
            return
        try:
            await self.redis.publish(redis.WAKE, b"1")
        except (RedisError, OSError, TimeoutError):
            return


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[State]:
    """Open what a process needs, and close it in the end."""
    database = await Database.open(settings, application="coeffection-api")
    client = redis.connect(settings)
    callers = Callers(database, test_clock=settings.coeffection_test_clock)
    try:
        schema = api.build()
        plans = Plans(schema, forced=settings.reads == "executor")
        trusted = frozenset(filter(None, settings.trusted_proxies.split(",")))
        hub = Hub(database, callers, plans, client, Boundary())
        hub.start()
        limiter = Limiter(client)
        try:
            yield State(settings, database, callers, limiter, client, schema, plans, hub, trusted)
        finally:
            await hub.close()
    finally:
        await callers.close()
        await database.close()
        if client is not None:
            await client.aclose()
