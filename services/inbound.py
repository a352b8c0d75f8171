"""Mail that comes in: taken once, filed where it belongs, and what follows from it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import sqlalchemy as sa

from auth import credentials, rights
from auth.context import Context, acting
from auth.credentials import CredentialKind
from auth.roles import Category
from auth.visit import Visit
from core.files import Files
from core.limiter import Rate
from core.settings import from_environment
from models import metadata
from models.automation_enums import InboundState
from services import bounces, inbound_filing
from services.rules import inbound_mail
from services.rules.inbound_mail import Mail
from services.rules.mime import Unreadable

ACT = "inboundMail"
PATH = "/hooks/mail/"
LARGEST = 36 * 1024 * 1024
"""Bytes of a mail that is looked at: 25 MB of files, as they are sent."""
OF_KEY = Rate(units=600, seconds=60)
_INBOUND = metadata.tables["inbound_mail"]
_LONGEST_ERROR = 500


class NoKey(Exception):
    """No workspace takes mail by this key."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail, and whether it had come before."""

    id: str
    state: str
    error: str | None
    again: bool


async def renew_key(ctx: Context) -> str:
    """Make the address that mail is handed to; the one before it holds no more."""
    ctx.require(Category.ADMIN)
    await credentials.revoke(ctx.act, CredentialKind.INBOUND_MAIL, ctx.workspace_id)
    key = await credentials.issue(ctx.act, CredentialKind.INBOUND_MAIL, ctx.workspace_id)
    return f"{from_environment().base_url}{PATH}{key}"


async def admit(visit: Visit, key: str) -> str:
    """The workspace that takes mail by a key, before anything of the mail is looked at."""
    found = await credentials.find(visit.database, CredentialKind.INBOUND_MAIL, key)
    if found is None:
        raise NoKey
    await visit.take(f"inbound:{found.workspace}", OF_KEY, of="mails")
    return found.workspace


async def receive(visit: Visit, store: Files, workspace: str, raw: bytes) -> Taken:
    """Take a mail in: the same one again changes nothing, however often and at once it comes."""
    problem = None
    try:
        # Reading a mail of many megabytes takes a while.
        mail = await asyncio.to_thread(inbound_mail.read, raw)
    except Unreadable as unreadable:
        mail, problem = inbound_mail.unread(raw), unreadable.sentence
    actor = await rights.of_system(visit.database, workspace, None, id=workspace)
    async with acting(
        visit.database, actor, now=visit.now, request_id=visit.request_id, name=ACT
    ) as ctx:
        return await _take(ctx, store, mail, problem)


async def _take(ctx: Context, store: Files, mail: Mail, problem: str | None) -> Taken:
    values = {
        "message_id": mail.message_id,
        "from_address": mail.sender,
        "to_addresses": list(mail.sent_to),
        "subject": mail.subject or None,
        "state": InboundState.FILED,
        "received_at": ctx.now,
    }
    try:
        # Of two that come at once the second waits here for the first.
        async with ctx.act.savepoint():
            row = await ctx.act.insert(_INBOUND, values)
    except asyncpg.UniqueViolationError:
        known = await _known(ctx, mail.message_id)
        return Taken(known["id"], known["state"], known["error"], again=True)
    changed: dict[str, Any] = {"state": InboundState.REFUSED, "error": problem}
    if problem is None:
        changed = await _filed(ctx, store, mail)
    error = changed.get("error")
    changed["error"] = error[:_LONGEST_ERROR] if error else None
    await ctx.act.update(_INBOUND, _INBOUND.c.id == row["id"], changed)
    return Taken(row["id"], changed["state"], changed["error"], again=False)


async def _filed(ctx: Context, store: Files, mail: Mail) -> dict[str, Any]:
    if mail.bounce is not None:
        return await _bounced(ctx, mail)
    if not mail.sender:
        error = "It does not say who sent it."
        return {"state": InboundState.REFUSED, "error": error}
    return await inbound_filing.file(ctx, store, mail)


async def _bounced(ctx: Context, mail: Mail) -> dict[str, Any]:
    """Note what a mail server tells of a mail of ours."""
    bounce = mail.bounce
    assert bounce is not None  # noqa: S101 - asked before
    about = await bounces.of_message(ctx.act, bounce.message_ids) if bounce.message_ids else None
    if about is None:
        error = "It tells of a mail that is not known here."
        return {"state": InboundState.BOUNCE, "error": error}
    found = {"state": InboundState.BOUNCE, "about_mail_id": about["id"], "error": bounce.reason}
    if not bounce.is_delayed:
        await bounces.note(
            ctx.act, about, bounce.recipients, bounce.reason, is_final=bounce.is_final
        )
    return found


async def _known(ctx: Context, message_id: str) -> Any:
    rows: Sequence[Any] = await ctx.act.fetch(
        sa.select(_INBOUND).where(
            _INBOUND.c.workspace_id == ctx.workspace_id, _INBOUND.c.message_id == message_id
        )
    )
    return rows[0]
