"""The lines of an invoice: changed while it is a draft, and its sums with them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from core.money import MAX_AMOUNT
from models import metadata
from models.invoices import InvoiceLine
from services.invoices import states
from services.invoices.states import INVOICE
from services.quotes import offered
from services.quotes.offered import MOST_LINES, Offered
from services.rules import quotes as rules
from services.rules.forms import Form

LINE = metadata.tables["invoice_line"]
KEPT = (
    "product_id",
    "description",
    "quantity",
    "currency",
    "unit_price_amount",
    "discount_percent",
    "tax_percent",
    "total_amount",
)
"""What an invoice's line keeps of a priced one."""


async def add(
    ctx: Context, invoice_id: str, line: Offered, *, expected_version: int | None = None
) -> tuple[Any, Any]:
    """Put a line below the others of a draft. Invoice and line."""
    invoice = await states.locked(ctx, invoice_id, expected_version, path=("invoiceId",))
    states.refuse_unless(invoice, "edit")
    lines = await of(ctx, invoice_id)
    if len(lines) >= MOST_LINES:
        message = f"An invoice has at most {MOST_LINES} lines."
        raise UserError(UserErrorCode.TOO_MANY, message, ("invoiceId",))
    (columns,) = await priced(ctx, invoice.currency, [line], ())
    position = max((one["position"] for one in lines), default=0) + 1
    own = {"invoice_id": invoice_id, "position": position}
    row = await ctx.act.insert(LINE, columns | own)
    return await reckon(ctx, invoice, [*lines, row]), row


async def update(
    ctx: Context,
    line_id: str,
    given: Mapping[str, Any],
    *,
    expected_version: int | None = None,
) -> tuple[Any, Any]:
    """Change a line of a draft: what is left out stays. Invoice and line."""
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.")
    invoice, lines, line = await _found(ctx, line_id, expected_version)
    form = Form()
    values = offered.checked(form, invoice.currency, given)
    if "description" in values and not values["description"]:
        form.refuse(UserErrorCode.REQUIRED, "Say what is billed.", "description")
    if "unit_price" in values:
        price = values.pop("unit_price")
        if price is None:
            form.refuse(UserErrorCode.REQUIRED, "Say what one costs.", "unitPrice")
        values["unit_price_amount"] = price
    form.done()
    changed = {**line, **values}
    changed["total_amount"] = offered.total(form, changed)
    form.done()
    values["total_amount"] = changed["total_amount"]
    (row,) = await ctx.act.update(LINE, LINE.c.id == line_id, values)
    rest = [row if one["id"] == line_id else one for one in lines]
    return await reckon(ctx, invoice, rest), row


async def remove(ctx: Context, line_id: str, *, expected_version: int | None = None) -> Any:
    """Take a line from a draft; the invoice as it is then."""
    invoice, lines, _ = await _found(ctx, line_id, expected_version)
    await ctx.act.delete(LINE, LINE.c.id == line_id)
    return await reckon(ctx, invoice, [one for one in lines if one["id"] != line_id])


async def priced(
    ctx: Context, currency: str, given: Sequence[Offered], *paths: Sequence[str | int]
) -> list[dict[str, Any]]:
    """The columns of lines, priced as a quote's are."""
    found = await offered.priced(ctx, currency, given, *paths)
    return [{name: one[name] for name in KEPT} for one in found]


async def of(ctx: Context, invoice_id: str) -> list[Any]:
    """The lines of an invoice, in order."""
    return await ctx.act.fetch(
        sa.select(LINE)
        .where(LINE.c.workspace_id == ctx.workspace_id, LINE.c.invoice_id == invoice_id)
        .order_by(LINE.c.position)
    )


def sums(
    lines: Sequence[Mapping[str, Any]],
    currency: str,
    *,
    discount: Decimal,
    tax_percent: Decimal | None,
) -> dict[str, Decimal]:
    """The columns of an invoice that follow from its lines."""
    try:
        totals = rules.totals(
            [
                rules.Line(
                    one["quantity"],
                    one["unit_price_amount"],
                    one["discount_percent"],
                    one["tax_percent"],
                )
                for one in lines
            ],
            currency,
            discount=discount,
            tax_percent=tax_percent or rules.ZERO,
        )
    except rules.DiscountTooHighError as error:
        raise UserError(UserErrorCode.INVALID_VALUE, str(error), ("discount",)) from error
    if totals.total >= MAX_AMOUNT:
        message = f"An invoice comes to less than {MAX_AMOUNT:,}."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("lines",))
    return {
        "subtotal_amount": totals.subtotal,
        "discount_amount": totals.discount,
        "tax_amount": totals.tax,
        "total_amount": totals.total,
    }


async def reckon(ctx: Context, invoice: Any, lines: Sequence[Mapping[str, Any]]) -> Any:
    """Bring the sums of an invoice up to its lines; its version rises, whatever they come to."""
    values = sums(
        lines,
        invoice.currency,
        discount=invoice.discount_amount,
        tax_percent=invoice.tax_percent,
    )
    where = INVOICE.c.id == invoice.id
    return (await ctx.act.update(INVOICE, where, values, event="lines_changed"))[0]


async def _found(
    ctx: Context, line_id: str, expected_version: int | None
) -> tuple[Any, list[Any], Any]:
    seen: Any = await ctx.get(InvoiceLine, line_id)
    invoice = await states.locked(ctx, seen.invoice_id, expected_version)
    states.refuse_unless(invoice, "edit")
    lines = await of(ctx, invoice.id)
    line = next((one for one in lines if one["id"] == line_id), None)
    if line is None:
        raise not_found()
    return invoice, lines, line
