"""The hub of one process: who is connected, what they follow, and one follower a workspace."""

import asyncio
from collections import Counter
from contextlib import suppress

from prometheus_client import Gauge
from redis.asyncio import Redis
from redis.exceptions import RedisError

from auth.actor import Actor
from auth.authenticate import Callers
from auth.heads import Head
from core import clock
from core.crypto import fingerprint
from core.db import Database
from core.log import logger
from core.redis import WAKE
from resolvers.plans.cache import Asked, Plans
from resolvers.reading import Reading
from subscriptions import log
from subscriptions.connections import Connection
from subscriptions.following import Boundary, Workspace
from subscriptions.frames import Queue

POLL_SECONDS = 0.25
"""How often the log is looked at without being called: that nothing is lost rests on this."""
SPACE_SECONDS = 0.01
"""Between two looks, however often it is called."""
EXPIRY_SECONDS = 1.0
_LOG = logger("live")

CONNECTIONS = Gauge("coeffection_live_connections", "Open sockets and streams.")
QUEUES = Gauge("coeffection_live_subscriptions", "Running subscriptions.")


class Hub:
    """Follows the logs of the workspaces that somebody is connected to."""

    def __init__(
        self,
        database: Database,
        callers: Callers,
        plans: Plans,
        redis: Redis | None,
        boundary: Boundary,
    ) -> None:
        self.database = database
        self.callers = callers
        self.plans = plans
        self.boundary = boundary
        self.closing = asyncio.Event()
        """Set when the process is about to end: streams end, and their clients come back."""
        self._redis = redis
        self._watch = log.Watch(database, callers.heads)
        self._workspaces: dict[str, Workspace] = {}
        self._called = asyncio.Event()
        self._counted: Counter[str] = Counter()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to follow."""
        loop = asyncio.get_running_loop()
        self._tasks.append(loop.create_task(self._follow()))
        if self._redis is not None:
            self._tasks.append(loop.create_task(self._listen(self._redis)))

    async def close(self) -> None:
        """Follow no longer."""
        self.closing.set()
        for workspace in self._workspaces.values():
            workspace.end()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def call(self) -> None:
        """Look at the logs soon: something was committed."""
        if self._workspaces:
            self._called.set()

    def connect(self, connection: Connection) -> None:
        """Watch over a connection: whether its token still opens anything."""
        name = connection.actor.workspace_id
        workspace = self._workspaces.get(name)
        if workspace is None:
            workspace = self._workspaces[name] = Workspace(self, name)
        workspace.connections.add(connection)
        self._counted[connection.actor.id] += 1
        CONNECTIONS.inc()

    def disconnect(self, connection: Connection) -> None:
        """Forget a connection and what it follows."""
        name = connection.actor.workspace_id
        workspace = self._workspaces[name]
        for queue in list(connection.running):
            self.unfollow(connection, queue)
        workspace.connections.discard(connection)
        self._counted[connection.actor.id] -= 1
        if not self._counted[connection.actor.id]:
            del self._counted[connection.actor.id]
        CONNECTIONS.dec()
        if not workspace.connections:
            workspace.end()
            del self._workspaces[name]

    def count(self, actor: Actor) -> int:
        """How many connections an actor has in this process."""
        return self._counted[actor.id]

    async def follow(self, connection: Connection, asked: Asked, after: str | None) -> Queue:
        """Follow a feed of events over a connection; what is wrong with it is raised.

        `after` is what the transport knows of it, and wins over the argument.
        """
        queue = Queue()
        workspace = self._workspaces[connection.actor.workspace_id]
        await workspace.follow(connection, queue, asked, after)
        QUEUES.inc()
        return queue

    def unfollow(self, connection: Connection, queue: Queue) -> None:
        """Stop to tell."""
        queue.end()
        if connection.running.pop(queue, None) is not None:
            QUEUES.dec()
        workspace = self._workspaces.get(connection.actor.workspace_id)
        if workspace is not None:
            workspace.unfollow(queue)

    def reading(self, actor: Actor) -> Reading:
        """A reading as of now, held against the head by its first statement."""
        offset = self._offset(actor.workspace_id)
        return Reading(
            self.database,
            actor,
            clock.now(offset),
            request_id="live",
            heads=self.callers.heads,
            clock_offset=offset,
        )

    def _offset(self, name: str) -> int:
        workspace = self._workspaces.get(name)
        return workspace.head.clock_offset if workspace and workspace.head else 0

    async def head(self, workspace: str) -> Head:
        """Where a workspace's log stands."""
        found = await self._watch.heads([workspace])
        return found[workspace]

    async def _follow(self) -> None:
        """Look where the logs stand: when called, and again and again."""
        looked = 0.0
        loop = asyncio.get_running_loop()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._called.wait(), POLL_SECONDS)
            self._called.clear()
            if not self._workspaces:
                continue
            try:
                heads = await self._watch.heads(list(self._workspaces))
            except Exception as error:  # noqa: BLE001 - the next look must come
                _LOG.warning("log not read", reason=repr(error))
                await asyncio.sleep(POLL_SECONDS)
                continue
            for name, head in heads.items():
                if name in self._workspaces:
                    self._workspaces[name].look(head)
            if loop.time() - looked > EXPIRY_SECONDS:
                looked = loop.time()
                self._expire()
            await asyncio.sleep(SPACE_SECONDS)

    def _expire(self) -> None:
        """Look closer at those whose token may have run out."""
        for workspace in self._workspaces.values():
            workspace.tick()
            tokens = {one.token for one in workspace.connections}
            if any(self.callers.remembered(fingerprint(token)) is None for token in tokens):
                workspace.doubt()

    async def _listen(self, redis: Redis) -> None:
        """Be called by Redis; while it is away, the log is looked at all the same."""
        while True:
            try:
                async with redis.pubsub(ignore_subscribe_messages=True) as calls:
                    await calls.subscribe(WAKE)
                    while True:
                        if await calls.get_message(timeout=5.0):
                            self.call()
            except (RedisError, OSError, TimeoutError):
                await asyncio.sleep(1)
