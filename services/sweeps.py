"""Sweeps: recurring work asks in each workspace whether there is something to do before it acts."""

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from auth.policy import WORKSPACE
from core.sql import Rendered, render
from core.writes import Transaction
from models import metadata
from services.rules.tasks import day_of

NOW = sa.bindparam("now", None, type_=sa.DateTime(timezone=True))
"""The moment of the sweep."""
_WORKSPACE = metadata.tables["workspace"]
LOCAL: Any = (
    sa.select(sa.func.timezone(_WORKSPACE.c.time_zone, NOW))
    .where(_WORKSPACE.c.workspace_id == WORKSPACE)
    .scalar_subquery()
)
"""What the clock on the wall shows at that moment where the workspace is."""
TODAY: Any = sa.cast(LOCAL, sa.Date)


async def today(act: Transaction) -> date:
    """The day it is where the workspace is, at the moment of an act."""
    zone = sa.select(_WORKSPACE.c.time_zone).where(_WORKSPACE.c.workspace_id == act.workspace)
    return day_of(act.now, (await act.fetch(zone))[0]["time_zone"])


def before(kept: timedelta, now: datetime | None = None) -> sa.ColumnElement[Any]:
    """The moment so long before a sweep, or before another moment."""
    end = NOW if now is None else sa.literal(now, sa.DateTime(timezone=True))
    return end - sa.literal(kept, sa.Interval)


def rows(table: Any, *conditions: sa.ColumnElement[bool]) -> sa.Exists:
    """Whether the workspace has such a row."""
    return sa.exists().where(table.c.workspace_id == WORKSPACE, *conditions)


def question(*reasons: sa.ColumnElement[bool]) -> Rendered:
    """The statement that finds a row in a workspace that has one of these reasons to act."""
    return render(sa.select(sa.literal_column("1")).where(sa.or_(*reasons)))


def spelled(text: str) -> Rendered:
    """The same of a statement in SQL; `$1` is the workspace, `$2` the moment."""
    return Rendered(text, ("actor_workspace", "now"), {})
