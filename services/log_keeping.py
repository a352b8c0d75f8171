"""Keeping the event log: months made ahead, and what is too old for it given up and dropped."""

from datetime import datetime, timedelta

from core.db import Database
from core.sql import Rendered
from core.writes import Transaction

AHEAD = timedelta(days=92)
"""How far ahead months are made: longer than workers are ever away."""
_EXTEND = "SELECT extend_event_log($1) AS made"
_CUT = "SELECT cut_event_log($1) AS dropped"
# Events that a consumer has not taken in are not given up, however old.
_GIVE_UP = """
UPDATE event_head SET kept_after = least(relayed, old.position)
FROM (SELECT max(position) AS position FROM event WHERE workspace_id = $1 AND at < $2) AS old
WHERE workspace_id = $1 AND least(relayed, old.position) > kept_after
RETURNING kept_after
"""
_OLD = """
SELECT FROM event
WHERE workspace_id = $1 AND at < $2
  AND position > (SELECT kept_after FROM event_head WHERE workspace_id = $1) LIMIT 1
"""
_KEPT = "SELECT FROM event_head WHERE workspace_id = $1 AND kept_after < $2"


def oldest(now: datetime, days: int) -> datetime:
    """From when on events are kept: whole months, and so many days at least."""
    last = now - timedelta(days=days)
    return last.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def asked(before: datetime) -> Rendered:
    """Whether a workspace has events from before a moment that it still promises."""
    return Rendered(_OLD, ("actor_workspace", "before"), {"before": before})


async def extend(database: Database, now: datetime) -> int:
    """Make the months to come; how many were missing."""
    return await _called(database, _EXTEND, now + AHEAD)


async def give_up(act: Transaction, before: datetime) -> None:
    """Promise a workspace's older events no longer: cursors that need them ask for a resync."""
    await act.fetch_text(_GIVE_UP, act.workspace, before)


async def cut(database: Database, before: datetime) -> int:
    """Drop what every workspace has given up; how many months went."""
    return await _called(database, _CUT, before)


async def keeps(act: Transaction, position: int) -> bool:
    """Whether the event at a position is still promised."""
    return bool(await act.fetch_text(_KEPT, act.workspace, position))


async def _called(database: Database, statement: str, moment: datetime) -> int:
    async with database.writing(None) as writing:
        rows = await writing.fetch_text(statement, moment)
    return int(rows[0][0])
