"""Invoices: what is left to be paid, and where that puts them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

DRAFT, SENT, PARTIALLY, PAID = "DRAFT", "SENT", "PARTIALLY_PAID", "PAID"
OVERDUE, VOID = "OVERDUE", "VOID"

ACTS: Mapping[str, tuple[str, ...]] = {
    "edit": (DRAFT,),
    "send": (DRAFT, SENT, PARTIALLY, OVERDUE),
    "pay": (SENT, PARTIALLY, PAID, OVERDUE),
    "credit": (SENT, PARTIALLY, PAID, OVERDUE),
    "void": (DRAFT, SENT, OVERDUE),
}
"""In which states an invoice takes what is done with it."""

MOST_DAYS = 365
"""Of payment terms."""


@dataclass(frozen=True, slots=True)
class Account:
    """What an invoice asks for, and what became of it."""

    total: Decimal
    paid: Decimal
    refunded: Decimal
    credited: Decimal

    @property
    def kept(self) -> Decimal:
        """What was paid and not given back."""
        return self.paid - self.refunded

    @property
    def balance(self) -> Decimal:
        """What is still to be paid."""
        return self.total - self.kept - self.credited


def status(account: Account, *, overdue: bool) -> str:
    """Where an invoice stands that was sent and is not void; `overdue` once it was found so."""
    if account.balance <= 0:
        return PAID
    if overdue:
        return OVERDUE
    return PARTIALLY if account.kept > 0 else SENT


def due(issued: date, days: int) -> date:
    """The day an invoice is due."""
    return issued + timedelta(days=days)
