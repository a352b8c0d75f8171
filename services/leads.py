"""Leads: where a new one starts, how it moves through its statuses, and how it is given up."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.deals import Pipeline, PipelineStage
from models.enums import LeadStatus, Origin, PipelineKind
from models.leads import Lead
from models.registry import REGISTRY
from services import boards, queues, records, routing, stages
from services.rules.forms import Form
from services.rules.leads import CLOSED, reachable

LEAD = metadata.tables["lead"]
_PIPELINE = metadata.tables["pipeline"]
_STAGE = metadata.tables["pipeline_stage"]
_WORKSPACE = metadata.tables["workspace"]
_LONGEST_REASON = 500


async def create(
    ctx: Context,
    given: Mapping[str, Any],
    *,
    origin: Origin | None = None,
    pipeline_id: str | None = None,
    stage_id: str | None = None,
    form_id: str | None = None,
) -> Any:
    """Take in a lead, in the first stage of the first lead pipeline unless told otherwise.

    Whose it is the rules of assignment say, unless an owner or a queue is named.
    """
    entity = REGISTRY["Lead"]
    records.may_write(ctx, entity)
    stage = await _beginning(ctx, pipeline_id, stage_id)
    named = {name: value for name, value in given.items() if value is not None}
    rank = await boards.top(ctx, LEAD, LEAD.c.stage_id, stage.id)
    whose: dict[str, Any] = {}
    if not ("owner" in named or "queue" in named) and (
        routed := await routing.owner_for(ctx, named)
    ):
        whose = {"owner_id": routed.owner_id, "team_id": routed.team_id}
    return await records.create(
        ctx,
        entity,
        named | {"origin": origin or named.get("origin") or Origin.MANUAL},
        **whose,
        pipeline_id=stage.pipeline_id,
        stage_id=stage.id,
        status=stage.lead_status,
        stage_entered_at=ctx.now,
        form_id=form_id,
        rank=rank,
    )


async def update(
    ctx: Context,
    record_id: str,
    given: Mapping[str, Any],
    expected_version: int | None = None,
    *,
    pipeline_id: str | None = None,
    stage_id: str | None = None,
) -> Any:
    """Change a lead; an upsert that names a stage moves it there, its origin stays."""
    if pipeline_id is not None:
        await ctx.get(Pipeline, pipeline_id, path=("pipelineId",))
        lead: Any = await ctx.get(Lead, record_id)
        if lead.pipeline_id != pipeline_id:
            message = "A lead stays in the pipeline it began in."
            raise UserError(UserErrorCode.INVALID_VALUE, message, ("pipelineId",))
    if stage_id is not None:
        await _lead_stage(ctx, stage_id, "stageId")
        await move(ctx, record_id, stage_id=stage_id)
    changed = {name: value for name, value in given.items() if name != "origin"}
    if "owner" in changed and changed["owner"] is None and not changed.get("queue"):
        changed |= await _queue(ctx, record_id)
    return await records.update(ctx, REGISTRY["Lead"], record_id, changed, expected_version)


async def claim(ctx: Context, lead_id: str) -> Any:
    """Take a lead that nobody owns; of several who try, one has it and the others learn who."""
    return await queues.claim(ctx, REGISTRY["Lead"], lead_id)


async def leave_queue(ctx: Context, team_id: str) -> None:
    """Before a team is dissolved: owned and deleted leads forget its queue, waiting ones bar it."""
    await queues.leave(ctx, LEAD, team_id, "leads")


async def restore(ctx: Context, record_id: str) -> Any:
    """Bring a deleted lead back, to the top of its stage."""
    records.may_write(ctx, REGISTRY["Lead"])
    lead: Any = await ctx.get(Lead, record_id, deleted=True)
    stage = await ctx.get(PipelineStage, lead.stage_id)
    if stage.archived_at is not None:
        stage = await stage_of(ctx, lead.pipeline_id, lead.status)
    rank = await boards.top(ctx, LEAD, LEAD.c.stage_id, stage.id)
    await ctx.get(Lead, record_id, lock=True, deleted=True)
    back = {"deleted_at": None, "stage_id": stage.id, "rank": rank}
    return (await ctx.act.update(LEAD, LEAD.c.id == record_id, back, event="restored"))[0]


async def move(
    ctx: Context,
    lead_id: str,
    *,
    status: LeadStatus | None = None,
    stage_id: str | None = None,
    after: str | None = None,
    before: str | None = None,
    reason: str | None = None,
    expected_version: int | None = None,
) -> Any:
    """Put a lead into a stage, or the first one of a status, or its own, at its place there."""
    entity = REGISTRY["Lead"]
    records.may_write(ctx, entity)
    seen: Any = await ctx.get(Lead, lead_id)
    stage = await _target(ctx, seen, status, stage_id)
    _may_enter(seen.status, stage.lead_status)
    why = _reason(seen, stage.lead_status, reason)
    rank = await boards.place(
        ctx, LEAD, LEAD.c.stage_id, stage.id, card_id=lead_id, after=after, before=before
    )
    lead: Any = await records.locked(ctx, entity, lead_id, expected_version)
    _may_enter(lead.status, stage.lead_status)
    return await enter(ctx, lead, stage, rank=rank, disqualified_reason=why)


async def disqualify(
    ctx: Context, lead_id: str, reason: str, expected_version: int | None = None
) -> Any:
    """Give a lead up, for a reason; a move brings it back."""
    status = LeadStatus.DISQUALIFIED
    return await move(ctx, lead_id, status=status, reason=reason, expected_version=expected_version)


async def enter(ctx: Context, lead: Any, stage: Any, **columns: Any) -> Any:
    """Write a locked lead's stage and the status that goes with it, for moving and converting."""
    values: dict[str, Any] = dict(columns)
    moved = lead.stage_id != stage.id
    if moved:
        values |= {"stage_id": stage.id, "stage_entered_at": ctx.now, "status": stage.lead_status}
    changed = {name: value for name, value in values.items() if getattr(lead, name) != value}
    if not changed:
        return lead
    event = "stage_changed" if moved else "updated"
    return (await ctx.act.update(LEAD, LEAD.c.id == lead.id, changed, event=event))[0]


async def stage_of(ctx: Context, pipeline_id: str, status: str) -> Any:
    """The first stage of a lead pipeline that has a status."""
    rows = await ctx.act.fetch(
        _stages().where(
            _STAGE.c.workspace_id == ctx.workspace_id,
            _STAGE.c.pipeline_id == pipeline_id,
            _STAGE.c.lead_status == status,
        )
    )
    if not rows:
        message = f"The pipeline of this lead has no stage of the status {status}."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("toStatus",))
    return await stages.entering(ctx, rows[0]["id"], PipelineKind.LEAD)


async def _queue(ctx: Context, lead_id: str) -> dict[str, Any]:
    """The queue a lead goes back to when its owner gives it up, where there is one."""
    lead: Any = await ctx.get(Lead, lead_id)
    if lead.team_id:
        return {}
    rows = await ctx.act.fetch(
        sa.select(_WORKSPACE.c.lead_team_id).where(_WORKSPACE.c.workspace_id == ctx.workspace_id)
    )
    return {"queue": rows[0][0]} if rows[0][0] else {}


async def _beginning(ctx: Context, pipeline_id: str | None, stage_id: str | None) -> Any:
    """The stage a new lead starts in."""
    if stage_id is not None:
        stage = await _lead_stage(ctx, stage_id, "stageId")
        if pipeline_id not in {None, stage.pipeline_id}:
            message = "This stage belongs to another pipeline."
            raise UserError(UserErrorCode.INVALID_VALUE, message, ("stageId",))
        if stage.lead_status in CLOSED:
            message = "A new lead begins as New, Contacted or Qualified."
            raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("stageId",))
        return stage
    if pipeline_id is not None:
        await ctx.get(Pipeline, pipeline_id, path=("pipelineId",))
    wanted = (
        _STAGE.c.pipeline_id == pipeline_id if pipeline_id else _PIPELINE.c.archived_at.is_(None)
    )
    rows = await ctx.act.fetch(
        _stages().where(
            _STAGE.c.workspace_id == ctx.workspace_id, _STAGE.c.lead_status.not_in(CLOSED), wanted
        )
    )
    if not rows:
        message = "This is no pipeline of leads with a stage to begin in."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("pipelineId",))
    return await stages.entering(ctx, rows[0]["id"], PipelineKind.LEAD)


async def _target(ctx: Context, lead: Any, status: LeadStatus | None, stage_id: str | None) -> Any:
    """The stage a move leads to: the lead's own unless another one or another status is named."""
    if stage_id is not None:
        stage = await _lead_stage(ctx, stage_id, "toStageId")
        if stage.pipeline_id != lead.pipeline_id:
            message = "This stage belongs to another pipeline than the lead's."
            raise UserError(UserErrorCode.INVALID_VALUE, message, ("toStageId",))
        if status not in {None, stage.lead_status}:
            message = f"This stage has the status {stage.lead_status}."
            raise UserError(UserErrorCode.INVALID_VALUE, message, ("toStatus",))
        return stage
    if status in {None, lead.status}:
        return await ctx.get(PipelineStage, lead.stage_id)
    return await stage_of(ctx, lead.pipeline_id, str(status))


async def _lead_stage(ctx: Context, stage_id: str, path: str) -> Any:
    return await stages.entering(ctx, stage_id, PipelineKind.LEAD, path=path)


def _stages() -> Any:
    """The first stage in use of the first lead pipeline, by id."""
    return (
        sa.select(_STAGE.c.id)
        .join(
            _PIPELINE,
            sa.and_(
                _PIPELINE.c.workspace_id == _STAGE.c.workspace_id,
                _PIPELINE.c.id == _STAGE.c.pipeline_id,
            ),
        )
        .where(_PIPELINE.c.kind == PipelineKind.LEAD, _STAGE.c.archived_at.is_(None))
        .order_by(_PIPELINE.c.position, _STAGE.c.position, _STAGE.c.id)
        .limit(1)
    )


def _may_enter(status: str, target: str) -> None:
    """Refuse what no move does: converting a lead, and undoing that."""
    allowed = reachable(status)
    if target in {status, *allowed}:
        return
    if target == LeadStatus.CONVERTED:
        message = (
            "`leadConvert` converts a lead: it asks what the lead becomes."
            f" A move can bring it to {', '.join(allowed)}."
        )
    else:
        message = "A converted lead stays CONVERTED; go on with what it became."
    raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("toStatus",))


def _reason(lead: Any, target: str, given: str | None) -> str | None:
    """Why a lead is disqualified from here on; nothing where it is not."""
    if target != LeadStatus.DISQUALIFIED:
        if given and given.strip():
            message = "A reason goes with DISQUALIFIED only."
            raise UserError(UserErrorCode.INVALID_VALUE, message, ("reason",))
        return None
    if given is None and lead.status == target:
        return lead.disqualified_reason  # type: ignore[no-any-return]
    form = Form()
    text = form.text("reason", given or "", longest=_LONGEST_REASON)
    form.done()
    return text
