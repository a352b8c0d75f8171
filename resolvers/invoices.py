"""Invoices: the shared acts, lines, sending, payments and credit memos."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from strawberry import UNSET

from auth.context import Context
from resolvers.crud import crud
from resolvers.mutation import mutation
from schema import invoices as given
from schema.inputs import arg
from schema.invoices import CreditMemo, Invoice, InvoiceLine, InvoiceLineInput, Payment
from schema.outbox import EmailDelivery
from schema.scalars import CurrencyCode
from services.invoices import accounting, credit, lines, making, payments, sending
from services.quotes.offered import Offered


async def _create(
    ctx: Context,
    given: Mapping[str, Any],
    *,
    lines: list[InvoiceLineInput] | None = None,
    currency: str | None = None,
) -> Any:
    offers = None if lines is None else [_offered(one) for one in lines]
    return await making.create(ctx, given, lines=offers, currency=currency)


crud(
    Invoice,
    create=_create,
    update=making.update,
    without=frozenset({"delete", "restore", "upsert", "bulk"}),
    extra={
        "lines": (
            list[InvoiceLineInput] | None,
            arg(
                "What is billed, at most 200 lines. Left out for a deal it is what its accepted"
                " quote says, refused where that has its invoice; without such a quote, what the"
                " deal is worth.",
                default=UNSET,
            ),
        ),
        "currency": (
            CurrencyCode | None,
            arg("Its currency; the deal's, or the workspace's, when left out.", default=UNSET),
        ),
    },
)


def _offered(line: InvoiceLineInput) -> Offered:
    price = line.unit_price
    own = {"unit_price": price} if line.product_id is None else {"unit_price_override": price}
    return Offered(
        quantity=line.quantity,
        product_id=line.product_id,
        description=line.description,
        discount_percent=line.discount_percent,
        tax_percent=line.tax_percent,
        **own,
    )


@mutation(invoice=Invoice, line=InvoiceLine)
async def invoice_line_add(ctx: Context, input: given.InvoiceLineAddInput) -> dict[str, Any]:
    """Put a line below the others of a draft."""
    invoice, line = await lines.add(
        ctx, input.invoice_id, _offered(input), expected_version=input.expected_version
    )
    return {"invoice": invoice, "line": line}


@mutation(invoice=Invoice, line=InvoiceLine)
async def invoice_line_update(ctx: Context, input: given.InvoiceLineUpdateInput) -> dict[str, Any]:
    """Change a line of a draft."""
    names = {one.name for one in fields(input)} - {"id", "expected_version", "idempotency_key"}
    sent = {name: getattr(input, name) for name in names}
    invoice, line = await lines.update(
        ctx,
        input.id,
        {name: value for name, value in sent.items() if value is not UNSET},
        expected_version=input.expected_version,
    )
    return {"invoice": invoice, "line": line}


@mutation(invoice=Invoice)
async def invoice_line_remove(ctx: Context, input: given.InvoiceLineRemoveInput) -> Any:
    """Take a line from a draft."""
    return await lines.remove(ctx, input.id, expected_version=input.expected_version)


@mutation(invoice=Invoice, delivery=EmailDelivery)
async def invoice_send(ctx: Context, input: given.InvoiceSendInput) -> dict[str, Any]:
    """Send an invoice with its PDF, or send it again.

    Example: `invoiceSend(input: {id: "inv_01…"}) {invoice {status} delivery {state}}`.
    """
    invoice, mail = await sending.send(
        ctx,
        input.id,
        to=input.to,
        message=input.message,
        expected_version=input.expected_version,
    )
    return {"invoice": invoice, "delivery": mail}


@mutation(invoice=Invoice)
async def invoice_void(ctx: Context, input: given.InvoiceVoidInput) -> Any:
    """Withdraw an invoice on which nothing was paid; Finance does."""
    version = input.expected_version
    return await sending.void(ctx, input.id, input.reason, expected_version=version)


@mutation(invoice=Invoice)
async def invoice_sync(ctx: Context, input: given.InvoiceSyncInput) -> Any:
    """Bring an invoice into the connected accounting system; Finance does."""
    return await accounting.sync(ctx, input.id)


@mutation(invoice=Invoice, payment=Payment)
async def invoice_payment_record(
    ctx: Context, input: given.InvoicePaymentRecordInput
) -> dict[str, Any]:
    """Record money that came in for an invoice; Finance does.

    Example: `invoicePaymentRecord(input: {id: "inv_01…", amount: {amount: "500.00"}})
    {invoice {status balance {amount}}}`.
    """
    invoice, payment = await payments.record(
        ctx,
        input.id,
        input.amount.amount,
        input.amount.currency,
        paid_on=input.paid_on,
        method=input.method,
        reference=input.reference,
        expected_version=input.expected_version,
    )
    return {"invoice": invoice, "payment": payment}


@mutation(invoice=Invoice)
async def payment_delete(ctx: Context, input: given.PaymentDeleteInput) -> Any:
    """Take back a payment that was recorded by mistake; Finance does."""
    return await payments.delete(ctx, input.id)


@mutation(invoice=Invoice, credit_memo=CreditMemo)
async def credit_memo_create(ctx: Context, input: given.CreditMemoCreateInput) -> dict[str, Any]:
    """Credit an amount of an invoice, or give back what was paid of it; Finance does."""
    invoice, memo = await credit.create(
        ctx,
        input.invoice_id,
        input.amount.amount,
        input.amount.currency,
        reason=input.reason,
        refund=input.refund,
        expected_version=input.expected_version,
    )
    return {"invoice": invoice, "credit_memo": memo}
