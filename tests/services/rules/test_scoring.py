"""Scores of leads, whatever the signals."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules import scoring

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
WEIGHTS = st.builds(
    scoring.Weight,
    st.integers(0, 100),
    st.integers(0, 100),
    st.none() | st.integers(1, 3650),
)
MOMENTS = st.lists(st.timedeltas(timedelta(0), timedelta(days=900)).map(lambda age: NOW - age))
KINDS = st.lists(st.tuples(WEIGHTS, MOMENTS), max_size=4)


def total(kinds: list[tuple[scoring.Weight, list[datetime]]], now: datetime = NOW) -> int:
    return scoring.score(scoring.part(weight, moments, now) for weight, moments in kinds)


@given(KINDS)
def test_lead_04_a_score_is_from_0_to_100(kinds):
    assert 0 <= total(kinds) <= 100


@given(KINDS, WEIGHTS, MOMENTS.filter(bool))
def test_lead_05_a_signal_more_never_lowers_a_score(kinds, weight, moments):
    fewer, more = moments[:-1], moments

    assert total([*kinds, (weight, fewer)]) <= total([*kinds, (weight, more)])


@given(KINDS, st.timedeltas(timedelta(0), timedelta(days=900)))
def test_lead_05_a_score_only_fades_while_nothing_happens(kinds, span):
    assert total(kinds, NOW + span) <= total(kinds)


@given(st.permutations(range(8)), WEIGHTS)
def test_lead_05_the_order_of_signals_does_not_matter(order, weight):
    moments = [NOW - timedelta(hours=37 * at) for at in order]

    assert scoring.part(weight, moments, NOW) == scoring.part(weight, sorted(moments), NOW)


@pytest.mark.parametrize(
    ("weight", "ages", "points"),
    [
        (scoring.Weight(20, 40, 90), [0], "20"),
        (scoring.Weight(20, 40, 90), [90], "10"),
        (scoring.Weight(20, 40, 90), [0, 90, 180], "35"),
        (scoring.Weight(20, 30, 90), [0, 90, 180], "30"),
        (scoring.Weight(7, 100, None), [0, 9000], "14"),
        (scoring.Weight(5, 100, 30), [15], "3.54"),
        (scoring.Weight(5, 100, 30), [-3], "5"),
    ],
)
def test_lead_05_a_signal_counts_half_after_its_half_life_and_a_kind_no_more_than_its_most(
    weight, ages, points
):
    moments = [NOW - timedelta(days=age) for age in ages]

    assert scoring.part(weight, moments, NOW) == Decimal(points)


@pytest.mark.parametrize(
    ("parts", "whole"), [([], 0), (["0.49"], 0), (["0.5"], 1), (["60", "60.2"], 100)]
)
def test_lead_04_a_score_is_rounded_half_up(parts, whole):
    assert scoring.score(Decimal(one) for one in parts) == whole
