"""A figure beside what it was: differences, and the days that are compared."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Compared:
    """A value, what it was before, and what lies between; unknown where it was not."""

    value: Decimal
    previous: Decimal | None

    @property
    def absolute(self) -> Decimal | None:
        """How much more it is now."""
        return None if self.previous is None else self.value - self.previous

    @property
    def percent(self) -> Decimal | None:
        """The same in percent of what it was, with one digit; unknown when it was nothing."""
        if not self.previous:
            return None
        share = (self.value - self.previous) * 100 / abs(self.previous)
        return share.quantize(Decimal("0.1"), ROUND_HALF_UP)


def month_before(day: date) -> date:
    """The same day of the month before, or its last one."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def to_date(day: date) -> tuple[date, date]:
    """The days of a month up to one of them."""
    return day.replace(day=1), day


def month_end(day: date) -> date:
    """The last day of a month."""
    return day.replace(day=monthrange(day.year, day.month)[1])
