"""Overdue tasks: found once each, and made known to whoever was to do them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from auth import rights
from auth.context import Context
from core.writes import Transaction
from models import metadata
from models.enums import NotificationKind, TaskStatus
from services import notifications, reporting_lines, sweeps
from services.notifications import Telling
from services.rules.tasks import day_of

TASK = metadata.tables["task"]
MOST_AT_ONCE = 1_000
"""So many of a workspace are found at a time; the rest the next time."""


def _late(now: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """Tasks that are late at a moment, and were not before."""
    return (
        TASK.c.overdue_at.is_(None),
        TASK.c.status != TaskStatus.DONE,
        TASK.c.deleted_at.is_(None),
        TASK.c.due_at < now,
    )


ASKED = sweeps.question(sweeps.rows(TASK, *_late(sweeps.NOW)))
"""Whether a task has become late."""


async def find(act: Transaction) -> None:
    """Note which tasks of a workspace have become late, and tell whose they are.

    Those in a queue are told to the manager of its team.
    """
    late = (
        sa.select(TASK.c.id)
        .where(TASK.c.workspace_id == act.workspace, *_late(act.now))
        .order_by(TASK.c.due_at)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = await act.update(TASK, TASK.c.id.in_(late), {"overdue_at": act.now}, event="overdue")
    if not rows:
        return
    ctx = Context(await rights.of_system_in(act, None, id=rows[0]["id"]), act)
    for row in rows:
        act.emit("task.overdue", "task", row["id"], overdue=True)
    await notifications.notify_many(ctx, NotificationKind.TASK_OVERDUE, await _tellings(ctx, rows))


async def _tellings(ctx: Context, rows: Sequence[Any]) -> list[Telling]:
    queues = {row["team_id"] for row in rows if row["owner_id"] is None}
    people = {team: await reporting_lines.managers_of(ctx.act, team_id=team) for team in queues}
    return [
        Telling(
            [row["owner_id"]] if row["owner_id"] else people[row["team_id"]],
            ("task", row["id"]),
            f"The task “{row['title']}” was due on {day_of(row['due_at'], ctx.actor.time_zone)}.",
        )
        for row in rows
    ]
