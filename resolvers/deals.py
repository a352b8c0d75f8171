"""Deals: the shared acts."""

import strawberry
from strawberry import UNSET

from resolvers.crud import crud
from schema.deals import Deal
from schema.inputs import arg
from services import deals

crud(
    Deal,
    create=deals.create,
    update=deals.update,
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
    without=frozenset({"upsert"}),
)
