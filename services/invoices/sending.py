"""Sending, and withdrawing, invoices."""

from collections.abc import Sequence
from typing import Any

from auth.context import Context, as_row
from core.codes import UserErrorCode
from core.errors import UserError
from models.invoices import Invoice
from models.sale_enums import InvoiceStatus
from services import outbox
from services.contracts.states import workspace
from services.invoices import lines, states
from services.invoices.states import INVOICE
from services.rules import invoices as rules
from services.rules import letters, paper
from services.rules.forms import Form

LONGEST_MESSAGE = 5000
LONGEST_REASON = 1000


async def send(
    ctx: Context,
    invoice_id: str,
    *,
    to: Sequence[str] | None = None,
    message: str | None = None,
    expected_version: int | None = None,
) -> tuple[Any, Any]:
    """Send an invoice to whom it bills, or send it again. Invoice and mail."""
    invoice = await states.locked(ctx, invoice_id, expected_version)
    states.refuse_unless(invoice, "send")
    if not await lines.of(ctx, invoice_id):
        raise UserError(UserErrorCode.REQUIRED, "An invoice has at least one line.", ("lines",))
    recipients = list(to) if to else [invoice.bill_to_email] if invoice.bill_to_email else []
    form = Form()
    words = form.optional_text("message", message, longest=LONGEST_MESSAGE)
    form.done()
    if invoice.status == InvoiceStatus.DRAFT:
        invoice = await _issue(ctx, invoice)
    mail = await _mail(ctx, invoice, recipients, words)
    return invoice, mail


async def void(
    ctx: Context, invoice_id: str, reason: str, *, expected_version: int | None = None
) -> Any:
    """Withdraw an invoice on which nothing was paid."""
    states.require_finance(ctx)
    invoice = await states.locked(ctx, invoice_id, expected_version)
    states.refuse_unless(invoice, "void")
    if states.account(invoice).kept > 0:
        message = f"{invoice.number} was paid in part; give that back by a credit memo."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    form = Form()
    text = form.text("reason", reason, longest=LONGEST_REASON)
    form.done()
    values = {"status": InvoiceStatus.VOID, "voided_at": ctx.now, "void_reason": text}
    where = INVOICE.c.id == invoice_id
    (row,) = await ctx.act.update(INVOICE, where, values, event="voided")
    ctx.act.emit("invoice.voided", "invoice", invoice_id, cause=f"withdrawn: {text}")
    return row


async def _issue(ctx: Context, draft: Invoice) -> Invoice:
    """Let a draft be an invoice; one that would be late before it is sent is of this day."""
    day = ctx.today
    values: dict[str, Any] = {
        "status": InvoiceStatus[rules.status(states.account(draft), overdue=False)],
        "sent_at": ctx.now,
    }
    if draft.due_date < day:
        values |= {"issue_date": day, "due_date": rules.due(day, draft.terms_days)}
    if values["status"] == InvoiceStatus.PAID:
        values["paid_at"] = ctx.now
    (row,) = await ctx.act.update(INVOICE, INVOICE.c.id == draft.id, values, event="sent")
    ctx.act.emit("invoice.sent", "invoice", draft.id, cause="sent to the customer")
    return as_row(Invoice, row)


async def _mail(
    ctx: Context, invoice: Invoice, recipients: Sequence[str], message: str | None
) -> Any:
    setting = await workspace(ctx.act)
    style = paper.style(setting["locale"])
    words = letters.invoice_sent(
        seller=setting["name"],
        customer=invoice.bill_to_name,
        number=invoice.number,
        total=style.money(invoice.balance_amount, invoice.currency),
        due_date=style.date(invoice.due_date),
        message=message,
    )
    return await outbox.write(
        ctx,
        kind="INVOICE_SENT",
        recipients=recipients,
        subject=words.subject,
        text=words.text,
        about=("invoice", invoice.id),
        with_document=True,
        owner_id=invoice.owner_id,
    )
