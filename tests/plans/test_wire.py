"""Wire ids of whole columns are those made one by one."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from core.ids import decode, encode
from resolvers.plans.wire import wire_ids

UUIDS = st.uuids().map(str)


@given(st.lists(UUIDS, max_size=200))
def test_a_column_of_ids_is_encoded_as_one_by_one(uuids: list[str]) -> None:
    assert wire_ids("cnt_", uuids) == [encode("cnt", one) for one in uuids]


@given(st.lists(st.none() | UUIDS, max_size=70))
def test_a_null_leaves_the_others_as_they_are(uuids: list[str | None]) -> None:
    wired = wire_ids("cnt_", uuids)
    assert len(wired) == len(uuids)
    for uuid, wire in zip(uuids, wired, strict=True):
        assert uuid is None or decode(wire) == ("cnt", uuid)


def test_the_ends_of_the_range() -> None:
    ends = [str(UUID(int=0)), str(UUID(int=2**128 - 1))]
    assert wire_ids("x_", ends) == ["x_" + "0" * 26, "x_7" + "Z" * 25]
