"""Stalled deals: open ones to which nobody has done anything for so many days, told once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from auth import rights
from auth.context import Context
from core.events import Event
from core.writes import Transaction
from models import metadata
from models.activities import Activity
from models.enums import NotificationKind
from services import effects, notifications, sweeps
from services.notifications import Telling

STALLED = "deal.stalled"
_RESUMED = "deal.resumed"
_ITEMS = tuple(one.__tablename__ for one in Activity.__subclasses__())
ABOUT = ("deal", "task", *_ITEMS)
"""The tables whose events may be something that happens to a deal."""
_DEAL, _WORKSPACE = metadata.tables["deal"], metadata.tables["workspace"]

# $2 is the moment before which nothing counts any more. What is planned counts as well, and what a
# machine has sent does not. Only a deal that has changed since is looked up in the log.
_ALIVE = """
(deal.stage_entered_at >= $2
 OR EXISTS (
   SELECT FROM timeline_entry AS entry
   WHERE entry.workspace_id = $1 AND entry.record_id = deal.id AND entry.at >= $2
     AND NOT (entry.item_kind = 'email' AND EXISTS (
       SELECT FROM email WHERE email.workspace_id = $1 AND email.id = entry.item_id
         AND email.automatic)))
 OR EXISTS (
   SELECT FROM task
   WHERE task.workspace_id = $1 AND task.deal_id = deal.id AND task.deleted_at IS NULL
     AND (task.created_at >= $2 OR task.completed_at >= $2))
 OR deal.updated_at >= $2 AND EXISTS (
   SELECT FROM event
   WHERE event.workspace_id = $1 AND event.entity = 'deal' AND event.record_id = deal.id
     AND event.at >= $2 AND event.actor_kind IN ('USER', 'API_KEY')))
"""
_STALLING = f"""
deal.workspace_id = $1 AND deal.stalled_at IS NULL AND deal.closed_at IS NULL
  AND deal.deleted_at IS NULL AND NOT {_ALIVE}
"""
_RESUMING = f"""
deal.workspace_id = $1 AND deal.stalled_at IS NOT NULL
  AND (deal.closed_at IS NOT NULL OR {_ALIVE})
"""
_STALL = f"""
UPDATE deal SET stalled_at = $3, version = deal.version + 1, updated_at = $3 WHERE {_STALLING}
"""
_RESUME = f"""
UPDATE deal SET stalled_at = NULL, version = deal.version + 1, updated_at = $3 WHERE {_RESUMING}
"""
_FOUND = f"""
SELECT FROM deal, (
  SELECT $2::timestamptz - make_interval(days => stalled_days) AS begin
  FROM workspace WHERE workspace_id = $1
) AS since
WHERE {f"{_STALLING} OR {_RESUMING}".replace("$2", "since.begin")} LIMIT 1
"""
ASKED = sweeps.spelled(_FOUND)
"""Whether a deal has stalled, or has not any more."""
_TOUCHED = f"""
SELECT deal.id FROM deal
WHERE deal.workspace_id = $1 AND deal.stalled_at IS NOT NULL AND deal.id IN (
    SELECT unnest($3::uuid[])
    UNION ALL SELECT record_id FROM timeline_entry
      WHERE workspace_id = $1 AND record_kind = 'deal' AND item_id = ANY($4::uuid[])
    UNION ALL SELECT deal_id FROM task WHERE workspace_id = $1 AND id = ANY($5::uuid[]))
  AND (deal.closed_at IS NOT NULL OR {_ALIVE})
FOR UPDATE
"""


async def find(act: Transaction) -> None:
    """Note which deals of a workspace have stalled, and which have not any more."""
    _, since = await _since(act)
    for event, statement in ((_RESUMED, _RESUME), (STALLED, _STALL)):
        await act.write_set(_DEAL, event, statement, act.workspace, since, act.now)


async def resume(act: Transaction, events: Sequence[Event]) -> None:
    """Let deals go on to which something happens."""
    happened = [one for one in events if one.type not in {STALLED, _RESUMED}]
    touched = [
        [one.record_id for one in happened if one.entity in tables]
        for tables in (("deal",), _ITEMS, ("task",))
    ]
    if not any(touched):
        return
    _, since = await _since(act)
    found = await act.fetch_text(_TOUCHED, act.workspace, since, *touched)
    if found:
        going_on = _DEAL.c.id.in_([row["id"] for row in found])
        await act.update(_DEAL, going_on, {"stalled_at": None}, event="resumed")


async def tell(act: Transaction, events: Sequence[Event]) -> None:
    """Tell the owners of deals that have stalled, once each time."""
    keys = {f"deal_stalled:{event.position}": event.record_id for event in events}
    first = await effects.firsts(act, keys)
    if not first:
        return
    days, _ = await _since(act)
    rows = await _stalled(act, [keys[key] for key in first])
    tellings = [
        Telling(
            [row["owner_id"]],
            ("deal", row["id"]),
            f"Nothing has happened to “{row['name']}” for {days} days.",
        )
        for row in rows
    ]
    if tellings:
        actor = await rights.of_system_in(act, None, id=rows[0]["id"])
        ctx = Context(actor, act)
        await notifications.notify_many(ctx, NotificationKind.DEAL_STALLED, tellings)


async def _stalled(act: Transaction, deal_ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    return await act.fetch(
        sa.select(_DEAL.c.id, _DEAL.c.name, _DEAL.c.owner_id)
        .where(
            _DEAL.c.workspace_id == act.workspace,
            _DEAL.c.id.in_(deal_ids),
            _DEAL.c.stalled_at.is_not(None),
            _DEAL.c.deleted_at.is_(None),
            _DEAL.c.owner_id.is_not(None),
        )
        .order_by(_DEAL.c.id)
    )


async def _since(act: Transaction) -> tuple[int, datetime]:
    """How many days make a deal a stalled one, and since when nothing must have happened."""
    rows = await act.fetch(
        sa.select(_WORKSPACE.c.stalled_days).where(_WORKSPACE.c.workspace_id == act.workspace)
    )
    days: int = rows[0]["stalled_days"]
    return days, act.now - timedelta(days=days)
