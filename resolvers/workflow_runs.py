"""Runs of workflows: retried, replayed from a step, called off."""

from typing import Any

from auth.context import Context
from resolvers.mutation import mutation
from schema import workflow_runs as given
from schema.workflows import WorkflowRun
from services.workflows import control


@mutation(workflow_run=WorkflowRun)
async def workflow_run_retry(ctx: Context, input: given.WorkflowRunRetryInput) -> Any:
    """Let a run that is over go on where it failed, or do it again from one of its steps.

    A step that is done again is another effect: what it made before stays.
    """
    return await control.retry(ctx, input.id, input.from_step)


@mutation(workflow_run=WorkflowRun)
async def workflow_run_cancel(ctx: Context, input: given.WorkflowRunCancelInput) -> Any:
    """Call a run off: no step follows the one it is at."""
    return await control.cancel(ctx, input.id)
