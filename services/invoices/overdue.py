"""Overdue invoices: found once, when the day after the due date begins where the workspace is."""

import sqlalchemy as sa

from core.writes import Transaction
from models.sale_enums import InvoiceStatus
from services.contracts import states
from services.invoices.states import INVOICE
from services.rules.tasks import day_of


async def find(act: Transaction) -> None:
    """Flip every invoice of a workspace that has become late, in one statement."""
    workspace = await states.workspace(act)
    today = day_of(act.now, workspace["time_zone"])
    late = sa.and_(
        INVOICE.c.status.in_((InvoiceStatus.SENT, InvoiceStatus.PARTIALLY_PAID)),
        INVOICE.c.due_date < today,
        INVOICE.c.deleted_at.is_(None),
    )
    values = {"status": InvoiceStatus.OVERDUE, "overdue_at": act.now}
    for row in await act.update(INVOICE, late, values, event="overdue"):
        cause = f"not paid by {row['due_date']}"
        act.emit("invoice.overdue", "invoice", row["id"], cause=cause)
