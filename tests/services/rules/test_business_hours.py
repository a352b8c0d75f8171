"""Business hours: what is added is what is measured, whatever the zone's clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.rules.business_hours import Span, Week, overlap

MINUTE = timedelta(minutes=1)
ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]
OFFICE = tuple(Span(day, "09:00", "17:00") for day in range(1, 6))
NEW_YORK = ZoneInfo("America/New_York")


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@st.composite
def weeks(draw) -> Week:
    """A week of some spans that do not overlap."""
    spans = []
    for day in sorted(draw(st.sets(st.integers(1, 7), min_size=1))):
        ends = sorted(draw(st.sets(st.integers(0, 1440), min_size=2, max_size=6)))
        spans += [
            Span(day, clock(a), clock(b)) for a, b in zip(ends[::2], ends[1::2], strict=False)
        ]
    return Week(ZoneInfo(draw(st.sampled_from(ZONES))), tuple(spans))


MOMENTS = st.integers(0, 366_000).map(
    lambda minute: datetime(2026, 3, 1, tzinfo=UTC) + minute * MINUTE
)
AMOUNTS = st.integers(0, 5_000).map(lambda minutes: minutes * MINUTE)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


def minute_by_minute(week: Week, start: datetime, end: datetime) -> timedelta:
    """Open time as somebody counts it who looks at the wall each minute."""
    passed = timedelta(0)
    while start < end:
        wall = start.astimezone(week.zone)
        shown = clock(wall.hour * 60 + wall.minute)
        if any(
            span.weekday == wall.isoweekday() and span.opens <= shown < span.closes
            for span in week.spans
        ):
            passed += MINUTE
        start += MINUTE
    return passed


@given(weeks(), MOMENTS, AMOUNTS, AMOUNTS)
def test_case_09_time_is_added_in_parts_as_at_once_and_measured_as_added(week, start, one, more):
    middle = week.add(start, one)
    end = week.add(middle, more)

    assert end == week.add(start, one + more)
    assert week.elapsed(start, end) == one + more
    assert week.elapsed(start, middle) + week.elapsed(middle, end) == one + more


@settings(max_examples=30)
@given(weeks(), MOMENTS, st.integers(0, 2_000))
@example(Week(NEW_YORK, (Span(7, "00:30", "03:15"),)), local("2026-03-07T23:00"), 600)
@example(Week(NEW_YORK, (Span(7, "01:15", "01:45"),)), local("2026-10-31T23:00"), 600)
def test_case_09_open_time_is_what_the_clock_on_the_wall_shows(week, start, minutes):
    end = start + minutes * MINUTE

    assert week.elapsed(start, end) == minute_by_minute(week, start, end)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-01-30T16:00", 2, "2026-02-02T10:00"),
        ("2026-03-06T16:00", 2, "2026-03-09T10:00"),
        ("2026-10-30T12:00", 5, "2026-10-30T17:00"),
        ("2026-10-30T12:00", 6, "2026-11-02T10:00"),
        ("2026-12-31T23:30", 8, "2027-01-01T17:00"),
        ("2026-11-28T03:00", 1, "2026-11-30T10:00"),
    ],
    ids=["month's end", "spring", "closing time", "autumn", "new year", "weekend"],
)
def test_case_09_office_hours_go_on_where_they_left_off(start, hours, end):
    assert Week(NEW_YORK, OFFICE).add(local(start), timedelta(hours=hours)) == local(end)


@given(MOMENTS, AMOUNTS)
def test_case_09_an_empty_week_is_open_around_the_clock(start, amount):
    week = Week(NEW_YORK)

    assert week.add(start, amount) == start + amount
    assert week.elapsed(start, start + amount) == amount


def test_case_09_spans_of_a_day_may_touch_but_not_overlap():
    touching = [Span(1, "09:00", "12:00"), Span(1, "12:00", "24:00"), Span(2, "11:00", "13:00")]

    assert overlap(touching) is None
    assert overlap([*touching, Span(2, "12:59", "14:00")]) == Span(2, "12:59", "14:00")
