"""Branches: whether the record and the payload of a run fit the conditions of a step now."""

from services.rules import payload_conditions
from services.workflows import matching
from services.workflows.actions.doing import Doing


async def fits(doing: Doing) -> bool:
    """Whether a run goes into a branch's `then`, as things are now."""
    step, run = doing.step, doing.run
    if not payload_conditions.fits(step.get("payload_conditions"), run["payload"]):
        return False
    if step.get("conditions") is None:
        return True
    ctx, kind = doing.ctx, str(doing.definition.record_type)
    found = await matching.fitting(ctx.act, ctx.actor, kind, step["conditions"], [run["record_id"]])
    return run["record_id"] in found
