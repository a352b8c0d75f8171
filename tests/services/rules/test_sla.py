"""Clocks of cases, at any moment."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules import sla
from services.rules.business_hours import Span, Week

START = datetime(2026, 6, 1, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = Week(ZoneInfo("UTC"), tuple(Span(day, "09:00", "17:00") for day in range(1, 6)))
POLICY = sla.Policy(HOUR, 10 * HOUR, 80, business_hours_only=False, week=WEEK)
IN_OFFICE = replace(POLICY, business_hours_only=True)


@dataclass
class Clocks:
    created_at: datetime
    first_response_due_at: datetime
    first_response_approaching_at: datetime
    resolution_due_at: datetime
    resolution_approaching_at: datetime
    first_responded_at: datetime | None = None
    resolved_at: datetime | None = None
    paused_at: datetime | None = None
    paused_total: timedelta = timedelta(0)
    paused_business: timedelta = timedelta(0)


def opened(policy: sla.Policy) -> Clocks:
    due: dict[str, Any] = sla.due(policy, START)
    return Clocks(START, **due)


def moved(case: Clocks, category: str, hours: int, policy: sla.Policy = POLICY) -> Clocks:
    changed: dict[str, Any] = sla.entered(case, category, policy, START + hours * HOUR)
    return replace(case, **changed)


@pytest.mark.parametrize(
    ("minutes", "known", "shown"),
    [
        (479, {}, sla.OK),
        (480, {}, sla.APPROACHING),
        (600, {}, sla.APPROACHING),
        (601, {}, sla.BREACHED),
        (9_999, {"met_at": START + 10 * HOUR}, sla.MET),
        (9_999, {"met_at": START + 11 * HOUR}, sla.BREACHED),
        (9_999, {"paused_at": START + 9 * HOUR}, sla.PAUSED),
        (9_999, {"paused_at": START + 11 * HOUR}, sla.BREACHED),
        (9_999, {"paused_at": START + 9 * HOUR, "met_at": START + 99 * HOUR}, sla.MET),
    ],
)
def test_case_11_a_clock_is_amber_at_its_share_of_the_target_and_red_after_it(
    minutes, known, shown
):
    case = opened(POLICY)
    now = START + timedelta(minutes=minutes)

    assert sla.state(case.resolution_due_at, case.resolution_approaching_at, now=now, **known) == (
        shown
    )


@given(st.lists(st.sampled_from(["OPEN", "WAITING", "RESOLVED"]), max_size=12), st.data())
@pytest.mark.parametrize("policy", [POLICY, IN_OFFICE], ids=["around the clock", "in the office"])
def test_case_19_whatever_a_case_goes_through_only_open_time_counts(policy, categories, data):
    case, hours, open_time, before = opened(policy), 0, timedelta(0), "OPEN"
    for category in [*categories, "OPEN"]:
        later = hours + data.draw(st.integers(0, 80))
        if before == "OPEN":
            open_time += policy.clock.elapsed(START + hours * HOUR, START + later * HOUR)
        case, hours, before = moved(case, category, later, policy), later, category
    now = START + hours * HOUR

    assert policy.clock.elapsed(START, case.resolution_due_at) == (
        policy.resolution + policy.clock.elapsed(START, now) - open_time
    )
    again = sla.due(
        policy, START, paused_total=case.paused_total, paused_business=case.paused_business
    )["resolution_due_at"]
    assert policy.clock.elapsed(START, again) == policy.clock.elapsed(START, case.resolution_due_at)


def test_case_19_resolving_answers_stops_the_clock_and_reopening_resumes_it():
    resolved = moved(opened(POLICY), "RESOLVED", 2)
    reopened = moved(resolved, "OPEN", 50)

    assert resolved.first_responded_at == resolved.resolved_at == START + 2 * HOUR
    assert (reopened.resolved_at, reopened.paused_at) == (None, None)
    assert reopened.resolution_due_at == START + 58 * HOUR


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        ((sla.MET, sla.OK), sla.OK),
        ((sla.MET, sla.PAUSED), sla.PAUSED),
        ((sla.APPROACHING, sla.PAUSED), sla.APPROACHING),
        ((sla.BREACHED, sla.MET), sla.BREACHED),
        ((sla.MET, sla.MET), sla.MET),
    ],
)
def test_case_11_a_case_stands_as_the_clock_that_needs_most_attention(states, shown):
    assert sla.gravest(*states) == shown
