"""Ids on the wire: a prefix and 26 digits, read in either case, never ambiguous."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import decode, encode, new_id

UUIDS = st.uuids().map(str)


@given(UUIDS, st.sampled_from(["cnt", "deal", "ten", "qte"]))
def test_an_id_is_read_as_it_was_written_in_either_case(one, prefix):
    wire = encode(prefix, one)

    assert len(wire) == len(prefix) + 27
    assert decode(wire) == decode(wire.lower()) == decode(wire.upper()) == (prefix, one)


@given(UUIDS, UUIDS)
def test_ids_sort_as_what_they_stand_for(one, other):
    assert (encode("cnt", one) < encode("cnt", other)) == (one < other)


def test_the_ends_of_the_range():
    assert encode("x", str(uuid.UUID(int=0))) == "x_" + "0" * 26
    assert encode("x", str(uuid.UUID(int=2**128 - 1))) == "x_7" + "Z" * 25


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text):
    found = decode(text)

    assert found is None or decode(encode(*found)) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cnt",
        "cnt_",
        "_" * 27,
        "cnt_" + "0" * 25,
        "cnt_" + "0" * 27,
        "cnt_8" + "0" * 25,
        "cnt_I" + "0" * 25,
        "cnt_U" + "0" * 25,
        "cnt " + "0" * 26,
        "cnt_" + "٣" * 26,
    ],
)
def test_what_is_no_id_is_not_read_as_one(text):
    found = decode(text)

    assert found is None or found[0] != "cnt"


def test_new_ids_are_uuids_of_version_seven_in_the_order_they_were_made():
    made = [new_id() for _ in range(1000)]
    times = [one[:13] for one in made]

    assert {uuid.UUID(one).version for one in made} == {7}
    assert {uuid.UUID(one).variant for one in made} == {uuid.RFC_4122}
    assert times == sorted(times)
    assert len(set(made)) == len(made)
