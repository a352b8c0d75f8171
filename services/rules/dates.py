"""Days as people say them: this month, last week, the next 30 days."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_WEEK = 7
_QUARTER = 3
_YEAR = 12


def relative(name: str, today: date) -> tuple[date, date]:
    """First and last day of a range such as THIS_MONTH, seen from `today`."""
    shift = {"LAST": -1, "THIS": 0, "NEXT": 1}.get(name.partition("_")[0], 0)
    if name.endswith("_DAYS"):
        return _days(int(name.split("_")[1]), today, ahead=name.startswith("NEXT"))
    if name.endswith("_WEEK"):
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=shift)
        return monday, monday + timedelta(days=_WEEK - 1)
    for unit, months in (("_MONTH", 1), ("_QUARTER", _QUARTER), ("_YEAR", _YEAR)):
        if name.endswith(unit):
            first = _first_of(today, months)
            start = add_months(first, shift * months)
            return start, add_months(start, months) - _DAY
    day = today + {"YESTERDAY": -_DAY, "TOMORROW": _DAY}.get(name, timedelta(0))
    return day, day


def _days(count: int, today: date, *, ahead: bool) -> tuple[date, date]:
    span = timedelta(days=count - 1)
    return (today, today + span) if ahead else (today - span, today)


def _first_of(today: date, months: int) -> date:
    return date(today.year, (today.month - 1) // months * months + 1, 1)


def add_months(first: date, months: int) -> date:
    """The first of a month, some months later or earlier."""
    index = first.year * _YEAR + first.month - 1 + months
    return date(index // _YEAR, index % _YEAR + 1, 1)


def midnight(day: date, time_zone: str) -> datetime:
    """The moment a day begins somewhere."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone))
