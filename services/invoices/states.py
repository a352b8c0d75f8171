"""The states of invoices: where what was paid, credited and found late puts them."""

from decimal import Decimal
from typing import Any

from auth.context import Context
from core.codes import DenialCode, UserErrorCode
from core.errors import Denied, Path, UserError
from core.names import titled
from models import metadata
from models.invoices import Invoice
from models.registry import REGISTRY
from models.sale_enums import InvoiceStatus
from services import records
from services.rules import invoices as rules

INVOICE = metadata.tables["invoice"]


def require_finance(ctx: Context) -> None:
    """Deny unless the actor has Finance access: an Admin has not."""
    if not ctx.actor.has_finance_access:
        message = f"The role {ctx.actor.role} lacks Finance access; somebody of Finance has it."
        raise Denied(DenialCode.FORBIDDEN, message)


async def locked(
    ctx: Context, invoice_id: str, expected_version: int | None = None, *, path: Path = ("id",)
) -> Any:
    """An invoice that the actor may write on, kept from others until the act ends."""
    entity = REGISTRY["Invoice"]
    records.may_write(ctx, entity)
    if path != ("id",):
        await ctx.get(Invoice, invoice_id, path=path)
    return await records.locked(ctx, entity, invoice_id, expected_version)


def refuse_unless(invoice: Any, act: str) -> None:
    """Refuse what an invoice does not take in its state, naming the states in which it does."""
    allowed = rules.ACTS[act]
    if invoice.status not in allowed:
        message = f"{invoice.number} is {titled(invoice.status)}; this takes one that is"
        message += f" {' or '.join(map(titled, allowed))}."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))


def account(invoice: Any) -> rules.Account:
    """What an invoice asks for, and what became of it."""
    return rules.Account(
        invoice.total_amount, invoice.paid_amount, invoice.refunded_amount, invoice.credited_amount
    )


async def settle(ctx: Context, invoice: Any, event: str, *, cause: str, **sums: Decimal) -> Any:
    """Write new sums on an invoice, and where they put it; being paid is told before all else."""
    before = account(invoice)
    after = rules.Account(
        before.total,
        sums.get("paid_amount", before.paid),
        sums.get("refunded_amount", before.refunded),
        sums.get("credited_amount", before.credited),
    )
    status = rules.status(after, overdue=invoice.overdue_at is not None)
    is_paid = status == InvoiceStatus.PAID
    if is_paid and invoice.status != InvoiceStatus.PAID:
        event = "paid"
    values: dict[str, Any] = {**sums, "status": InvoiceStatus[status]}
    values["paid_at"] = (invoice.paid_at or ctx.now) if is_paid else None
    where = INVOICE.c.id == invoice.id
    (row,) = await ctx.act.update(INVOICE, where, values, event=event)
    ctx.act.emit(f"invoice.{event}", "invoice", invoice.id, cause=cause)
    return row
