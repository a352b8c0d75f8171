"""Places on a board, whatever the order cards are put down in."""

from hypothesis import given
from hypothesis import strategies as st

from services.rules import ranks


@given(st.lists(st.integers(min_value=0), min_size=1, max_size=300))
def test_cards_stay_where_they_are_put(places: list[int]) -> None:
    column: list[str] = []
    for place in places:
        at = place % (len(column) + 1)
        low = column[at - 1] if at else ""
        high = column[at] if at < len(column) else ""
        column.insert(at, ranks.between(low, high))

    assert column == sorted(set(column))
    assert not any(place.endswith(ranks.DIGITS[0]) for place in column)


def test_cards_put_on_top_do_not_make_places_longer() -> None:
    place = ""
    for _ in range(10_000):
        place = ranks.between("", place)

    assert len(place) < ranks.LONGEST


@given(st.integers(min_value=0, max_value=5_000))
def test_a_column_is_spread_evenly(count: int) -> None:
    column = ranks.spread(count)

    assert column == sorted(set(column))
    assert len(column) == count
    assert all(len(place) < ranks.LONGEST for place in column)


def test_a_column_spread_anew_takes_none_of_its_old_places() -> None:
    before = frozenset(ranks.spread(50))

    after = ranks.spread(50, before)

    assert after == sorted(set(after))
    assert not before & set(after)


def test_newer_serials_come_above_older_ones() -> None:
    earlier, later = ranks.above(0, 3), ranks.above(3, 2)

    assert [*reversed(later), *reversed(earlier)] == sorted([*earlier, *later])
