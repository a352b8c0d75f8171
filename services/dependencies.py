"""Dependencies of tasks: which waits for which, without cycles."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from models import metadata
from models.base import Uuid
from models.enums import TaskStatus
from models.registry import REGISTRY, pointer
from models.tasks import Task
from services import records
from services.rules import tasks as rules

TASK = metadata.tables["task"]
DEPENDENCY = metadata.tables["task_dependency"]

MOST_STEPS = 10_000
"""How many dependencies are followed before a new one is refused."""

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"

_BEHIND = f"""
WITH RECURSIVE behind (blocked_id, blocker_id) AS (
  SELECT blocked_id, blocker_id FROM task_dependency
  WHERE workspace_id = $1 AND blocked_id = $2
  UNION
  SELECT d.blocked_id, d.blocker_id FROM behind
  JOIN task_dependency d ON d.workspace_id = $1 AND d.blocked_id = behind.blocker_id
)
SELECT blocked_id, blocker_id FROM behind LIMIT {MOST_STEPS + 1}
"""


async def add_blocker(ctx: Context, task_id: str, blocker_id: str) -> Any:
    """Let a task wait for another; doing it again changes nothing."""
    entity = REGISTRY["Task"]
    records.may_write(ctx, entity)
    # One at a time, so that two of them cannot close a circle together.
    await ctx.act.fetch_text(_LOCK, f"{ctx.workspace_id}:task_dependency")
    found = {one.id: one for one in await ctx.find(Task, [task_id, blocker_id], lock=True)}
    for one, path in ((task_id, "taskId"), (blocker_id, "blockerId")):
        if one not in found:
            raise not_found((path,))
    await records.require_own(ctx, entity, found[task_id], ("taskId",))
    await _refuse_cycle(ctx, task_id, blocker_id)
    task, blocker = found[task_id], found[blocker_id]
    if blocker.status != TaskStatus.DONE and task.status != TaskStatus.TO_DO:
        message = "The task has begun; move it back to To Do, or complete the other one first."
        raise UserError(UserErrorCode.TASK_STARTED, message, ("taskId",))
    given = {"blocker_id": blocker_id, "blocked_id": task_id}
    known = await ctx.act.fetch(
        sa.select(DEPENDENCY.c.id).where(
            DEPENDENCY.c.workspace_id == ctx.workspace_id,
            *(DEPENDENCY.c[name] == value for name, value in given.items()),
        )
    )
    if not known:
        await ctx.act.insert(DEPENDENCY, given)
    return task


async def remove_blocker(ctx: Context, task_id: str, blocker_id: str) -> Any:
    """Let a task no longer wait for another."""
    entity = REGISTRY["Task"]
    records.may_write(ctx, entity)
    task = await ctx.get(Task, task_id, path=("taskId",), lock=True)
    await records.require_own(ctx, entity, task, ("taskId",))
    gone = await ctx.act.delete(
        DEPENDENCY,
        sa.and_(DEPENDENCY.c.blocked_id == task_id, DEPENDENCY.c.blocker_id == blocker_id),
    )
    if not gone:
        raise not_found(("blockerId",))
    return task


async def require_unblocked(ctx: Context, task_id: str) -> None:
    """Refuse to begin a task that waits for others; the caller has locked its row.

    Whoever adds a blocker locks that row too, so one of the two acts sees the other.
    """
    rows = await ctx.act.fetch(
        sa.select(TASK.c.id)
        .select_from(DEPENDENCY.join(TASK, _BLOCKER))
        .where(
            DEPENDENCY.c.workspace_id == ctx.workspace_id,
            DEPENDENCY.c.blocked_id == task_id,
            *_UNRESOLVED,
        )
        .order_by(TASK.c.id)
    )
    if not rows:
        return
    one = len(rows) == 1
    message = (
        f"{len(rows)} {'task has' if one else 'tasks have'} to be done first;"
        " complete or remove what it waits for."
    )
    blockers = [pointer("Task", row["id"]) for row in rows]
    raise UserError(UserErrorCode.TASK_BLOCKED, message, ("id",), blockers=blockers)


_BLOCKER = sa.and_(
    TASK.c.workspace_id == DEPENDENCY.c.workspace_id, TASK.c.id == DEPENDENCY.c.blocker_id
)
_UNRESOLVED = (TASK.c.status != TaskStatus.DONE, TASK.c.deleted_at.is_(None))


async def are_blocked(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[bool]:
    """Which of the tasks wait for one that is not done, whoever may see that; one statement."""
    wanted = sa.bindparam("tasks", [row["id"] for row in rows], type_=sa.ARRAY(Uuid))
    found = await reading.fetch(
        sa.select(DEPENDENCY.c.blocked_id)
        .distinct()
        .select_from(DEPENDENCY.join(TASK, _BLOCKER))
        .where(
            DEPENDENCY.c.workspace_id == reading.actor.workspace_id,
            DEPENDENCY.c.blocked_id == sa.any_(wanted),
            *_UNRESOLVED,
        )
    )
    blocked = {row[0] for row in found}
    return [row["id"] in blocked for row in rows]


async def _refuse_cycle(ctx: Context, task_id: str, blocker_id: str) -> None:
    cycle = [task_id]
    if task_id != blocker_id:
        behind = await ctx.act.fetch_text(_BEHIND, ctx.workspace_id, blocker_id)
        if len(behind) > MOST_STEPS:
            message = f"A task waits for at most {MOST_STEPS:,} others, those behind them included."
            raise UserError(UserErrorCode.TOO_MANY, message, ("blockerId",))
        steps = [(row["blocked_id"], row["blocker_id"]) for row in behind]
        way = rules.path(steps, blocker_id, task_id)
        if not way:
            return
        # From the task over what it is to wait for, to the last before itself.
        cycle = [task_id, *way[:-1]]
    titles = {one.id: f"“{one.title}”" for one in await ctx.find(Task, cycle)}
    named = [titles.get(one, "a task out of your sight") for one in [*cycle, task_id]]
    message = f"It would wait for itself: {' waits for '.join(named)}."
    tasks = [pointer("Task", one) for one in cycle]
    raise UserError(UserErrorCode.DEPENDENCY_CYCLE, message, ("blockerId",), cycle=tasks)
