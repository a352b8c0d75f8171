"""Tasks that come with a stage: from its templates, and from the checklist of the next gate."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.deals import Pipeline, PipelineStage
from models.enums import (
    GateConditionKind,
    PipelineKind,
    StageCategory,
    TaskPriority,
    TemplateAssignee,
    UserStatus,
)
from models.gates import StageTaskTemplate
from models.people import Team, User
from models.registry import REGISTRY
from services import records, tasks
from services.gates import CONDITION, GATE
from services.rules.forms import Form
from services.rules.tasks import due_after
from services.stages import STAGE

MOST = 50
LONGEST_TITLE = 200
LATEST = 365

TEMPLATE = metadata.tables["stage_task_template"]
_TASK = metadata.tables["task"]


@dataclass(frozen=True, slots=True)
class Assignee:
    """Whom a template's tasks go to: the deal's owner unless a user or a team is named."""

    user_id: str | None = None
    team_id: str | None = None


async def spawn(ctx: Context, deal: Any, stage: Any, change_id: str) -> list[Any]:
    """Make the tasks that a deal's entry into a stage brings, once for each entry."""
    templates = await ctx.act.fetch(
        sa.select(TEMPLATE)
        .where(TEMPLATE.c.workspace_id == ctx.workspace_id, TEMPLATE.c.stage_id == stage.id)
        .order_by(TEMPLATE.c.position, TEMPLATE.c.id)
    )
    rows = [_from_template(ctx, deal, one) | {"stage_change_id": change_id} for one in templates]
    rows += [
        {
            "title": one["task_title"],
            "deal_id": deal.id,
            "owner_id": deal.owner_id or ctx.actor.user_id,
            "gate_condition_id": one["id"],
        }
        for one in await _checklist(ctx, deal, stage)
    ]
    return await tasks.add(ctx, rows)


async def add(
    ctx: Context,
    stage_id: str,
    *,
    title: str,
    assignee: Assignee,
    priority: TaskPriority,
    due_offset_days: int,
) -> Any:
    """Let deals that enter a stage from now on bring another task."""
    ctx.require(Category.ADMIN)
    stage: Any = await ctx.get(PipelineStage, stage_id, path=("stageId",), lock=True)
    pipeline: Any = await ctx.get(Pipeline, stage.pipeline_id)
    if pipeline.kind != PipelineKind.DEAL:
        message = "Only deals bring tasks when they enter a stage."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("stageId",))
    others = await ctx.act.fetch(
        sa.select(TEMPLATE.c.position).where(
            TEMPLATE.c.workspace_id == ctx.workspace_id, TEMPLATE.c.stage_id == stage_id
        )
    )
    if len(others) >= MOST:
        message = f"A stage has at most {MOST} task templates."
        raise UserError(UserErrorCode.TOO_MANY, message, ("stageId",))
    given = {"title": title, "priority": priority, "due_offset_days": due_offset_days}
    values = _checked(given) | await _assigned(ctx, assignee)
    position = max((row["position"] for row in others), default=0) + 1
    return await ctx.act.insert(TEMPLATE, {"stage_id": stage_id, "position": position, **values})


async def update(
    ctx: Context,
    template_id: str,
    given: Mapping[str, Any],
    *,
    assignee: Assignee | None = None,
    expected_version: int | None = None,
) -> Any:
    """Change a template; tasks that it brought before stay as they are."""
    ctx.require(Category.ADMIN)
    if not given and assignee is None:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.", ())
    entity = REGISTRY["StageTaskTemplate"]
    row: Any = await records.locked(ctx, entity, template_id, expected_version)
    values = _checked(given) | (await _assigned(ctx, assignee) if assignee else {})
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return row
    return (await ctx.act.update(TEMPLATE, TEMPLATE.c.id == template_id, changed))[0]


async def remove(ctx: Context, template_id: str) -> str:
    """Let a stage bring one task less; the stage."""
    ctx.require(Category.ADMIN)
    row: Any = await ctx.get(StageTaskTemplate, template_id, lock=True)
    await ctx.act.delete(TEMPLATE, TEMPLATE.c.id == template_id)
    return str(row.stage_id)


def _from_template(ctx: Context, deal: Any, template: Any) -> dict[str, Any]:
    whose: dict[str, Any] = {"owner_id": template["user_id"], "team_id": template["team_id"]}
    if template["assignee"] == TemplateAssignee.OWNER:
        whose = {"owner_id": deal.owner_id or ctx.actor.user_id}
    return {
        "title": template["title"],
        "priority": template["priority"],
        "due_at": due_after(ctx.now, template["due_offset_days"], ctx.actor.time_zone),
        "deal_id": deal.id,
        "template_id": template["id"],
        **whose,
    }


async def _checklist(ctx: Context, deal: Any, stage: Any) -> list[Any]:
    """The tasks that the next stage's gate asks for and the deal does not have yet."""
    following = (
        sa.select(STAGE.c.id)
        .where(
            STAGE.c.workspace_id == ctx.workspace_id,
            STAGE.c.pipeline_id == stage.pipeline_id,
            STAGE.c.position > stage.position,
            STAGE.c.archived_at.is_(None),
            STAGE.c.category != StageCategory.LOST,
        )
        .order_by(STAGE.c.position)
        .limit(1)
        .scalar_subquery()
    )
    there = sa.exists().where(
        _TASK.c.workspace_id == ctx.workspace_id,
        _TASK.c.deal_id == deal.id,
        _TASK.c.deleted_at.is_(None),
        sa.or_(
            _TASK.c.gate_condition_id == CONDITION.c.id,
            _TASK.c.title_key == CONDITION.c.task_title_key,
        ),
    )
    return await ctx.act.fetch(
        sa.select(CONDITION.c.id, CONDITION.c.task_title)
        .join(GATE, GATE.c.id == CONDITION.c.gate_id)
        .where(
            CONDITION.c.workspace_id == ctx.workspace_id,
            GATE.c.workspace_id == ctx.workspace_id,
            GATE.c.stage_id == following,
            CONDITION.c.kind == GateConditionKind.TASK,
            sa.not_(there),
        )
        .order_by(CONDITION.c.position)
    )


async def _assigned(ctx: Context, given: Assignee) -> dict[str, Any]:
    kind = TemplateAssignee.OWNER
    if given.user_id is not None:
        kind = TemplateAssignee.USER
        user = await ctx.get(User, given.user_id, path=("assignee", "userId"))
        if user.status != UserStatus.ACTIVE:
            message = "This user has left the workspace; choose an active one."
            raise UserError(UserErrorCode.INVALID_VALUE, message, ("assignee", "userId"))
    elif given.team_id is not None:
        kind = TemplateAssignee.TEAM
        await ctx.get(Team, given.team_id, path=("assignee", "teamId"))
    return {"assignee": kind, "user_id": given.user_id, "team_id": given.team_id}


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    form = Form()
    values = dict(given)
    if "title" in given:
        values["title"] = form.text("title", given["title"] or "", longest=LONGEST_TITLE)
    days: int | None = given.get("due_offset_days", 0)
    if days is None or not 0 <= days <= LATEST:
        message = f"Send a number of days from 0 to {LATEST}."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "dueOffsetDays")
    if "priority" in given and given["priority"] is None:
        form.refuse(UserErrorCode.REQUIRED, "Send a priority.", "priority")
    form.done()
    return values
