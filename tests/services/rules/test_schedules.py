"""What is due next by a clock on a wall."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.rules.schedules import (
    cron_moments,
    latest,
    next_cron,
    next_daily,
    next_rrule,
    rrule_moments,
)

ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Africa/Casablanca",
        "Pacific/Chatham",
        "Asia/Beirut",
    )
]
BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
moments = st.datetimes(
    min_value=datetime(2015, 1, 1),  # noqa: DTZ001
    max_value=datetime(2035, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
hours = st.integers(0, 23)
minutes = st.integers(0, 59)
zones = st.sampled_from(ZONES)
CLOCKS_CHANGE = [datetime(2026, 3, 25, tzinfo=UTC), datetime(2026, 10, 22, tzinfo=UTC)]


def by_day(after, hour, minute, zone):
    return next_daily(after, hour, zone, minute)


def by_cron(after, hour, minute, zone):
    return next_cron(after, f"{minute} {hour} * * *", zone)


def by_rule(after, hour, minute, zone):
    return next_rrule(after, f"FREQ=DAILY;BYHOUR={hour};BYMINUTE={minute}", zone)


WAYS = pytest.mark.parametrize("following", [by_day, by_cron, by_rule])


@WAYS
@given(after=moments, hour=hours, minute=minutes, zone=zones)
def test_what_is_due_next_comes_after_and_within_a_day_or_so(following, after, hour, minute, zone):
    found = following(after, hour, minute, zone)

    assert after < found <= after + DAY + timedelta(hours=2)
    assert found.utcoffset() == timedelta(0)


@WAYS
@given(after=moments, hour=hours, minute=minutes, zone=zones)
def test_it_is_due_once_on_each_day_of_a_place(following, after, hour, minute, zone):
    found = [after]
    for _ in range(4):
        found.append(following(found[-1], hour, minute, zone))

    days = [one.astimezone(zone).date() for one in found[1:]]
    assert [two - one for one, two in pairwise(days)] == [DAY] * 3


@WAYS
@given(begin=st.sampled_from(CLOCKS_CHANGE), hour=st.integers(0, 4), minute=minutes)
def test_it_is_due_once_a_day_when_the_clocks_change(following, begin, hour, minute):
    found, at = [], begin
    while (at := following(at, hour, minute, BERLIN)) < begin + 8 * DAY:
        found.append(at.astimezone(BERLIN).date())

    assert Counter(found).most_common(1)[0][1] == 1
    assert len(found) == (found[-1] - found[0]).days + 1


@WAYS
@given(after=moments, later=st.integers(0, 100_000), clock=st.tuples(hours, minutes, zones))
def test_looking_later_finds_nothing_earlier(following, after, later, clock):
    hour, minute, zone = clock
    found = following(after, hour, minute, zone)
    again = following(after + timedelta(seconds=later), hour, minute, zone)

    assert again == found or after + timedelta(seconds=later) >= found
    assert again >= found


@WAYS
def test_a_time_that_is_left_out_is_due_shortly_after(following):
    found = following(datetime(2026, 3, 28, 12, tzinfo=UTC), 2, 30, BERLIN)

    assert datetime(2026, 3, 29, 1, 0, tzinfo=UTC) <= found <= datetime(2026, 3, 29, 2, tzinfo=UTC)


@WAYS
def test_a_time_that_is_shown_twice_is_due_once(following):
    first = following(datetime(2026, 10, 24, 12, tzinfo=UTC), 2, 30, BERLIN)

    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert following(first, 2, 30, BERLIN) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "after", "found"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=8", "2026-11-25T12:00", "2026-11-27T07:00"),
        ("RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=30", "2026-11-28", "2026-12-25T16:30"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-01-01", "2028-02-28T23:00"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-11-26", "2026-11-29T23:00"),
        ("FREQ=WEEKLY", "2026-11-26", "2026-11-29T23:00"),
        ("FREQ=HOURLY;INTERVAL=6", "2026-11-26T00:30", "2026-11-26T05:00"),
        ("FREQ=DAILY;BYHOUR=2,3;BYMINUTE=0", "2026-03-29T00:30", "2026-03-29T01:00"),
        ("FREQ=DAILY;UNTIL=20261126", "2026-11-25T12:00", "2026-11-25T23:00"),
        ("FREQ=DAILY;UNTIL=20261126T000000Z", "2026-11-26T12:00", None),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;BYHOUR=2", "2026-01-01", "2026-03-29T01:00"),
        ("freq=daily;byhour=9;bysecond=0", "2026-11-26", "2026-11-26T08:00"),
    ],
)
def test_rules_are_followed_as_calendars_do(rule, after, found):
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)

    told = next_rrule(moment, rule, BERLIN)

    assert told == (found and datetime.fromisoformat(found).replace(tzinfo=UTC))


@given(after=moments, weeks=st.integers(2, 9), zone=zones)
def test_every_so_many_weeks_is_counted_from_the_start(after, weeks, zone):
    start = datetime(2020, 1, 6, 9, tzinfo=zone)
    assume(after > start)
    found = next_rrule(after, f"FREQ=WEEKLY;INTERVAL={weeks}", zone, start)

    assert found
    assert (found.astimezone(zone).date() - start.date()).days % (7 * weeks) == 0
    assert after < found <= after + timedelta(weeks=weeks, hours=2)


def test_what_is_counted_ends():
    start = datetime(2026, 11, 1, 9, tzinfo=BERLIN)
    found: list[datetime] = []
    while at := next_rrule((found or [start - DAY])[-1], "FREQ=WEEKLY;COUNT=3", BERLIN, start):
        found.append(at)

    assert [one.astimezone(BERLIN).day for one in found] == [1, 8, 15]


@pytest.mark.parametrize(
    "expression",
    ["", "* * * *", "* * * * * *", "61 * * * *", "x * * * *", "0 0 30 2 *", "* " * 300, "@daily"],
)
def test_a_cron_expression_that_cannot_be_is_refused(expression):
    with pytest.raises(ValueError, match=r"[A-Za-z].*\."):
        next_cron(CLOCKS_CHANGE[0], expression, BERLIN)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYSECOND=0,30",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=9999999999",
        "FREQ=DAILY;BYHOUR=25",
        "FREQ=DAILY;BYHOUR=x",
        "FREQ=DAILY;COUNT=3",
        "FREQ=DAILY;UNTIL=soon",
        "FREQ=DAILY;BYEASTER=1",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=6;BYYEARDAY=1",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYSETPOS=2",
        "DTSTART:20260101T000000\nRRULE:FREQ=DAILY",
        "FREQ=DAILY;" * 100,
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(rule):
    with pytest.raises(ValueError, match=r"[A-Za-z].*\."):
        next_rrule(CLOCKS_CHANGE[0], rule, BERLIN)


RULES = [
    "FREQ=MINUTELY;INTERVAL=20",
    "FREQ=HOURLY;BYMINUTE=0,30",
    "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=15",
]
CRONS = ["*/20 * * * *", "0,30 * * * *", "15 1,2,3 * * *", "10 */2 * * *"]


@pytest.mark.parametrize(
    ("place", "begin"),
    [
        ("Europe/Berlin", "2026-03-28T18:00"),
        ("Europe/Berlin", "2026-10-24T18:00"),
        ("Australia/Lord_Howe", "2026-04-04T06:00"),
        ("Australia/Lord_Howe", "2026-10-03T06:00"),
        ("Pacific/Apia", "2011-12-30T00:00"),
    ],
)
@pytest.mark.parametrize("written", [*RULES, *CRONS])
def test_gone_through_at_once_they_are_those_asked_for_one_by_one(written, place, begin):
    zone, begin = ZoneInfo(place), datetime.fromisoformat(begin).replace(tzinfo=UTC)
    is_rule = written.startswith("FREQ")
    following, through = (next_rrule, rrule_moments) if is_rule else (next_cron, cron_moments)
    asked, at = [], begin
    for _ in range(120):
        at = following(at, written, zone)
        asked.append(at)

    assert list(islice(through(begin, written, zone), 120)) == asked


def test_a_place_in_the_week_is_counted_in_whole_weeks():
    start = datetime(2026, 1, 1, tzinfo=BERLIN)
    after = datetime(2026, 11, 27, 0, 10, tzinfo=BERLIN)
    rule = "FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=1;BYHOUR=9"

    found = next_rrule(after, rule, BERLIN, start)

    assert found == datetime(2026, 11, 30, 9, tzinfo=BERLIN)


class Counting(ZoneInfo):
    """A zone that counts how often it is asked."""

    asked = 0

    def utcoffset(self, moment):
        self.asked += 1
        return super().utcoffset(moment)

    def fromutc(self, moment):
        self.asked += 1
        return super().fromutc(moment)


def test_the_next_minute_is_found_without_a_look_at_all_of_the_day():
    zone = Counting.no_cache("Europe/Berlin")

    found = next_rrule(datetime(2026, 11, 26, 12, 0, 1, tzinfo=UTC), "FREQ=MINUTELY", zone)

    assert found == datetime(2026, 11, 26, 12, 1, tzinfo=UTC)
    assert zone.asked < 20


@pytest.mark.parametrize(
    "written", ["FREQ=MINUTELY", "FREQ=MINUTELY;BYMONTHDAY=1,2", "* * * * *", "* * 27-31 * *"]
)
def test_the_latest_of_many_are_found_without_the_others(written):
    until = datetime(2026, 11, 26, 12, tzinfo=UTC)
    through = rrule_moments if written.startswith("FREQ") else cron_moments
    computed = 0

    def following(after):
        nonlocal computed
        for one in through(after, written, BERLIN):
            computed += 1
            yield one

    found = latest(following, until - 30 * DAY, until, 100)

    minute = timedelta(minutes=1)
    assert [one - two for one, two in pairwise(found)] == [minute] * 99
    assert next(through(found[0], written, BERLIN)) > until
    assert computed < 2_500


def test_the_latest_of_few_are_all_of_them():
    until = datetime(2026, 11, 26, 12, tzinfo=UTC)

    found = latest(
        lambda after: rrule_moments(after, "FREQ=WEEKLY", BERLIN), until - 30 * DAY, until, 9
    )

    assert [one.astimezone(BERLIN).day for one in found] == [23, 16, 9, 2]
