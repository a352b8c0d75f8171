"""Sending quotes to their customers, and taking them back to be revised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from auth import credentials
from auth.context import Context
from auth.credentials import CredentialKind
from core.codes import UserErrorCode
from core.errors import UserError
from core.settings import from_environment
from models import metadata
from models.quotes import Quote
from models.registry import pointer
from models.sale_enums import ApprovalState, QuoteStatus
from services import outbox, role_settings
from services.quotes import approval, states, sums
from services.quotes.making import settings
from services.rules import letters, paper
from services.rules.forms import Form

LONGEST_MESSAGE = 5000
KIND = "QUOTE_SENT"

_CONTACT, _USER = metadata.tables["contact"], metadata.tables["user"]
_WORKSPACE = metadata.tables["workspace"]


@dataclass(frozen=True, slots=True)
class Sent:
    """A quote that is on its way, and the mail it goes with."""

    quote: Any
    delivery: Any


async def send(
    ctx: Context,
    quote_id: str,
    *,
    to: Sequence[str] | None = None,
    message: str | None = None,
    expected_version: int | None = None,
) -> Sent:
    """Mail a quote with its PDF and its link; sent again it has the same link."""
    quote = await states.locked(ctx, quote_id, expected_version)
    states.require(quote, "sent")
    text = _message(message)
    approved = await _require_ready(ctx, quote)
    parties = await _parties(ctx, quote)
    recipients = to if to is not None else [one for one in [parties["email"]] if one]
    if not recipients:
        reason = "The contact has no e-mail address; say where the quote goes."
        raise UserError(UserErrorCode.REQUIRED, reason, ("to",))
    values = approved | {"link_key": await _link(ctx, quote)}
    cause = "sent to the customer again"
    if quote.status == QuoteStatus.DRAFT:
        values |= {"status": QuoteStatus.SENT, "sent_at": ctx.now}
        cause = "sent to the customer"
    row = await states.change(ctx, quote, values, "sent", cause)
    words = _words(row, parties, text)
    delivery = await outbox.write(
        ctx,
        kind=KIND,
        recipients=recipients,
        subject=words.subject,
        text=words.text,
        about=("quote", quote_id),
        with_document=True,
        reply_to=parties["seller_email"],
        owner_id=row["owner_id"],
    )
    return Sent(row, delivery)


async def revise(ctx: Context, quote_id: str, *, expected_version: int | None = None) -> Any:
    """Make a draft of a quote again: its link is closed until it is sent anew."""
    quote = await states.locked(ctx, quote_id, expected_version)
    states.require(quote, "revised")
    await credentials.revoke(ctx.act, CredentialKind.QUOTE, quote_id)
    values: dict[str, Any] = {
        "status": QuoteStatus.DRAFT,
        "sent_at": None,
        "declined_at": None,
        "decline_reason": None,
    }
    if quote.valid_until < ctx.today:
        days = (await settings(ctx))["quote_valid_days"]
        values["valid_until"] = ctx.today + timedelta(days=days)
    return await states.change(ctx, quote, values, "revised", "taken back to be revised")


def link(key: str) -> str:
    """The address under which its customer sees a quote."""
    return f"{from_environment().base_url}/q/{key}"


async def _require_ready(ctx: Context, quote: Quote) -> dict[str, Any]:
    """Refuse a quote that may not go out; what its approval has become meanwhile."""
    lines = await sums.lines_of(ctx, quote.id)
    if not lines:
        message = "It offers nothing: add a line first."
        raise UserError(UserErrorCode.REQUIRED, message, ("lines",))
    states.refuse_expired(ctx, quote)
    if quote.approval_state not in {ApprovalState.REQUIRED, ApprovalState.REJECTED}:
        return {}
    percent = sums.given_off(states.columns(quote), lines)
    limit = await role_settings.discount_limit(ctx, quote.owner_id)
    if percent <= limit:
        return {"approval_state": ApprovalState.NOT_NEEDED}
    deciding = await approval.approvers(ctx, quote.owner_id, quote.approval_requested_by_id)
    rejected = quote.approval_state == ApprovalState.REJECTED
    state = "was rejected" if rejected else "waits for an approval"
    raise UserError(
        UserErrorCode.APPROVAL_REQUIRED,
        f"A discount of {percent:f}% is above the limit of {limit:f}% and {state}.",
        ("id",),
        discount_percent=percent,
        limit_percent=limit,
        approvers=[pointer("User", one) for one in deciding.users],
    )


async def _link(ctx: Context, quote: Quote) -> str:
    """What opens the quote for its customer: the same as before, where it was sent before."""
    if quote.link_key is None:
        return await credentials.issue(ctx.act, CredentialKind.QUOTE, quote.id)
    if quote.status == QuoteStatus.DRAFT:
        await credentials.reissue(ctx.act, CredentialKind.QUOTE, quote.id, quote.link_key)
    return quote.link_key


async def _parties(ctx: Context, quote: Quote) -> Any:
    """Who writes to whom; who sells to a contact need not see them."""
    (row,) = await ctx.act.fetch(
        sa.select(
            _CONTACT.c.first_name,
            _CONTACT.c.email,
            _WORKSPACE.c.name.label("workspace"),
            _WORKSPACE.c.locale,
            _USER.c.name.label("seller"),
            _USER.c.email.label("seller_email"),
        )
        .select_from(_CONTACT)
        .join(_WORKSPACE, _WORKSPACE.c.workspace_id == _CONTACT.c.workspace_id)
        .outerjoin(
            _USER,
            sa.and_(_USER.c.workspace_id == _CONTACT.c.workspace_id, _USER.c.id == quote.owner_id),
        )
        .where(_CONTACT.c.workspace_id == ctx.workspace_id, _CONTACT.c.id == quote.contact_id)
    )
    return row


def _words(quote: Any, parties: Any, message: str | None) -> letters.Words:
    """What the mail says, as the workspace writes amounts and dates."""
    style = paper.style(parties["locale"])
    return letters.quote_sent(
        seller=parties["workspace"],
        sender=parties["seller"],
        customer=parties["first_name"],
        number=quote["number"],
        title=quote["title"],
        total=style.money(quote["total_amount"], quote["currency"]),
        valid_until=style.date(quote["valid_until"]),
        link=link(quote["link_key"]),
        message=message,
    )


def _message(given: str | None) -> str | None:
    form = Form()
    text = form.optional_text("message", given, longest=LONGEST_MESSAGE)
    form.done()
    return text
