"""Arithmetic of quotes and invoices: exact, and rounded once a line, half away from zero."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Context, Decimal, localcontext

from core import money

ZERO = Decimal(0)
HUNDRED = Decimal(100)
# Wide enough that a product of two of our numbers is exact before it is rounded.
_EXACT = Context(prec=80)
_HUNDREDTH = Decimal("0.01")
_RATE = Decimal("0.0000000001")


class DiscountTooHighError(ValueError):
    """The discount on the whole quote is more than its lines are worth."""


@dataclass(frozen=True, slots=True)
class Line:
    """One product as offered: how many, for how much, with what percentage off."""

    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = ZERO
    tax_percent: Decimal | None = None
    """Its own tax rate; None is that of the whole."""


@dataclass(frozen=True, slots=True)
class Taxed:
    """The part of the lines that has one tax rate."""

    percent: Decimal
    base: Decimal
    """After the discounts of the lines and their shares of the discount on the whole."""
    tax: Decimal


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
    rates: tuple[Taxed, ...]
    """What the tax is made of, the lowest rate first."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A discount that a product has from a quantity on."""

    min_quantity: Decimal
    percent: Decimal


def line_total(line: Line, currency: str) -> Decimal:
    """What a line comes to after its own discount."""
    with localcontext(_EXACT):
        return _line_total(line, currency)


def tax_on(base: Decimal, percent: Decimal, currency: str) -> Decimal:
    """The tax on a discounted sum."""
    with localcontext(_EXACT):
        return money.rounded(base * percent / HUNDRED, currency)


def totals(
    lines: Iterable[Line],
    currency: str,
    *,
    discount: Decimal = ZERO,
    discount_percent: Decimal | None = None,
    tax_percent: Decimal = ZERO,
) -> Totals:
    """All sums of a quote; its own discount comes off before the tax.

    A `discount_percent` of the subtotal goes before an amount.
    """
    given = tuple(lines)
    with localcontext(_EXACT):
        sums = tuple(_line_total(line, currency) for line in given)
        subtotal = money.rounded(sum(sums, ZERO), currency)
        if discount_percent is not None:
            discount = subtotal * discount_percent / HUNDRED
        off = money.rounded(discount, currency)
        if not 0 <= off <= subtotal:
            raise DiscountTooHighError(f"A discount lies between 0 and the subtotal, {subtotal}.")
        percents = [tax_percent if line.tax_percent is None else line.tax_percent for line in given]
        rates = _taxed(sums, percents, spread(off, sums, currency, percents), currency)
        tax = money.rounded(sum((one.tax for one in rates), ZERO), currency)
        return Totals(sums, subtotal, off, tax, subtotal - off + tax, rates)


def spread(
    amount: Decimal, over: Sequence[Decimal], currency: str, ties: Sequence[Decimal] = ()
) -> list[Decimal]:
    """An amount shared out in proportion, to the smallest unit and with nothing left over.

    What is left after rounding down goes to the largest remainders; of equal ones to the larger
    part, then to the higher of `ties`, so that nothing depends on the order of the parts.
    """
    places = money.digits(currency)
    with localcontext(_EXACT):
        parts = [int(part.scaleb(places)) for part in over]
        units, whole = int(amount.scaleb(places)), sum(parts)
        if not units:
            return [ZERO] * len(parts)
        shares, rests = zip(*(divmod(units * part, whole) for part in parts), strict=True)
        kept = list(shares)
        tied = ties or [ZERO] * len(parts)
        first = sorted(range(len(parts)), key=lambda at: (-rests[at], -parts[at], -tied[at]))
        for at in first[: units - sum(kept)]:
            kept[at] += 1
        return [Decimal(share).scaleb(-places) for share in kept]


def tier_for(quantity: Decimal, tiers: Iterable[Tier]) -> Tier | None:
    """The quantity discount for so many: that of the largest quantity reached."""
    reached = [tier for tier in tiers if tier.min_quantity <= quantity]
    return max(reached, key=lambda tier: tier.min_quantity, default=None)


def tier_price(list_price: Decimal, percent: Decimal | None, currency: str) -> Decimal:
    """The price of one after a quantity discount."""
    if not percent:
        return list_price
    with localcontext(_EXACT):
        return money.rounded(list_price * (HUNDRED - percent) / HUNDRED, currency)


def exchange(ours: Decimal, theirs: Decimal) -> Decimal:
    """What one unit of a currency is worth in another, by what each is worth at home."""
    with localcontext(_EXACT):
        return (ours / theirs).quantize(_RATE, ROUND_HALF_UP)


def exchanged(amount: Decimal, rate: Decimal, currency: str) -> Decimal:
    """An amount in another currency, at a rate."""
    with localcontext(_EXACT):
        return money.rounded(amount * rate, currency)


def line_discount(reference: Decimal, line: Line) -> Decimal:
    """How much a line gives off its price in the catalogue, in percent of that.

    A unit price that was set lower by hand counts as a discount like any other. Never rounded
    down: what passes a limit by a little passes it.
    """
    if reference <= 0:
        return line.discount_percent
    with localcontext(_EXACT):
        kept = line.unit_price * (HUNDRED - line.discount_percent) / reference
        return max(ZERO, (HUNDRED - kept).quantize(_HUNDREDTH, ROUND_CEILING))


def percent_of(part: Decimal, whole: Decimal) -> Decimal:
    """A part in percent of the whole, never rounded down."""
    if whole <= 0:
        return ZERO
    with localcontext(_EXACT):
        return (part * HUNDRED / whole).quantize(_HUNDREDTH, ROUND_CEILING)


def approval_after(
    percent: Decimal, limit: Decimal, state: str, *, approved: Decimal | None, before: Decimal
) -> str:
    """Where the approval of a discount stands once the discount has become `percent`.

    What was approved stays approved up to that height; what was rejected is asked for again when
    it was changed.
    """
    if percent <= limit:
        return "NOT_NEEDED"
    if approved is not None and percent <= approved:
        return "ADJUSTED" if state == "ADJUSTED" else "APPROVED"
    if state == "REJECTED" and percent == before:
        return state
    return "REQUIRED"


def _line_total(line: Line, currency: str) -> Decimal:
    kept = (HUNDRED - line.discount_percent) / HUNDRED
    return money.rounded(line.quantity * line.unit_price * kept, currency)


def _taxed(
    sums: Sequence[Decimal],
    percents: Sequence[Decimal],
    shares: Sequence[Decimal],
    currency: str,
) -> tuple[Taxed, ...]:
    bases: dict[Decimal, Decimal] = {}
    for amount, percent, share in zip(sums, percents, shares, strict=True):
        bases[percent] = bases.get(percent, ZERO) + amount - share
    return tuple(
        Taxed(percent, base, money.rounded(base * percent / HUNDRED, currency))
        for percent, base in sorted(bases.items())
    )
