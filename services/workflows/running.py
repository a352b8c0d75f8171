"""Runs carried out: each step in an act of its own, together with its line in the ledger."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import asyncpg
import sqlalchemy as sa

from auth import rights
from auth.actor import ActorKind
from auth.context import Context
from connectors import messages, webhooks
from core import clock
from core.db import CONFLICTS, Database
from core.errors import Denied, Refusals, UserError
from core.events import Author
from core.log import logger
from core.writes import Transaction, transaction
from models import metadata
from models.automation_enums import WorkflowAction as Action
from models.automation_enums import WorkflowRunStatus as Status
from models.automation_enums import WorkflowStepStatus as Outcome
from services import dead_letters, due_work, notifications
from services.due_work import Interrupted
from services.workflows import branching, chains, ledger
from services.workflows.actions import OUTSIDE, WITHIN
from services.workflows.actions.calling import Around
from services.workflows.actions.doing import Doing, NothingToDo
from services.workflows.definition import Definition, at, entered, following, parse
from services.workflows.ledger import Line
from services.workflows.queueing import DUE

PAUSES = tuple(timedelta(seconds=each) for each in (10, 60, 600, 3600))
"""Between the tries of a step that may succeed another time."""
ACT = "workflowRun"
_CONFLICTS_AT_ONCE = 4
_SKEW = timedelta(seconds=5)
"""How far the clocks of a worker and of the database may be apart."""
_LONGEST = 1_000
_FINAL = (
    UserError,
    Refusals,
    Denied,
    webhooks.Refused,
    messages.Refused,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.DataError,
)
"""What would not go better another time."""
_AGAIN = (webhooks.Unavailable, messages.Unavailable)
_LOG = logger("workflows")
_RUN = metadata.tables["workflow_run"]


class Surroundings(Protocol):
    """What carrying out a run needs of its process."""

    @property
    def database(self) -> Database:
        """The database."""

    @property
    def stopping(self) -> bool:
        """Whether the process is about to end."""

    async def now(self, workspace: str) -> datetime:
        """Business time in a workspace."""


class _Moved(Exception):
    """Somebody else has taken the run on meanwhile, or ended it."""


async def advance(around: Surroundings, workspace: str, run_id: str) -> None:
    """Carry a run out as far as it goes now."""
    work = _Advance(around, workspace, run_id)
    if not await work.begins():
        return
    while await work.goes_on():
        if around.stopping:
            raise Interrupted


async def give_up(act: Transaction, run_id: str, reason: str) -> None:
    """Let a run fail whose worker ended in the middle of it, time and again."""
    open_ = sa.and_(_RUN.c.id == run_id, _RUN.c.status.in_(ledger.OPEN))
    await ledger.end(act, open_, Status.FAILED, reason)


@dataclass(slots=True)
class _Advance:
    """One try of a worker to carry a run out."""

    around: Surroundings
    workspace: str
    run_id: str
    conflicts: int = field(default=0)

    async def begins(self) -> bool:
        """Whether there is something to be done now; a run whose letter is replayed goes on."""
        found = await self._load()
        if found is None:
            return False
        run, _ = found
        if run["status"] == Status.FAILED and run["archived_at"] is None:
            return await self._reopened(run)
        if run["status"] not in ledger.OPEN or await self._put_away(run):
            return False
        return run["status"] != Status.WAITING or await self._is_time(run)

    async def goes_on(self) -> bool:
        """Do the next step; whether another one may follow at once."""
        found = await self._load()
        if found is None or found[0]["status"] not in ledger.OPEN:
            return False
        run, definition = found
        if await self._put_away(run):
            return False
        path = run["next_step"]
        if path is None or at(definition.steps, path) is None:
            async with self._acting(run) as ctx:
                await ledger.end(ctx.act, ledger.is_open(self.run_id), Status.SUCCEEDED, None)
            return False
        try:
            return await self._step(_At(run, definition, path, await self._now()))
        except _Moved:
            return True
        except CONFLICTS:
            self.conflicts += 1
            if self.conflicts > _CONFLICTS_AT_ONCE:
                raise
            return True

    async def _step(self, here: "_At") -> bool:
        try:
            if here.kind in OUTSIDE:
                return await self._outside(here)
            return await self._within(here)
        except (*CONFLICTS, _Moved, Interrupted):
            raise
        except Exception as error:  # noqa: BLE001 - logged, kept in the ledger and tried again
            if not isinstance(error, _AGAIN):
                _LOG.exception("step failed", run=self.run_id, path=here.path)
            return await self._later(here, error)

    async def _within(self, here: "_At") -> bool:
        """Do a step and write its line, in one act."""
        async with self._taken(here) as doing:
            line = await _attempted(doing, here, _control(here) or WITHIN[here.kind])
            return await self._written(doing.ctx, here, line)

    async def _outside(self, here: "_At") -> bool:
        """Make ready in one act, reach out, write down in another what came of it."""
        prepared: list[Any] = []

        async def prepare(doing: Doing) -> Mapping[str, Any]:
            prepared.append(await OUTSIDE[here.kind](doing))
            return {}

        async with self._taken(here) as doing:
            line = await _attempted(doing, here, prepare)
            if not prepared:
                return await self._written(doing.ctx, here, line)
            times = await ledger.successes(doing.ctx.act, self.run_id, here.path)
            await ledger.go_on(doing.ctx.act, self.run_id, here.path, tries=here.run["tries"])
        key = f"{self.run_id}:{here.path}" + (f":{times}" if times else "")
        around = Around(self.around.database, self.workspace, key)
        here.said = line.input
        try:
            output = dict(await prepared[0](around))
        except _FINAL as refused:
            line = here.line(Outcome.FAILED, _refusal(refused), _sentence(refused))
        else:
            line = here.line(Outcome.SUCCEEDED, output)
        async with self._taken(here) as doing:
            return await self._written(doing.ctx, here, line)

    async def _written(self, ctx: Context, here: "_At", line: Line) -> bool:
        """Write a step's line and where the run is now, in the act of the step."""
        await ledger.write(ctx.act, self.run_id, line)
        if line.status == Outcome.FAILED:
            await ledger.end(ctx.act, ledger.is_open(self.run_id), Status.FAILED, line.error)
            return False
        next_step = _next(here, line)
        if here.kind == Action.WAIT:
            until = ctx.now + timedelta(minutes=here.step["minutes"])
            await self._wait(ctx.act, next_step, until)
            return False
        if next_step is None:
            await ledger.end(ctx.act, ledger.is_open(self.run_id), Status.SUCCEEDED, None)
            return False
        await ledger.go_on(ctx.act, self.run_id, next_step)
        return True

    async def _later(self, here: "_At", error: BaseException) -> bool:
        """Write down what went wrong and try the step again after a pause, or give it up."""
        tries, sentence = here.run["tries"] + 1, _sentence(error)
        status = getattr(error, "status", None)
        output = {} if status is None else {"status": status}
        async with self._taken(here) as doing:
            act = doing.ctx.act
            await ledger.write(act, self.run_id, here.line(Outcome.FAILED, output, sentence))
            if tries <= len(PAUSES):
                await self._wait(act, here.path, act.now + PAUSES[tries - 1], tries, sentence)
                return False
            reason = f"{sentence} It was tried {tries} times."
            await ledger.end(act, ledger.is_open(self.run_id), Status.FAILED, reason)
            await dead_letters.bury(
                act, kind=DUE, subject=self.run_id, attempts=tries, error=reason
            )
        return False

    async def _wait(
        self,
        act: Transaction,
        next_step: str | None,
        until: datetime,
        tries: int = 0,
        error: str | None = None,
    ) -> None:
        await ledger.wait(act, self.run_id, next_step, until, tries=tries, error=error)
        await due_work.enqueue(act, DUE, self.run_id, until)

    async def _load(self) -> tuple[Mapping[str, Any], Definition] | None:
        rows = await self.around.database.fetch(
            self.workspace, ledger.of_run(self.workspace, self.run_id)
        )
        return (dict(rows[0]), parse(rows[0]["definition"])) if rows else None

    async def _reopened(self, run: Mapping[str, Any]) -> bool:
        """Go on with a run that has failed, where somebody replayed its dead letter since."""
        async with self._acting(run) as ctx:
            since = run["finished_at"]
            if not await dead_letters.was_replayed(ctx.act, DUE, self.run_id, since):
                return False
            return await ledger.reopen(ctx.act, self.run_id)

    async def _put_away(self, run: Mapping[str, Any]) -> bool:
        """End a run whose workflow is archived; whether it is."""
        if run["archived_at"] is None:
            return False
        async with self._acting(run) as ctx:
            reason = "The workflow was archived."
            await ledger.end(ctx.act, ledger.is_open(self.run_id), Status.CANCELED, reason)
        return True

    async def _is_time(self, run: Mapping[str, Any]) -> bool:
        """Whether a wait is over: work that was sent twice comes too early."""
        until = run["resume_at"]
        # What is due is never kept waiting by a clock that was put back.
        if until is None or until <= max(await self._now(), clock.now()) + _SKEW:
            return True
        async with self._acting(run) as ctx:
            if not await due_work.waits(ctx.act, DUE, self.run_id, until):
                await due_work.enqueue(ctx.act, DUE, self.run_id, until)
        return False

    @asynccontextmanager
    async def _taken(self, here: "_At") -> AsyncIterator[Doing]:
        """An act of the workflow that has its run to itself, where it was left."""
        async with self._acting(here.run) as ctx:
            if not await ledger.take(ctx.act, here.run):
                raise _Moved
            yield Doing(
                ctx=ctx, run=here.run, definition=here.definition, path=here.path, step=here.step
            )

    @asynccontextmanager
    async def _acting(self, run: Mapping[str, Any]) -> AsyncIterator[Context]:
        async with transaction(
            self.around.database,
            workspace=self.workspace,
            author=Author(ActorKind.WORKFLOW, run["workflow_id"]),
            now=await self._now(),
            request_id=chains.asked_by(self.run_id),
            act=ACT,
        ) as act:
            actor = await rights.of_workflow_in(act, run["owner_id"], id=run["workflow_id"])
            yield Context(actor, act)

    async def _now(self) -> datetime:
        return await self.around.now(self.workspace)


@dataclass(slots=True)
class _At:
    """Where a run is: its next step, and since when that is tried."""

    run: Mapping[str, Any]
    definition: Definition
    path: str
    now: datetime
    began: float = field(default_factory=time.monotonic)
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def step(self) -> Mapping[str, Any]:
        """The step as it is defined."""
        return at(self.definition.steps, self.path) or {}

    @property
    def kind(self) -> str:
        """What kind of step it is."""
        return str(self.step["kind"])

    def line(self, status: Outcome, output: Mapping[str, Any], error: str | None = None) -> Line:
        """The step's line in the ledger."""
        took = timedelta(seconds=time.monotonic() - self.began)
        return Line(
            path=self.path,
            action=Action[self.kind],
            status=status,
            input=self.said,
            output=output,
            error=error,
            started_at=self.now,
            finished_at=self.now + took,
        )


Do = Callable[[Doing], Awaitable[Mapping[str, Any]]]


async def _attempted(doing: Doing, here: _At, do: Do) -> Line:
    """Do a step so that nothing is left of it if it is refused."""
    status, output, error = Outcome.SUCCEEDED, {}, None
    try:
        async with doing.ctx.act.savepoint():
            output = dict(await do(doing))
            await notifications.tell(doing.ctx)
    except NothingToDo as nothing:
        status, output = Outcome.SKIPPED, {"reason": str(nothing)}
    except _FINAL as refused:
        status, output, error = Outcome.FAILED, _refusal(refused), _sentence(refused)
    here.said = doing.input()
    return here.line(status, output, error)


def _control(here: _At) -> Do | None:
    if here.kind == Action.BRANCH:
        return _branch
    return _wait_step if here.kind == Action.WAIT else None


async def _branch(doing: Doing) -> Mapping[str, Any]:
    return {"fits": await branching.fits(doing)}


async def _wait_step(doing: Doing) -> Mapping[str, Any]:
    until = doing.ctx.now + timedelta(minutes=doing.step["minutes"])
    return {"until": until.isoformat()}


def _next(here: _At, line: Line) -> str | None:
    if here.kind == Action.BRANCH:
        return entered(here.definition.steps, here.path, fits=bool(line.output.get("fits")))
    return following(here.definition.steps, here.path)


def _refusal(error: BaseException) -> dict[str, Any]:
    """The code of a refusal, and the status of a target's."""
    first = error.errors[0] if isinstance(error, Refusals) else error
    told = {"code": getattr(first, "code", None), "status": getattr(first, "status", None)}
    return {name: one for name, one in told.items() if one is not None}


def _sentence(error: BaseException) -> str:
    """What went wrong, as people read it."""
    if isinstance(error, Refusals):
        return " ".join(one.message for one in error.errors)[:_LONGEST]
    if isinstance(error, asyncpg.PostgresError):
        return f"The database refused it: {error}"[:_LONGEST]
    if isinstance(error, (*_FINAL, *_AGAIN)):
        return str(error)[:_LONGEST]
    return f"Something went wrong on our side: {type(error).__name__}."
