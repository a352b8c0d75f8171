"""Overdue invoices: found once, when the day after the due date begins where the workspace is."""

from typing import Any

import sqlalchemy as sa

from core.writes import Transaction
from models.sale_enums import InvoiceStatus
from services import sweeps
from services.invoices.states import INVOICE


def _late(today: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        INVOICE.c.status.in_((InvoiceStatus.SENT, InvoiceStatus.PARTIALLY_PAID)),
        INVOICE.c.due_date < today,
        INVOICE.c.deleted_at.is_(None),
    )


ASKED = sweeps.question(sweeps.rows(INVOICE, _late(sweeps.TODAY)))
"""Whether an invoice has become late."""


async def find(act: Transaction) -> None:
    """Flip every invoice of a workspace that has become late, in one statement."""
    today = await sweeps.today(act)
    values = {"status": InvoiceStatus.OVERDUE, "overdue_at": act.now}
    for row in await act.update(INVOICE, _late(today), values, event="overdue"):
        cause = f"not paid by {row['due_date']}"
        act.emit("invoice.overdue", "invoice", row["id"], cause=cause)
