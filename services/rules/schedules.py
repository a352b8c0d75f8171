"""When something is due next by a clock on a wall: every day, by cron, or by RRULE.

Clocks change. A time that is left out fires once, as much later as the clocks went forward; one
that is shown twice fires once, the first time.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from dateutil.rrule import rrulestr

_DAY = timedelta(days=1)
_CRON_FIELDS = 5
_LONGEST = 500
_MOST_INTERVAL = 1000
_MOST_COUNT = 10_000
_CYCLE = 400
"""Years after which the calendar is the same again, weekdays included."""
_LAST_CYCLE = (dt.MAXYEAR // _CYCLE - 1) * _CYCLE
_MONDAY = datetime(2001, 1, 1)  # noqa: DTZ001 - as a clock on a wall shows it
"""Where a rule counts from that has no start: weekly it is for Mondays, monthly for the first."""
_STEPS = {
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": _DAY,
    "WEEKLY": timedelta(weeks=1),
    "MONTHLY": None,
    "YEARLY": None,
}
"""How long a step of each frequency is, where it is always the same."""
_PARTS = frozenset(
    [
        "FREQ",
        "INTERVAL",
        "COUNT",
        "UNTIL",
        "WKST",
        "BYSETPOS",
        "BYMONTH",
        "BYMONTHDAY",
        "BYYEARDAY",
        "BYWEEKNO",
        "BYDAY",
        "BYHOUR",
        "BYMINUTE",
        "BYSECOND",
    ]
)


def next_daily(after: datetime, hour: int, zone: ZoneInfo, minute: int = 0) -> datetime:
    """The first time after a moment that clocks somewhere show an hour, once a day."""
    wall = after.astimezone(zone).replace(hour=hour, minute=minute, second=0, microsecond=0)
    wall = wall.replace(tzinfo=None) - _DAY
    while (moment := _moment(wall, zone)) <= after:
        wall += _DAY
    return moment


def next_cron(after: datetime, expression: str, zone: ZoneInfo) -> datetime:
    """The first time after a moment that a cron expression of five fields names."""
    return next(cron_moments(after, expression, zone))


def cron_moments(after: datetime, expression: str, zone: ZoneInfo) -> Iterator[datetime]:
    """The times after a moment that a cron expression names, one after the other."""
    if len(expression) > _LONGEST or len(expression.split()) != _CRON_FIELDS:
        raise ValueError("Send five fields: minute, hour, day of the month, month, weekday.")
    last = after
    try:
        for moment in CronSim(expression, after.astimezone(zone)):
            found = moment.astimezone(UTC)
            if found > last:
                yield found
                last = found
    except CronSimError as error:
        raise ValueError(f"{expression!r} is no cron expression: {error}.") from error
    if last == after:
        raise ValueError(f"{expression!r} names no time that ever comes.")


def next_rrule(
    after: datetime, rule: str, zone: ZoneInfo, start: datetime | None = None
) -> datetime | None:
    """The first time after a moment that an RRULE names; None once it has ended.

    `start` is what DTSTART says elsewhere: what is counted is counted from there.
    """
    return next(rrule_moments(after, rule, zone, start), None)


def rrule_moments(
    after: datetime, rule: str, zone: ZoneInfo, start: datetime | None = None
) -> Iterator[datetime]:
    """The times after a moment that an RRULE names, one after the other, until it ends."""
    parts = _parts(rule)
    if "COUNT" in parts and start is None:
        raise ValueError("COUNT needs a start to count from; send UNTIL instead.")
    seen = after.astimezone(zone).replace(tzinfo=None) - _left_out(after, zone)
    first = _MONDAY if start is None else start.astimezone(zone).replace(tzinfo=None)
    first = first.replace(second=0, microsecond=0)
    step = _STEPS[parts["FREQ"]]
    if step and "COUNT" not in parts:
        # To go through all that was would take longer the older a rule is; a whole step before is
        # kept, as BYSETPOS counts in whole weeks.
        step *= int(parts.get("INTERVAL", "1"))
        first += max(0, (seen - first) // step - 1) * step
    # No rule ends its search before the calendar does, so it is made where that is near.
    cycle = _LAST_CYCLE - first.year // _CYCLE * _CYCLE
    if "UNTIL" in parts:
        parts["UNTIL"] = _later(_until(parts["UNTIL"], zone), cycle).strftime("%Y%m%dT%H%M%S")
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    found = None
    try:
        walls = rrulestr(text, dtstart=_later(first, cycle)).xafter(_later(seen, cycle))
        for found in _in_order((_later(wall, -cycle) for wall in walls), after, zone):
            yield found
    except (ValueError, OverflowError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{rule!r} is no rule that can be followed: {error}.") from error
    if found is None and not parts.keys() & {"COUNT", "UNTIL"}:
        raise ValueError(f"{rule!r} names no time that ever comes.")


def latest(
    following: Callable[[datetime], Iterator[datetime]],
    after: datetime,
    until: datetime,
    most: int,
) -> list[datetime]:
    """The last so many times up to a moment, the latest first, of those `following` goes through.

    However close together they are, few are gone through that are not among them.
    """
    found = list(islice(takewhile(lambda one: one <= until, following(after)), most + 1))
    if len(found) <= most:
        return found[::-1]
    middle = after + (until - after) / 2
    later = latest(following, middle, until, most)
    left = most - len(later)
    return later + latest(following, after, middle, left) if left else later


def _moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """When clocks somewhere show a time, the first time they do."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _left_out(after: datetime, zone: ZoneInfo) -> timedelta:
    """How far clocks went forward shortly before a moment."""
    now, before = (one.astimezone(zone).utcoffset() for one in (after, after - _DAY))
    return max(timedelta(0), (now or timedelta(0)) - (before or timedelta(0)))


def _in_order(walls: Iterable[datetime], after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments after another one at which clocks show these times, the first first."""
    held: list[datetime] = []
    last = after
    for wall in walls:
        moment = _moment(wall, zone)
        held.append(moment)
        # A time that is left out may come after one that is shown later.
        is_shown = moment.astimezone(zone).replace(tzinfo=None) == wall
        sure = moment if is_shown else moment - _DAY
        for one in sorted(one for one in held if one <= sure):
            if one > last:
                yield one
                last = one
        held = [one for one in held if one > sure]
    yield from sorted({one for one in held if one > last})


def _parts(rule: str) -> dict[str, str]:
    """The parts of a rule, of which none makes it endless or too frequent."""
    text = rule.strip().upper().removeprefix("RRULE:")
    pairs = [one.partition("=")[::2] for one in text.split(";") if one]
    parts = dict(pairs)
    wrong = [name for name in parts if name not in _PARTS]
    if wrong or len(rule) > _LONGEST or len(parts) < len(pairs) or "\n" in text:
        raise ValueError("Send one RRULE, such as FREQ=WEEKLY;BYDAY=MO;BYHOUR=8;BYMINUTE=0.")
    if parts.get("FREQ") not in _STEPS:
        raise ValueError(f"FREQ is one of {', '.join(_STEPS)}.")
    if parts.get("BYSECOND", "0") != "0":
        raise ValueError("A minute is the finest that can be chosen: leave BYSECOND out.")
    for name, most in (("INTERVAL", _MOST_INTERVAL), ("COUNT", _MOST_COUNT)):
        given = parts.get(name, "1")
        if not (given.isascii() and given.isdigit() and 1 <= int(given) <= most):
            raise ValueError(f"{name} is a number from 1 to {most}.")
    return parts


def _until(given: str, zone: ZoneInfo) -> datetime:
    """The last time of a rule, as clocks show it."""
    for form in ("%Y%m%dT%H%M%SZ", "%Y%m%dT%H%M%S", "%Y%m%d"):
        try:
            found = datetime.strptime(given, form)  # noqa: DTZ007 - its zone is the rule's, or UTC
        except ValueError:
            continue
        if form.endswith("Z"):
            return found.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        return found if "T" in form else found.replace(hour=23, minute=59)
    raise ValueError("UNTIL is a day such as 20271231, or a moment such as 20271231T170000Z.")


def _later(wall: datetime, years: int) -> datetime:
    """The same day in another cycle of the calendar; past its end, its end."""
    year = wall.year + years
    if year > dt.MAXYEAR:
        return datetime.max  # noqa: DTZ901 - as a clock on a wall shows it
    return wall.replace(year=year)
