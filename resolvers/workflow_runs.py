"""Runs of workflows: retried, replayed from a step, called off, and rehearsed."""

from collections.abc import Mapping
from typing import Any

import orjson
import strawberry

from auth.context import Context, acting
from models.registry import REGISTRY, pointer
from resolvers.mutation import mutation
from resolvers.queries import valued
from resolvers.reading import Reading
from schema import workflow_runs as given
from schema.types import Answered, Given
from schema.workflows import WorkflowRun
from services.conditions import read_id
from services.workflows import control, rehearsal


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


@valued(
    "workflow_dry_run",
    Answered(
        given.WorkflowDryRun,
        "What a workflow, active or not, would have done with the events of the last days. Nothing"
        " of it is done; for Admins.",
        {
            "id": Given(strawberry.ID, "The workflow.", required=True),
            "days": Given(int, "How many days back, 1 to 30; 30 when left out.", 30),
        },
    ),
)
async def workflow_dry_run(reading: Reading, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The rehearsal, in an act that can write nothing."""
    workflow_id = read_id(arguments["id"], "Workflow")
    days = arguments.get("days")
    async with acting(
        reading.database,
        reading.actor,
        now=reading.now,
        request_id=reading.request_id,
        name="workflowDryRun",
    ) as ctx:
        found = await rehearsal.rehearse(ctx, workflow_id, days=30 if days is None else days)
    return {
        "since": found.since,
        "looked_at": found.looked_at,
        "complete": found.complete,
        "set_off": found.set_off,
        "fitting": found.fitting,
        "events": [_event(one) for one in found.events],
    }


def _event(one: rehearsal.Rehearsed) -> dict[str, Any]:
    record = None
    if one.record_kind is not None and one.record_id is not None:
        record = pointer(REGISTRY.of_table(one.record_kind).name, one.record_id)
    return {
        "at": one.at,
        "event_type": one.event_type,
        "record": record,
        "fits": one.fits,
        "steps": [
            {
                "path": told.path,
                "action": told.action,
                "after_minutes": told.after_minutes,
                "input": orjson.dumps(told.input, default=str).decode(),
                "problem": told.problem,
            }
            for told in one.steps
        ],
    }
