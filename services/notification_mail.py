"""Notifications by mail: what is told at once, and the digest of the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core.events import Event
from core.writes import Transaction
from models import metadata
from models.base import Uuid, uuids
from models.enums import NotificationKind, UserStatus
from services import effects, outbox, sweeps
from services.notification_settings import usual
from services.notifications import NOTIFICATION
from services.rules import letters

HOUR = 8
"""When the digest goes out, where the workspace is."""
MOST_LINES = 50
"""So many things of each kind a digest tells; of the rest it says how many they are."""
_USER, _WORKSPACE = metadata.tables["user"], metadata.tables["workspace"]

# Overdue tasks and those that are due before an end have an index each.
_TASKS = """
WITH open AS (
  SELECT owner_id, title, due_at, overdue_at IS NOT NULL OR due_at < $2 AS late FROM (
    SELECT owner_id, title, due_at, overdue_at FROM task
    WHERE workspace_id = $1 AND overdue_at IS NOT NULL AND status <> 'DONE'
      AND deleted_at IS NULL
    UNION ALL
    SELECT owner_id, title, due_at, overdue_at FROM task
    WHERE workspace_id = $1 AND overdue_at IS NULL AND status <> 'DONE' AND deleted_at IS NULL
      AND due_at < $3) AS task
  WHERE owner_id IS NOT NULL
)
SELECT open.owner_id, open.late, open.title, open.due_at, open.counted, person.email
FROM (
  SELECT open.*, row_number() OVER one AS place, count(*) OVER (PARTITION BY owner_id, late)
    AS counted
  FROM open WINDOW one AS (PARTITION BY owner_id, late ORDER BY due_at, title)) AS open
JOIN "user" AS person ON person.workspace_id = $1 AND person.id = open.owner_id
  AND person.status = 'ACTIVE' AND person.created_at < $4
LEFT JOIN notification_setting AS setting ON setting.workspace_id = $1
  AND setting.owner_id = open.owner_id AND setting.kind = 'TASK_OVERDUE'
WHERE open.place <= $5 AND coalesce(setting.mail, $6) <> 'NEVER'
ORDER BY open.owner_id, open.late, open.place
"""
_EFFECT = metadata.tables["effect"]
_TODAYS = sa.func.to_char(sweeps.LOCAL, '"digest:"YYYY-MM-DD')
ASKED = sweeps.question(
    sa.and_(
        sa.func.extract("hour", sweeps.LOCAL) >= HOUR,
        ~sweeps.rows(_EFFECT, _EFFECT.c.key == _TODAYS),
    )
)
"""Whether it is time for a digest that did not go out yet."""


@dataclass(slots=True)
class _Digest:
    """What one user is told."""

    email: str
    overdue: list[str] = field(default_factory=list)
    today: list[str] = field(default_factory=list)
    news: list[str] = field(default_factory=list)


async def at_once(act: Transaction, events: Sequence[Event]) -> None:
    """Mail what some users want to be told at once: one mail a user, of all that has come."""
    wanted = [one.record_id for one in events if one.changes.get("at_once", {}).get("after")]
    if not wanted:
        return
    ids = sa.bindparam(None, wanted, type_=sa.ARRAY(Uuid))
    news: dict[str, _Digest] = {}
    for row in await act.fetch(_told(act).where(NOTIFICATION.c.id == sa.any_(ids))):
        one = news.setdefault(row["owner_id"], _Digest(row["email"]))
        one.news.append(row["text"])
    if news:
        name = (await _workspace(act))["name"]
        for one in news.values():
            words = letters.told(workspace=name, news=_cut(one.news))
            await _write(act, "NOTIFICATION", one.email, words)


async def send_digests(act: Transaction) -> None:
    """Mail each user what they have not read and what is due: once a day, from 8 o'clock on.

    What came after that hour is for the next day, and so are users who came after it.
    """
    workspace = await _workspace(act)
    zone = ZoneInfo(workspace["time_zone"])
    local = act.now.astimezone(zone)
    begin = datetime.combine(local.date(), time(HOUR), zone)
    if local < begin or not await effects.first(act, f"digest:{local.date()}"):
        return
    found: dict[str, _Digest] = {}
    told = await _unread(act, begin)
    for row in told:
        one = found.setdefault(row["owner_id"], _Digest(row["email"]))
        one.news.append(row["text"])
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), zone)
    for row in await _due(act, begin, midnight):
        one = found.setdefault(row["owner_id"], _Digest(row["email"]))
        lines = one.overdue if row["late"] else one.today
        lines.append(_line(row, zone))
        if len(lines) == MOST_LINES and row["counted"] > MOST_LINES:
            lines.append(_more(row["counted"] - MOST_LINES))
    for one in found.values():
        words = letters.digest(
            workspace=workspace["name"],
            overdue=one.overdue,
            today=one.today,
            news=_cut(one.news),
        )
        await _write(act, "DIGEST", one.email, words)
    await _forget(act, [row["id"] for row in told])


def _told(act: Transaction) -> Any:
    """Notifications that are not read, with who is told, as long as they are here."""
    person = sa.and_(
        _USER.c.workspace_id == NOTIFICATION.c.workspace_id,
        _USER.c.id == NOTIFICATION.c.owner_id,
        _USER.c.status == UserStatus.ACTIVE,
    )
    return (
        sa.select(NOTIFICATION.c.id, NOTIFICATION.c.owner_id, NOTIFICATION.c.text, _USER.c.email)
        .join(_USER, person)
        .where(NOTIFICATION.c.workspace_id == act.workspace, NOTIFICATION.c.read_at.is_(None))
        .order_by(NOTIFICATION.c.owner_id, NOTIFICATION.c.id)
    )


async def _unread(act: Transaction, before: datetime) -> list[Any]:
    wanted = (NOTIFICATION.c.digest, NOTIFICATION.c.created_at < before)
    return await act.fetch(_told(act).where(*wanted, _USER.c.created_at < before))


async def _due(act: Transaction, begin: datetime, midnight: datetime) -> Sequence[Any]:
    usually = usual(NotificationKind.TASK_OVERDUE).mail
    return await act.fetch_text(
        _TASKS, act.workspace, act.now, midnight, begin, MOST_LINES, usually
    )


async def _forget(act: Transaction, ids: Sequence[str]) -> None:
    """Note that a digest has told them; the next one does not."""
    if ids:
        chosen = uuids(ids)
        told = NOTIFICATION.c.id == sa.any_(chosen)
        await act.update(NOTIFICATION, told, {"digest": False}, event="digested")


async def _workspace(act: Transaction) -> Any:
    statement = sa.select(_WORKSPACE.c.name, _WORKSPACE.c.time_zone)
    return (await act.fetch(statement.where(_WORKSPACE.c.workspace_id == act.workspace)))[0]


async def _write(act: Transaction, kind: str, email: str, words: letters.Words) -> None:
    await outbox.write(act, kind=kind, recipients=[email], subject=words.subject, text=words.text)


def _line(task: Mapping[str, Any], zone: ZoneInfo) -> str:
    at = task["due_at"].astimezone(zone)
    when = f"{at:%Y-%m-%d %H:%M}" if task["late"] else f"{at:%H:%M}"
    return f"{task['title']} ({when})"


def _cut(lines: list[str]) -> list[str]:
    rest = len(lines) - MOST_LINES
    return lines if rest <= 0 else [*lines[:MOST_LINES], _more(rest)]


def _more(count: int) -> str:
    return f"and {count} more"
