"""Exact amounts: Decimal in a currency, rounded half away from zero in one place."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.core import get_global

MAX_AMOUNT = Decimal(10) ** 15
_DEFAULT_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217), held to the currency's smallest unit."""

    amount: Decimal
    currency: str


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """Every ISO 4217 code in use today."""
    in_use = {
        code
        for rows in get_global("territory_currencies").values()
        for code, _start, end, tender in rows
        if tender and end is None
    }
    return frozenset(in_use)


@lru_cache(maxsize=512)
def digits(currency: str) -> int:
    """How many decimal places the currency's smallest unit has."""
    known = get_global("currency_fractions").get(currency)
    return int(known[0]) if known else _DEFAULT_DIGITS


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount to the currency's smallest unit, half away from zero."""
    return amount.quantize(Decimal(1).scaleb(-digits(currency)), rounding=ROUND_HALF_UP)
