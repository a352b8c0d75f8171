"""Payments: money received for an invoice, recorded by Finance."""

from datetime import date
from decimal import Decimal
from typing import Any

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.invoices import Invoice, Payment
from models.sale_enums import PaymentMethod, PaymentSource
from services.invoices import states
from services.rules.forms import Form
from services.values import amount as checked_amount

PAYMENT = metadata.tables["payment"]
LONGEST_REFERENCE = 200


async def record(
    ctx: Context,
    invoice_id: str,
    amount: Decimal,
    currency: str | None,
    *,
    paid_on: date | None = None,
    method: PaymentMethod,
    reference: str | None = None,
    expected_version: int | None = None,
) -> tuple[Any, Any]:
    """Note money that came in; what is more than the balance is refused. Invoice and payment."""
    states.require_finance(ctx)
    invoice = await states.locked(ctx, invoice_id, expected_version)
    states.refuse_unless(invoice, "pay")
    form = Form()
    day = ctx.today if paid_on is None else paid_on
    if day > ctx.today:
        form.refuse(UserErrorCode.INVALID_VALUE, "It cannot have come in yet.", "paidOn")
    text = form.optional_text("reference", reference, longest=LONGEST_REFERENCE)
    received = in_currency(form, invoice, amount, currency)
    form.done()
    balance = states.account(invoice).balance
    if received > balance:
        raise UserError(
            UserErrorCode.OVERPAYMENT,
            f"{invoice.number} has a balance of {balance} {invoice.currency}.",
            ("amount", "amount"),
            balance=shown(balance, invoice.currency),
        )
    payment = await ctx.act.insert(
        PAYMENT,
        {
            "invoice_id": invoice_id,
            "amount": received,
            "currency": invoice.currency,
            "paid_on": day,
            "method": method,
            "source": PaymentSource.MANUAL,
            "reference": text,
            "recorded_by_id": ctx.actor.user_id,
        },
    )
    row = await states.settle(
        ctx,
        invoice,
        "partially_paid",
        cause=f"payment of {received} {invoice.currency} received on {day}",
        paid_amount=invoice.paid_amount + received,
    )
    return row, payment


async def delete(ctx: Context, payment_id: str) -> Any:
    """Take a payment back that was recorded by mistake; the invoice as it is then."""
    states.require_finance(ctx)
    seen: Any = await ctx.get(Payment, payment_id)
    # The invoice first, as whoever records a payment takes it.
    invoice = await states.locked(ctx, seen.invoice_id)
    payment: Any = await ctx.get(Payment, payment_id, lock=True)
    rest = invoice.paid_amount - payment.amount
    if rest < invoice.refunded_amount:
        message = "It was given back by a credit memo; a refund stays with what it gives back."
        raise UserError(UserErrorCode.IN_USE, message, ("id",))
    await ctx.act.delete(PAYMENT, PAYMENT.c.id == payment_id)
    cause = f"payment of {payment.amount} {payment.currency} taken back"
    return await states.settle(ctx, invoice, "payment_deleted", cause=cause, paid_amount=rest)


def in_currency(form: Form, invoice: Invoice, amount: Decimal, currency: str | None) -> Decimal:
    """An amount above zero in the currency of an invoice."""
    code = (currency or invoice.currency).strip().upper()
    if code != invoice.currency:
        message = f"{invoice.number} is in {invoice.currency}; send the amount in it."
        form.refuse(UserErrorCode.CURRENCY_MISMATCH, message, "amount", "currency")
        return amount
    if amount <= 0:
        form.refuse(UserErrorCode.INVALID_VALUE, "Send an amount above 0.", "amount", "amount")
        return amount
    return checked_amount(form, "amount", amount, code)


def shown(amount: Decimal, currency: str) -> dict[str, Any]:
    """An amount as a refusal carries it."""
    return {"amount": amount, "currency": currency}
