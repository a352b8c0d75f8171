"""Projects: the stage they are in, whom they are shared with, and how far they are."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from core.names import camel
from models import metadata
from models.base import Uuid
from models.enums import PipelineKind, StageCategory, TaskStatus, UserStatus
from models.people import User
from models.projects import Project
from models.registry import REGISTRY
from services import boards, records, stages
from services.rules.tasks import percent

DAYS = 30
"""How many days a project takes for which nobody said when it ends."""

PROJECT = metadata.tables["project"]
PIPELINE = metadata.tables["pipeline"]
STAGE = metadata.tables["pipeline_stage"]
MEMBER = metadata.tables["project_member"]
TASK = metadata.tables["task"]

RELATED = ("contact_id", "company_id", "deal_id")
"""Whom or what a project may be for: at most one of these."""
_DATES = ("starts_on", "ends_on")


async def create(
    ctx: Context,
    given: Mapping[str, Any],
    *,
    pipeline_id: str | None = None,
    stage_id: str | None = None,
) -> Any:
    """Begin a project in a stage: the first of the first pipeline unless told otherwise."""
    entity = REGISTRY["Project"]
    records.may_write(ctx, entity)
    stage = await stages.beginning(ctx, PipelineKind.PROJECT, pipeline_id, stage_id)
    values = {name: one for name, one in given.items() if one is not None or name == "name"}
    starts_on = values.setdefault("starts_on", ctx.today)
    values.setdefault("ends_on", starts_on + timedelta(days=DAYS))
    _require_order(values)
    return await records.create(
        ctx,
        entity,
        values,
        **_about({f"{name}_id": value for name, value in values.items()}),
        pipeline_id=stage.pipeline_id,
        stage_id=stage.id,
        stage_entered_at=ctx.now,
        completed_at=_completed_at(ctx, stage),
        rank=await boards.top(ctx, PROJECT, PROJECT.c.stage_id, stage.id),
    )


async def update(
    ctx: Context, record_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change a project; the record it is for now takes the place of the one before."""
    entity = REGISTRY["Project"]
    records.may_write(ctx, entity)
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.", ())
    row = await records.locked(ctx, entity, record_id, expected_version)
    columns = await records.checked(ctx, entity, given, row)
    columns |= _about(columns)
    _require_order({name: columns.get(name, getattr(row, name)) for name in _DATES})
    return await _change(ctx, row, columns)


async def move(
    ctx: Context,
    record_id: str,
    to_stage_id: str,
    *,
    after: str | None = None,
    before: str | None = None,
    expected_version: int | None = None,
) -> Any:
    """Put a project into a stage of its pipeline, beside a card of it or on top."""
    entity = REGISTRY["Project"]
    records.may_write(ctx, entity)
    stage = await stages.entering(ctx, to_stage_id, PipelineKind.PROJECT)
    rank = await boards.place(
        ctx, PROJECT, PROJECT.c.stage_id, stage.id, card_id=record_id, after=after, before=before
    )
    row = await records.locked(ctx, entity, record_id, expected_version)
    columns: dict[str, Any] = {"rank": rank}
    if stage.id != row.stage_id:
        if stage.pipeline_id != row.pipeline_id:
            raise await _no_way(ctx, row.pipeline_id)
        columns |= {
            "stage_id": stage.id,
            "stage_entered_at": ctx.now,
            "completed_at": _completed_at(ctx, stage),
        }
    moved = await _change(ctx, row, columns)
    if stage.id != row.stage_id:
        ctx.act.emit("project.stage_changed", "project", row.id, moved=True)
    return moved


async def restore(ctx: Context, record_id: str) -> Any:
    """Bring a deleted project back, on top of the stage it was in."""
    entity = REGISTRY["Project"]
    records.may_write(ctx, entity)
    found = await ctx.get(Project, record_id, deleted=True)
    rank = await boards.top(ctx, PROJECT, PROJECT.c.stage_id, found.stage_id)
    return await records.restore(ctx, entity, record_id, rank=rank)


async def add_member(ctx: Context, project_id: str, user_id: str) -> Any:
    """Share a project with a user; nothing changes when it is."""
    project = await _own(ctx, project_id)
    user = await ctx.get(User, user_id, path=("userId",))
    if user.status != UserStatus.ACTIVE:
        message = "This user has left the workspace; choose an active one."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("userId",))
    if not await _membership(ctx, project_id, user_id):
        await ctx.act.insert(MEMBER, {"project_id": project_id, "user_id": user_id})
    return project


async def remove_member(ctx: Context, project_id: str, user_id: str) -> Any:
    """No longer share a project with a user; everybody may leave one themselves."""
    entity = REGISTRY["Project"]
    records.may_write(ctx, entity)
    project = await ctx.get(Project, project_id, path=("projectId",), lock=True)
    if user_id != ctx.actor.user_id:
        await records.require_own(ctx, entity, project, ("projectId",))
    gone = await ctx.act.delete(
        MEMBER, sa.and_(MEMBER.c.project_id == project_id, MEMBER.c.user_id == user_id)
    )
    if not gone:
        raise not_found(("userId",))
    return project


async def progress(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """How many percent of each project's tasks are done, whoever sees them; one statement."""
    found = await task_counts(reading, TASK.c.project_id, [row["id"] for row in rows])
    return [percent(done, total) for done, _, total in found]


async def task_counts(
    reading: Any, column: sa.Column[Any], ids: Sequence[str]
) -> list[tuple[int, int, int]]:
    """Of the tasks that point at each id: how many are done, begun, and there at all."""
    wanted = sa.bindparam("wholes", list(ids), type_=sa.ARRAY(Uuid))
    count = sa.func.count()
    rows = await reading.fetch(
        sa.select(
            column,
            count.filter(TASK.c.status == TaskStatus.DONE),
            count.filter(TASK.c.status != TaskStatus.TO_DO),
            count,
        )
        .where(
            TASK.c.workspace_id == reading.actor.workspace_id,
            column == sa.any_(wanted),
            TASK.c.deleted_at.is_(None),
        )
        .group_by(column)
    )
    counted = {row[0]: (row[1], row[2], row[3]) for row in rows}
    return [counted.get(one, (0, 0, 0)) for one in ids]


async def _own(ctx: Context, project_id: str) -> Any:
    entity = REGISTRY["Project"]
    records.may_write(ctx, entity)
    project = await ctx.get(Project, project_id, path=("projectId",), lock=True)
    await records.require_own(ctx, entity, project, ("projectId",))
    return project


async def _change(ctx: Context, row: Any, columns: Mapping[str, Any]) -> Any:
    changed = {name: value for name, value in columns.items() if getattr(row, name) != value}
    if not changed:
        return row
    return (await ctx.act.update(PROJECT, PROJECT.c.id == row.id, changed))[0]


def _completed_at(ctx: Context, stage: Any) -> Any:
    return None if stage.category == StageCategory.OPEN else ctx.now


def _require_order(dates: Mapping[str, Any]) -> None:
    starts_on, ends_on = (dates[name] for name in _DATES)
    if starts_on and ends_on and ends_on < starts_on:
        message = "A project ends on the day it starts or later."
        raise UserError(UserErrorCode.INVALID_DATE_RANGE, message, ("endsOn",))


def _about(columns: Mapping[str, Any]) -> dict[str, Any]:
    """What a project is for: a new record takes the place of the one before."""
    named = {name: columns[name] for name in RELATED if columns.get(name) is not None}
    if len(named) > 1:
        message = "A project is for one record at most; send one of these ids."
        raise UserError(UserErrorCode.INVALID_VALUE, message, (camel(list(named)[1]),))
    return dict.fromkeys(RELATED) | named if named else {}


async def _no_way(ctx: Context, pipeline_id: str) -> UserError:
    allowed = ", ".join(await stages.names(ctx, pipeline_id))
    message = f"A project moves within the stages of its pipeline: {allowed}."
    return UserError(UserErrorCode.INVALID_TRANSITION, message, ("toStageId",))


async def _membership(ctx: Context, project_id: str, user_id: str) -> bool:
    rows = await ctx.act.fetch(
        sa.select(MEMBER.c.id).where(
            MEMBER.c.workspace_id == ctx.workspace_id,
            MEMBER.c.project_id == project_id,
            MEMBER.c.user_id == user_id,
        )
    )
    return bool(rows)
