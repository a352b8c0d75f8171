"""Project templates: milestones and tasks with days counted from a project's start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import new_id
from models import metadata
from models.enums import TaskPriority
from models.projects import Project, ProjectTemplate
from models.registry import REGISTRY
from services import projects, records, tasks
from services.rules.forms import Form
from services.rules.tasks import day_of, due

TEMPLATE = metadata.tables["project_template"]
STEP = metadata.tables["project_template_milestone"]
WORK = metadata.tables["project_template_task"]
MILESTONE = metadata.tables["milestone"]
TASK = metadata.tables["task"]

MOST_MILESTONES = 100
MOST_TASKS = 500
LONGEST_NAME = 200
LONGEST_TEXT = 10_000
LONGEST_SPAN = 3650
"""Days: no template plans further ahead than ten years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDraft:
    """A task of a template as it is given."""

    title: str
    description: str | None = None
    priority: TaskPriority = TaskPriority.MEDIUM
    due_offset_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneDraft:
    """A milestone of a template as it is given, with its tasks."""

    name: str
    tasks: Sequence[TaskDraft] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What a template holds."""

    milestones: Sequence[MilestoneDraft] = ()
    tasks: Sequence[TaskDraft] = field(default=())
    """Those outside of milestones."""


async def create(
    ctx: Context,
    *,
    name: str,
    description: str | None,
    duration_days: int,
    structure: Structure,
) -> Any:
    """Make a template of milestones and tasks."""
    ctx.require(Category.ADMIN)
    values = _cleaned({"name": name, "description": description, "duration_days": duration_days})
    structure = _checked(structure)
    template = await ctx.act.insert(TEMPLATE, values)
    await _write(ctx, template["id"], structure)
    return template


async def save_as(ctx: Context, project_id: str, *, name: str, description: str | None) -> Any:
    """Make a template of a project: its milestones and tasks, their days from its start."""
    ctx.require(Category.ADMIN)
    project: Any = await ctx.get(Project, project_id)
    return await create(
        ctx,
        name=name,
        description=description,
        duration_days=(project.ends_on - project.starts_on).days,
        structure=await _structure_of(ctx, project),
    )


async def update(
    ctx: Context,
    template_id: str,
    given: Mapping[str, Any],
    *,
    milestones: Sequence[MilestoneDraft] | None = None,
    work: Sequence[TaskDraft] | None = None,
    expected_version: int | None = None,
) -> Any:
    """Change a template; milestones and tasks are replaced as a whole where they are given."""
    ctx.require(Category.ADMIN)
    if not given and milestones is None and work is None:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.", ())
    row = await records.locked(ctx, REGISTRY["ProjectTemplate"], template_id, expected_version)
    values = _cleaned(given)
    structure = _checked(Structure(milestones=milestones or (), tasks=work or ()))
    if milestones is not None:
        await ctx.act.delete(
            WORK, sa.and_(WORK.c.template_id == template_id, WORK.c.milestone_id.is_not(None))
        )
        await ctx.act.delete(STEP, STEP.c.template_id == template_id)
    if work is not None:
        outside = sa.and_(WORK.c.template_id == template_id, WORK.c.milestone_id.is_(None))
        await ctx.act.delete(WORK, outside)
    await _write(ctx, template_id, structure)
    changed = {name: one for name, one in values.items() if getattr(row, name) != one}
    if not changed and milestones is None and work is None:
        return row
    rows = await ctx.act.update(TEMPLATE, TEMPLATE.c.id == template_id, changed)
    if milestones is not None or work is not None:
        ctx.act.emit("project_template.updated", "project_template", template_id, structure=True)
    return rows[0]


async def archive(ctx: Context, template_id: str, expected_version: int | None = None) -> Any:
    """Let no more projects begin from a template; those that did stay as they are."""
    ctx.require(Category.ADMIN)
    row = await records.locked(ctx, REGISTRY["ProjectTemplate"], template_id, expected_version)
    if row.archived_at is not None:
        return row
    archived = {"archived_at": ctx.now}
    return (await ctx.act.update(TEMPLATE, TEMPLATE.c.id == template_id, archived))[0]


async def start(
    ctx: Context,
    template_id: str,
    given: Mapping[str, Any],
    *,
    starts_on: date | None = None,
    pipeline_id: str | None = None,
    stage_id: str | None = None,
) -> Any:
    """Begin a project from a template, its days counted from the project's first."""
    records.may_write(ctx, REGISTRY["Project"])
    template = await ctx.get(ProjectTemplate, template_id, path=("templateId",))
    if template.archived_at is not None:
        message = "This template is archived; choose another one."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("templateId",))
    first = starts_on or ctx.today
    defaults = {"name": template.name, "description": template.description}
    values = defaults | {name: one for name, one in given.items() if one is not None}
    days = {"starts_on": first, "ends_on": first + timedelta(days=template.duration_days)}
    project = await projects.create(ctx, values | days, pipeline_id=pipeline_id, stage_id=stage_id)
    await _begin(ctx, template_id, project)
    return project


async def _begin(ctx: Context, template_id: str, project: Any) -> None:
    steps = await _rows(ctx, STEP, STEP.c.template_id == template_id)
    ids = {step["id"]: new_id() for step in steps}
    if steps:
        milestones = [
            {
                "id": ids[step["id"]],
                "project_id": project["id"],
                "name": step["name"],
                "position": step["position"],
            }
            for step in steps
        ]
        await ctx.act.insert_many(MILESTONE, milestones)
    work = await _rows(ctx, WORK, WORK.c.template_id == template_id)
    await tasks.add(ctx, [_task(ctx, project, row, ids) for row in work])


def _task(ctx: Context, project: Any, row: Any, milestones: Mapping[str, str]) -> dict[str, Any]:
    day = project["starts_on"] + timedelta(days=row["due_offset_days"])
    return {
        "title": row["title"],
        "description": row["description"],
        "priority": row["priority"],
        "position": row["position"],
        "due_at": due(day, ctx.actor.time_zone),
        "owner_id": project["owner_id"],
        "project_id": project["id"],
        "milestone_id": milestones.get(row["milestone_id"]),
    }


async def _structure_of(ctx: Context, project: Any) -> Structure:
    steps = await _rows(ctx, MILESTONE, MILESTONE.c.project_id == project.id)
    mine = sa.and_(TASK.c.project_id == project.id, TASK.c.deleted_at.is_(None))
    work: dict[str | None, list[TaskDraft]] = {}
    for row in await _rows(ctx, TASK, mine):
        due_on = day_of(row["due_at"], ctx.actor.time_zone)
        draft = TaskDraft(
            title=row["title"],
            description=row["description"],
            priority=TaskPriority[row["priority"]],
            due_offset_days=max((due_on - project.starts_on).days, 0),
        )
        work.setdefault(row["milestone_id"], []).append(draft)
    return Structure(
        milestones=[
            MilestoneDraft(name=one["name"], tasks=work.get(one["id"], ())) for one in steps
        ],
        tasks=work.get(None, ()),
    )


async def _rows(ctx: Context, table: sa.Table, where: sa.ColumnElement[bool]) -> Sequence[Any]:
    return await ctx.act.fetch(
        sa.select(table)
        .where(table.c.workspace_id == ctx.workspace_id, where)
        .order_by(table.c.position, table.c.id)
    )


async def _write(ctx: Context, template_id: str, structure: Structure) -> None:
    steps, work = [], []
    for place, milestone in enumerate(structure.milestones, start=1):
        step = {"id": new_id(), "name": milestone.name, "position": place}
        steps.append(step | {"template_id": template_id})
        work += [(step["id"], draft) for draft in milestone.tasks]
    work += [(None, draft) for draft in structure.tasks]
    if steps:
        await ctx.act.insert_many(STEP, steps)
    if work:
        await ctx.act.insert_many(
            WORK,
            [
                {
                    "template_id": template_id,
                    "milestone_id": step,
                    "position": place,
                    "title": draft.title,
                    "description": draft.description,
                    "priority": draft.priority,
                    "due_offset_days": draft.due_offset_days,
                }
                for place, (step, draft) in enumerate(work, start=1)
            ],
        )


def _cleaned(given: Mapping[str, Any]) -> dict[str, Any]:
    form = Form()
    values = dict(given)
    if "name" in given:
        values["name"] = form.text("name", given["name"] or "", longest=LONGEST_NAME)
    if "description" in given:
        text = given["description"]
        values["description"] = form.optional_text("description", text, longest=LONGEST_TEXT)
    if "duration_days" in given:
        _span(form, given["duration_days"], "durationDays")
    form.done()
    return values


def _checked(structure: Structure) -> Structure:
    """The structure with its texts cleaned; all that is wrong with it is told at once."""
    _bound(structure)
    form = Form()
    milestones = [
        MilestoneDraft(
            name=_text(form, one.name, ("milestones", at, "name")),
            tasks=[
                _draft(form, task, ("milestones", at, "tasks", place))
                for place, task in enumerate(one.tasks)
            ],
        )
        for at, one in enumerate(structure.milestones)
    ]
    work = [_draft(form, one, ("tasks", at)) for at, one in enumerate(structure.tasks)]
    form.done()
    return Structure(milestones=milestones, tasks=work)


def _bound(structure: Structure) -> None:
    count = len(structure.tasks) + sum(len(one.tasks) for one in structure.milestones)
    for found, most, what in (
        (len(structure.milestones), MOST_MILESTONES, "milestones"),
        (count, MOST_TASKS, "tasks"),
    ):
        if found > most:
            message = f"A template holds at most {most} {what}; these are {found}."
            raise UserError(UserErrorCode.TOO_MANY, message, (what,))


def _draft(form: Form, task: TaskDraft, path: tuple[str | int, ...]) -> TaskDraft:
    about = Form()
    description = about.optional_text("description", task.description, longest=LONGEST_TEXT)
    form.refusals += [refusal.at(*path) for refusal in about.refusals]
    _span(form, task.due_offset_days, *path, "dueOffsetDays")
    return TaskDraft(
        title=_text(form, task.title, (*path, "title")),
        description=description,
        priority=task.priority,
        due_offset_days=task.due_offset_days,
    )


def _text(form: Form, value: str, path: tuple[str | int, ...]) -> str:
    inner = Form()
    text = inner.text(str(path[-1]), value, longest=LONGEST_NAME)
    form.refusals += [refusal.at(*path[:-1]) for refusal in inner.refusals]
    return text


def _span(form: Form, days: int | None, *path: str | int) -> None:
    if days is None or not 0 <= days <= LONGEST_SPAN:
        message = f"Send a number of days from 0 to {LONGEST_SPAN}."
        form.refuse(UserErrorCode.INVALID_VALUE, message, *path)
