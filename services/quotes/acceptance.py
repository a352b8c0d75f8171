"""What a customer answers to a quote: they accept it, or decline it with a reason."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth.actor import ActorKind
from auth.context import Context, as_row
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.contacts import Contact
from models.quotes import Quote
from models.registry import REGISTRY
from models.sale_enums import QuoteStatus
from services import notifications, records
from services.contracts import making
from services.quotes import states
from services.rules.forms import Form

LONGEST_NAME = 200
LONGEST_REASON = 1000

_CONTACT = metadata.tables["contact"]
_CONTRACT = metadata.tables["contract"]


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted quote and the one contract that came of it."""

    quote: Any
    contract: Any


async def accept(
    ctx: Context,
    quote_id: str,
    *,
    name: str | None = None,
    contact_id: str | None = None,
    expected_version: int | None = None,
) -> Accepted:
    """Accept a quote and make its contract; accepted again, it answers the same contract."""
    form = Form()
    signed = form.optional_text("name", name, longest=LONGEST_NAME)
    form.done()
    if contact_id is not None:
        await ctx.get(Contact, contact_id, path=("acceptedById",))
    # Whoever comes second waits here, and finds what the first has made.
    quote = await states.locked(ctx, quote_id)
    if quote.status == QuoteStatus.ACCEPTED:
        return Accepted(quote, await _contract(ctx, quote_id))
    if expected_version is not None:
        await records.locked(ctx, REGISTRY["Quote"], quote_id, expected_version)
    states.require(quote, "accepted")
    states.refuse_expired(ctx, quote)
    who = await _contact(ctx, quote, contact_id)
    signed = signed or who["name"]
    values = {
        "status": QuoteStatus.ACCEPTED,
        "accepted_at": ctx.now,
        "accepted_by_name": signed,
        "accepted_by_id": who["id"] if contact_id or name is None else None,
    }
    cause = f"accepted by {signed} {await _where(ctx)}"
    row = await states.change(ctx, quote, values, "accepted", cause)
    return Accepted(row, await making.of_quote(ctx, as_row(Quote, row)))


async def decline(ctx: Context, quote_id: str, *, reason: str, name: str | None = None) -> Any:
    """Decline a quote; the reason is what its seller learns from."""
    form = Form()
    why = form.text("reason", reason, longest=LONGEST_REASON)
    who = form.optional_text("name", name, longest=LONGEST_NAME)
    form.done()
    quote = await states.locked(ctx, quote_id)
    states.require(quote, "declined")
    states.refuse_expired(ctx, quote)
    values = {
        "status": QuoteStatus.DECLINED,
        "declined_at": ctx.now,
        "decline_reason": why,
    }
    by = f" by {who}" if who else ""
    return await states.change(ctx, quote, values, "declined", f"declined{by} {await _where(ctx)}")


async def _where(ctx: Context) -> str:
    """How an answer came: from the customer, or told to one of us."""
    if ctx.actor.kind is ActorKind.SYSTEM:
        return "on the public page"
    return f"as {await notifications.actor_name(ctx)} recorded"


async def _contact(ctx: Context, quote: Quote, contact_id: str | None) -> Any:
    """Who accepts: the contact named, else whom the quote is made out to."""
    (row,) = await ctx.act.fetch(
        sa.select(_CONTACT.c.id, _CONTACT.c.name).where(
            _CONTACT.c.workspace_id == ctx.workspace_id,
            _CONTACT.c.id == (contact_id or quote.contact_id),
        )
    )
    return row


async def _contract(ctx: Context, quote_id: str) -> Any:
    rows = await ctx.act.fetch(
        sa.select(_CONTRACT).where(
            _CONTRACT.c.workspace_id == ctx.workspace_id, _CONTRACT.c.quote_id == quote_id
        )
    )
    if not rows:
        message = "It was accepted, and its contract is gone."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    return rows[0]
