"""Milestones: the phases of a project, their order, and how far they are."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from models import metadata
from models.enums import MilestoneStatus
from models.projects import Milestone, Project
from models.registry import REGISTRY
from services import projects, records
from services.rules.forms import Form
from services.rules.tasks import milestone_status

MILESTONE = metadata.tables["milestone"]
TASK = metadata.tables["task"]

MOST = 100
"""How many milestones a project has at most."""
LONGEST_NAME = 200

_REORDER = """
UPDATE milestone SET position = given.position, version = milestone.version + 1, updated_at = $2
FROM unnest($3::uuid[]) WITH ORDINALITY AS given(id, position)
WHERE milestone.workspace_id = $1 AND milestone.id = given.id
  AND milestone.position <> given.position
"""


async def add(ctx: Context, project_id: str, name: str) -> Any:
    """Add a phase behind those a project has."""
    await _project(ctx, project_id, ("projectId",))
    text = _named(name)
    known = await _of(ctx, project_id)
    if len(known) >= MOST:
        message = f"A project has at most {MOST} milestones."
        raise UserError(UserErrorCode.TOO_MANY, message, ("projectId",))
    position = max((one["position"] for one in known), default=0) + 1
    values = {"project_id": project_id, "name": text, "position": position}
    return await ctx.act.insert(MILESTONE, values)


async def rename(
    ctx: Context, record_id: str, name: str, expected_version: int | None = None
) -> Any:
    """Give a milestone another name."""
    found = await ctx.get(Milestone, record_id)
    await _project(ctx, found.project_id, ("id",))
    row = await records.locked(ctx, REGISTRY["Milestone"], record_id, expected_version)
    text = _named(name)
    if row.name == text:
        return row
    return (await ctx.act.update(MILESTONE, MILESTONE.c.id == record_id, {"name": text}))[0]


async def reorder(ctx: Context, project_id: str, milestone_ids: Sequence[str]) -> Any:
    """Put all milestones of a project into an order."""
    project = await _project(ctx, project_id, ("projectId",))
    known = [one["id"] for one in await _of(ctx, project_id)]
    for at, one in enumerate(milestone_ids):
        if one not in known:
            raise not_found(("milestoneIds", at))
    if len(known) != len(milestone_ids) or len(set(milestone_ids)) != len(known):
        message = f"Name each of the project's {len(known)} milestones once."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("milestoneIds",))
    await ctx.act.write_set(
        MILESTONE,
        "milestone.updated",
        _REORDER,
        ctx.workspace_id,
        ctx.now,
        list(milestone_ids),
    )
    return project


async def remove(ctx: Context, record_id: str, expected_version: int | None = None) -> Any:
    """Remove a milestone; its tasks stay in the project."""
    found = await ctx.get(Milestone, record_id)
    project = await _project(ctx, found.project_id, ("id",))
    await records.locked(ctx, REGISTRY["Milestone"], record_id, expected_version)
    await ctx.act.update(TASK, TASK.c.milestone_id == record_id, {"milestone_id": None})
    await ctx.act.delete(MILESTONE, MILESTONE.c.id == record_id)
    return project


async def done_counts(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """How many of each milestone's tasks are done."""
    return [done for done, _, _ in await _counts(reading, rows)]


async def total_counts(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """How many tasks each milestone has."""
    return [total for _, _, total in await _counts(reading, rows)]


async def statuses(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[MilestoneStatus]:
    """How far each milestone is."""
    return [
        MilestoneStatus[milestone_status(done=done, begun=begun, total=total)]
        for done, begun, total in await _counts(reading, rows)
    ]


async def _counts(
    reading: Any, rows: Sequence[Mapping[str, Any]]
) -> Sequence[tuple[int, int, int]]:
    async def batch(ids: Sequence[str]) -> list[tuple[int, int, int]]:
        return await projects.task_counts(reading, TASK.c.milestone_id, ids)

    # The three fields share one statement.
    loader = reading.loader(("Milestone", "task counts"), batch)
    counted: Sequence[tuple[int, int, int]] = await loader.load_many([row["id"] for row in rows])
    return counted


async def _project(ctx: Context, project_id: str, path: tuple[str, ...]) -> Any:
    """The project, kept from others until the act ends: its milestones change one at a time."""
    entity = REGISTRY["Project"]
    records.may_write(ctx, entity)
    project = await ctx.get(Project, project_id, path=path, lock=True)
    await records.require_own(ctx, entity, project, path)
    return project


async def _of(ctx: Context, project_id: str) -> Sequence[Any]:
    return await ctx.act.fetch(
        sa.select(MILESTONE)
        .where(
            MILESTONE.c.workspace_id == ctx.workspace_id,
            MILESTONE.c.project_id == project_id,
        )
        .order_by(MILESTONE.c.position, MILESTONE.c.id)
    )


def _named(name: str) -> str:
    form = Form()
    text = form.text("name", name, longest=LONGEST_NAME)
    form.done()
    return text
