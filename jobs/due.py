"""What is due is sent: jobs by the kind of work they do, and the poller that feeds them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import dramatiq
from redis.asyncio import Redis

from auth.authenticate import Callers
from core import clock
from core.db import Database
from core.events import SYSTEM
from core.files import Files
from core.log import logger
from core.writes import Transaction, transaction
from jobs.broker import BROKER
from jobs.ledger import BEAT_SECONDS, NOWHERE, Due, Ledger, Recurrence
from jobs.waking import IDLE_SECONDS, Calls
from services import dead_letters
from services.documents.press import Press
from services.due_work import Interrupted

BUSY_SECONDS = 0.2
_MOST_AT_ONCE = 50
_LONGEST_MS = 24 * 3600 * 1000
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
    press: Press = field(default_factory=Press)
    stopping: bool = False
    running: dict[str, asyncio.Task[Any]] = field(default_factory=dict)
    """The task of each try, by its work's id."""

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


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of work: how its message is sent, and what is done when it cannot succeed."""

    send: Callable[..., Any]
    give_up: Work
    recurs: Recurrence | None = None
    """When it is due again, for work that never ends."""


JOBS: dict[str, Job] = {}
_PROCESS: list[Process] = []
_READY = asyncio.Event()


def use(process: Process) -> None:
    """Tell the jobs of this process what they share."""
    _PROCESS[:] = [process]
    _READY.set()


def job(kind: str, *, give_up: Work, recurs: Recurrence | None = None) -> Callable[[Work], Work]:
    """Make a function the job for a kind of due work; `give_up` is called after the last try."""

    def declare(work: Work) -> Work:
        async def act(workspace: str, due_id: str, subject: str, attempts: int) -> None:
            # Messages meant for an earlier process may arrive before this one is set up.
            await _READY.wait()
            due = Due(workspace, due_id, kind, subject, attempts)
            await _perform(_PROCESS[0], due, work)

        actor = dramatiq.actor(actor_name=kind, broker=BROKER)(act)
        JOBS[kind] = Job(actor.send, give_up, recurs)
        return work

    return declare


async def _perform(process: Process, sent: Due, work: Work) -> None:
    ledger = process.ledger
    if process.stopping or (due := await ledger.begin(sent)) is None:
        return
    if task := asyncio.current_task():
        process.running[due.id] = task
    beating = asyncio.create_task(_beat(ledger, due))
    try:
        await work(process, due)
    except (Interrupted, asyncio.CancelledError):
        await ledger.put_back(due)
    except Exception as error:  # noqa: BLE001 - whatever went wrong is logged, kept and tried again
        _LOG.exception("job failed", kind=due.kind, subject=due.subject, attempt=due.attempts)
        await ledger.failed(due, error)
    else:
        await ledger.done(due, JOBS[due.kind].recurs)
    finally:
        beating.cancel()
        process.running.pop(due.id, None)


async def _beat(ledger: Ledger, due: Due) -> None:
    held = True
    while held:
        await asyncio.sleep(BEAT_SECONDS)
        # The database may be away for a moment: the lease outlasts some beats.
        with contextlib.suppress(
            OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError
        ):
            held = await ledger.beat(due)


class Poller:
    """Looks for due work and sends it; a wake-up call on Redis only makes it look sooner."""

    def __init__(self, process: Process, redis: Redis | None) -> None:
        self._process = process
        self._ledger = process.ledger
        self._calls = Calls(redis)

    async def run(self) -> None:
        """Look until the process stops."""
        while not self._process.stopping:
            busy = False
            try:
                busy = await self._look()
            except Exception:  # noqa: BLE001 - the poller outlives whatever keeps it from looking
                _LOG.exception("due work not looked for")
            if busy:
                await asyncio.sleep(BUSY_SECONDS)
            else:
                await self._calls.wait()

    async def _look(self) -> bool:
        found = await self._ledger.claim(list(JOBS), _MOST_AT_ONCE)
        for due in found:
            await (self._give_up(due) if due.exhausted else self._send(due))
        return bool(found)

    async def _send(self, due: Due) -> None:
        arguments = (due.workspace, due.id, due.subject, due.attempts)
        try:
            await asyncio.to_thread(JOBS[due.kind].send, *arguments)
        except Exception as error:  # noqa: BLE001 - Redis is away: the row stays for the next look
            _LOG.warning("job not sent", kind=due.kind, reason=repr(error))
            await self._ledger.release(due)
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
            await self._ledger.done(due, JOBS[due.kind].recurs)
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
