"""What the pipeline editor takes."""

import strawberry
from strawberry import UNSET

from models.enums import LeadStatus, PipelineKind, StageCategory
from schema.inputs import MutationInput, act_input, arg, nested_input

_EXPECTED_VERSION = "The version you read; the act is refused when it has changed since."
_PROBABILITY = "Chance, in percent, of winning a deal that enters it; 100 when WON, 0 when LOST."


@nested_input
class PipelineStageInput:
    """A stage of a new pipeline."""

    name: str = arg("Its name.")
    color: str = arg("Colour it is shown in, `#rrggbb`.")
    probability: int | None = arg(_PROBABILITY, default=None)
    category: StageCategory | None = arg("What it means; OPEN when left out.", default=None)
    lead_status: LeadStatus | None = arg("The status of leads in it.", default=None)


@act_input
class PipelineCreateInput(MutationInput):
    """A new pipeline."""

    name: str = arg("Its name.")
    kind: PipelineKind = arg("What moves through it.")
    stages: list[PipelineStageInput] | None = arg(
        "Its stages, in order; the usual ones of its kind when left out.", default=None
    )


@act_input
class PipelineUpdateInput(MutationInput):
    """A pipeline's new name."""

    id: strawberry.ID = arg("The pipeline.", of="Pipeline")
    name: str = arg("Its name.")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class PipelineReorderInput(MutationInput):
    """The pipelines in their new order."""

    pipeline_ids: list[strawberry.ID] = arg(
        "Every pipeline in use, each once, of all kinds.", of="Pipeline"
    )


@act_input
class PipelineArchiveInput(MutationInput):
    """A pipeline to take out of use."""

    id: strawberry.ID = arg("The pipeline.", of="Pipeline")
    move_to_pipeline_id: strawberry.ID | None = arg(
        "Where its records go: to stages of the same meaning, by name where there is one.",
        of="Pipeline",
        default=None,
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class PipelineStageAddInput(MutationInput):
    """A new stage of a pipeline."""

    pipeline_id: strawberry.ID = arg("The pipeline.", of="Pipeline")
    name: str = arg("Its name.")
    color: str = arg("Colour it is shown in, `#rrggbb`.")
    probability: int | None = arg(_PROBABILITY, default=None)
    category: StageCategory | None = arg("What it means; OPEN when left out.", default=None)
    lead_status: LeadStatus | None = arg("The status of leads in it.", default=None)
    after_stage_id: strawberry.ID | None = arg(
        "The stage it comes behind; the last of its category when left out.",
        of="PipelineStage",
        default=None,
    )


@act_input
class PipelineStageUpdateInput(MutationInput):
    """What changes on a stage."""

    id: strawberry.ID = arg("The stage.", of="PipelineStage")
    name: str | None = arg("Its name.", default=UNSET)
    color: str | None = arg("Colour it is shown in, `#rrggbb`.", default=UNSET)
    probability: int | None = arg(_PROBABILITY, default=UNSET)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class PipelineStageReorderInput(MutationInput):
    """The stages of a pipeline in their new order."""

    pipeline_id: strawberry.ID = arg("The pipeline.", of="Pipeline")
    stage_ids: list[strawberry.ID] = arg("Every stage in use, each once.", of="PipelineStage")


@act_input
class PipelineStageArchiveInput(MutationInput):
    """A stage to take out of use."""

    id: strawberry.ID = arg("The stage.", of="PipelineStage")
    move_to_stage_id: strawberry.ID | None = arg(
        "Where its records go: a stage of the same pipeline that means the same.",
        of="PipelineStage",
        default=None,
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)
