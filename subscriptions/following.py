"""Following one workspace: its new events, read once, and who may still see what."""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import asyncpg
import orjson
from graphql import ExecutionResult

from auth.actor import Actor
from auth.authenticate import Caller, Callers
from auth.heads import Head, Stale
from core.codes import DenialCode
from core.db import Database
from core.errors import Denied
from core.log import logger
from models.enums import ResyncReason
from resolvers.plans.cache import Asked, Plans
from resolvers.plans.feeds import Watching
from resolvers.reading import Reading
from subscriptions import log
from subscriptions.connections import Connection
from subscriptions.frames import Queue
from subscriptions.groups import Group, Telling
from subscriptions.values import Showing

CONFLATED_SECONDS = 0.05
"""What happens to a card in this time is told once."""
RETRY_SECONDS = 0.25
AT_ONCE = 4
"""Groups that are worked out at the same time: requests need connections, too."""
AWAY = (
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresConnectionError,
    OSError,
    TimeoutError,
)
"""The database is away: what was not told is told when it is back."""
_ATTEMPTS = 3
_LONGEST_CURSOR = 18
_LOG = logger("live")


class Boundary(Protocol):
    """How answers and errors go over the wire."""

    def written(self, result: ExecutionResult) -> str:
        """An answer as JSON."""

    def errors(self, error: BaseException) -> list[Any]:
        """What is said of something that went wrong."""


class Around(Protocol):
    """What a workspace is followed with."""

    database: Database
    callers: Callers
    plans: Plans
    boundary: Boundary

    def reading(self, actor: Actor) -> Reading:
        """A reading as of now."""

    async def head(self, workspace: str) -> Head:
        """Where a workspace's log stands."""


@dataclass(eq=False, slots=True)
class _Shared:
    """A group, and how many are in it or about to be."""

    key: Any
    group: Group
    asked: Asked
    """What all of them asked, the cursor apart."""
    users: int = 0
    busy: asyncio.Task[None] | None = None
    """Works out what nobody else waits for."""
    aged: bool = False
    """Whether it has to look at what time has changed."""


class Workspace:
    """The follower of one workspace, as long as somebody is connected to it."""

    def __init__(self, around: Around, name: str) -> None:
        self.name = name
        self.head: Head | None = None
        self.connections: set[Connection] = set()
        self._around = around
        self._position = 0
        """Up to here, groups that are there have been told or are being told."""
        self._shared: dict[Any, _Shared] = {}
        self._of: dict[Queue, _Shared] = {}
        self._opening = asyncio.Lock()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._patience = asyncio.Semaphore(AT_ONCE // 2)
        self._due = asyncio.Event()
        self._doubted = False
        self._moved = False
        """Whether the clock was moved."""
        self._task = asyncio.get_running_loop().create_task(self._work())

    def look(self, head: Head) -> None:
        """Take note of where the log stands."""
        if head != self.head:
            self._moved |= bool(self.head and self.head.clock_offset != head.clock_offset)
            self.head = head
            self._due.set()

    def tick(self) -> None:
        """Take note that time goes by."""
        if any(one.group.drifts() for one in self._shared.values()):
            self._due.set()

    def doubt(self) -> None:
        """Look anew at who is connected."""
        self._doubted = True
        self._due.set()

    def end(self) -> None:
        """Follow no longer."""
        self._task.cancel()
        for one in self._shared.values():
            if one.busy is not None:
                one.busy.cancel()

    async def follow(
        self, connection: Connection, queue: Queue, asked: Asked, after: str | None
    ) -> None:
        """Tell a subscriber what happens, from a cursor on."""
        for attempt in range(_ATTEMPTS):
            try:
                await self._follow(connection, queue, asked, after)
            except Stale:
                if attempt + 1 == _ATTEMPTS:
                    raise
                self.look(await self._around.head(self.name))
                await self._authorise(connection, await self._caller(connection))
            else:
                return

    async def _follow(
        self, connection: Connection, queue: Queue, asked: Asked, after: str | None
    ) -> None:
        watching = self._around.plans.watch(connection.actor, asked)
        since = read_cursor(watching.after if after is None else after)
        queue.viewer = connection.actor.user_id
        shared = await self._reserved(connection.actor, asked, watching)
        try:
            head = self.head.position if self.head else 0
            if since is not None and since > head:
                head = (await self._around.head(self.name)).position
            await shared.group.join(queue, since, head)
            # Whoever was away is told, too, that the snapshot was another one's.
            if since is not None and await self._resighted(connection.actor, since):
                queue.push([await shared.group.apology(ResyncReason.PERMISSIONS_CHANGED)])
        except BaseException:
            self._release(shared, queue)
            raise
        self._of[queue] = shared
        connection.running[queue] = shared.asked

    async def _resighted(self, actor: Actor, since: int) -> bool:
        behind = (self.head.position if self.head else since) - since
        return behind <= log.MOST and await log.resighted(
            self._around.database, self.name, actor.user_id, since
        )

    def unfollow(self, queue: Queue) -> None:
        """Stop to tell a subscriber."""
        shared = self._of.pop(queue, None)
        if shared is not None:
            self._release(shared, queue)

    def _release(self, shared: _Shared, queue: Queue) -> None:
        shared.group.queues.discard(queue)
        shared.users -= 1
        if not shared.users and self._shared.get(shared.key) is shared:
            del self._shared[shared.key]

    async def _reserved(self, actor: Actor, asked: Asked, watching: Watching) -> _Shared:
        """The group of all who are told the same, with a place in it."""
        key = await self._key(actor, asked, watching)
        async with self._opening:
            shared = self._shared.get(key)
            if shared is None:
                group = await self._opened(actor, watching)
                shared = self._shared[key] = _Shared(key, group, asked)
                # Something may have happened since it was read.
                self._due.set()
            elif actor.epoch > shared.group.actor.epoch:
                shared.group.actor = actor
            shared.users += 1
            return shared

    async def _key(self, actor: Actor, asked: Asked, watching: Watching) -> Any:
        """What makes two be told the same: the document, its variables, their sight."""
        variables = dict(asked.variables)
        variables.pop(watching.after_variable, None)
        sight: tuple[Any, ...] = (actor.permission_set, actor.time_zone, actor.currency)
        if actor.owners is not None or watching.personal:
            sight += (actor.user_id, actor.owners, actor.teams)
        if watching.feed.sharing is not None:
            reading = self._around.reading(actor)
            sight += (await watching.feed.sharing(reading, watching.arguments),)
        asks = asked.operation
        return asks.text, asks.name, orjson.dumps(variables, option=orjson.OPT_SORT_KEYS), sight

    async def _opened(self, actor: Actor, watching: Watching) -> Group:
        around = self._around
        reading = around.reading(actor)
        assert watching.feed.opening  # noqa: S101 - asked of feeds of events
        feed: Any = await watching.feed.opening(reading, watching.arguments)
        await reading.begin()
        made: type[Telling | Showing] = Telling if watching.feed.sharing is None else Showing
        group = made(
            self.name,
            actor,
            watching.answers,
            around.boundary.written,
            around.reading,
            reading.position,
            feed=feed,
        )
        await group.open(self._position)
        return group

    async def _work(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            pause = CONFLATED_SECONDS
            try:
                await self._round()
            except AWAY as error:
                _LOG.warning("events not told", reason=repr(error))
                pause = RETRY_SECONDS
                self._due.set()
            except Exception:  # noqa: BLE001 - the next round must come
                _LOG.exception("events not told")
                pause = RETRY_SECONDS
                self._due.set()
            await asyncio.sleep(pause)

    async def _round(self) -> None:
        if self._doubted or self.head is None:
            self.head = await self._around.head(self.name)
        head, doubted, self._doubted = self.head, self._doubted, False
        await self._authorise_all(head.epoch, everybody=doubted)
        moved, self._moved = self._moved, False
        for one in self._shared.values():
            one.aged |= moved or one.group.drifts()
        free = [one for one in self._shared.values() if one.busy is None]
        for one in free:
            if one.aged and isinstance(one.group, Showing):
                one.aged = False
                self._spawn(one, one.group.drift())
        late = [one for one in free if one.busy is None and one.group.position < head.position]
        behind = self._rested(late)
        self._position = max(self._position, head.position)
        if behind:
            await self._advance(behind, head.position)

    async def _advance(self, behind: Sequence[_Shared], to: int) -> None:
        """Tell groups what happened up to a position; boards do not wait for dashboards."""
        since = min(one.group.position for one in behind)
        events: Sequence[Any] = ()
        reason = ResyncReason.BULK_CHANGE if to - since > log.MOST else None
        if reason is None:
            events = await log.between(self._around.database, self.name, since, to)
            if len(events) < to - since:
                reason = ResyncReason.CURSOR_EXPIRED
        told = []
        for one in behind:
            telling = one.group.skip(reason, to) if reason else one.group.advance(events, to)
            if isinstance(one.group, Showing):
                self._spawn(one, telling)
            else:
                told.append(self._tell(one, telling, self._turns))
        await asyncio.gather(*told)

    def _spawn(self, shared: _Shared, telling: Coroutine[Any, Any, None]) -> None:
        def ended(_task: asyncio.Task[None]) -> None:
            shared.busy = None
            self._due.set()

        told = self._tell(shared, telling, self._patience)
        shared.busy = asyncio.get_running_loop().create_task(told)
        shared.busy.add_done_callback(ended)

    def _rested(self, groups: Sequence[_Shared]) -> list[_Shared]:
        """The groups that may be advanced; the others' turn comes."""
        rests = [(one, one.group.rest()) for one in groups]
        later = [rest for _, rest in rests if rest > 0]
        if later:
            asyncio.get_running_loop().call_later(min(later), self._due.set)
        return [one for one, rest in rests if rest <= 0]

    async def _tell(
        self, shared: _Shared, telling: Awaitable[None], turns: asyncio.Semaphore
    ) -> None:
        group = shared.group
        async with turns:
            try:
                await telling
                if group.doubtful:
                    group.doubtful = False
                    self.doubt()
            except Stale:
                shared.aged = True
                self.doubt()
            except AWAY as error:
                _LOG.warning("events not told", reason=repr(error))
                shared.aged = True
                self._due.set()
            except Exception as error:  # noqa: BLE001 - its subscribers are told, and come back
                self._fail(shared, self._around.boundary.errors(error))

    def _fail(self, shared: _Shared, errors: list[Any]) -> None:
        self._shared.pop(shared.key, None)
        for queue in list(shared.group.queues):
            self._of.pop(queue, None)
            queue.end(errors)

    async def _caller(self, connection: Connection) -> Caller | None:
        return await self._around.callers.of(connection.token)

    async def _authorise_all(self, epoch: int, *, everybody: bool) -> None:
        """Look anew at those whose access may have changed, each token once."""
        suspects = [one for one in self.connections if everybody or one.actor.epoch < epoch]
        callers: dict[str, Caller | None] = {}
        for one in suspects:
            if one.token not in callers:
                callers[one.token] = await self._caller(one)
            await self._authorise(one, callers[one.token])

    async def _authorise(self, connection: Connection, caller: Caller | None) -> None:
        if caller is None:
            connection.revoked()
            return
        connection.actor = caller.actor
        for queue, asked in list(connection.running.items()):
            shared = self._of.get(queue)
            if shared is None:
                continue
            try:
                await self._regroup(queue, shared, connection.actor, asked)
            except (*AWAY, Stale):
                raise
            except Exception as error:  # noqa: BLE001 - told to the subscriber
                self.unfollow(queue)
                queue.end(self._around.boundary.errors(error))

    async def _regroup(self, queue: Queue, shared: _Shared, actor: Actor, asked: Asked) -> None:
        """Move a subscriber to those who see what it sees now."""
        watching = self._around.plans.watch(actor, asked)
        if await self._key(actor, asked, watching) == shared.key:
            shared.group.actor = actor
            return
        other = await self._reserved(actor, asked, watching)
        self.unfollow(queue)
        if queue.ended:
            self._release(other, queue)
            return
        self._of[queue] = other
        queue.floor = 0
        await other.group.join(queue, None, 0)
        queue.push([await other.group.apology(ResyncReason.PERMISSIONS_CHANGED)])


def read_cursor(given: str | None) -> int | None:
    """The position behind a cursor; INVALID_CURSOR when it is none."""
    if given is None:
        return None
    if given.isascii() and given.isdigit() and len(given) <= _LONGEST_CURSOR:
        return int(given)
    message = "`after` is not a cursor of the event log: send an `eventCursor` or an event's."
    raise Denied(DenialCode.INVALID_CURSOR, message)
