"""Days as people say them, as arithmetic."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.enums import RelativeRange
from services.rules import dates

TODAY = date(2026, 11, 23)

KNOWN = {
    "TODAY": ("2026-11-23", "2026-11-23"),
    "YESTERDAY": ("2026-11-22", "2026-11-22"),
    "TOMORROW": ("2026-11-24", "2026-11-24"),
    "THIS_WEEK": ("2026-11-23", "2026-11-29"),
    "LAST_WEEK": ("2026-11-16", "2026-11-22"),
    "NEXT_WEEK": ("2026-11-30", "2026-12-06"),
    "THIS_MONTH": ("2026-11-01", "2026-11-30"),
    "LAST_MONTH": ("2026-10-01", "2026-10-31"),
    "NEXT_MONTH": ("2026-12-01", "2026-12-31"),
    "THIS_QUARTER": ("2026-10-01", "2026-12-31"),
    "LAST_QUARTER": ("2026-07-01", "2026-09-30"),
    "NEXT_QUARTER": ("2027-01-01", "2027-03-31"),
    "THIS_YEAR": ("2026-01-01", "2026-12-31"),
    "LAST_YEAR": ("2025-01-01", "2025-12-31"),
    "LAST_7_DAYS": ("2026-11-17", "2026-11-23"),
    "LAST_30_DAYS": ("2026-10-25", "2026-11-23"),
    "LAST_90_DAYS": ("2026-08-26", "2026-11-23"),
    "NEXT_7_DAYS": ("2026-11-23", "2026-11-29"),
    "NEXT_30_DAYS": ("2026-11-23", "2026-12-22"),
    "NEXT_90_DAYS": ("2026-11-23", "2027-02-20"),
}


@pytest.mark.parametrize("name", RelativeRange, ids=str)
def test_every_range_has_its_first_and_last_day(name: RelativeRange) -> None:
    first, last = dates.relative(name, TODAY)

    assert (first.isoformat(), last.isoformat()) == KNOWN[name]


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.sampled_from(RelativeRange))
def test_a_range_that_is_about_now_holds_today(today: date, name: RelativeRange) -> None:
    first, last = dates.relative(name, today)

    assert first <= last
    if name.startswith(("THIS", "LAST_7", "LAST_30", "LAST_90", "NEXT_7", "NEXT_30", "NEXT_90")):
        assert first <= today <= last


def test_a_day_begins_at_the_midnight_of_its_place() -> None:
    begins = dates.midnight(date(2026, 3, 8), "America/New_York")
    ends = dates.midnight(date(2026, 3, 9), "America/New_York")

    assert begins.astimezone(UTC) == datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert ends.astimezone(UTC) - begins.astimezone(UTC) == timedelta(hours=23)
