"""Exchange rates: set by hand and by file, and what is converted by them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.plugins.world import World

TOTAL = """{ dealAggregate { total { count sumValue { amount currency } avgValue { amount }
  sumWeightedValue { amount } unconvertedValue { amount currency } } } }"""
TODAY = datetime.now(UTC).date()


def rate(world: World, currency: str, rate: str, day: date | str | None = None, **rest: Any):
    given = {"currency": currency, "rate": rate, "validOn": day and str(day)} | rest
    return world.admin.act("exchangeRateSet", given, "exchangeRate { id currency base rate }")


def worth(world: World, *amounts: str, probability: int | None = None) -> None:
    for amount in amounts:
        value, currency = amount.split()
        world.deal(value={"amount": value, "currency": currency}, probability=probability)


def test_each_deal_is_converted_and_rounded_before_it_is_added(world: World) -> None:
    rate(world, "EUR", "1.111", TODAY.replace(year=TODAY.year - 1))
    worth(world, "0.05 EUR", "0.05 EUR", "100.01 USD", "7 CHF", probability=50)

    assert world.admin.run(TOTAL)["dealAggregate"]["total"] == {
        "count": 4,
        "sumValue": {"amount": "100.13", "currency": "USD"},
        "avgValue": {"amount": "33.38"},
        "sumWeightedValue": {"amount": "50.07"},
        "unconvertedValue": [{"amount": "7.00", "currency": "CHF"}],
    }


def test_open_deals_take_todays_rate_and_closed_ones_that_of_their_day(world: World) -> None:
    rate(world, "EUR", "2", "2020-01-01")
    stages = world.admin.run(
        "{ pipelines(first: 1, orderBy: [{field: POSITION}]) {"
        " nodes { stages { nodes { id category } } } } }"
    )
    stage = {
        one["category"]: one["id"] for one in stages["pipelines"]["nodes"][0]["stages"]["nodes"]
    }
    for category in ("OPEN", "WON"):
        value = {"amount": "1", "currency": "EUR"}
        world.deal(value=value, stageId=stage[category])
    rate(world, "EUR", "3", TODAY.replace(year=TODAY.year + 1))

    total = world.admin.run(TOTAL)["dealAggregate"]["total"]

    assert total["sumValue"]["amount"] == "4.00"


def test_a_rate_is_replaced_by_another_of_its_day(world: World) -> None:
    first = rate(world, "eur", "1.1", "2026-01-01")["exchangeRate"]
    again = rate(world, "EUR", "1.2", "2026-01-01")["exchangeRate"]

    assert (first["id"], again["rate"]) == (again["id"], "1.2")
    assert rate(world, "IDR", "61.3", units=1_000_000)["exchangeRate"]["rate"] == "0.0000613"
    found = world.admin.run("{ exchangeRates { totalCount } }")
    assert found["exchangeRates"]["totalCount"] == 2


def test_rates_that_cannot_be_are_refused(world: World) -> None:
    assert rate(world, "USD", "1").codes == ["INVALID_VALUE"]
    assert rate(world, "EUR", "0").errors[0]["path"] == ["rate"]
    assert rate(world, "XXQ", "1").codes == ["INVALID_CURRENCY"]
    denied = world.rep.send(
        'mutation { exchangeRateSet(input: {currency: "EUR", rate: 1}) { operationId } }'
    )
    assert denied.codes == ["FORBIDDEN"]


def brought_in(world: World, content: str):
    given = {"fileName": "rates.csv", "size": len(content.encode())}
    upload = world.admin.act("uploadCreate", given, "upload { id putUrl }")["upload"]
    world.server.http.put(
        upload["putUrl"], content=content.encode(), headers=world.admin.headers
    ).raise_for_status()
    return world.admin.act("exchangeRatesImport", {"uploadId": upload["id"]}, "count")


def test_rates_come_from_a_file(world: World) -> None:
    rate(world, "EUR", "1.1", "2026-01-01")
    file = (
        "Date;Currency;Rate\n2026-01-01;EUR;1.1\n2026-01-02;EUR;1.25\n2026-01-02;JPY;0.00667123\n"
    )

    assert brought_in(world, file)["count"] == 2
    query = """{ exchangeRates(orderBy: [{field: VALID_ON, direction: DESC}, {field: CURRENCY}]) {
      nodes { currency rate } } }"""
    assert world.admin.run(query)["exchangeRates"]["nodes"] == [
        {"currency": "EUR", "rate": "1.25"},
        {"currency": "JPY", "rate": "0.00667123"},
        {"currency": "EUR", "rate": "1.1"},
    ]


@pytest.mark.parametrize(
    ("file", "path"),
    [
        ("currency,rate\nEUR,1\n", ["uploadId"]),
        ("currency,validOn,rate\nEUR,2026-01-01,1\nCHF,soon,1\n", ["rows", "3", "validOn"]),
        ("currency,validOn,rate\nEUR,2026-01-01,NaN\n", ["rows", "2", "rate"]),
        ("currency,validOn,rate\nEUR,2026-01-01,1\nUSD,2026-01-01,1\n", ["rows", "3", "currency"]),
    ],
)
def test_a_file_with_a_row_that_is_none_changes_nothing(world: World, file: str, path) -> None:
    refused = brought_in(world, file)

    assert [error["path"] for error in refused.errors] == [path]
    assert world.admin.run("{ exchangeRates { totalCount } }")["exchangeRates"]["totalCount"] == 0


def test_an_amount_is_shown_in_another_currency(world: World) -> None:
    rate(world, "EUR", "1.25", "2026-01-01")
    rate(world, "GBP", "2", "2026-06-01")
    worth(world, "10 EUR")
    query = """{ deals { nodes { value { usd: in(currency: "USD") { amount }
      gbp: in(currency: "gbp") { amount currency }
      then: in(currency: "GBP", at: "2026-02-01") { amount } } } } }"""

    assert world.admin.run(query)["deals"]["nodes"][0]["value"] == {
        "usd": {"amount": "12.50"},
        "gbp": {"amount": "6.25", "currency": "GBP"},
        "then": None,
    }


FORECAST = """query($from: Date!, $to: Date!, $pipeline: ID) {
  forecast(from: $from, to: $to, pipelineId: $pipeline) { months { month count
    weighted { amount } unweighted { amount } unconverted { amount currency } } } }"""


def test_deal_14_the_forecast_is_the_sum_of_value_times_probability(world: World) -> None:
    expected: dict[str, list[Decimal]] = {"2027-01": [], "2027-02": [], "2027-03": []}
    for number, day in enumerate(("2027-01-31", "2027-03-01", "2027-03-31", "2027-01-01")):
        value, probability = Decimal(f"{number}7.13"), 5 + 10 * number
        given = {"amount": str(value), "currency": "USD"}
        world.deal(value=given, probability=probability, closeDate=day)
        expected[day[:7]].append((value * probability / 100).quantize(Decimal("0.01")))
    world.deal(closeDate="2027-04-01", value={"amount": "9", "currency": "USD"})
    world.deal(closeDate="2027-02-28", value={"amount": "9", "currency": "EUR"})

    answer = world.admin.run(FORECAST, **{"from": "2027-01-01", "to": "2027-03-31"})

    months = {month["month"]: month for month in answer["forecast"]["months"]}
    assert {month: Decimal(one["weighted"]["amount"]) for month, one in months.items()} == {
        month: sum(amounts, Decimal(0)) for month, amounts in expected.items()
    }
    assert months["2027-02"]["unconverted"] == [{"amount": "9.00", "currency": "EUR"}]
    assert [month["count"] for month in months.values()] == [2, 1, 2]


def test_deal_14_a_forecast_has_bounds(world: World) -> None:
    for first, last, code in (
        ("2027-02-01", "2027-01-01", "BAD_USER_INPUT"),
        ("2027-02-01", "2137-01-01", "LIMIT_EXCEEDED"),
    ):
        assert world.admin.send(FORECAST, {"from": first, "to": last}).codes == [code]


def test_deal_15_a_managers_forecast_is_their_teams(world: World) -> None:
    world.deal(world.rep, closeDate="2027-01-05", value={"amount": "10", "currency": "USD"})
    world.deal(world.admin, closeDate="2027-01-05", value={"amount": "5", "currency": "USD"})
    manager = world.manager
    given = {"name": "North", "managerId": world.user("manager"), "memberIds": [world.user("rep")]}
    world.admin.act("teamCreate", given)
    days = {"from": "2027-01-01", "to": "2027-01-31"}

    months = [one.run(FORECAST, **days)["forecast"]["months"][0] for one in (manager, world.admin)]

    assert [month["unweighted"]["amount"] for month in months] == ["10.00", "15.00"]
