"""Tasks: whose they are, what they are about, and the one way their status changes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from core.names import camel
from models import metadata
from models.enums import TaskPriority, TaskStatus
from models.projects import Milestone
from models.registry import REGISTRY
from models.tasks import Task
from services import boards, dependencies, queues, records
from services.rules import ranks
from services.rules.tasks import DUE_DAYS, day_of, due_after

TASK = metadata.tables["task"]

RELATED = ("deal_id", "lead_id", "case_id", "contact_id", "company_id", "project_id")
"""What a task may be about: at most one of these."""
_WHOSE = ("owner_id", "team_id")
_GIVEN = (
    "title",
    "description",
    *RELATED,
    "milestone_id",
    "template_id",
    "stage_change_id",
    "gate_condition_id",
    "team_id",
)


async def add(ctx: Context, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Insert tasks given as columns, the first on top of To Do; the caller has checked them.

    Left out, the priority is MEDIUM, the due date the next day, the place in a checklist that of
    the row, and the owner whoever acts.
    """
    if not rows:
        return []
    places = [await boards.top(ctx, TASK, TASK.c.status, TaskStatus.TO_DO)]
    for _ in rows[1:]:
        places.append(ranks.between("", places[-1]))
    filled = [
        _filled(ctx, row, position) | {"rank": rank}
        for position, (row, rank) in enumerate(zip(rows, reversed(places), strict=True), start=1)
    ]
    return await _insert(ctx, filled)


async def create(ctx: Context, given: Mapping[str, Any]) -> Any:
    """Create a task: somebody's or in a team's queue, about one record at most."""
    entity = REGISTRY["Task"]
    records.may_write(ctx, entity)
    chosen = {name: one for name, one in given.items() if one is not None or name == "title"}
    columns = await records.checked(ctx, entity, {"title": None} | chosen)
    _named(columns)
    columns |= await _about(ctx, columns, None)
    if columns.get("position") is None:
        columns["position"] = await _last_position(ctx, columns) + 1
    status = columns.get("status") or TaskStatus.TO_DO
    if status != TaskStatus.TO_DO:
        # A bulk goes through several columns: everybody takes them in the same order.
        for one in TaskStatus:
            await boards.lock(ctx, TASK, one)
    rank = await boards.top(ctx, TASK, TASK.c.status, status)
    placed = {"rank": rank, "status": status, "completed_at": _completed_at(ctx, status)}
    return (await _insert(ctx, [_filled(ctx, columns, 0) | placed]))[0]


async def before_bulk_update(ctx: Context, given: Mapping[str, Any]) -> None:
    """Keep the column that many tasks are about to enter; columns are locked before their cards."""
    if given.get("status") is not None:
        await boards.lock(ctx, TASK, given["status"])


async def update(
    ctx: Context, record_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change a task; a new status puts it on top of its column."""
    entity = REGISTRY["Task"]
    records.may_write(ctx, entity)
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.", ())
    status = given.get("status")
    if status is not None:
        # Columns are locked before their cards.
        await boards.lock(ctx, TASK, status)
    row = await records.locked(ctx, entity, record_id, expected_version)
    columns = await records.checked(ctx, entity, given, row)
    columns |= _assigned(columns, row)
    columns |= await _about(ctx, columns, row)
    if status is not None and status != row.status:
        columns |= await _entering(ctx, row, status)
        columns["rank"] = await boards.top(ctx, TASK, TASK.c.status, status)
    return await _change(ctx, row, columns)


async def move(
    ctx: Context,
    record_id: str,
    to_status: TaskStatus,
    *,
    after: str | None = None,
    before: str | None = None,
    expected_version: int | None = None,
) -> Any:
    """Put a task into a column of the board, beside a card of it or on top."""
    entity = REGISTRY["Task"]
    records.may_write(ctx, entity)
    rank = await boards.place(
        ctx, TASK, TASK.c.status, to_status, card_id=record_id, after=after, before=before
    )
    row = await records.locked(ctx, entity, record_id, expected_version)
    columns = {"rank": rank}
    if to_status != row.status:
        columns |= await _entering(ctx, row, to_status)
    return await _change(ctx, row, columns)


async def complete(ctx: Context, record_id: str, expected_version: int | None = None) -> Any:
    """Say that a task is done; one that is stays where it is."""
    return await update(ctx, record_id, {"status": TaskStatus.DONE}, expected_version)


async def restore(ctx: Context, record_id: str) -> Any:
    """Bring a deleted task back, on top of the column it was in."""
    records.may_write(ctx, REGISTRY["Task"])
    found = await ctx.get(Task, record_id, deleted=True)
    rank = await boards.top(ctx, TASK, TASK.c.status, found.status)
    return await records.restore(ctx, REGISTRY["Task"], record_id, rank=rank)


async def claim(ctx: Context, record_id: str) -> Any:
    """Take a task from its queue: of all who try, one gets it and the others are told who."""
    row = await queues.claim(
        ctx, REGISTRY["Task"], record_id, kept="claimed_from_id", event="assigned"
    )
    _tell_assigned(ctx, row)
    return row


async def release(ctx: Context, record_id: str) -> Any:
    """Give a task back to the queue it was taken from."""
    records.may_write(ctx, REGISTRY["Task"])
    row: Any = await records.locked(ctx, REGISTRY["Task"], record_id)
    if row.claimed_from_id is None:
        message = "The task was not taken from a queue; assign it to a team with `teamId`."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    return await _change(ctx, row, _assigned({"team_id": row.claimed_from_id}, row))


async def days_due(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[date]:
    """The days on which the tasks are due in the workspace's time zone."""
    return [day_of(row["due_at"], reading.actor.time_zone) for row in rows]


async def are_overdue(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[bool]:
    """Which of the tasks are past due and not done."""
    return [row["due_at"] < reading.now and row["status"] != TaskStatus.DONE for row in rows]


async def are_required(_reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[bool]:
    """Which of the tasks a stage gate waits for."""
    return [row["gate_condition_id"] is not None for row in rows]


async def _entering(ctx: Context, row: Any, status: TaskStatus) -> dict[str, Any]:
    """The columns of a task in another status; refused while it waits for others."""
    if status != TaskStatus.TO_DO:
        await dependencies.require_unblocked(ctx, row.id)
    return {"status": status, "completed_at": _completed_at(ctx, status)}


def _completed_at(ctx: Context, status: TaskStatus) -> Any:
    return ctx.now if status == TaskStatus.DONE else None


async def _change(ctx: Context, row: Any, columns: Mapping[str, Any]) -> Any:
    changed = {name: value for name, value in columns.items() if getattr(row, name) != value}
    if not changed:
        return row
    if row.overdue_at is not None and _is_on_time(ctx, row, changed):
        changed["overdue_at"] = None
    changed_row = (await ctx.act.update(TASK, TASK.c.id == row.id, changed))[0]
    if changed.keys() & {"owner_id", "team_id"}:
        _tell_assigned(ctx, changed_row)
    if changed.get("status") == TaskStatus.DONE:
        ctx.act.emit("task.completed", "task", row.id, completed=True)
    return changed_row


def _is_on_time(ctx: Context, row: Any, changed: Mapping[str, Any]) -> bool:
    """Whether a task that was late is so no more: it is done, or due later."""
    done = changed.get("status", row.status) == TaskStatus.DONE
    return done or bool(changed.get("due_at", row.due_at) > ctx.now)


async def _insert(ctx: Context, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    inserted = await ctx.act.insert_many(TASK, rows)
    for row in inserted:
        _tell_assigned(ctx, row, "created")
    return inserted


def _named(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The user or the team a task is given to; both at once are refused."""
    named = {name: columns[name] for name in _WHOSE if columns.get(name) is not None}
    if len(named) > 1:
        message = "A task is a user's or in a team's queue, not both: send `ownerId` or `teamId`."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("teamId",))
    return named


def _assigned(columns: Mapping[str, Any], row: Any) -> dict[str, Any]:
    """Whose a task becomes; it is never nobody's."""
    given = [name for name in _WHOSE if name in columns]
    named = _named(columns)
    was = {name: getattr(row, name) for name in _WHOSE}
    if not named:
        emptied = [name for name in given if was[name] is not None]
        if emptied:
            message = "A task is always somebody's or in a queue: name an owner or a team."
            raise UserError(UserErrorCode.REQUIRED, message, (camel(emptied[0]),))
        return {}
    now = dict.fromkeys(_WHOSE) | named
    return {} if now == was else now | {"claimed_from_id": None}


async def _about(ctx: Context, columns: Mapping[str, Any], row: Any) -> dict[str, Any]:
    """What a task is about: a new record takes the place of the one before."""
    named = {name: columns[name] for name in RELATED if columns.get(name) is not None}
    if columns.get("milestone_id") is not None:
        milestone = await ctx.get(Milestone, columns["milestone_id"], path=("milestoneId",))
        if named.setdefault("project_id", milestone.project_id) != milestone.project_id:
            message = "The milestone is one of another project."
            raise UserError(UserErrorCode.INVALID_VALUE, message, ("milestoneId",))
    if len(named) > 1:
        message = "A task is about one record at most; send one of these ids."
        raise UserError(UserErrorCode.INVALID_VALUE, message, (camel(list(named)[1]),))
    if named:
        about = dict.fromkeys(RELATED) | named
    else:
        about = {name: None for name in RELATED if name in columns}
    if "project_id" in about and columns.get("milestone_id") is None:
        # It leaves its milestone with the project.
        stays = row is not None and row.project_id == about["project_id"]
        if not stays:
            about["milestone_id"] = None
    return about


async def _last_position(ctx: Context, columns: Mapping[str, Any]) -> int:
    """The last place among the tasks about the same record."""
    about = next((name for name in RELATED if columns.get(name) is not None), None)
    if about is None:
        return 0
    rows = await ctx.act.fetch(
        sa.select(sa.func.coalesce(sa.func.max(TASK.c.position), 0)).where(
            TASK.c.workspace_id == ctx.workspace_id,
            TASK.c[about] == columns[about],
            TASK.c.deleted_at.is_(None),
        )
    )
    return int(rows[0][0])


def _filled(ctx: Context, row: Mapping[str, Any], position: int) -> dict[str, Any]:
    owner = row.get("owner_id")
    if owner is None and row.get("team_id") is None:
        owner = ctx.actor.user_id
    due_at = row.get("due_at") or due_after(ctx.now, DUE_DAYS, ctx.actor.time_zone)
    return {name: row.get(name) for name in _GIVEN} | {
        "status": TaskStatus.TO_DO,
        "priority": row.get("priority") or TaskPriority.MEDIUM,
        "due_at": due_at,
        "owner_id": owner,
        "custom": row.get("custom") or {},
        "position": position if row.get("position") is None else row["position"],
    }


def _tell_assigned(ctx: Context, row: Mapping[str, Any], event: str = "assigned") -> None:
    # One event a record: that of a new task keeps its name, and says in its data whose it is.
    assigned = {"owner_id": row["owner_id"], "team_id": row["team_id"]}
    ctx.act.emit(f"task.{event}", "task", row["id"], assigned=assigned)
