"""Quotes: written for a deal, numbered, priced by the catalogue, and added up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.plugins.world import World
from tests.resolvers import quoting
from tests.resolvers.quoting import LINE, QUOTE, described, priced, product, seat, sums, tier
from tests.services.importing import sql, uuid

LINED = f"line {{ {LINE} }} {QUOTE}"


def test_quote_01_deal_17_a_quote_is_filled_in_from_its_deal(world: World) -> None:
    contact = world.contact(email="chen@globex.com")
    company = world.admin.act("companyCreate", {"name": "Globex"}, "company { id }")
    deal = world.deal(contactId=contact, companyId=company["company"]["id"], ownerId=None)

    made = world.admin.act("quoteCreate", {"dealId": deal}, QUOTE)["quote"]

    assert (made["title"], made["status"]) == ("Globex Renewal", "DRAFT")
    assert made["contact"]["id"] == contact
    assert made["company"]["id"] == company["company"]["id"]
    assert made["owner"]["id"] == world.user("admin")
    ahead = date.fromisoformat(made["validUntil"]) - timedelta(days=30)
    assert abs((ahead - datetime.now(UTC).date()).days) <= 1
    assert sums(made) == ("0.00", "0.00", "0.00", "0.00")


def test_quote_01_a_deal_without_a_contact_needs_one_named(world: World) -> None:
    deal = world.deal()

    refused = world.admin.act("quoteCreate", {"dealId": deal})
    given = {"dealId": deal, "contactId": world.contact(), "title": "Enterprise"}
    made = world.admin.act("quoteCreate", given, QUOTE)["quote"]

    assert [(one["code"], one["path"]) for one in refused.errors] == [("REQUIRED", ["contactId"])]
    assert (made["contact"]["id"], made["title"]) == (given["contactId"], "Enterprise")


def test_quote_01_a_deal_or_contact_out_of_sight_is_not_found(world: World) -> None:
    theirs = quoting.deal(world)
    mine = quoting.deal(world, world.rep)

    for given, path in (
        ({"dealId": theirs}, ["dealId"]),
        ({"dealId": mine, "contactId": world.contact()}, ["contactId"]),
    ):
        refused = world.rep.act("quoteCreate", given)
        assert [(one["code"], one["path"]) for one in refused.errors] == [("NOT_FOUND", path)]


def test_quote_02_numbers_of_a_hundred_made_at_once_are_consecutive(world: World) -> None:
    deal = quoting.deal(world)

    with ThreadPoolExecutor(20) as pool:
        acts = pool.map(
            lambda _: world.admin.act("quoteCreate", {"dealId": deal}, "quote { number }"),
            range(100),
        )
        numbers = [one["quote"]["number"] for one in acts]

    year = numbers[0].split("-")[1]
    assert sorted(numbers) == [f"QT-{year}-{serial:04d}" for serial in range(1, 101)]


def test_quote_02_a_refused_quote_takes_no_number(world: World) -> None:
    deal = quoting.deal(world)
    bad = {"dealId": deal, "lines": [described(quantity="0")]}
    assert world.admin.act("quoteCreate", bad).codes == ["INVALID_VALUE"]

    assert quoting.quote(world, dealId=deal)["number"].endswith("-0001")


def test_quote_08_the_golden_quote_has_exactly_its_six_numbers(world: World) -> None:
    catalogue = [
        ("Platform License", "150", "50", "10"),
        ("Implementation Services", "12000", "1", None),
        ("Priority Support", "5000", "1", "15"),
    ]
    lines = []
    for name, amount, quantity, percent in catalogue:
        found = product(world, name)
        priced(world, found, amount)
        lines.append({"productId": found, "quantity": quantity, "discountPercent": percent})

    made = quoting.quote(world, *lines, discount={"amount": "2000"}, taxPercent="8")

    assert [line["total"]["amount"] for line in made["lines"]["nodes"]] == [
        "6750.00",
        "12000.00",
        "4250.00",
    ]
    assert sums(made) == ("23000.00", "2000.00", "1680.00", "22680.00")
    assert made["total"]["currency"] == "USD"


def test_quote_08_the_same_numbers_come_of_one_line_after_the_other(world: World) -> None:
    made = quoting.quote(world, described("12000"), taxPercent="8")
    for line in (
        described("150", quantity="50", discountPercent="10"),
        described("5000", discountPercent="15"),
    ):
        given = {"quoteId": made["id"]} | line
        assert not world.admin.act("quoteLineAdd", given).errors

    given = {"id": made["id"], "discount": {"amount": "2000", "currency": "USD"}}
    found = world.admin.act("quoteUpdate", given, QUOTE)["quote"]

    assert sums(found) == ("23000.00", "2000.00", "1680.00", "22680.00")
    assert [line["position"] for line in found["lines"]["nodes"]] == [1, 2, 3]


def test_quote_03_a_line_takes_the_price_of_the_day_from_the_catalogue(world: World) -> None:
    made = quoting.quote(world, described())
    given = {"quoteId": made["id"], "productId": seat(world), "quantity": "3"}

    added = world.admin.act("quoteLineAdd", given | {"discountPercent": "10"}, LINED)

    line = added["line"]
    assert (line["description"], line["position"]) == ("Platform License", 2)
    assert line["listPrice"] == {"amount": "150.00", "currency": "USD"}
    assert (line["unitPrice"]["amount"], line["total"]["amount"]) == ("150.00", "405.00")
    assert added["quote"]["total"]["amount"] == "505.00"
    assert added["quote"]["version"] == made["version"] + 1


def test_setup_09_a_line_on_an_empty_catalogue_finds_no_product(world: World) -> None:
    made = quoting.quote(world)
    elsewhere = World(world.server)
    for strange in (seat(elsewhere), "prd_01HX9ZK2P8N3QR4ST5VW6XY7Z8"):
        given = {"quoteId": made["id"], "productId": strange, "quantity": "1"}

        refused = world.admin.act("quoteLineAdd", given)

        assert [(one["code"], one["path"]) for one in refused.errors] == [
            ("PRODUCT_NOT_FOUND", ["productId"])
        ]


def test_quote_04_the_tier_is_chosen_by_quantity_and_shown(world: World) -> None:
    found = seat(world, "99.99")
    tier(world, found, "10", "5")
    tier(world, found, "100", "12.5")
    made = quoting.quote(world, {"productId": found, "quantity": "9"})
    (line,) = made["lines"]["nodes"]
    shown = [(line["appliedTier"], line["unitPrice"]["amount"])]

    for quantity in ("10", "99.999", "100", "5000"):
        given = {"id": line["id"], "quantity": quantity}
        changed = world.admin.act("quoteLineUpdate", given, LINED)["line"]
        shown.append((changed["appliedTier"], changed["unitPrice"]["amount"]))

    low = {"minQuantity": "10", "discountPercent": "5"}
    high = {"minQuantity": "100", "discountPercent": "12.5"}
    assert shown == [
        (None, "99.99"),
        (low, "94.99"),
        (low, "94.99"),
        (high, "87.49"),
        (high, "87.49"),
    ]


def test_quote_05_a_price_set_by_hand_keeps_the_list_price_and_who_set_it(world: World) -> None:
    found = seat(world)
    tier(world, found, "10", "10")
    made = quoting.quote(world, {"productId": found, "quantity": "10"})
    (line,) = made["lines"]["nodes"]
    by_hand = {"id": line["id"], "unitPriceOverride": {"amount": "130"}}

    changed = world.admin.act("quoteLineUpdate", by_hand, LINED)["line"]
    more = {"id": line["id"], "quantity": "20"}
    kept = world.admin.act("quoteLineUpdate", more, LINED)["line"]
    back = {"id": line["id"], "unitPriceOverride": None}
    taken_back = world.admin.act("quoteLineUpdate", back, LINED)["line"]

    assert changed["listPrice"]["amount"] == "150.00"
    assert (changed["unitPrice"]["amount"], changed["appliedTier"]) == ("130.00", None)
    assert changed["overriddenBy"]["id"] == world.user("admin")
    assert changed["overriddenAt"]
    assert (kept["unitPrice"]["amount"], kept["total"]["amount"]) == ("130.00", "2600.00")
    assert (taken_back["unitPrice"]["amount"], taken_back["overriddenBy"]) == ("135.00", None)


def test_quote_06_a_line_may_have_a_tax_rate_of_its_own(world: World) -> None:
    lines = [described("100"), described("50", taxPercent="0"), described("50", taxPercent="20")]

    made = quoting.quote(world, *lines, taxPercent="8", discount={"amount": "20"})

    # The discount is shared out as 10, 5 and 5.
    assert sums(made) == ("200.00", "20.00", "16.20", "196.20")


def test_quote_06_the_workspaces_rate_can_be_replaced_and_taxes_the_discounted_sum(world) -> None:
    made = quoting.quote(world, described("100"))
    given = {"id": made["id"], "taxPercent": "19", "discountPercent": "10"}

    changed = world.admin.act("quoteUpdate", given, QUOTE)["quote"]
    emptied = {"id": made["id"], "discountPercent": None}
    whole = world.admin.act("quoteUpdate", emptied, QUOTE)["quote"]

    assert sums(changed) == ("100.00", "10.00", "17.10", "107.10")
    assert changed["discountPercent"] == "10"
    assert (sums(whole), whole["discountPercent"]) == (("100.00", "0.00", "19.00", "119.00"), None)


HOME = "homeRate homeRateOn homeTotal { amount currency }"


def test_quote_07_a_foreign_quote_keeps_the_exchange_rate_of_its_day(world: World) -> None:
    rate = {"currency": "EUR", "rate": "1.10", "validOn": "2026-01-02"}
    assert not world.admin.act("exchangeRateSet", rate).errors
    given = {"dealId": quoting.deal(world), "currency": "EUR", "lines": [described("100")]}
    made = world.admin.act("quoteCreate", given, f"quote {{ id total {{ currency }} {HOME} }}")
    later = {"currency": "EUR", "rate": "2", "validOn": "2026-01-03"}
    assert not world.admin.act("exchangeRateSet", later).errors

    query = f"query($id: ID!) {{ quote(id: $id) {{ {HOME} }} }}"
    found = world.admin.run(query, id=made["quote"]["id"])["quote"]

    assert made["quote"]["total"]["currency"] == "EUR"
    assert (found["homeRate"], found["homeRateOn"]) == ("1.10", "2026-01-02")
    assert found["homeTotal"] == {"amount": "110.00", "currency": "USD"}


def test_quote_07_without_a_rate_a_foreign_quote_is_refused(world: World) -> None:
    given = {"dealId": quoting.deal(world), "currency": "CHF", "lines": [described()]}

    refused = world.admin.act("quoteCreate", given)

    assert [(one["code"], one["path"]) for one in refused.errors] == [
        ("RATE_MISSING", ["currency"])
    ]
    assert "CHF" in refused.errors[0]["message"]


def test_prod_04_a_price_in_another_currency_is_exchanged_and_flagged(world: World) -> None:
    found = seat(world, "110")
    rate = {"currency": "EUR", "rate": "1.10", "validOn": "2026-01-02"}
    assert not world.admin.act("exchangeRateSet", rate).errors
    given = {"dealId": quoting.deal(world), "currency": "EUR"}
    made = world.admin.act("quoteCreate", given | {"lines": [{"productId": found, "quantity": 1}]})

    assert not made.errors
    (line,) = world.admin.run(f"{{ quoteLines {{ nodes {{ {LINE} }} }} }}")["quoteLines"]["nodes"]
    assert line["listPrice"] == {"amount": "100.00", "currency": "EUR"}
    assert (line["listPriceConverted"], line["listPriceRate"]) == (True, "0.9090909091")


def test_prod_04_a_product_without_any_price_has_to_be_priced_by_hand(world: World) -> None:
    given = {"quoteId": quoting.quote(world)["id"], "productId": product(world), "quantity": "2"}

    refused = world.admin.act("quoteLineAdd", given)
    by_hand = given | {"unitPriceOverride": {"amount": "10"}}
    added = world.admin.act("quoteLineAdd", by_hand, LINED)["line"]

    assert refused.codes == ["PRICE_MISSING"]
    assert added["total"]["amount"] == "20.00"


async def test_quote_09_prod_02_a_later_price_is_for_later_quotes(world: World, clock) -> None:
    found = product(world)
    today = datetime.now(UTC).date()
    later = (today + timedelta(days=10)).isoformat()
    price = {"productId": found, "price": {"amount": "150", "currency": "USD"}}
    given = price | {"effectiveFrom": "2020-01-01", "effectiveTo": later}
    assert not world.admin.act("productPriceCreate", given).errors
    dear = {"productId": found, "price": {"amount": "165"}, "effectiveFrom": later}
    old = quoting.quote(world, {"productId": found, "quantity": "1"}, validUntil="2999-01-01")
    assert not world.admin.act("productPriceCreate", dear).errors

    await clock(days=12)
    new = quoting.quote(world, {"productId": found, "quantity": "1"})
    (line,) = old["lines"]["nodes"]
    more = {"id": line["id"], "quantity": "2"}
    old = world.admin.act("quoteLineUpdate", more, QUOTE)["quote"]

    assert (old["total"]["amount"], new["total"]["amount"]) == ("300.00", "165.00")


def test_prod_01_a_retired_product_stays_where_it_is_and_goes_nowhere_else(world: World) -> None:
    found = seat(world)
    made = quoting.quote(world, {"productId": found, "quantity": "1"})
    retired = {"id": found, "retired": True}
    assert not world.admin.act("productUpdate", retired).errors

    again = world.admin.act(
        "quoteLineAdd", {"quoteId": made["id"], "productId": found, "quantity": "1"}
    )

    assert again.codes == ["PRODUCT_RETIRED"]
    assert quoting.read(world.admin, made["id"])["lines"]["nodes"][0]["product"]["id"] == found


WRONG = [
    ({"quantity": "0"}, "INVALID_VALUE", ["quantity"]),
    ({"quantity": "-1"}, "INVALID_VALUE", ["quantity"]),
    ({"quantity": "1000000.001"}, "INVALID_VALUE", ["quantity"]),
    ({"quantity": "1.0001"}, "INVALID_VALUE", ["quantity"]),
    ({"discountPercent": "-0.01"}, "INVALID_VALUE", ["discountPercent"]),
    ({"discountPercent": "100.01"}, "INVALID_VALUE", ["discountPercent"]),
    ({"taxPercent": "101"}, "INVALID_VALUE", ["taxPercent"]),
    ({"unitPrice": {"amount": "-1"}}, "INVALID_VALUE", ["unitPrice", "amount"]),
    ({"unitPrice": {"amount": "1.001"}}, "INVALID_VALUE", ["unitPrice", "amount"]),
    ({"unitPrice": {"amount": "1000000000000000"}}, "INVALID_VALUE", ["unitPrice", "amount"]),
    (
        {"unitPrice": {"amount": "999999999999"}, "quantity": "1000000"},
        "INVALID_VALUE",
        ["quantity"],
    ),
    (
        {"unitPrice": {"amount": "1", "currency": "EUR"}},
        "CURRENCY_MISMATCH",
        ["unitPrice", "currency"],
    ),
    ({"unitPrice": None}, "REQUIRED", ["unitPrice"]),
    ({"description": " "}, "REQUIRED", ["productId"]),
    ({"unitPriceOverride": {"amount": "1"}}, "INVALID_VALUE", ["unitPriceOverride"]),
]


@pytest.mark.parametrize(("wrong", "code", "path"), WRONG)
def test_quote_03_a_line_that_cannot_be_is_refused_and_nothing_is_written(
    world: World, wrong, code, path
) -> None:
    made = quoting.quote(world)

    refused = world.admin.act("quoteLineAdd", {"quoteId": made["id"]} | described() | wrong)
    nested = {"dealId": made["deal"]["id"], "lines": [described(), described() | wrong]}
    never = world.admin.act("quoteCreate", nested)

    assert [(one["code"], one["path"]) for one in refused.errors] == [(code, path)]
    assert [(one["code"], one["path"]) for one in never.errors] == [(code, ["lines", "1", *path])]
    assert quoting.read(world.admin, made["id"]) == made
    assert world.admin.run("{ quotes { totalCount } }")["quotes"]["totalCount"] == 1


@pytest.mark.parametrize(
    ("wrong", "code", "path"),
    [
        ({"discount": {"amount": "100.01"}}, "INVALID_VALUE", ["discount"]),
        ({"discount": {"amount": "1", "currency": "EUR"}}, "CURRENCY_MISMATCH", None),
        ({"discountPercent": "100.1"}, "INVALID_VALUE", ["discountPercent"]),
        ({"discount": {"amount": "1"}, "discountPercent": "1"}, "INVALID_VALUE", None),
        ({"taxPercent": "-1"}, "INVALID_VALUE", ["taxPercent"]),
        ({"taxPercent": None}, "REQUIRED", ["taxPercent"]),
        ({"title": "  "}, "REQUIRED", ["title"]),
        ({"title": None}, "REQUIRED", ["title"]),
        ({"contactId": None}, "REQUIRED", ["contactId"]),
        ({"validUntil": "2001-01-01"}, "INVALID_VALUE", ["validUntil"]),
        ({}, "EMPTY_PATCH", []),
    ],
)
def test_quote_06_terms_that_cannot_be_are_refused(world: World, wrong, code, path) -> None:
    made = quoting.quote(world)

    refused = world.admin.act("quoteUpdate", {"id": made["id"]} | wrong)

    assert refused.codes == [code]
    assert path is None or refused.errors[0]["path"] == path
    assert quoting.read(world.admin, made["id"]) == made


def test_quote_06_a_discount_cannot_outlive_what_it_was_given_on(world: World) -> None:
    made = quoting.quote(world, described("100"), described("20"), discount={"amount": "15"})
    first, second = (line["id"] for line in made["lines"]["nodes"])
    assert not world.admin.act("quoteLineRemove", {"id": second}).errors

    refused = world.admin.act("quoteLineRemove", {"id": first})

    assert [(one["code"], one["path"]) for one in refused.errors] == [
        ("INVALID_VALUE", ["discount"])
    ]


def test_quote_03_a_quote_has_at_most_two_hundred_lines(world: World) -> None:
    deal = quoting.deal(world)
    too_many = {"dealId": deal, "lines": [described("1")] * 201}
    assert world.admin.act("quoteCreate", too_many).codes == ["TOO_MANY"]
    made = quoting.quote(world, *[described("1")] * 200, dealId=deal)

    more = world.admin.act("quoteLineAdd", {"quoteId": made["id"]} | described())

    assert more.codes == ["TOO_MANY"]


def test_quote_03_lines_are_put_in_order_and_taken_out(world: World) -> None:
    made = quoting.quote(world, described("1"), described("2"), described("3"))
    one, two, three = (line["id"] for line in made["lines"]["nodes"])
    order = {"quoteId": made["id"], "lineIds": [three, one, two]}

    moved = world.admin.act("quoteLineReorder", order, QUOTE)["quote"]
    left = world.admin.act("quoteLineRemove", {"id": one}, QUOTE)["quote"]
    short = world.admin.act("quoteLineReorder", order)

    assert [line["id"] for line in moved["lines"]["nodes"]] == [three, one, two]
    assert moved["version"] == made["version"] + 1
    assert [line["id"] for line in left["lines"]["nodes"]] == [three, two]
    assert left["total"]["amount"] == "5.00"
    assert short.codes == ["NOT_FOUND"]


def test_quote_02_of_two_who_edit_a_quote_the_second_learns_what_changed(world: World) -> None:
    made = quoting.quote(world)
    (line,) = made["lines"]["nodes"]
    given = {"id": line["id"], "quantity": "2", "expectedVersion": made["version"]}
    assert not world.admin.act("quoteLineUpdate", given).errors

    stale = "userErrors { ... on StaleVersionError { currentVersion changedFields } }"
    late = {"id": made["id"], "title": "Mine", "expectedVersion": made["version"]}
    refused = world.admin.act("quoteUpdate", late, stale)

    assert refused.codes == ["STALE_VERSION"]
    assert refused.errors[0]["currentVersion"] == made["version"] + 1
    assert "total" in refused.errors[0]["changedFields"]


def test_quote_16_a_copy_is_a_draft_of_its_own_at_the_prices_of_the_day(world: World) -> None:
    found = product(world)
    today = datetime.now(UTC).date().isoformat()
    price = {"productId": found, "price": {"amount": "150"}, "effectiveFrom": "2020-01-01"}
    given = world.admin.act("productPriceCreate", price, "productPrice { id }")["productPrice"]
    by_hand = {"productId": found, "quantity": "1", "unitPriceOverride": {"amount": "140"}}
    lines: list[dict[str, Any]] = [
        {"productId": found, "quantity": "2"},
        by_hand,
        described("7", taxPercent="5"),
    ]
    made = quoting.quote(world, *lines, taxPercent="10", discountPercent="5", title="Offer")
    dearer = {"id": given["id"], "price": {"amount": "200"}}
    assert not world.admin.act("productPriceUpdate", dearer).errors

    copy = world.admin.act("quoteDuplicate", {"id": made["id"]}, QUOTE)["quote"]

    assert copy["number"] > made["number"]
    assert (copy["status"], copy["title"], copy["discountPercent"]) == ("DRAFT", "Offer", "5")
    totals = [line["total"]["amount"] for line in copy["lines"]["nodes"]]
    assert totals == ["400.00", "140.00", "7.00"]
    assert copy["validUntil"] > today


def test_quote_03_a_line_more_on_a_long_quote_takes_as_many_statements(world: World) -> None:
    short, long = (quoting.quote(world, *[described("1")] * count) for count in (1, 199))
    counted, told = [], []
    for made in (short, long):
        given = {"quoteId": made["id"]} | described("5")
        before = world.server.statements()
        done = world.admin.act("quoteLineAdd", given, "quote { total { amount } }")
        counted.append(world.server.statements() - before)
        log = """SELECT type FROM event WHERE workspace_id = $1 AND operation_id = $2
          ORDER BY position"""
        operation = uuid(done.fields["operationId"])
        told.append([row["type"] for row in sql(world.server, log, uuid(world.id), operation)])

    assert counted[0] == counted[1]
    assert told == [["quote_line.created", "quote.updated"]] * 2
