"""Deals: where a new one starts, and who may see what came of it."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from core.money import rounded
from models import metadata
from models.deals import Deal, Pipeline, PipelineStage
from models.enums import PipelineKind, ProbabilitySource, StageCategory
from models.registry import REGISTRY
from services import boards, records

DEAL = metadata.tables["deal"]
PIPELINE = metadata.tables["pipeline"]
STAGE = metadata.tables["pipeline_stage"]
_WORKSPACE = metadata.tables["workspace"]
_FOLLOWERS = tuple(metadata.tables[name] for name in ("quote", "contract", "invoice"))


async def create(
    ctx: Context,
    given: Mapping[str, Any],
    *,
    pipeline_id: str | None = None,
    stage_id: str | None = None,
) -> Any:
    """Open a deal in a pipeline's stage: the first of the first pipeline unless told otherwise."""
    records.may_write(ctx, REGISTRY["Deal"])
    stage = await _stage(ctx, pipeline_id, stage_id)
    by_hand = given.get("probability") is not None and stage.category == StageCategory.OPEN
    defaults = {
        "probability": stage.probability,
        "close_date": _today(ctx) + timedelta(days=await _days_to_close(ctx)),
    }
    values = {name: value for name, value in given.items() if value is not None}
    if not by_hand:
        values.pop("probability", None)
    money: dict[str, Any] = {}
    if "value" not in values:
        nothing = rounded(Decimal(0), ctx.actor.currency)
        money = {"value_amount": nothing, "value_currency": ctx.actor.currency}
    return await records.create(
        ctx,
        REGISTRY["Deal"],
        defaults | values,
        **money,
        pipeline_id=stage.pipeline_id,
        stage_id=stage.id,
        probability_source=ProbabilitySource.MANUAL if by_hand else ProbabilitySource.STAGE,
        closed_at=None if stage.category == StageCategory.OPEN else ctx.now,
        stage_entered_at=ctx.now,
        rank=await boards.top(ctx, DEAL, DEAL.c.stage_id, stage.id),
    )


async def update(
    ctx: Context, record_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change a deal; a new owner takes over its quotes, contracts and invoices as well."""
    entity = REGISTRY["Deal"]
    before: Any = await ctx.get(Deal, record_id, lock=True)
    if given.get("probability") is not None:
        await _refuse_closed(ctx, before)
    row = await records.update(ctx, entity, record_id, given, expected_version)
    if given.get("probability") is not None:
        source = {"probability_source": ProbabilitySource.MANUAL}
        if before.probability_source != ProbabilitySource.MANUAL:
            row = (await ctx.act.update(DEAL, DEAL.c.id == record_id, source))[0]
    if "owner_id" in given or "owner" in given:
        await _hand_over(
            ctx, record_id, row["owner_id"] if not isinstance(row, Deal) else row.owner_id
        )
    return row


async def _hand_over(ctx: Context, deal_id: str, owner_id: str | None) -> None:
    # Who sees a deal sees what came of it: visibility is by the owner's column alone.
    for table in _FOLLOWERS:
        others = sa.and_(table.c.deal_id == deal_id, table.c.owner_id.is_distinct_from(owner_id))
        await ctx.act.update(table, others, {"owner_id": owner_id})


async def _refuse_closed(ctx: Context, deal: Any) -> None:
    stage: Any = await ctx.get(PipelineStage, deal.stage_id)
    if stage.category != StageCategory.OPEN:
        message = "A closed deal's probability is 100 or 0."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("probability",))


async def _stage(ctx: Context, pipeline_id: str | None, stage_id: str | None) -> Any:
    if stage_id is not None:
        stage: Any = await ctx.get(PipelineStage, stage_id, path=("stageId",))
        if pipeline_id is not None and stage.pipeline_id != pipeline_id:
            message = "This stage belongs to another pipeline."
            raise UserError(UserErrorCode.INVALID_VALUE, message, ("stageId",))
        return stage
    if pipeline_id is not None:
        await ctx.get(Pipeline, pipeline_id, path=("pipelineId",))
    chosen = STAGE.c.pipeline_id == pipeline_id if pipeline_id else sa.true()
    rows = await ctx.act.fetch(
        sa.select(STAGE.c.id)
        .join(PIPELINE, PIPELINE.c.id == STAGE.c.pipeline_id)
        .where(
            STAGE.c.workspace_id == ctx.workspace_id,
            PIPELINE.c.workspace_id == ctx.workspace_id,
            PIPELINE.c.kind == PipelineKind.DEAL,
            chosen,
        )
        .order_by(PIPELINE.c.position, STAGE.c.position)
        .limit(1)
    )
    if not rows:
        message = "There is no pipeline with a stage yet; an Admin makes one."
        raise UserError(UserErrorCode.REQUIRED, message, ("pipelineId",))
    return await ctx.get(PipelineStage, rows[0]["id"])


async def _days_to_close(ctx: Context) -> int:
    rows = await ctx.act.fetch(
        sa.select(_WORKSPACE.c.days_to_close).where(_WORKSPACE.c.workspace_id == ctx.workspace_id)
    )
    return int(rows[0]["days_to_close"])


def _today(ctx: Context) -> Any:
    return ctx.now.astimezone(ZoneInfo(ctx.actor.time_zone)).date()
