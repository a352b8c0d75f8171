"""Scores of leads: what signals are worth."""

from typing import Any

from auth.context import Context
from resolvers.mutation import mutation
from schema.inputs import UNSET
from schema.scoring import LeadScoreWeight, LeadScoreWeightUpdateInput
from services import lead_scores


@mutation(lead_score_weight=LeadScoreWeight)
async def lead_score_weight_update(ctx: Context, input: LeadScoreWeightUpdateInput) -> Any:
    """Change what a kind of signal is worth; the scores of all leads follow in a moment."""
    names = ("points", "most", "half_life_days")
    values = {name: getattr(input, name) for name in names}
    given = {name: value for name, value in values.items() if value is not UNSET}
    return await lead_scores.update_weight(ctx, input.id, given, input.expected_version)
