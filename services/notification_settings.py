"""Notification settings: how each user is told each kind of thing; only differences are kept."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from core.writes import Transaction
from models import metadata
from models.automation_enums import MailChoice
from models.base import Uuid, uuids
from models.enums import NotificationKind
from services import records

SETTING = metadata.tables["notification_setting"]
Columns = dict[str, Any]


class Ways(NamedTuple):
    """How a user is told one kind of thing."""

    in_app: bool
    mail: MailChoice


_BY_DIGEST = Ways(in_app=True, mail=MailChoice.DIGEST)
_APART: Mapping[str, Ways] = {
    # Somebody waits for an answer, or a lead is to be called while it is warm.
    NotificationKind.APPROVAL_REQUESTED: Ways(in_app=True, mail=MailChoice.AT_ONCE),
    NotificationKind.LEAD_SCORE: Ways(in_app=True, mail=MailChoice.AT_ONCE),
    # Who answers for the case has a mail of its own.
    NotificationKind.CASE_ESCALATED: Ways(in_app=True, mail=MailChoice.NEVER),
}


def usual(kind: str) -> Ways:
    """How a kind of thing is told unless somebody says otherwise."""
    return _APART.get(kind, _BY_DIGEST)


async def ways(act: Transaction, told: Sequence[tuple[str, NotificationKind]]) -> list[Columns]:
    """How users are told kinds of things, as columns of what tells them.

    Of one it is asked within the statement that tells it; of many it is read before, because so
    many questions in a statement cost more than one of their own.
    """
    if len(told) == 1:
        user, kind = told[0]
        usually = _columns(usual(kind))
        return [{name: _kept(name, act, user, kind, usually[name]) for name in usually}]
    users = uuids({user for user, _ in told})
    rows = await act.fetch(
        sa.select(SETTING).where(
            SETTING.c.workspace_id == act.workspace, SETTING.c.owner_id == sa.any_(users)
        )
    )
    kept = {(row["owner_id"], row["kind"]): _ways(row) for row in rows}
    return [_columns(kept.get((user, kind.value), usual(kind))) for user, kind in told]


_CHOSEN: Mapping[str, sa.ColumnElement[bool]] = {
    "in_app": SETTING.c.in_app,
    "digest": SETTING.c.mail == MailChoice.DIGEST,
    "at_once": SETTING.c.mail == MailChoice.AT_ONCE,
}


def _columns(ways: Ways) -> Columns:
    mail = ways.mail
    digest, at_once = mail == MailChoice.DIGEST, mail == MailChoice.AT_ONCE
    return {"in_app": ways.in_app, "digest": digest, "at_once": at_once}


def _kept(
    name: str, act: Transaction, user: str, kind: NotificationKind, usually: object
) -> sa.ColumnElement[bool]:
    chosen = (
        sa.select(_CHOSEN[name])
        .where(
            SETTING.c.workspace_id == sa.literal(act.workspace, Uuid),
            SETTING.c.owner_id == sa.literal(user, Uuid),
            SETTING.c.kind == kind,
        )
        .scalar_subquery()
    )
    return sa.func.coalesce(chosen, sa.literal(usually))


async def of_viewer(reading: Any) -> list[tuple[NotificationKind, Ways]]:
    """How the viewer is told each kind of thing."""
    rows = await reading.fetch(
        sa.select(SETTING).where(
            SETTING.c.workspace_id == reading.actor.workspace_id,
            SETTING.c.owner_id == reading.actor.user_id,
        )
    )
    kept = {row["kind"]: _ways(row) for row in rows}
    return [(kind, kept.get(kind.value, usual(kind))) for kind in NotificationKind]


async def update(
    ctx: Context,
    kind: NotificationKind,
    *,
    in_app: bool | None = None,
    mail: MailChoice | None = None,
) -> Ways:
    """Choose how one is told a kind of thing; what is left out stays."""
    if in_app is None and mail is None:
        message = "Send `inApp`, `mail` or both."
        raise UserError(UserErrorCode.EMPTY_PATCH, message)
    # Two changes at once would both make the first row.
    await records.in_turn(ctx, "notification_setting", ctx.actor.user_id)
    mine = sa.and_(SETTING.c.owner_id == ctx.actor.user_id, SETTING.c.kind == kind)
    rows = await ctx.act.fetch(
        sa.select(SETTING).where(SETTING.c.workspace_id == ctx.workspace_id, mine)
    )
    known = _ways(rows[0]) if rows else usual(kind)
    wanted = Ways(known.in_app if in_app is None else in_app, known.mail if mail is None else mail)
    if wanted == known:
        return known
    if wanted == usual(kind):
        await ctx.act.delete(SETTING, mine)
    elif rows:
        await ctx.act.update(SETTING, mine, wanted._asdict())
    else:
        about = {"owner_id": ctx.actor.user_id, "kind": kind}
        await ctx.act.insert(SETTING, about | wanted._asdict())
    return wanted


def _ways(row: Mapping[str, Any]) -> Ways:
    return Ways(row["in_app"], MailChoice[row["mail"]])
