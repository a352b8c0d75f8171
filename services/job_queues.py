"""What background work of a workspace waits, runs and was given up, by its kind."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.db import Database
from models import metadata
from services.due_work import DUE_WORK

LATELY = timedelta(hours=24)
_LETTER = metadata.tables["dead_letter"]


async def of(database: Database, workspace: str, now: datetime) -> Sequence[Mapping[str, Any]]:
    """The kinds of work there is, or that was given up lately."""
    held = sa.and_(DUE_WORK.c.lane.is_not(None), DUE_WORK.c.leased_until > sa.func.now())
    is_due = sa.or_(DUE_WORK.c.lane.is_not(None), DUE_WORK.c.at <= now)
    waits = sa.func.coalesce(sa.not_(held), sa.true())
    due = (
        sa.select(
            DUE_WORK.c.kind,
            sa.func.count().filter(waits).label("waiting"),
            sa.func.count().filter(held).label("running"),
            sa.func.min(DUE_WORK.c.at).filter(waits).label("oldest_due_at"),
        )
        .where(DUE_WORK.c.workspace_id == workspace, is_due)
        .group_by(DUE_WORK.c.kind)
        .cte("due")
    )
    failed = (
        sa.select(_LETTER.c.kind, sa.func.count().label("failed"))
        .where(_LETTER.c.workspace_id == workspace, _LETTER.c.created_at > now - LATELY)
        .group_by(_LETTER.c.kind)
        .cte("failed")
    )
    kind = sa.func.coalesce(due.c.kind, failed.c.kind).label("kind")
    statement = (
        sa.select(
            kind,
            sa.func.coalesce(due.c.waiting, 0).label("waiting"),
            sa.func.coalesce(due.c.running, 0).label("running"),
            due.c.oldest_due_at,
            sa.func.coalesce(failed.c.failed, 0).label("failed_lately"),
        )
        .select_from(due.join(failed, due.c.kind == failed.c.kind, full=True))
        .order_by(kind)
    )
    return [dict(row) for row in await database.fetch(workspace, statement)]
