"""What is due is sent: jobs by the kind of work they do, and the poller that feeds them."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import dramatiq
from redis.asyncio import Redis
from redis.exceptions import RedisError

from auth.authenticate import Callers
from core import clock
from core.db import Database
from core.events import SYSTEM
from core.files import Files
from core.log import logger
from core.writes import Transaction, transaction
from jobs.broker import BROKER, NAMESPACE
from jobs.ledger import BEAT_SECONDS, NOWHERE, Due, Ledger, Size
from jobs.priorities import Priority
from jobs.schedule import RECURRING, Recurrence
from jobs.waking import IDLE_SECONDS, Calls
from services import dead_letters
from services.documents.press import Press
from services.due_work import Interrupted

BUSY_SECONDS = 0.2
SPACE_SECONDS = 0.01
"""Between two looks, however soon there is room again."""
_TRY_SECONDS, _SWEEP_SECONDS = 600.0, 6 * 3600.0
_MOST_WAITING = 16
"""Messages of a priority on Redis: who comes next must not wait behind more."""
_LEAST_TURNS = 2
"""Workspaces among which what is sent at a time is shared, if so many have work."""
_MOST_IN_MESSAGE = 16
_MESSAGE_SECONDS = 0.05
_REMEMBERED = 5
"""Tries over which the time that work takes is averaged."""
_LOG = logger("jobs")


@dataclass(slots=True)
class Process:
    """What jobs share in one worker process."""

    database: Database
    files: Files
    callers: Callers
    ledger: Ledger
    event_log_days: int
    """How long events are kept at least."""
    calls: Calls
    press: Press = field(default_factory=Press)
    stopping: bool = False
    running: set[asyncio.Task[Any]] = field(default_factory=set)
    """The tasks of messages whose work is being done."""
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a message is done: there is room for more."""

    async def now(self, workspace: str) -> datetime:
        """Business time in a workspace."""
        head = await self.callers.head(workspace)
        return clock.now() if head is None else head.now

    async def anywhere(self) -> datetime:
        """Business time where no workspace is meant."""
        return clock.now(await self.callers.clock_offset())

    @asynccontextmanager
    async def acting(self, workspace: str, request_id: str) -> AsyncIterator[Transaction]:
        """An act of the system in a workspace."""
        async with transaction(
            self.database,
            workspace=workspace,
            author=SYSTEM,
            now=await self.now(workspace),
            request_id=request_id,
        ) as act:
            yield act


Work = Callable[[Process, Due], Awaitable[None]]


@dataclass(slots=True)
class Job:
    """A kind of work: how it is done, and what is done when it cannot succeed."""

    kind: str
    work: Work
    give_up: Work
    priority: Priority
    tries: int
    seconds: float
    send: Callable[..., Any]
    took: float = 1.0
    """Seconds that it has been taking lately: several quick ones share a message."""

    @property
    def recurs(self) -> Recurrence | None:
        """When it is due again, for work that never ends."""
        return RECURRING.get(self.kind)

    @property
    def at_once(self) -> int:
        """How many share a message."""
        if self.priority is Priority.BULK:
            return 1
        return min(_MOST_IN_MESSAGE, max(1, int(_MESSAGE_SECONDS / max(self.took, 0.001))))


JOBS: dict[str, Job] = {}
_PROCESS: list[Process] = []
_READY = asyncio.Event()


def use(process: Process) -> None:
    """Tell the jobs of this process what they share."""
    _PROCESS[:] = [process]
    _READY.set()


def job(
    kind: str,
    *,
    give_up: Work,
    priority: Priority = Priority.USUAL,
    tries: int = 5,
    seconds: float | None = None,
) -> Callable[[Work], Work]:
    """Make a function the job for a kind of due work.

    A try that takes longer than so many seconds is cancelled and has failed: ten minutes if nothing
    is said, and hours for what recurs, which goes through all workspaces. After the last one that
    fails `give_up` is called. Work that recurs has its line in `jobs/schedule.py`.
    """

    def declare(work: Work) -> Work:
        async def act(workspace: str, sent: list[tuple[str, str, int]]) -> None:
            # Messages meant for an earlier process may arrive before this one is set up.
            await _READY.wait()
            message = [Due(workspace, one, kind, subject, tried) for one, subject, tried in sent]
            await _Message(_PROCESS[0], JOBS[kind]).perform(message)

        made = dramatiq.actor(actor_name=kind, queue_name=priority.queue, broker=BROKER)
        longest = seconds or (_SWEEP_SECONDS if kind in RECURRING else _TRY_SECONDS)
        JOBS[kind] = Job(kind, work, give_up, priority, tries, longest, made(act).send)
        return work

    return declare


class _Message:
    """The work of a message: what is to be done, what is being done, what is done."""

    def __init__(self, process: Process, job: Job) -> None:
        self.process = process
        self.ledger = process.ledger
        self.job = job
        self.to_do: list[Due] = []
        self.now: Due | None = None
        self.done: list[Due] = []

    async def perform(self, sent: Sequence[Due]) -> None:
        """Do it, one after the other; what is quick is begun and struck out together."""
        task: Any = asyncio.current_task()
        self.process.running.add(task)
        told = self.process.database.told
        beating = asyncio.create_task(self._beat())
        try:
            if self.process.stopping:
                await self.ledger.release(sent)
                return
            self.to_do = await self.ledger.begin(sent)
            while self.to_do and not self.process.stopping:
                self.now = self.to_do.pop(0)
                await self._try(self.now)
                self.now = None
        finally:
            beating.cancel()
            await asyncio.wait([beating])
            await self._settle()
            self.process.running.discard(task)
            self.process.finished.set()
            if self.process.database.told != told:
                await self.process.calls.call()

    async def _try(self, due: Due) -> None:
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.job.seconds):
                await self.job.work(self.process, due)
        except (Interrupted, asyncio.CancelledError):
            await self.ledger.put_back([due])
        except Exception as error:  # noqa: BLE001 - it is logged, kept and tried again
            _LOG.exception("job failed", kind=due.kind, subject=due.subject, attempt=due.attempts)
            await self.ledger.failed(due, error)
        else:
            self.job.took += (time.monotonic() - began - self.job.took) / _REMEMBERED
            if self.job.recurs is None:
                self.done.append(due)
            else:
                await self.ledger.again(due, self.job.recurs)

    async def _beat(self) -> None:
        """While something takes its time: keep it, and let the rest of the message go."""
        held = True
        while held:
            await asyncio.sleep(BEAT_SECONDS)
            # The database may be away for a moment: the lease outlasts some beats.
            with contextlib.suppress(
                OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError
            ):
                held = self.now is None or await self.ledger.beat(self.now)
                await self._settle()

    async def _settle(self) -> None:
        """Strike out what is done; leave to others what is not begun here."""
        done, self.done = self.done, []
        left, self.to_do = self.to_do, []
        try:
            await self.ledger.done(done)
        except BaseException:
            self.done += done
            raise
        await self.ledger.put_back(left)


class Poller:
    """Looks for due work and sends it; a wake-up call on Redis only makes it look sooner."""

    def __init__(self, process: Process, redis: Redis | None) -> None:
        self._process = process
        self._ledger = process.ledger
        self._redis = redis
        self._calls = Calls(redis)
        self._next = dict.fromkeys(Priority, NOWHERE)
        """The workspace whose turn it is, in each lane."""
        self._shared = dict.fromkeys(Priority, 1)
        """How many shared a message the last time."""

    async def run(self) -> None:
        """Look until the process stops."""
        process = self._process
        while not process.stopping:
            busy = False
            process.finished.clear()
            try:
                busy = await self._look()
            except Exception:  # noqa: BLE001 - the poller outlives whatever keeps it from looking
                _LOG.exception("due work not looked for")
            if busy or process.running:
                await asyncio.sleep(SPACE_SECONDS)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.finished.wait(), BUSY_SECONDS)
            else:
                await self._calls.wait()

    async def _look(self) -> bool:
        """Send what is due; whether something was."""
        more, waiting = await asyncio.gather(
            self._ledger.sort({kind: job.priority for kind, job in JOBS.items()}),
            self._waiting(),
        )
        found = await asyncio.gather(
            *(self._fill(lane, _MOST_WAITING - waiting[lane]) for lane in Priority)
        )
        return more or any(found)

    async def _fill(self, lane: Priority, room: int) -> bool:
        """Send about so many messages of a priority, of each workspace a few; whether it did."""
        kinds = [kind for kind, job in JOBS.items() if job.priority is lane]
        if room <= 0 or not kinds:
            return False
        most = room * self._shared[lane]
        size = Size(lane.most_of_one * self._shared[lane], -(-most // _LEAST_TURNS), most)
        found = await self._ledger.claim(lane, kinds, size, self._next[lane])
        self._next[lane] = _behind(found) if len(found) == most else NOWHERE
        exhausted = [due for due in found if due.attempts >= JOBS[due.kind].tries]
        for due in exhausted:
            await self._give_up(due)
        messages = list(_messages([due for due in found if due not in exhausted]))
        if messages:
            self._shared[lane] = max(1, len(found) // len(messages))
            await self._send(messages)
        return bool(found)

    async def _waiting(self) -> dict[Priority, int]:
        """How many messages of each priority nobody has taken yet."""
        none = dict.fromkeys(Priority, 0)
        if self._redis is None:
            return none
        names = [f"{NAMESPACE}:{lane.queue}" for lane in Priority]
        try:
            async with self._redis.pipeline(transaction=False) as asked:
                for name in names:
                    asked.llen(name)
                return dict(zip(Priority, await asked.execute(), strict=True))
        except (RedisError, OSError, TimeoutError):
            return none

    async def _send(self, messages: Sequence[Sequence[Due]]) -> None:
        sent, error = await asyncio.to_thread(_sent, messages)
        if error is not None:
            # Redis is away: the rows stay for the next look.
            _LOG.warning("jobs not sent", reason=repr(error))
            for message in messages[sent:]:
                await self._ledger.release(message)
            await asyncio.sleep(IDLE_SECONDS)

    async def _give_up(self, due: Due) -> None:
        _LOG.error("job given up", kind=due.kind, subject=due.subject, reason=due.last_error)
        try:
            await JOBS[due.kind].give_up(self._process, due)
        except Exception:  # noqa: BLE001 - the work that was claimed with it must still be sent
            _LOG.exception("job not given up", kind=due.kind, subject=due.subject)
        else:
            await self._bury(due)

    async def _bury(self, due: Due) -> None:
        """Keep what was given up where whoever administers the workspace sees it."""
        if due.workspace == NOWHERE:
            recurs = JOBS[due.kind].recurs
            await (self._ledger.again(due, recurs) if recurs else self._ledger.done([due]))
            return
        async with self._process.acting(due.workspace, due.id) as act:
            await dead_letters.bury(
                act,
                kind=due.kind,
                subject=due.subject,
                attempts=due.attempts,
                error=due.last_error or "The worker ended in the middle of it.",
            )
            await self._ledger.strike(act, due)


def _sent(messages: Sequence[Sequence[Due]]) -> tuple[int, Exception | None]:
    """Send messages; how many, and what kept the others."""
    for at, message in enumerate(messages):
        first = message[0]
        rows = [(due.id, due.subject, due.attempts) for due in message]
        try:
            JOBS[first.kind].send(first.workspace, rows)
        except Exception as error:  # noqa: BLE001 - whatever it was, the rest is not sent
            return at, error
    return len(messages), None


def _messages(found: Iterable[Due]) -> Iterator[list[Due]]:
    """Work as it is sent: a workspace after the other in turn, and of one kind together.

    What was tried before goes alone: it may have been what ended its worker.
    """
    together: dict[tuple[str, str, str], list[Due]] = {}
    for due in found:
        alone = due.id if due.attempts else ""
        together.setdefault((due.workspace, due.kind, alone), []).append(due)
    sliced = [
        [own[at : at + JOBS[kind].at_once] for at in range(0, len(own), JOBS[kind].at_once)]
        for (_, kind, _), own in together.items()
    ]
    for turn in itertools.zip_longest(*sliced):
        yield from filter(None, turn)


def _behind(found: Sequence[Due]) -> str:
    """The workspace behind the last of these."""
    return str(UUID(int=max(UUID(due.workspace).int for due in found) + 1))
