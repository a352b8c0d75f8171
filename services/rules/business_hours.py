"""Business hours: adding and measuring time that runs only in the spans of a week."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_MIDNIGHT = "24:00"
_DAYS = 7
NOTHING = timedelta(0)
_DAY = timedelta(days=1)
_LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Part of a weekday (1 is Monday), between two times of its clock."""

    weekday: int
    opens: str
    closes: str

    @property
    def opening(self) -> timedelta:
        """How long after midnight it opens."""
        return _past_midnight(self.opens)

    @property
    def closing(self) -> timedelta:
        """How long after midnight it closes."""
        return _past_midnight(self.closes)

    def flaws(self) -> Iterator[tuple[str, str]]:
        """What is wrong with it: the part, and a sentence."""
        if not 1 <= self.weekday <= _DAYS:
            yield "weekday", "Send 1 for Monday to 7 for Sunday."
        begins = _CLOCK.fullmatch(self.opens)
        if not begins:
            yield "opens", "Send a time of the day, such as 09:00."
        if not (_CLOCK.fullmatch(self.closes) or self.closes == _MIDNIGHT):
            yield "closes", "Send a time of the day, such as 17:00; 24:00 is its end."
        elif begins and self.closes <= self.opens:
            yield "closes", "A span ends after it begins; one past midnight is two spans."


@dataclass(frozen=True, slots=True)
class Week:
    """The spans of a week in their order, in a zone; without any it is open around the clock."""

    zone: ZoneInfo
    spans: tuple[Span, ...] = ()

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The first moment at which `amount` of open time has passed since `start`."""
        if not self.spans or not amount:
            return start.astimezone(UTC) + amount
        rest = amount
        for opened, closed in self._open_from(start):
            if rest <= closed - opened:
                return opened + rest
            rest -= closed - opened
        raise OverflowError("The calendar ends before the time does.")

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """How much open time lies between two moments."""
        if not self.spans:
            return max(end - start, NOTHING)
        passed = NOTHING
        for opened, closed in self._open_from(start):
            if opened >= end:
                break
            passed += min(closed, end) - opened
        return passed

    def _open_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is left of the open times from a moment on, in their order."""
        moment = start.astimezone(UTC)
        while moment < _LAST:
            # A part of a day without a change of the clocks: here a time is shown once.
            wall = moment + self._ahead(moment)
            midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0)
            begun, end = moment, self._unchanged(moment, moment + (midnight + _DAY - wall))
            for span in self.spans:
                if span.weekday == wall.isoweekday():
                    opened = max(begun + (midnight - wall) + span.opening, begun)
                    closed = min(begun + (midnight - wall) + span.closing, end)
                    if opened < closed:
                        yield opened, closed
            moment = end

    def _ahead(self, moment: datetime) -> timedelta:
        return moment.astimezone(self.zone).utcoffset() or NOTHING

    def _unchanged(self, moment: datetime, end: datetime) -> datetime:
        """The end, or the moment before it at which the zone's clocks are changed."""
        ahead = self._ahead(moment)
        if self._ahead(end - datetime.resolution) == ahead:
            return end
        same, changed = moment, end
        while changed - same > datetime.resolution:
            middle = same + (changed - same) // 2
            same, changed = (middle, changed) if self._ahead(middle) == ahead else (same, middle)
        return changed


def overlap(spans: Iterable[Span]) -> Span | None:
    """A span that begins before another one of its day has ended, if there is any."""
    before: Span | None = None
    for span in sorted(spans):
        if before and before.weekday == span.weekday and span.opens < before.closes:
            return span
        before = span
    return None


def _past_midnight(clock: str) -> timedelta:
    hours, minutes = clock.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))
