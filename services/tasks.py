"""Tasks: whose they are, what they are about, and the one way their status changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from auth.context import Context
from models import metadata
from models.enums import TaskPriority, TaskStatus
from services import boards
from services.rules import ranks
from services.rules.tasks import DUE_DAYS, due_after

TASK = metadata.tables["task"]

RELATED = ("deal_id", "lead_id", "case_id", "contact_id", "company_id", "project_id")
"""What a task may be about: at most one of these."""
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
    top = await boards.top(ctx, TASK, TASK.c.status, TaskStatus.TO_DO)
    places = [top]
    for _ in rows[1:]:
        places.append(ranks.between("", places[-1]))
    filled = [
        _filled(ctx, row, position) | {"rank": rank}
        for position, (row, rank) in enumerate(zip(rows, reversed(places), strict=True), start=1)
    ]
    inserted = await ctx.act.insert_many(TASK, filled)
    for row in inserted:
        _tell_assigned(ctx, row, "created")
    return inserted


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
        "position": position if row.get("position") is None else row["position"],
    }


def _tell_assigned(ctx: Context, row: Mapping[str, Any], event: str = "assigned") -> None:
    # One event a record: that of a new task keeps its name, and says in its data whose it is.
    assigned = {"owner_id": row["owner_id"], "team_id": row["team_id"]}
    ctx.act.emit(f"task.{event}", "task", row["id"], assigned=assigned)
