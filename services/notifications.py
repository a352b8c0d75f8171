"""Notifications: what users are told, in the transaction of the act that they are told of."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from auth.actor import ActorKind
from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from core.events import Pending
from models import metadata
from models.base import uuids
from models.enums import ApprovalDecision, NotificationKind
from models.notifications import ABOUT, Notification
from services.notification_settings import ways

NOTIFICATION = metadata.tables["notification"]
_USER, _REQUEST = metadata.tables["user"], metadata.tables["approval_request"]
_WORKFLOW = metadata.tables["workflow"]
MOST_AT_ONCE = 500

About = tuple[str, str]
"""A record a notification is about: the table it lies in, and its id."""


class Telling(NamedTuple):
    """Who is told what about a record."""

    user_ids: Sequence[str]
    record: About
    text: str


ASSIGNED: Mapping[str, tuple[NotificationKind, str]] = {
    "task": (NotificationKind.TASK_ASSIGNED, "title"),
    "lead": (NotificationKind.LEAD_ASSIGNED, "name"),
    "deal": (NotificationKind.DEAL_ASSIGNED, "name"),
    "case": (NotificationKind.CASE_ASSIGNED, "subject"),
    "project": (NotificationKind.PROJECT_ASSIGNED, "name"),
}
"""The tables whose owners are told what is given to them, and the columns of its name."""


async def notify(
    ctx: Context,
    user_ids: Sequence[str],
    kind: NotificationKind,
    *,
    record: About | None = None,
    text: str,
) -> None:
    """Tell users something about a record; who acts is not told what they did themselves."""
    await _insert(ctx, [_row(ctx, user, kind, record, text) for user in dict.fromkeys(user_ids)])


async def notify_many(ctx: Context, kind: NotificationKind, tellings: Sequence[Telling]) -> None:
    """Tell users of many records at once."""
    rows = [
        _row(ctx, user, kind, one.record, one.text)
        for one in tellings
        for user in dict.fromkeys(one.user_ids)
    ]
    for first in range(0, len(rows), MOST_AT_ONCE):
        await _insert(ctx, rows[first : first + MOST_AT_ONCE])


async def tell(ctx: Context) -> None:
    """Tell users what the act so far gave to them or asked of them, whichever way it was done."""
    events = ctx.act.events()
    given = list(_given(events))
    asked = [one for one in events if one.entity == "approval_request"]
    if not given and not asked:
        return
    who = await actor_name(ctx)
    rows = await _assigned(ctx, given, who) + await _approvals(ctx, asked, who)
    await _insert(ctx, rows)


async def mark_read(ctx: Context, ids: Sequence[str]) -> list[Any]:
    """Mark notifications of the actor as read; those that are stay as they are."""
    if len(ids) > MOST_AT_ONCE:
        message = f"Send at most {MOST_AT_ONCE} ids; `notificationMarkAllRead` takes none."
        raise UserError(UserErrorCode.TOO_MANY, message, ("ids",))
    seen = {one.id for one in await ctx.find(Notification, ids)}
    for at, one in enumerate(ids):
        if one not in seen:
            raise not_found(("ids", at))
    chosen = uuids(seen)
    await _read(ctx, NOTIFICATION.c.id == sa.any_(chosen))
    return list(ids)


async def mark_all_read(ctx: Context) -> int:
    """Mark all notifications that the actor is shown as read; how many were not."""
    mine = sa.and_(NOTIFICATION.c.owner_id == ctx.actor.user_id, NOTIFICATION.c.in_app)
    return len(await _read(ctx, mine))


async def unread(reading: Any) -> int:
    """How many notifications of the viewer are unread."""
    rows = await reading.fetch(
        sa.select(sa.func.count()).where(
            NOTIFICATION.c.workspace_id == reading.actor.workspace_id,
            NOTIFICATION.c.owner_id == reading.actor.user_id,
            NOTIFICATION.c.in_app,
            NOTIFICATION.c.read_at.is_(None),
        )
    )
    return int(rows[0][0])


async def _read(ctx: Context, mine: sa.ColumnElement[bool]) -> list[Any]:
    unread = sa.and_(mine, NOTIFICATION.c.read_at.is_(None))
    return await ctx.act.update(NOTIFICATION, unread, {"read_at": ctx.now}, event="read")


def _given(events: Sequence[Pending]) -> Iterator[tuple[str, str, str]]:
    """Table, id and new owner of what somebody was given."""
    for one in events:
        if one.entity not in ASSIGNED or '"owner_id"' not in one.changes:
            continue
        owner = orjson.loads(one.changes)["owner_id"]["after"]
        if owner is not None:
            yield one.entity, one.record_id, owner


async def _assigned(
    ctx: Context, given: Sequence[tuple[str, str, str]], who: str
) -> list[dict[str, Any] | None]:
    rows = []
    for table in dict.fromkeys(table for table, _, _ in given):
        kind, column = ASSIGNED[table]
        owners = {record: owner for of, record, owner in given if of == table}
        names = await _names(ctx, table, column, list(owners))
        for record, name in names.items():
            text = f"{who} gave you the {table} “{name}”."
            rows.append(_row(ctx, owners[record], kind, (table, record), text))
    return rows


async def _names(ctx: Context, table: str, column: str, ids: Sequence[str]) -> dict[str, str]:
    """The names of records that are there, by their ids."""
    rows = metadata.tables[table]
    found = await ctx.act.fetch(
        sa.select(rows.c.id, rows.c[column]).where(
            rows.c.workspace_id == ctx.workspace_id,
            rows.c.id == sa.any_(uuids(ids)),
            rows.c.deleted_at.is_(None),
        )
    )
    return {row[0]: row[1] for row in found}


async def _approvals(
    ctx: Context, asked: Sequence[Pending], who: str
) -> list[dict[str, Any] | None]:
    if not asked:
        return []
    events = {one.record_id: one.type for one in asked}
    ids = uuids(events)
    found = await ctx.act.fetch(
        sa.select(_REQUEST).where(
            _REQUEST.c.workspace_id == ctx.workspace_id, _REQUEST.c.id == sa.any_(ids)
        )
    )
    rows = []
    for row in found:
        deal, name = ("deal", row["deal_id"]), row["deal_name"]
        if events[row["id"]].endswith(".created"):
            text, to = f"{who} asks you to approve “{name}”.", row["approver_id"]
            kind = NotificationKind.APPROVAL_REQUESTED
        elif row["decision"] != ApprovalDecision.PENDING and row["decided_by_id"]:
            text, to = f"{who} {row['decision'].lower()} “{name}”.", row["requested_by_id"]
            kind = NotificationKind.APPROVAL_DECIDED
        else:
            continue
        rows.append(_row(ctx, to, kind, deal, text))
    return rows


async def actor_name(ctx: Context) -> str:
    """The name of who acts, as notifications tell it."""
    if ctx.actor.kind is ActorKind.WORKFLOW:
        named = sa.select(_WORKFLOW.c.name).where(
            _WORKFLOW.c.workspace_id == ctx.workspace_id, _WORKFLOW.c.id == ctx.actor.id
        )
        return f"The workflow “{(await ctx.act.fetch(named))[0][0]}”"
    if ctx.actor.kind is ActorKind.SYSTEM:
        return "Coeffection"
    rows = await ctx.act.fetch(
        sa.select(_USER.c.name).where(
            _USER.c.workspace_id == ctx.workspace_id, _USER.c.id == ctx.actor.user_id
        )
    )
    return str(rows[0][0]) if rows else "Somebody"


def _row(
    ctx: Context, user: str, kind: NotificationKind, record: About | None, text: str
) -> dict[str, Any] | None:
    # What happens by itself is told to everybody, and is nobody's doing.
    by = ctx.actor.user_id if ctx.actor.is_person else None
    if user == by:
        return None
    about: dict[str, Any] = {f"{table}_id": None for table in ABOUT}
    if record is not None:
        about[f"{record[0]}_id"] = record[1]
    return about | {"owner_id": user, "kind": kind, "text": text, "actor_id": by}


async def _insert(ctx: Context, given: Sequence[dict[str, Any] | None]) -> None:
    wanted = [row for row in given if row is not None]
    if wanted:
        how = await ways(ctx.act, [(row["owner_id"], row["kind"]) for row in wanted])
        rows = [row | one for row, one in zip(wanted, how, strict=True)]
        await ctx.act.insert_many(NOTIFICATION, rows)
