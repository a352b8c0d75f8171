"""Runs taken in hand: retried where they failed, replayed from a step, called off."""

from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from core.writes import Transaction
from models import metadata
from models.automation_enums import WorkflowRunStatus as Status
from models.workflows import WorkflowRun
from services import dead_letters, due_work
from services.workflows import definition, ledger
from services.workflows.queueing import DUE

_REVISION, _WORKFLOW = metadata.tables["workflow_revision"], metadata.tables["workflow"]
_CANCELED = "Somebody called it off."


async def retry(ctx: Context, run_id: str, from_step: str | None = None) -> Any:
    """Let a run go on at the step it failed at, or do it again from any of its steps."""
    ctx.require(Category.ADMIN)
    run = await ctx.get(WorkflowRun, run_id, lock=True)
    if run.status in ledger.OPEN:
        message = "The run is under way; it can be retried when it is over."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    if from_step is None and run.next_step is None:
        message = "All of its steps are done; name the step to begin again with."
        raise UserError(UserErrorCode.REQUIRED, message, ("fromStep",))
    await _require_kept(ctx, run, from_step)
    await ledger.reopen(ctx.act, run_id, from_step)
    await due_work.enqueue(ctx.act, DUE, run_id)
    await dead_letters.settle(ctx.act, DUE, run_id)
    return run_id


async def cancel(ctx: Context, run_id: str) -> Any:
    """Call a run off: the step it is at is the last one."""
    ctx.require(Category.ADMIN)
    run = await ctx.get(WorkflowRun, run_id, lock=True)
    if run.status not in ledger.OPEN:
        message = f"The run is {run.status}; there is nothing left to call off."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    await ledger.end(ctx.act, ledger.is_open(run_id), Status.CANCELED, _CANCELED)
    await due_work.cancel(ctx.act, DUE, [run_id])
    return run_id


async def cancel_all(act: Transaction, workflow_id: str) -> None:
    """Call off all runs of a workflow that is put away."""
    mine = sa.and_(ledger.RUN.c.workflow_id == workflow_id, ledger.RUN.c.status.in_(ledger.OPEN))
    ended = await ledger.end(act, mine, Status.CANCELED, "The workflow was archived.")
    await due_work.cancel(act, DUE, [run["id"] for run in ended])


async def _require_kept(ctx: Context, run: WorkflowRun, from_step: str | None) -> None:
    """Refuse a step the run's revision does not have, and runs of workflows put away."""
    (row,) = await ctx.act.fetch(
        sa.select(_REVISION.c.definition, _WORKFLOW.c.archived_at)
        .join(
            _WORKFLOW,
            sa.and_(
                _WORKFLOW.c.workspace_id == _REVISION.c.workspace_id,
                _WORKFLOW.c.id == _REVISION.c.workflow_id,
            ),
        )
        .where(
            _REVISION.c.workspace_id == ctx.workspace_id,
            _REVISION.c.workflow_id == run.workflow_id,
            _REVISION.c.revision == run.revision,
        )
    )
    if row["archived_at"] is not None:
        message = "The workflow is archived; its runs are over."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    steps = definition.parse(row["definition"]).steps
    if from_step is not None and definition.at(steps, from_step) is None:
        known = ", ".join(path for path, _ in definition.walk(steps))
        message = f"The run has no step {from_step[:40]}; its steps are {known}."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("fromStep",))
