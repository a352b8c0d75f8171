"""Deals: the shared acts, and moving through the stages."""

from typing import Any

import strawberry
from strawberry import UNSET

from auth.context import Context
from resolvers.crud import crud
from resolvers.mutation import extra, mutation, several
from schema import deals as given
from schema.deals import Deal
from schema.gates import StageGateWarning
from schema.inputs import arg
from schema.tasks import Task
from services import deals

crud(
    Deal,
    create=deals.create,
    update=deals.update,
    restore=deals.restore,
    extra={
        "pipeline_id": (
            strawberry.ID | None,
            arg("The pipeline; the first one when left out.", of="Pipeline", default=UNSET),
        ),
        "stage_id": (
            strawberry.ID | None,
            arg(
                "The stage; the pipeline's first when left out.", of="PipelineStage", default=UNSET
            ),
        ),
    },
)


@mutation(
    deal=Deal,
    warnings=extra(list[StageGateWarning], "What soft gates had to say; the deal has moved."),
    spawned_tasks=several(Task),
)
async def deal_move(ctx: Context, input: given.DealMoveInput) -> dict[str, Any]:
    """Put a deal into a stage, at a place in it; a hard gate that is not met keeps it out."""
    moved = await deals.move(
        ctx,
        input.id,
        input.to_stage_id,
        after=input.after_card_id,
        before=input.before_card_id,
        expected_version=input.expected_version,
    )
    return {"deal": moved.deal, "warnings": moved.warnings, "spawned_tasks": moved.tasks}
