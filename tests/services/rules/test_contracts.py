"""Where envelopes stand: by all that was told of them, whatever the order."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules import contracts, merge_fields
from services.rules.contracts import Told

JANE, ADA = "jane@globex.example", "ada@acme.example"
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def told(kind: str, minute: int, email: str | None = None, detail: str | None = None) -> Told:
    return Told(kind, DAY + timedelta(minutes=minute), email, detail)


def test_contr_04_of_all_orders_of_events_comes_one_end() -> None:
    events = [told("VIEWED", 1, JANE), told("SIGNED", 2, JANE.upper()), told("SIGNED", 3, ADA)]
    events.append(told("COMPLETED", 4))

    ends = [contracts.standing([JANE, ADA], one) for one in itertools.permutations(events)]

    assert all(one == ends[0] for one in ends)
    assert (ends[0].verb, ends[0].at) == ("complete", DAY + timedelta(minutes=3))


@pytest.mark.parametrize(
    ("events", "verb"),
    [
        ([], None),
        ([told("SENT", 0), told("VIEWED", 1, JANE)], None),
        ([told("SIGNED", 1, JANE)], "sign"),
        ([told("SIGNED", 1, "somebody@else.example")], None),
        ([told("SIGNED", 1, JANE), told("SIGNED", 2, ADA)], "complete"),
        ([told("COMPLETED", 1)], "complete"),
        ([told("DECLINED", 2, ADA, "No"), told("SIGNED", 3, JANE)], "decline"),
        ([told("VOIDED", 1), told("SIGNED", 2, JANE)], "void"),
        ([told("VOIDED", 1), told("COMPLETED", 2)], "complete"),
    ],
)
def test_contr_04_an_envelope_stands_where_its_events_put_it(
    events: list[Told], verb: str | None
) -> None:
    assert contracts.standing([JANE, ADA], events).verb == verb


KINDS = st.sampled_from(["SENT", "VIEWED", "SIGNED", "DECLINED", "COMPLETED", "VOIDED"])
EVENTS = st.lists(
    st.builds(told, KINDS, st.integers(0, 9), st.sampled_from([JANE, ADA, "x@y.example", None])),
    max_size=8,
)


@given(EVENTS, st.randoms())
def test_contr_04_order_and_repetition_change_nothing(events: list[Told], chance: object) -> None:
    shuffled = [*events, *events[:3]]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    first = contracts.standing([JANE, ADA], events)
    second = contracts.standing([JANE, ADA], shuffled)

    assert (first.verb, first.at, first.signers) == (second.verb, second.at, second.signers)


def test_contr_10_a_contract_begins_no_later_than_it_ends() -> None:
    signed, named = date(2026, 5, 9), date(2026, 6, 1)

    assert contracts.in_force_from(named, None, signed) == named
    assert contracts.in_force_from(None, None, signed) == signed
    assert contracts.in_force_from(None, date(2026, 5, 1), signed) == date(2026, 5, 1)


def test_contr_03_merge_fields_are_filled_in_once() -> None:
    body = "{{ contact.name }}, {{today}}; {{contact.name}}"

    values = {"contact.name": "{{today}}", "today": "May 9"}

    assert merge_fields.used(body) == ["contact.name", "today"]
    assert merge_fields.merged(body, values) == "{{today}}, May 9; {{today}}"
    assert merge_fields.missing(body, {"today": ""}) == ["contact.name", "today"]
