"""Quotes as their customers see them by a link: read, counted, accepted or declined."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from auth import credentials, rights, visitors
from auth.context import Context, acting
from auth.credentials import CredentialKind
from auth.visit import Visit
from core.crypto import fingerprint
from core.limiter import Rate
from models import metadata
from models.sale_enums import QuoteStatus
from services import notifications
from services.documents import contents, showing
from services.quotes import acceptance, states
from services.quotes.states import QUOTE
from services.rules import paper
from services.rules.forms import Form

FROM_IP = Rate(units=240, seconds=60)
ANSWERS = Rate(units=20, seconds=60)
"""How often a link may be answered from one place."""
AGAIN = timedelta(minutes=1)
"""How long a look of a known visitor counts as the same one."""
_VISITOR = metadata.tables["quote_visitor"]
_FILE, _WORKSPACE = metadata.tables["file"], metadata.tables["workspace"]


class Stand(StrEnum):
    """What a customer can do with a quote."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVISED = "revised"


@dataclass(frozen=True, slots=True)
class Offer:
    """A quote as its page shows it."""

    workspace: str
    quote_id: str
    version: int
    stand: Stand
    edition: str
    """Tells whether it was taken back and sent anew since somebody looked at it."""
    words: dict[str, Any]
    """What a paper says of it."""
    today: str
    """The day it is for its seller, as they write it."""
    logo: str | None
    """The upload that holds the seller's logo."""


class NoQuote(Exception):
    """The link leads to no quote."""


class Changed(Exception):
    """The quote is not the one that was looked at."""


async def look(visit: Visit, key: str, visitor: str | None) -> Offer:
    """The quote behind a link; a visitor who is named is counted once."""
    await visit.take(f"quotes:{visit.ip}", FROM_IP, of="requests")
    async with _entered(visit, key, "quoteView") as (ctx, quote_id):
        if visitor is not None:
            await _count(ctx, quote_id, visitors.kept(visitor))
        return await _offer(ctx, quote_id)


async def accept(visit: Visit, key: str, *, edition: str, name: str) -> None:
    """Accept a quote in the name that was written below it; accepted again, nothing changes."""
    async with _answered(visit, key, edition, "quoteAccept") as (ctx, quote_id):
        form = Form()
        signed = form.text("name", name, longest=acceptance.LONGEST_NAME)
        form.done()
        await acceptance.accept(ctx, quote_id, name=signed)


async def decline(visit: Visit, key: str, *, edition: str, reason: str, name: str) -> None:
    """Decline a quote; declined again, nothing changes."""
    async with _answered(visit, key, edition, "quoteDecline") as (ctx, quote_id):
        quote = await states.locked(ctx, quote_id)
        if quote.status != QuoteStatus.DECLINED:
            await acceptance.decline(ctx, quote_id, reason=reason, name=name)


async def pdf(visit: Visit, key: str) -> tuple[Offer, Any]:
    """The quote behind a link, and its PDF if that shows it as it is."""
    offer = await look(visit, key, None)
    found = await showing.latest(visit.database, offer.workspace, "quote", offer.quote_id)
    current = found is not None and found["record_version"] >= offer.version
    return offer, found if current else None


async def logo_type(visit: Visit, offer: Offer) -> str:
    """What kind of picture the seller's logo is."""
    (row,) = await visit.database.fetch(
        offer.workspace,
        sa.select(_FILE.c.content_type).where(
            _FILE.c.workspace_id == offer.workspace,
            _FILE.c.upload_id == sa.literal(offer.logo, _FILE.c.upload_id.type),
        ),
    )
    return str(row["content_type"])


@asynccontextmanager
async def _entered(visit: Visit, key: str, name: str) -> AsyncIterator[tuple[Context, str]]:
    """An act of the system on the quote behind a link."""
    found = await credentials.find(visit.database, CredentialKind.QUOTE, key)
    if found is None:
        raise NoQuote
    owners = await visit.database.fetch(
        found.workspace,
        sa.select(QUOTE.c.owner_id).where(
            QUOTE.c.workspace_id == found.workspace,
            QUOTE.c.id == sa.literal(found.subject, QUOTE.c.id.type),
            QUOTE.c.deleted_at.is_(None),
        ),
    )
    if not owners:
        raise NoQuote
    owner = owners[0]["owner_id"]
    actor = await rights.of_system(visit.database, found.workspace, owner, id=found.subject)
    async with acting(
        visit.database, actor, now=visit.now, request_id=visit.request_id, name=name
    ) as ctx:
        yield ctx, found.subject


@asynccontextmanager
async def _answered(
    visit: Visit, key: str, edition: str, name: str
) -> AsyncIterator[tuple[Context, str]]:
    """A customer's act on the very quote they were shown."""
    await visit.take(f"quote:{fingerprint(key).hex()}:{visit.ip}", ANSWERS, of="requests")
    async with _entered(visit, key, name) as (ctx, quote_id):
        quote = await states.locked(ctx, quote_id)
        if _edition(quote.sent_at) != edition:
            raise Changed
        yield ctx, quote_id
        await notifications.tell(ctx)


async def _offer(ctx: Context, quote_id: str) -> Offer:
    found = await contents.written(ctx.act, "quote", quote_id)
    if found is None:
        raise NoQuote
    row, words = found
    today = ctx.today
    return Offer(
        workspace=ctx.workspace_id,
        quote_id=quote_id,
        version=row["version"],
        stand=_stand(row, today),
        edition=_edition(row["sent_at"]),
        words=words,
        today=paper.style(row["locale"]).date(today),
        logo=row["logo_upload"],
    )


def _stand(quote: Any, today: date) -> Stand:
    if quote["status"] in {QuoteStatus.SENT, QuoteStatus.VIEWED}:
        return Stand.OPEN if quote["valid_until"] >= today else Stand.EXPIRED
    ended = {
        QuoteStatus.ACCEPTED: Stand.ACCEPTED,
        QuoteStatus.DECLINED: Stand.DECLINED,
        QuoteStatus.EXPIRED: Stand.EXPIRED,
    }
    return ended.get(quote["status"], Stand.REVISED)


def _edition(sent_at: datetime | None) -> str:
    return sent_at.isoformat() if sent_at else ""


async def _count(ctx: Context, quote_id: str, visitor: str) -> None:
    """Count a visitor's first look, and note the moment of a later one.

    Only what opens a quote is an event: a counter that moves changes nothing anybody waits for.
    """
    values = {
        "workspace_id": ctx.workspace_id,
        "quote_id": quote_id,
        "visitor": visitor,
        "at": ctx.now,
    }
    counting = insert(_VISITOR).values(values).on_conflict_do_nothing()
    first = bool(await ctx.act.fetch(counting.returning(_VISITOR.c.visitor)))
    if first:
        quote = await states.locked(ctx, quote_id)
        if quote.status == QuoteStatus.SENT and quote.valid_until >= ctx.today:
            opened = {"status": QuoteStatus.VIEWED}
            await states.change(ctx, quote, opened, "viewed", "opened by the customer")
    known = QUOTE.c.last_viewed_at
    await ctx.act.fetch(
        sa.update(QUOTE)
        .where(
            QUOTE.c.workspace_id == ctx.workspace_id,
            QUOTE.c.id == quote_id,
            sa.or_(sa.literal(first), known.is_(None), known < ctx.now - AGAIN),
        )
        .values(
            view_count=QUOTE.c.view_count + int(first),
            first_viewed_at=sa.func.coalesce(QUOTE.c.first_viewed_at, ctx.now),
            last_viewed_at=ctx.now,
        )
        .returning(QUOTE.c.id)
    )
