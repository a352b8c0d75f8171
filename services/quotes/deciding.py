"""Deciding about discounts: approved as they are, adjusted, or rejected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from auth.context import Context
from auth.roles import TEAM_MANAGERS, Category
from core.codes import DenialCode, UserErrorCode
from core.errors import Denied, Refusals, UserError, not_found
from models.enums import NotificationKind
from models.people import User
from models.quotes import Quote, QuoteLine
from models.sale_enums import ApprovalState
from services import notifications
from services.quotes import approval, offered, states, sums, terms
from services.quotes.states import LINE, QUOTE
from services.rules.forms import Form

LONGEST_COMMENT = 1000
POSSIBLE: Mapping[str, Sequence[ApprovalState]] = {
    "approved": (ApprovalState.REQUIRED, ApprovalState.REJECTED),
    "rejected": (ApprovalState.REQUIRED,),
    "adjusted": (ApprovalState.REQUIRED, ApprovalState.REJECTED),
}
"""How a discount can be decided about, and in which states of its approval."""

_ADJUST = """
UPDATE quote_line SET discount_percent = given.percent, total_amount = given.total,
  version = quote_line.version + 1, updated_at = $2
FROM unnest($3::uuid[], $4::numeric[], $5::numeric[]) AS given(id, percent, total)
WHERE quote_line.workspace_id = $1 AND quote_line.id = given.id
  AND quote_line.discount_percent <> given.percent
"""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Another discount for one line."""

    line_id: str
    percent: Decimal


async def approve(
    ctx: Context,
    quote_id: str,
    *,
    comment: str | None = None,
    expected_version: int | None = None,
) -> Any:
    """Approve the discount of a quote as it is; a higher one is asked for again."""
    quote = await _deciding(ctx, quote_id, "approved", expected_version)
    percent = sums.given_off(states.columns(quote), await sums.lines_of(ctx, quote_id))
    decided = _decided(ctx, ApprovalState.APPROVED, comment) | {"approved_percent": percent}
    return await _tell(ctx, quote, decided, "approved")


async def reject(
    ctx: Context,
    quote_id: str,
    *,
    comment: str | None = None,
    expected_version: int | None = None,
) -> Any:
    """Reject the discount of a quote; its seller lowers it, which asks again if need be."""
    quote = await _deciding(ctx, quote_id, "rejected", expected_version)
    decided = _decided(ctx, ApprovalState.REJECTED, comment) | {"approved_percent": None}
    return await _tell(ctx, quote, decided, "rejected")


async def adjust(
    ctx: Context,
    quote_id: str,
    given: Mapping[str, Any],
    lines: Sequence[Adjusted] = (),
    *,
    comment: str | None = None,
    expected_version: int | None = None,
) -> Any:
    """Give a quote the discounts that are fine; `given` is that on the whole."""
    _may_decide(ctx)
    seen = {one.id for one in await ctx.find(QuoteLine, [one.line_id for one in lines])}
    for at, one in enumerate(lines):
        if one.line_id not in seen:
            raise not_found(("lines", at, "id"))
    quote = await _deciding(ctx, quote_id, "adjusted", expected_version)
    if not given and not lines:
        message = "Say which discount is fine: of the whole, or of lines."
        raise UserError(UserErrorCode.REQUIRED, message, ("discountPercent",))
    form = Form()
    own = states.columns(quote) | terms.discount(form, quote.currency, given)
    form.done()
    after = await _adjusted(ctx, quote, await sums.lines_of(ctx, quote_id), lines)
    totals = sums.columns_of(sums.summed(own, after))
    decided = _decided(ctx, ApprovalState.ADJUSTED, comment) | totals
    decided["discount_percent"] = own["discount_percent"]
    decided["approved_percent"] = sums.given_off(own | totals, after)
    return await _tell(ctx, quote, decided, "adjusted")


async def _deciding(ctx: Context, quote_id: str, how: str, expected_version: int | None) -> Quote:
    """A quote whose discount the actor may decide about."""
    _may_decide(ctx)
    quote = await states.locked(ctx, quote_id, expected_version)
    states.require(quote, "changed")
    if quote.approval_state not in POSSIBLE[how]:
        message = f"Its approval is {quote.approval_state}; there is nothing to be {how}."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    if ctx.actor.user_id in {quote.owner_id, quote.approval_requested_by_id}:
        message = "Somebody else decides about a discount of your own."
        raise UserError(UserErrorCode.SELF_APPROVAL, message, ("id",))
    deciding = await approval.approvers(ctx, quote.owner_id, quote.approval_requested_by_id)
    if ctx.actor.user_id not in deciding.users:
        names = [one.name for one in await ctx.find(User, list(deciding.users))]
        message = f"To be decided by: {', '.join(names)}."
        raise UserError(UserErrorCode.NOT_THE_APPROVER, message, ("id",))
    return quote


def _may_decide(ctx: Context) -> None:
    ctx.require(Category.QUOTES)
    if ctx.actor.role not in TEAM_MANAGERS:
        message = f"The role {ctx.actor.role} approves no discounts; a manager does."
        raise Denied(DenialCode.FORBIDDEN, message)


def _decided(ctx: Context, state: ApprovalState, comment: str | None) -> dict[str, Any]:
    form = Form()
    text = form.optional_text("comment", comment, longest=LONGEST_COMMENT)
    form.done()
    return {
        "approval_state": state,
        "approver_id": ctx.actor.user_id,
        "approval_decided_at": ctx.now,
        "approval_comment": text,
    }


async def _tell(ctx: Context, quote: Quote, decided: Mapping[str, Any], how: str) -> Any:
    """Write a decision down, and tell it to who waits for it."""
    row = (await ctx.act.update(QUOTE, QUOTE.c.id == quote.id, decided, event=f"discount_{how}"))[0]
    who = await notifications.actor_name(ctx)
    waiting = [one for one in (quote.approval_requested_by_id, quote.owner_id) if one]
    await notifications.notify(
        ctx,
        waiting,
        NotificationKind.APPROVAL_DECIDED,
        record=("quote", quote.id),
        text=f"{who} {how} the discount in {quote.number}, “{quote.title}”.",
    )
    return row


async def _adjusted(
    ctx: Context, quote: Quote, lines: Sequence[sums.Row], given: Sequence[Adjusted]
) -> list[sums.Row]:
    """Write other discounts on lines; all lines as they are then."""
    by_id = {row["id"]: dict(row) for row in lines}
    refused: list[UserError] = []
    for at, one in enumerate(given):
        form = Form()
        if one.line_id not in by_id:
            refused.append(not_found(("lines", at, "id")))
            continue
        row = by_id[one.line_id] | {"currency": quote.currency}
        row["discount_percent"] = form.percentage("discountPercent", one.percent)
        row["total_amount"] = offered.total(form, row)
        by_id[one.line_id] = row
        refused += [error.at("lines", at) for error in form.refusals]
    if refused:
        raise Refusals(refused)
    changed = [by_id[one.line_id] for one in given]
    if changed:
        await ctx.act.write_set(
            LINE,
            "quote_line.updated",
            _ADJUST,
            ctx.workspace_id,
            ctx.now,
            [row["id"] for row in changed],
            [row["discount_percent"] for row in changed],
            [row["total_amount"] for row in changed],
        )
    return list(by_id.values())
