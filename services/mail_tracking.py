"""Opens and clicks of mails, and how their receivers say that they want no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import Any

import sqlalchemy as sa

from auth import tracking
from auth.context import Context
from auth.tracking import Told
from auth.visit import Visit
from core.db import Database
from core.events import SYSTEM
from core.limiter import Rate
from core.settings import from_environment
from core.writes import Transaction, transaction
from models import metadata
from models.base import Uuid
from services import page_visits, reachability
from services.reachability import Person
from services.rules import mail_html

OPEN, CLICK, UNSUBSCRIBE = "/t/o/", "/t/c/", "/t/u/"
"""Where the addresses of each kind begin."""
BURST = Rate(units=1, seconds=60)
"""One reader who opens a mail again within this time is counted once."""
_SCANNED = timedelta(seconds=2)
"""What is followed so soon after it went out is followed by a machine on its way."""
_MOST_LINKS = 500
_EMAIL, _MAIL = metadata.tables["email"], metadata.tables["mail"]
_WORKSPACE = metadata.tables["workspace"]


@dataclass(frozen=True, slots=True)
class Woven:
    """A mail as it goes out."""

    html: str
    text: str


async def woven(
    ctx: Context, email: Any, people: Sequence[Person], *, is_tracked: bool, unsolicited: bool
) -> Woven:
    """An e-mail with what tells of it being read, where workspace and receivers let that be."""
    html, text, footer = email["html"], email["body"], ""
    workspace, email_id = ctx.workspace_id, email["id"]
    if unsolicited:
        link = unsubscribe_link(workspace, email_id)
        footer = f'<p><small><a href="{escape(link)}">Unsubscribe</a></small></p>'
        text += f"\n\nUnsubscribe: {link}"
    pixel = ""
    wanted = is_tracked and not any(one.opted_out for one in people)
    if wanted and await _tracks(ctx.act):
        html = mail_html.relinked(html, lambda at: _click(workspace, email_id, at, html))
        opened = _link(OPEN, tracking.signed(Told.OPENED, workspace, email_id))
        pixel = f'<img src="{escape(opened)}.gif" width="1" height="1" alt="">'
    page = "<!doctype html><html><head><meta charset=utf-8></head>"
    return Woven(f"{page}<body>{html}{footer}{pixel}</body></html>", text)


def unsubscribe_link(workspace: str, email_id: str) -> str:
    """Where who got an e-mail says that they want no more."""
    return _link(UNSUBSCRIBE, tracking.signed(Told.UNSUBSCRIBED, workspace, email_id))


async def opened(visit: Visit, key: str) -> str | None:
    """Note that a mail was opened; the workspace it is of."""
    found = tracking.read(key, Told.OPENED)
    if found is None:
        return None
    email = await _email(visit.database, found.workspace, found.email)
    if email is not None and await _counts(visit, email, "open"):
        async with _acting(visit, found.workspace) as act:
            values = {
                "opened_at": sa.func.coalesce(_EMAIL.c.opened_at, act.now),
                "open_count": _EMAIL.c.open_count + 1,
            }
            await act.update(_EMAIL, _EMAIL.c.id == found.email, values, event="opened")
    return found.workspace


async def clicked(visit: Visit, key: str) -> tuple[str, str] | None:
    """Note that a link of a mail was followed; its workspace, and where it leads."""
    found = tracking.read(key, Told.CLICKED)
    if found is None:
        return None
    email = await _email(visit.database, found.workspace, found.email)
    if email is None:
        return None
    links = mail_html.links(email["html"] or "")
    if found.number >= len(links):
        return None
    if await _counts(visit, email, f"click:{found.number}"):
        async with _acting(visit, found.workspace) as act:
            values = {
                "opened_at": sa.func.coalesce(_EMAIL.c.opened_at, act.now),
                "clicked_at": sa.func.coalesce(_EMAIL.c.clicked_at, act.now),
                "click_count": _EMAIL.c.click_count + 1,
            }
            await act.update(_EMAIL, _EMAIL.c.id == found.email, values, event="clicked")
    target = links[found.number]
    if email["mail_tracking"]:
        target = await page_visits.brought(visit.database, found.workspace, found.email, target)
    return found.workspace, target


async def unsubscriber(database: Database, key: str) -> str | None:
    """The workspace that a link of unsubscribing is about, by its name."""
    found = tracking.read(key, Told.UNSUBSCRIBED)
    if found is None or await _email(database, found.workspace, found.email) is None:
        return None
    rows = await database.fetch(
        found.workspace,
        sa.select(_WORKSPACE.c.name).where(_WORKSPACE.c.workspace_id == found.workspace),
    )
    return str(rows[0]["name"]) if rows else None


async def unsubscribe(visit: Visit, key: str) -> str | None:
    """Write no more unasked to who got a mail; the workspace it is of."""
    found = tracking.read(key, Told.UNSUBSCRIBED)
    if found is None:
        return None
    email = await _email(visit.database, found.workspace, found.email)
    if email is None:
        return None
    async with _acting(visit, found.workspace) as act:
        await reachability.opt_out(act, email["to_addresses"])
    return found.workspace


async def _counts(visit: Visit, email: Any, what: str) -> bool:
    """Whether this is a reader, and not a machine or the same one again."""
    if not email["mail_tracking"]:
        return False
    if email["sent_at"] is None or visit.now - email["sent_at"] < _SCANNED:
        return False
    name = f"mail:{email['id']}:{what}:{visit.ip}"
    return (await visit.limiter.take(name, BURST)).allowed


async def _email(database: Database, workspace: str, email_id: str) -> Any:
    rows = await database.fetch(
        workspace,
        sa.select(
            _EMAIL.c.id,
            _EMAIL.c.html,
            _EMAIL.c.to_addresses,
            _MAIL.c.sent_at,
            _WORKSPACE.c.mail_tracking,
        )
        .join(_WORKSPACE, _WORKSPACE.c.workspace_id == _EMAIL.c.workspace_id)
        .join(
            _MAIL,
            sa.and_(_MAIL.c.workspace_id == _EMAIL.c.workspace_id, _MAIL.c.email_id == _EMAIL.c.id),
        )
        .where(_EMAIL.c.workspace_id == workspace, _EMAIL.c.id == sa.literal(email_id, Uuid)),
    )
    return rows[0] if rows else None


async def _tracks(act: Transaction) -> bool:
    rows = await act.fetch(
        sa.select(_WORKSPACE.c.mail_tracking).where(_WORKSPACE.c.workspace_id == act.workspace)
    )
    return bool(rows[0]["mail_tracking"])


def _click(workspace: str, email_id: str, at: int, html: str) -> str:
    if at >= _MOST_LINKS:
        return mail_html.links(html)[at]
    return _link(CLICK, tracking.signed(Told.CLICKED, workspace, email_id, at))


def _link(path: str, key: str) -> str:
    return f"{from_environment().base_url}{path}{key}"


def _acting(visit: Visit, workspace: str) -> Any:
    return transaction(
        visit.database,
        workspace=workspace,
        author=SYSTEM,
        now=visit.now,
        request_id=visit.request_id,
        act="mailTracking",
    )
