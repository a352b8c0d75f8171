"""Tracked pages: the keys that they tell of visits with, and the visits of those who are known."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import sqlalchemy as sa

from auth import credentials, rights, visitor_tokens
from auth.context import Context, acting
from auth.credentials import CredentialKind
from auth.roles import Category
from auth.visit import Visit
from auth.visitor_tokens import Known
from core.codes import UserErrorCode
from core.db import Database
from core.ids import new_id
from core.limiter import Rate
from models import metadata
from models.registry import REGISTRY
from models.scoring import TrackingKey
from services import records, redirects
from services.rules.forms import Form

FROM_IP = Rate(units=120, seconds=60)
OF_KEY_FROM_IP = Rate(units=60, seconds=60)
OF_KEY = Rate(units=6000, seconds=60)

_KEY, _VISIT = metadata.tables["tracking_key"], metadata.tables["page_visit"]
_ENTRY = metadata.tables["timeline_entry"]
_LEAD, _CONTACT = metadata.tables["lead"], metadata.tables["contact"]
_LONGEST = {"eventId": 100, "url": 2000, "title": 500, "referrer": 2000}
_LONGEST_NAME = 120


class NoKey(Exception):
    """No page has this key, or it was revoked."""


async def create(ctx: Context, name: str, domain: str) -> Any:
    """Make a key for the pages of a site; it is part of them and no secret."""
    ctx.require(Category.ADMIN)
    form = Form()
    text = form.text("name", name, longest=_LONGEST_NAME)
    site = form.domain("domain", domain)
    form.done()
    key_id = new_id()
    key = await credentials.issue(ctx.act, CredentialKind.TRACKING, key_id)
    return await ctx.act.insert(_KEY, {"id": key_id, "name": text, "domain": site, "key": key})


async def revoke(ctx: Context, key_id: str, expected_version: int | None = None) -> Any:
    """Take no visits with a key any more; what came in stays."""
    ctx.require(Category.ADMIN)
    key: TrackingKey = await records.locked(ctx, REGISTRY["TrackingKey"], key_id, expected_version)
    if key.revoked_at is not None:
        return key
    await credentials.revoke(ctx.act, CredentialKind.TRACKING, key_id)
    changed = {"revoked_at": ctx.now}
    return (await ctx.act.update(_KEY, _KEY.c.id == key_id, changed, event="revoked"))[0]


async def sites(ctx: Context) -> list[str]:
    """The domains of the sites whose pages are tracked."""
    rows = await ctx.act.fetch(
        sa.select(_KEY.c.domain).where(
            _KEY.c.workspace_id == ctx.workspace_id, _KEY.c.revoked_at.is_(None)
        )
    )
    return [row["domain"] for row in rows]


async def brought(database: Database, workspace: str, email_id: str, url: str) -> str:
    """Where a link of an e-mail leads: to a site that is tracked it brings along who got it.

    That is who the e-mail is about, where it is one lead or contact alone.
    """
    domains = (
        sa.select(_KEY.c.domain)
        .where(_KEY.c.workspace_id == workspace, _KEY.c.revoked_at.is_(None))
        .scalar_subquery()
    )
    rows = await database.fetch(
        workspace,
        sa.select(
            _ENTRY.c.record_kind,
            _ENTRY.c.record_id,
            sa.func.array(domains, type_=sa.ARRAY(sa.Text)).label("domains"),
        )
        .where(
            _ENTRY.c.workspace_id == workspace,
            _ENTRY.c.item_id == email_id,
            _ENTRY.c.record_kind.in_(visitor_tokens.KINDS),
        )
        .limit(2),
    )
    if len(rows) != 1:
        return url
    token = visitor_tokens.token(workspace, rows[0]["record_kind"], rows[0]["record_id"])
    return visitor_tokens.carried(url, token, rows[0]["domains"])


async def receive(visit: Visit, key: str, sent: Mapping[str, Any]) -> str | None:
    """Keep a visit of somebody who is known, once; the workspace in which something was kept.

    Nothing is kept of anybody else.
    """
    await visit.take(f"track:{visit.ip}", FROM_IP, of="visits")
    found = await credentials.find(visit.database, CredentialKind.TRACKING, key)
    if found is None:
        raise NoKey
    await visit.take(f"track:{found.subject}:{visit.ip}", OF_KEY_FROM_IP, of="visits")
    await visit.take(f"track:{found.subject}", OF_KEY, of="visits")
    columns = _checked(sent)
    visitor = sent.get("visitor")
    known = visitor_tokens.known(visitor) if isinstance(visitor, str) else None
    if known is None or known.workspace != found.workspace:
        return None
    actor = await rights.of_system(visit.database, found.workspace, None, id=found.subject)
    async with acting(
        visit.database, actor, now=visit.now, request_id=visit.request_id, name="pageVisit"
    ) as ctx:
        return found.workspace if await _keep(ctx, known, columns) else None


def _checked(sent: Mapping[str, Any]) -> dict[str, Any]:
    form = Form()
    values: dict[str, str] = {}
    for name in _LONGEST:
        value = sent.get(name)
        if value is not None and not isinstance(value, str):
            form.refuse(UserErrorCode.INVALID_VALUE, "Send a text.", name)
        values[name] = value if isinstance(value, str) else ""
    event_id = form.text("eventId", values["eventId"], longest=_LONGEST["eventId"])
    url = form.text("url", values["url"], longest=_LONGEST["url"])
    if url and not _is_address(url):
        message = "Send the address of the page, which begins with https:// or http://."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "url")
    form.done()
    return {
        "event_id": event_id,
        "url": url,
        "title": _shown(values["title"], _LONGEST["title"]),
        "referrer": _shown(values["referrer"], _LONGEST["referrer"]),
    }


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _shown(text: str, longest: int) -> str | None:
    """A text that a page may make as long and as odd as it likes."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(plain.split())[:longest] or None


async def _keep(ctx: Context, known: Known, columns: Mapping[str, Any]) -> bool:
    whose = await _whose(ctx, known)
    if whose is None:
        return False
    try:
        async with ctx.act.savepoint():
            await ctx.act.insert(_VISIT, {**columns, **whose, "at": ctx.now})
    except asyncpg.UniqueViolationError:
        return False
    return True


async def _whose(ctx: Context, known: Known) -> dict[str, str] | None:
    """The record a visit belongs to by now: leads become contacts, contacts are merged."""
    contact_id: str | None = known.record
    if known.kind == "lead":
        rows = await ctx.act.fetch(
            sa.select(_LEAD.c.converted_contact_id).where(*_there(ctx, _LEAD, known.record))
        )
        if not rows:
            return None
        contact_id = rows[0]["converted_contact_id"]
        if contact_id is None:
            return {"lead_id": known.record}
    led = await redirects.survivors(ctx, [str(contact_id)])
    contact_id = led.get(str(contact_id), str(contact_id))
    # Kept from being merged away before the visit is there.
    rows = await ctx.act.fetch(
        sa.select(_CONTACT.c.id)
        .where(*_there(ctx, _CONTACT, contact_id))
        .with_for_update(read=True, key_share=True)
    )
    return {"contact_id": contact_id} if rows else None


def _there(ctx: Context, table: sa.Table, record_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.workspace_id == ctx.workspace_id,
        table.c.id == record_id,
        table.c.deleted_at.is_(None),
    )
