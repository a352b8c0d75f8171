"""Credit memos: what an invoice does not ask for any more, or what is given back of it."""

from decimal import Decimal
from typing import Any

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from services import numbers
from services.invoices import states
from services.invoices.payments import in_currency, shown
from services.rules.forms import Form
from services.rules.numbers import Numbered

MEMO = metadata.tables["credit_memo"]
LONGEST_REASON = 1000


async def create(
    ctx: Context,
    invoice_id: str,
    amount: Decimal,
    currency: str | None,
    *,
    reason: str,
    refund: bool = False,
    expected_version: int | None = None,
) -> tuple[Any, Any]:
    """Take an amount off what is to be paid, or give back what was paid of it. Invoice and memo."""
    states.require_finance(ctx)
    invoice = await states.locked(ctx, invoice_id, expected_version, path=("invoiceId",))
    states.refuse_unless(invoice, "credit")
    form = Form()
    text = form.text("reason", reason, longest=LONGEST_REASON)
    credited = in_currency(form, invoice, amount, currency)
    form.done()
    account = states.account(invoice)
    most = account.kept if refund else account.balance
    if credited > most:
        what = "was paid and not given back" if refund else "is still to be paid"
        raise UserError(
            UserErrorCode.OVERPAYMENT,
            f"Of {invoice.number} {most} {invoice.currency} {what}.",
            ("amount", "amount"),
            balance=shown(most, invoice.currency),
        )
    (number,) = await numbers.take(ctx.act, Numbered.CREDIT_MEMO)
    memo = await ctx.act.insert(
        MEMO,
        {
            "number": number,
            "invoice_id": invoice_id,
            "amount": credited,
            "currency": invoice.currency,
            "refund": refund,
            "reason": text,
            "issued_on": ctx.today,
            "issued_by_id": ctx.actor.user_id,
        },
    )
    sums = {"credited_amount": account.credited + credited}
    if refund:
        sums["refunded_amount"] = account.refunded + credited
    cause = f"credit memo {number} over {credited} {invoice.currency}: {text}"
    row = await states.settle(ctx, invoice, "credited", cause=cause, **sums)
    return row, memo
