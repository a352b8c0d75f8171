"""Templates of cases: checklists of tasks for a kind of case."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.cases import CaseTemplate
from models.enums import TaskPriority
from models.registry import REGISTRY
from services import records
from services.rules.forms import Form
from services.rules.tasks import due_after

MOST_TASKS = 50
LONGEST_TITLE = 200
LONGEST_NAME = 120
LATEST = 365

_TEMPLATE = metadata.tables["case_template"]
_TASK = metadata.tables["case_template_task"]


@dataclass(frozen=True, slots=True)
class Step:
    """One task of a checklist, due so many days after its case was opened."""

    title: str
    priority: TaskPriority
    due_offset_days: int


async def create(ctx: Context, *, name: str, tasks: Sequence[Step]) -> Any:
    """Make a template with its tasks in order."""
    ctx.require(Category.ADMIN)
    form = Form()
    text = form.text("name", name, longest=LONGEST_NAME)
    steps = _checked(form, tasks)
    form.done()
    template = await ctx.act.insert(_TEMPLATE, {"name": text})
    await _write(ctx, template["id"], steps)
    return template


async def update(
    ctx: Context,
    template_id: str,
    *,
    name: str | None = None,
    tasks: Sequence[Step] | None = None,
    expected_version: int | None = None,
) -> Any:
    """Rename a template or replace its tasks; cases keep the tasks they have."""
    ctx.require(Category.ADMIN)
    if name is None and tasks is None:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Send a name, tasks or both.")
    template: CaseTemplate = await records.locked(
        ctx, REGISTRY["CaseTemplate"], template_id, expected_version
    )
    form = Form()
    text = template.name if name is None else form.text("name", name, longest=LONGEST_NAME)
    steps = _checked(form, tasks or ())
    form.done()
    if tasks is not None:
        await ctx.act.delete(_TASK, _TASK.c.template_id == template_id)
        await _write(ctx, template_id, steps)
    if text == template.name and tasks is None:
        return template
    # A new checklist is a new version of its template, whatever the name.
    return (await ctx.act.update(_TEMPLATE, _TEMPLATE.c.id == template_id, {"name": text}))[0]


async def archive(ctx: Context, template_id: str, *, expected_version: int | None = None) -> Any:
    """Offer a template no more."""
    ctx.require(Category.ADMIN)
    template: CaseTemplate = await records.locked(
        ctx, REGISTRY["CaseTemplate"], template_id, expected_version
    )
    if template.archived_at:
        raise UserError(UserErrorCode.INVALID_TRANSITION, "It is archived already.", ("id",))
    where = _TEMPLATE.c.id == template_id
    return (await ctx.act.update(_TEMPLATE, where, {"archived_at": ctx.now}, event="archived"))[0]


async def checklist(ctx: Context, template_id: str) -> list[dict[str, Any]]:
    """What the tasks of a template are made from, in order; refused when it is archived."""
    template: CaseTemplate = await ctx.get(CaseTemplate, template_id, path=("templateId",))
    if template.archived_at:
        message = "This template is archived; choose another one."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("templateId",))
    zone = ctx.actor.time_zone
    rows = await ctx.act.fetch(
        sa.select(_TASK)
        .where(_TASK.c.workspace_id == ctx.workspace_id, _TASK.c.template_id == template_id)
        .order_by(_TASK.c.position)
    )
    return [
        {
            "title": row["title"],
            "priority": row["priority"],
            "position": row["position"],
            "due_at": max(ctx.now, due_after(ctx.now, row["due_offset_days"], zone)),
        }
        for row in rows
    ]


async def _write(ctx: Context, template_id: str, steps: Sequence[Mapping[str, Any]]) -> None:
    if steps:
        rows = [
            {"template_id": template_id, "position": position, **step}
            for position, step in enumerate(steps, start=1)
        ]
        await ctx.act.insert_many(_TASK, rows)


def _checked(form: Form, tasks: Sequence[Step]) -> list[dict[str, Any]]:
    if len(tasks) > MOST_TASKS:
        message = f"A template has at most {MOST_TASKS} tasks; these are {len(tasks)}."
        raise UserError(UserErrorCode.TOO_MANY, message, ("tasks",))
    steps = []
    for at, task in enumerate(tasks):
        one = Form()
        title = one.text("title", task.title, longest=LONGEST_TITLE)
        if not 0 <= task.due_offset_days <= LATEST:
            one.refuse(UserErrorCode.INVALID_VALUE, f"Send 0 to {LATEST} days.", "dueOffsetDays")
        form.refusals += [refusal.at("tasks", at) for refusal in one.refusals]
        steps.append(asdict(task) | {"title": title})
    return steps
