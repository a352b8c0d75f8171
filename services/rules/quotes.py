"""Arithmetic of quotes: exact, and rounded once a line, half away from zero."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext

from core import money

ZERO = Decimal(0)
_HUNDRED = Decimal(100)
# Wide enough that a product of two of our numbers is exact before it is rounded.
_EXACT = Context(prec=80)


class DiscountTooHighError(ValueError):
    """The discount on the whole quote is more than its lines are worth."""


@dataclass(frozen=True, slots=True)
class Line:
    """One product as offered: how many, for how much, with what percentage off."""

    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Totals:
    """Every sum of a quote."""

    lines: tuple[Decimal, ...]
    subtotal: Decimal
    """After the discounts of the lines."""
    discount: Decimal
    tax: Decimal
    """On the subtotal less the discount."""
    total: Decimal


def line_total(line: Line, currency: str) -> Decimal:
    """What a line comes to after its own discount."""
    with localcontext(_EXACT):
        kept = (_HUNDRED - line.discount_percent) / _HUNDRED
        return money.rounded(line.quantity * line.unit_price * kept, currency)


def tax_on(base: Decimal, percent: Decimal, currency: str) -> Decimal:
    """The tax on a discounted sum."""
    with localcontext(_EXACT):
        return money.rounded(base * percent / _HUNDRED, currency)


def totals(
    lines: Iterable[Line],
    currency: str,
    *,
    discount: Decimal = ZERO,
    tax_percent: Decimal = ZERO,
) -> Totals:
    """All sums of a quote; its own discount comes off before the tax."""
    sums = tuple(line_total(line, currency) for line in lines)
    with localcontext(_EXACT):
        subtotal = money.rounded(sum(sums, ZERO), currency)
        off = money.rounded(discount, currency)
        if not 0 <= off <= subtotal:
            raise DiscountTooHighError(f"A discount lies between 0 and the subtotal, {subtotal}.")
        tax = tax_on(subtotal - off, tax_percent, currency)
        return Totals(sums, subtotal, off, tax, subtotal - off + tax)
