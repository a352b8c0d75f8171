"""Pipelines and their stages: what Admins do in the pipeline editor."""

from typing import Any

from strawberry import UNSET

from auth.context import Context
from resolvers.mutation import mutation, several
from schema import pipelines as given
from schema.deals import Pipeline, PipelineStage
from services import pipelines


@mutation(pipeline=Pipeline)
async def pipeline_create(ctx: Context, input: given.PipelineCreateInput) -> Any:
    """Make a pipeline for deals, leads or projects."""
    stages = None if input.stages is None else [_new(one) for one in input.stages]
    return await pipelines.create(ctx, name=input.name, kind=input.kind, given=stages)


@mutation(pipeline=Pipeline)
async def pipeline_update(ctx: Context, input: given.PipelineUpdateInput) -> Any:
    """Rename a pipeline."""
    return await pipelines.rename(
        ctx, input.id, name=input.name, expected_version=input.expected_version
    )


@mutation(pipelines=several(Pipeline))
async def pipeline_reorder(ctx: Context, input: given.PipelineReorderInput) -> Any:
    """Put the pipelines into a new order."""
    return await pipelines.reorder(ctx, input.pipeline_ids)


@mutation(pipeline=Pipeline)
async def pipeline_archive(ctx: Context, input: given.PipelineArchiveInput) -> Any:
    """Take a pipeline out of use; what is in it goes to another one."""
    return await pipelines.archive(
        ctx,
        input.id,
        move_to=input.move_to_pipeline_id,
        expected_version=input.expected_version,
    )


@mutation(pipeline_stage=PipelineStage)
async def pipeline_stage_add(ctx: Context, input: given.PipelineStageAddInput) -> Any:
    """Add a stage to a pipeline."""
    return await pipelines.add_stage(
        ctx, input.pipeline_id, _new(input), after_stage_id=input.after_stage_id
    )


@mutation(pipeline_stage=PipelineStage)
async def pipeline_stage_update(ctx: Context, input: given.PipelineStageUpdateInput) -> Any:
    """Change a stage's name, colour or probability."""
    sent = {name: getattr(input, name) for name in ("name", "color", "probability")}
    return await pipelines.update_stage(
        ctx,
        input.id,
        {name: value for name, value in sent.items() if value is not UNSET},
        expected_version=input.expected_version,
    )


@mutation(pipeline=Pipeline)
async def pipeline_stage_reorder(ctx: Context, input: given.PipelineStageReorderInput) -> Any:
    """Put the stages of a pipeline into a new order."""
    return await pipelines.reorder_stages(ctx, input.pipeline_id, input.stage_ids)


@mutation(pipeline_stage=PipelineStage)
async def pipeline_stage_archive(ctx: Context, input: given.PipelineStageArchiveInput) -> Any:
    """Take a stage out of use; its records go to another one."""
    return await pipelines.archive_stage(
        ctx, input.id, move_to=input.move_to_stage_id, expected_version=input.expected_version
    )


def _new(stage: given.PipelineStageInput | given.PipelineStageAddInput) -> pipelines.NewStage:
    return pipelines.NewStage(
        name=stage.name,
        color=stage.color,
        probability=stage.probability,
        category=stage.category,
        lead_status=stage.lead_status,
    )
