"""Approvals: a deal's seller asks whether it may enter a stage, a named user answers."""

from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category, Level
from core.codes import UserErrorCode
from core.errors import UserError
from models.deals import Deal, PipelineStage
from models.enums import ApprovalDecision, GateConditionKind, PipelineKind, UserStatus
from models.gates import ApprovalRequest
from models.people import User
from models.registry import REGISTRY
from services import records, stages
from services.gates import REQUEST, on_the_way
from services.rules.forms import Form

LONGEST_COMMENT = 1000


async def request(
    ctx: Context, deal_id: str, stage_id: str, *, comment: str | None = None
) -> list[Any]:
    """Ask for every approval that a move into a stage needs and that nobody was asked for yet."""
    records.may_write(ctx, REGISTRY["Deal"])
    stage = await stages.entering(ctx, stage_id, PipelineKind.DEAL)
    deal: Any = await ctx.get(Deal, deal_id, path=("dealId",), lock=True)
    text = _comment(comment)
    left = await ctx.get(PipelineStage, deal.stage_id)
    asked = await _asked(ctx, deal_id)
    needed = [
        one
        for one in await on_the_way(ctx, stage, left)
        if one["kind"] == GateConditionKind.APPROVAL and one["id"] not in asked
    ]
    if not needed:
        message = "No approval is left to ask for on the way into this stage."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("toStageId",))
    return await ctx.act.insert_many(
        REQUEST,
        [
            {
                "deal_id": deal_id,
                "deal_name": deal.name,
                "condition_id": one["id"],
                "stage_id": one["stage_id"],
                "approver_id": one["approver_id"],
                "requested_by_id": ctx.actor.user_id,
                "decision": ApprovalDecision.PENDING,
                "comment": text,
            }
            for one in needed
        ],
    )


async def decide(
    ctx: Context, request_id: str, decision: ApprovalDecision, *, comment: str | None = None
) -> Any:
    """Approve or reject: the named user does, or an Admin where that user has left."""
    asked: Any = await ctx.get(ApprovalRequest, request_id, lock=True)
    if decision == ApprovalDecision.PENDING:
        message = "Decide: APPROVED or REJECTED."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("decision",))
    await _require_approver(ctx, asked)
    if asked.used_at is not None:
        message = "The deal has moved on without an answer; ask again where one is needed."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    if asked.decision != ApprovalDecision.PENDING:
        message = f"It was {asked.decision.lower()} already; ask again for another decision."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("decision",))
    values = {
        "decision": decision,
        "decided_by_id": ctx.actor.user_id,
        "decided_at": ctx.now,
        "answer": _comment(comment),
    }
    return (await ctx.act.update(REQUEST, REQUEST.c.id == request_id, values, event="decided"))[0]


async def _require_approver(ctx: Context, asked: Any) -> None:
    if asked.approver_id == ctx.actor.user_id:
        return
    (approver,) = await ctx.find(User, [asked.approver_id])
    if approver.status != UserStatus.ACTIVE and ctx.actor.may(Category.ADMIN, Level.WRITE):
        return
    message = f"{approver.name} decides this."
    raise UserError(UserErrorCode.NOT_THE_APPROVER, message, ("id",))


async def _asked(ctx: Context, deal_id: str) -> set[str]:
    """The conditions for which an answer is on its way, or has come and was not used."""
    rows = await ctx.act.fetch(
        sa.select(REQUEST.c.condition_id).where(
            REQUEST.c.workspace_id == ctx.workspace_id,
            REQUEST.c.deal_id == deal_id,
            REQUEST.c.used_at.is_(None),
            REQUEST.c.decision != ApprovalDecision.REJECTED,
        )
    )
    return {row["condition_id"] for row in rows}


def _comment(comment: str | None) -> str | None:
    form = Form()
    text = form.optional_text("comment", comment, longest=LONGEST_COMMENT)
    form.done()
    return text
