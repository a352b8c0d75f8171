"""The sums of a quote, and the approval its discount needs: worked out whenever it changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from core.money import MAX_AMOUNT
from models.quotes import Quote
from models.sale_enums import ApprovalState
from services import role_settings
from services.quotes import approval, states
from services.quotes.approval import Approvers
from services.quotes.states import LINE, QUOTE
from services.rules import quotes as rules
from services.rules.quotes import DiscountTooHighError, Line, Totals

_NEEDED = (
    LINE.c.id,
    LINE.c.position,
    LINE.c.quantity,
    LINE.c.list_price_amount,
    LINE.c.tier_percent,
    LINE.c.unit_price_amount,
    LINE.c.discount_percent,
    LINE.c.tax_percent,
)

Row = Mapping[str, Any]


async def lines_of(ctx: Context, quote_id: str) -> list[Row]:
    """What the sums of a quote are made of, in the order of its lines."""
    return await ctx.act.fetch(
        sa.select(*_NEEDED)
        .where(LINE.c.workspace_id == ctx.workspace_id, LINE.c.quote_id == quote_id)
        .order_by(LINE.c.position)
    )


def summed(quote: Row, lines: Sequence[Row]) -> Totals:
    """All sums of a quote; refused where its discount or its total is too high."""
    try:
        sums = rules.totals(
            [_line(row) for row in lines],
            quote["currency"],
            discount=quote["discount_amount"],
            discount_percent=quote["discount_percent"],
            tax_percent=quote["tax_percent"],
        )
    except DiscountTooHighError as error:
        message = f"{error} Lower the discount of the whole quote first."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("discount",)) from error
    if max(sums.subtotal, sums.total) >= MAX_AMOUNT:
        message = f"A quote comes to less than {MAX_AMOUNT:,}."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("lines",))
    return sums


def given_off(quote: Row, lines: Sequence[Row]) -> Decimal:
    """The highest discount in a quote, in percent: of a line or of the whole."""
    currency = quote["currency"]
    highest = max(
        (
            rules.line_discount(
                rules.tier_price(row["list_price_amount"], row["tier_percent"], currency),
                _line(row),
            )
            for row in lines
        ),
        default=rules.ZERO,
    )
    whole: Decimal | None = quote["discount_percent"]
    if whole is None:
        whole = rules.percent_of(quote["discount_amount"], quote["subtotal_amount"])
    return max(highest, whole)


def columns_of(sums: Totals) -> dict[str, Decimal]:
    """The sums as a quote keeps them."""
    return {
        "subtotal_amount": sums.subtotal,
        "discount_amount": sums.discount,
        "tax_amount": sums.tax,
        "total_amount": sums.total,
    }


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the approval of a quote's discount stands, and who is to be told of it."""

    percent: Decimal
    columns: Mapping[str, Any]
    deciding: Approvers | None = None
    """Who is asked, where nobody was asked for it before."""

    async def tell(self, ctx: Context, quote: Any) -> None:
        """Ask for the approval, if it is to be asked for."""
        if self.deciding is not None:
            await approval.tell(ctx, quote, self.percent, self.deciding)


async def standing(
    ctx: Context, quote: Row, lines: Sequence[Row], before: Decimal = rules.ZERO
) -> Standing:
    """Where the approval stands by what a quote gives off; it gave `before` off before that."""
    percent = given_off(quote, lines)
    state = rules.approval_after(
        percent,
        await role_settings.discount_limit(ctx, quote["owner_id"]),
        quote["approval_state"],
        approved=quote["approved_percent"],
        before=before,
    )
    columns: dict[str, Any] = {"approval_state": state}
    if state != ApprovalState.REQUIRED or state == quote["approval_state"]:
        return Standing(percent, columns)
    deciding = await approval.approvers(ctx, quote["owner_id"], ctx.actor.user_id)
    return Standing(percent, columns | approval.asked(ctx, deciding), deciding)


async def settle(
    ctx: Context,
    quote: Quote,
    before: Sequence[Row],
    after: Sequence[Row],
    values: Mapping[str, Any] | None = None,
) -> Any:
    """Write what a change of lines or terms makes of a quote; its lines are left alone."""
    was = states.columns(quote)
    changed = was | dict(values or {})
    changed |= columns_of(summed(changed, after))
    stands = await standing(ctx, changed, after, given_off(was, before))
    changed |= stands.columns
    told = {name: value for name, value in changed.items() if was[name] != value}
    row = (await ctx.act.update(QUOTE, QUOTE.c.id == quote.id, told))[0]
    # Its version rises with its lines, even where they come to the same.
    ctx.act.emit("quote.updated", "quote", quote.id, discountPercent=str(stands.percent))
    await stands.tell(ctx, row)
    return row


async def resettle(ctx: Context, quote_id: str) -> None:
    """Work a quote out anew whose lines or terms were put back to what they were before."""
    quote = await ctx.get(Quote, quote_id, lock=True)
    lines = await lines_of(ctx, quote_id)
    await settle(ctx, quote, lines, lines)


def _line(row: Row) -> Line:
    return Line(
        row["quantity"], row["unit_price_amount"], row["discount_percent"], row["tax_percent"]
    )
