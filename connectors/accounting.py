"""Accounting systems: what each of them can do for us; none can be connected yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Position:
    """A line of an invoice."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice as an accounting system takes it."""

    number: str
    customer: str
    email: str | None
    currency: str
    issued_on: date
    due_on: date
    discount: Decimal
    tax: Decimal
    total: Decimal
    positions: Sequence[Position]


class Provider(Protocol):
    """What every accounting system can do for us."""

    async def push(self, bill: Bill, *, key: str) -> str:
        """Bring an invoice in, once for each key; the provider's id of it."""

    async def void(self, provider_id: str) -> None:
        """Take an invoice out again."""
