"""Aggregates agree with the lists they are over, to the cent."""

from collections import defaultdict
from decimal import Decimal

import pytest

from tests.plugins.world import World

LIST = """query($after: Cursor, $filter: DealFilter) {
  deals(first: 100, after: $after, filter: $filter) {
    nodes { stage { id } owner { id } closeDate value { amount currency } }
    pageInfo { hasNextPage endCursor } } }"""
BY = """query($by: [DealGroupKey!], $filter: DealFilter) {
  dealAggregate(groupBy: $by, filter: $filter, first: 1000) {
    total { count sumValue { amount currency } avgValue { amount } }
    groups {
      keys { ... on RecordKey { record { id } } ... on MonthKey { month } ... on EnumKey { value } }
      values { count sumValue { amount } } } } }"""
KEYS = {
    "STAGE": lambda deal: deal["stage"]["id"],
    "OWNER": lambda deal: deal["owner"] and deal["owner"]["id"],
    "CLOSE_DATE": lambda deal: deal["closeDate"][:7],
}


def listed(client, **variables):
    deals, after = [], None
    while True:
        page = client.run(LIST, after=after, **variables)["deals"]
        deals += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return deals


def keyed(key):
    record = key.get("record", "none")
    return key.get("month") or key.get("value") or (record and record["id"])


@pytest.mark.parametrize("by", sorted(KEYS))
@pytest.mark.parametrize("role", ["executive", "rep"])
def test_sums_of_groups_are_those_of_the_rows_a_role_sees(filled: World, role, by) -> None:
    client = filled.of(role)
    expected: dict[str, list[Decimal]] = defaultdict(list)
    for deal in listed(client):
        assert deal["value"]["currency"] == "USD"
        expected[KEYS[by](deal)].append(Decimal(deal["value"]["amount"]))

    answer = client.run(BY, by=[by])["dealAggregate"]

    assert {
        keyed(group["keys"][0]): (
            group["values"]["count"],
            Decimal(group["values"]["sumValue"]["amount"]),
        )
        for group in answer["groups"]
    } == {key: (len(amounts), sum(amounts)) for key, amounts in expected.items()}
    assert answer["total"]["count"] == sum(map(len, expected.values()))


def test_a_filter_holds_for_the_aggregate_as_for_the_list(filled: World) -> None:
    wanted = {"value": {"gte": "20000"}}
    amounts = [Decimal(deal["value"]["amount"]) for deal in listed(filled.executive, filter=wanted)]

    total = filled.executive.run(BY, by=[], filter=wanted)["dealAggregate"]["total"]

    assert amounts
    assert total["count"] == len(amounts)
    assert Decimal(total["sumValue"]["amount"]) == sum(amounts)
    assert abs(
        Decimal(total["avgValue"]["amount"]) - sum(amounts, Decimal(0)) / len(amounts)
    ) <= Decimal("0.005")


def test_contacts_are_counted_by_status(world: World) -> None:
    for status in ("LEAD", "CUSTOMER", "LEAD"):
        world.contact(status=status)
    query = """{ contactAggregate(groupBy: [STATUS], orderBy: [{field: COUNT, direction: DESC}]) {
      total { count } groups { keys { ... on EnumKey { field value } } values { count } } } }"""

    assert world.admin.run(query)["contactAggregate"] == {
        "total": {"count": 3},
        "groups": [
            {"keys": [{"field": "status", "value": "LEAD"}], "values": {"count": 2}},
            {"keys": [{"field": "status", "value": "CUSTOMER"}], "values": {"count": 1}},
        ],
    }


def deals(world: World) -> None:
    for amount, currency, day in (
        ("0.10", "USD", "2026-01-31"),
        ("0.20", "USD", "2026-01-01"),
        ("10.00", "USD", "2026-03-01"),
        ("5.00", "EUR", "2026-03-02"),
    ):
        world.deal(value={"amount": amount, "currency": currency}, closeDate=day)


MONTHS = """query($having: DealHaving, $by: [DealGroupOrder!], $first: Int) {
  dealAggregate(groupBy: [CLOSE_DATE], having: $having, orderBy: $by, first: $first) {
    total { count sumValue { amount } unconvertedValue { amount currency } }
    groups { keys { ... on MonthKey { month } }
      values { count sumValue { amount } avgValue { amount }
        unconvertedValue { amount currency } } } } }"""


def months(answer):
    return [group["keys"][0]["month"] for group in answer["dealAggregate"]["groups"]]


def test_what_has_no_rate_is_told_and_left_out(world: World) -> None:
    deals(world)

    answer = world.admin.run(MONTHS)["dealAggregate"]

    assert answer["total"] == {
        "count": 4,
        "sumValue": {"amount": "10.30"},
        "unconvertedValue": [{"amount": "5.00", "currency": "EUR"}],
    }
    assert {group["keys"][0]["month"]: group["values"] for group in answer["groups"]} == {
        "2026-01": {
            "count": 2,
            "sumValue": {"amount": "0.30"},
            "avgValue": {"amount": "0.15"},
            "unconvertedValue": [],
        },
        "2026-03": {
            "count": 2,
            "sumValue": {"amount": "10.00"},
            "avgValue": {"amount": "10.00"},
            "unconvertedValue": [{"amount": "5.00", "currency": "EUR"}],
        },
    }


def test_groups_are_ordered_and_cut(world: World) -> None:
    deals(world)
    world.deal(value={"amount": "1.00", "currency": "USD"}, closeDate="2026-02-01")
    by_sum = [{"field": "SUM_VALUE", "direction": "DESC"}]

    assert months(world.admin.run(MONTHS)) == ["2026-01", "2026-02", "2026-03"]
    assert months(world.admin.run(MONTHS, by=by_sum)) == ["2026-03", "2026-02", "2026-01"]
    assert months(world.admin.run(MONTHS, by=by_sum, first=1)) == ["2026-03"]
    assert months(world.admin.run(MONTHS, first=0)) == []


def test_groups_are_chosen_by_their_figures(world: World) -> None:
    deals(world)

    rich = {"sumValue": {"gt": "0.30"}}
    exact = {"sumValue": {"eq": "0.3"}, "count": {"gte": 2}}
    assert months(world.admin.run(MONTHS, having=rich)) == ["2026-03"]
    assert months(world.admin.run(MONTHS, having=exact)) == ["2026-01"]
    assert months(world.admin.run(MONTHS, having={"count": {"gt": 2}})) == []


@pytest.mark.parametrize("first", [-1, 1001])
def test_more_groups_than_the_limit_are_refused(world: World, first) -> None:
    assert world.admin.send(MONTHS, {"first": first}).codes == ["LIMIT_EXCEEDED"]


def test_more_keys_than_three_are_refused(world: World) -> None:
    given = {"by": ["STAGE", "OWNER", "COMPANY", "PIPELINE"]}

    assert world.admin.send(BY, given).codes == ["LIMIT_EXCEEDED"]


def test_nothing_at_all_has_no_groups_and_no_average(world: World) -> None:
    answer = world.admin.run(BY, by=["STAGE"])["dealAggregate"]

    assert answer == {
        "groups": [],
        "total": {"count": 0, "sumValue": {"amount": "0.00", "currency": "USD"}, "avgValue": None},
    }
