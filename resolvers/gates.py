"""Gates before stages, approvals, and the tasks a stage brings."""

from typing import Any

from strawberry import UNSET

from auth.context import Context
from resolvers.mutation import mutation, several
from schema import gates as given
from schema.deals import PipelineStage
from schema.gates import ApprovalRequest, StageTaskTemplate
from services import approvals, gates, stage_tasks


@mutation(pipeline_stage=PipelineStage)
async def stage_gate_set(ctx: Context, input: given.StageGateSetInput) -> Any:
    """Give a stage a gate, another one, or none."""
    names = ("field", "task_title", "approver_id", "contract_type")
    conditions = [
        gates.Condition(
            **{name: getattr(one, name) for name in names if getattr(one, name) is not UNSET}
        )
        for one in input.conditions
    ]
    return await gates.replace(ctx, input.stage_id, mode=input.mode, conditions=conditions)


@mutation(stage_task_template=StageTaskTemplate)
async def pipeline_stage_task_template_add(
    ctx: Context, input: given.PipelineStageTaskTemplateAddInput
) -> Any:
    """Let deals bring a task whenever they enter a stage from now on."""
    return await stage_tasks.add(
        ctx,
        input.stage_id,
        title=input.title,
        assignee=_assignee(input.assignee) or stage_tasks.Assignee(),
        priority=input.priority,
        due_offset_days=input.due_offset_days,
    )


@mutation(stage_task_template=StageTaskTemplate)
async def pipeline_stage_task_template_update(
    ctx: Context, input: given.PipelineStageTaskTemplateUpdateInput
) -> Any:
    """Change a task template; tasks it brought before stay as they are."""
    sent = {name: getattr(input, name) for name in ("title", "priority", "due_offset_days")}
    return await stage_tasks.update(
        ctx,
        input.id,
        {name: value for name, value in sent.items() if value is not UNSET},
        assignee=_assignee(input.assignee),
        expected_version=input.expected_version,
    )


@mutation(pipeline_stage=PipelineStage)
async def pipeline_stage_task_template_remove(
    ctx: Context, input: given.PipelineStageTaskTemplateRemoveInput
) -> Any:
    """Take a task template from a stage; tasks it brought before stay."""
    return await stage_tasks.remove(ctx, input.id)


@mutation(approval_requests=several(ApprovalRequest))
async def deal_approval_request(ctx: Context, input: given.DealApprovalRequestInput) -> Any:
    """Ask for the approvals a deal needs to enter a stage; the move is made once they are there."""
    return await approvals.request(ctx, input.deal_id, input.to_stage_id, comment=input.comment)


@mutation(approval_request=ApprovalRequest)
async def approval_decide(ctx: Context, input: given.ApprovalDecideInput) -> Any:
    """Approve or reject what you were asked."""
    return await approvals.decide(ctx, input.id, input.decision, comment=input.comment)


def _assignee(chosen: given.TemplateAssigneeInput | None) -> stage_tasks.Assignee | None:
    if chosen is None:
        return None
    return stage_tasks.Assignee(
        user_id=None if chosen.user_id is UNSET else chosen.user_id,
        team_id=None if chosen.team_id is UNSET else chosen.team_id,
    )
