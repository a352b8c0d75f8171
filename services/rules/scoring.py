"""Scores of leads: what signals are worth, less the older they are, and never beyond 0 to 100."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

HIGHEST = 100
_DAY = Decimal(int(timedelta(days=1).total_seconds()))
_HALF = Decimal("0.5")
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Weight:
    """What one signal of a kind adds, all of the kind together at most, and when one is half."""

    points: int
    most: int
    half_life_days: int | None


def part(weight: Weight, moments: Iterable[datetime], now: datetime) -> Decimal:
    """What the signals of one kind add to a score by now, to the hundredth."""
    whole = sum((weight.points * _left(weight, now - at) for at in moments), Decimal(0))
    return min(Decimal(weight.most), whole).quantize(_HUNDREDTH, ROUND_HALF_UP)


def score(parts: Iterable[Decimal]) -> int:
    """The score that the parts of all kinds add up to."""
    whole = sum(parts, Decimal(0)).quantize(Decimal(1), ROUND_HALF_UP)
    return min(HIGHEST, int(whole))


def _left(weight: Weight, age: timedelta) -> Decimal:
    """How much of a signal is left after so long; of one that is still to come all is."""
    if weight.half_life_days is None or age <= timedelta(0):
        return Decimal(1)
    days = Decimal(int(age.total_seconds())) / _DAY
    return _HALF ** (days / weight.half_life_days)
