"""Stages of pipelines, as records enter them."""

from typing import Any

import sqlalchemy as sa

from auth.context import Context, as_row
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from models import metadata
from models.deals import Pipeline, PipelineStage
from models.enums import PipelineKind

PIPELINE = metadata.tables["pipeline"]
STAGE = metadata.tables["pipeline_stage"]
_NOUN = {PipelineKind.DEAL: "deals", PipelineKind.LEAD: "leads", PipelineKind.PROJECT: "projects"}


async def entering(
    ctx: Context, stage_id: str, kind: PipelineKind, *, path: str = "toStageId"
) -> PipelineStage:
    """A stage that a record is about to enter; it is not archived before the act ends."""
    rows = await ctx.act.fetch(
        sa.select(STAGE, PIPELINE.c.kind.label("pipeline_kind"))
        .join(PIPELINE, _same_pipeline())
        .where(STAGE.c.workspace_id == ctx.workspace_id, STAGE.c.id == stage_id)
        .with_for_update(read=True, of=STAGE)
    )
    if not rows:
        raise not_found((path,))
    stage = as_row(PipelineStage, rows[0])
    if rows[0]["pipeline_kind"] != kind:
        message = f"This is no stage of a pipeline of {_NOUN[kind]}."
        raise UserError(UserErrorCode.INVALID_VALUE, message, (path,))
    if stage.archived_at is not None:
        in_use = ", ".join(await names(ctx, stage.pipeline_id))
        message = f"{stage.name} is archived. Stages in use: {in_use}."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, (path,))
    return stage


async def beginning(
    ctx: Context, kind: PipelineKind, pipeline_id: str | None, stage_id: str | None
) -> PipelineStage:
    """The stage a new record starts in: the first of the first pipeline unless told otherwise."""
    if stage_id is not None:
        stage = await entering(ctx, stage_id, kind, path="stageId")
        if pipeline_id not in {None, stage.pipeline_id}:
            message = "This stage belongs to another pipeline."
            raise UserError(UserErrorCode.INVALID_VALUE, message, ("stageId",))
        return stage
    if pipeline_id is not None:
        await ctx.get(Pipeline, pipeline_id, path=("pipelineId",))
    chosen = STAGE.c.pipeline_id == pipeline_id if pipeline_id else PIPELINE.c.archived_at.is_(None)
    rows = await ctx.act.fetch(
        sa.select(STAGE.c.id)
        .join(PIPELINE, _same_pipeline())
        .where(
            STAGE.c.workspace_id == ctx.workspace_id,
            STAGE.c.archived_at.is_(None),
            PIPELINE.c.kind == kind,
            chosen,
        )
        .order_by(PIPELINE.c.position, PIPELINE.c.id, STAGE.c.position)
        .limit(1)
    )
    if not rows:
        message = f"This is no pipeline of {_NOUN[kind]} with a stage in use."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("pipelineId",))
    return await entering(ctx, rows[0]["id"], kind, path="pipelineId")


def _same_pipeline() -> Any:
    return sa.and_(
        PIPELINE.c.workspace_id == STAGE.c.workspace_id, PIPELINE.c.id == STAGE.c.pipeline_id
    )


async def names(ctx: Context, pipeline_id: str) -> list[str]:
    """The stages of a pipeline that are in use, in order."""
    rows = await ctx.act.fetch(
        sa.select(STAGE.c.name)
        .where(
            STAGE.c.workspace_id == ctx.workspace_id,
            STAGE.c.pipeline_id == pipeline_id,
            STAGE.c.archived_at.is_(None),
        )
        .order_by(STAGE.c.position)
    )
    return [row["name"] for row in rows]
