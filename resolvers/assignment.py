"""Rules of lead assignment: made, changed, removed and put in order."""

from typing import Any

import strawberry

from auth.context import Context
from core.ids import encode
from models.registry import REGISTRY
from resolvers.mutation import extra, mutation, several
from schema import assignment as given
from schema.assignment import LeadAssignmentRule
from schema.inputs import UNSET
from services import assignment

_COLUMNS = (
    "name",
    "kind",
    "active",
    "country",
    "state",
    "postcode_prefix",
    "least",
    "most",
    "fallback_team_id",
)


@mutation(lead_assignment_rule=LeadAssignmentRule)
async def lead_assignment_rule_create(
    ctx: Context, input: given.LeadAssignmentRuleCreateInput
) -> Any:
    """Make a rule of lead assignment, looked at after those there are."""
    return await assignment.create(ctx, _values(input), input.member_ids)


@mutation(lead_assignment_rule=LeadAssignmentRule)
async def lead_assignment_rule_update(
    ctx: Context, input: given.LeadAssignmentRuleUpdateInput
) -> Any:
    """Change a rule of lead assignment."""
    members = None if input.member_ids is UNSET else input.member_ids or ()
    return await assignment.update(ctx, input.id, _values(input), members, input.expected_version)


@mutation(lead_assignment_rule_id=extra(strawberry.ID, "The rule that is gone."))
async def lead_assignment_rule_delete(
    ctx: Context, input: given.LeadAssignmentRuleDeleteInput
) -> dict[str, Any]:
    """Remove a rule of lead assignment; leads keep their owners."""
    await assignment.delete(ctx, input.id, input.expected_version)
    prefix = REGISTRY["LeadAssignmentRule"].prefix
    return {"lead_assignment_rule_id": encode(prefix, input.id)}


@mutation(lead_assignment_rules=several(LeadAssignmentRule))
async def lead_assignment_rule_reorder(
    ctx: Context, input: given.LeadAssignmentRuleReorderInput
) -> Any:
    """Say in which order rules are looked at: the first that fits a lead decides."""
    return await assignment.reorder(ctx, input.ids)


def _values(input: Any) -> dict[str, Any]:
    return {one: getattr(input, one) for one in _COLUMNS if getattr(input, one) is not UNSET}
