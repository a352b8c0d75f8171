"""The catalogue, as clients keep it."""

from typing import Any

import pytest

from tests.plugins.world import World
from tests.resolvers import quoting

CARD = "product { id sku name billingType version }"
PRICE = "productPrice { id effectiveFrom effectiveTo price { amount currency } }"


@pytest.fixture
def product(world: World) -> str:
    given = {"sku": "ANV-1", "name": "Anvil", "billingType": "ONE_TIME"}
    made = world.admin.act("productCreate", given, CARD)
    found: str = made["product"]["id"]
    return found


def price(world: World, product: str, amount: str, start: str, end: str | None = None, **more):
    given = {
        "productId": product,
        "price": {"amount": amount, "currency": "USD"} | more,
        "effectiveFrom": start,
        "effectiveTo": end,
    }
    return world.admin.act("productPriceCreate", given, PRICE)


def test_prod_01_a_stock_keeping_unit_is_unique_whatever_its_case(world, product) -> None:
    given = {"sku": "anv-1", "name": "Another", "billingType": "RECURRING"}

    refused = world.admin.act("productCreate", given, CARD)

    assert [(one["code"], one["path"]) for one in refused.errors] == [("DUPLICATE", ["sku"])]


def test_a_deleted_product_frees_its_unit_and_cannot_take_it_back(world, product) -> None:
    world.admin.act("productDelete", {"id": product})
    given = {"sku": "ANV-1", "name": "Another", "billingType": "ONE_TIME"}
    world.admin.act("productCreate", given, CARD)["product"]

    assert world.admin.act("productRestore", {"id": product}, CARD).codes == ["DUPLICATE"]


def test_a_product_is_upserted_by_its_unit(world, product) -> None:
    given = {
        "match": {"sku": "anv-1"},
        "values": {"sku": "ANV-1", "name": "Anvil, large", "billingType": "ONE_TIME"},
    }

    changed = world.admin.act("productUpsert", given, CARD)["product"]

    assert (changed["id"], changed["name"], changed["version"]) == (product, "Anvil, large", 2)


def test_prod_02_prices_follow_each_other_and_never_overlap(world, product) -> None:
    price(world, product, "100.00", "2026-01-01", "2026-07-01")["productPrice"]
    price(world, product, "120.00", "2026-07-01")["productPrice"]
    price(world, product, "90.00", "2026-01-01", currency="EUR")["productPrice"]

    overlapping = price(world, product, "110.00", "2026-06-30", "2026-07-01")

    assert overlapping.codes == ["PRICE_OVERLAP"]
    prices = world.admin.run(
        "query($id: ID!) { product(id: $id) { prices { nodes { price { amount currency } } } } }",
        id=product,
    )["product"]["prices"]["nodes"]
    assert prices[0]["price"]["amount"] == "120.00"
    assert len(prices) == 3


def test_prod_02_a_price_ends_after_it_begins(world, product) -> None:
    refused = price(world, product, "100.00", "2026-07-01", "2026-07-01")

    assert refused.codes == ["INVALID_DATE_RANGE"]


def test_a_rep_reads_the_catalogue(world, product) -> None:
    assert world.rep.run("{ products { nodes { id } } }")["products"]["nodes"] == [{"id": product}]


QUOTATION = """listPrice { amount currency } unitPrice { amount } converted rate rateOn
  appliedTier { minQuantity discountPercent }"""


def quotation(world: World, product: str, arguments: str = "") -> Any:
    """What a product costs, by the arguments of the field."""
    query = f"query($id: ID!) {{ product(id: $id) {{ price{arguments} {{ {QUOTATION} }} }} }}"
    return world.admin.run(query, id=product)["product"]["price"]


def test_prod_01_products_are_found_by_name_and_unit(world, product) -> None:
    query = "query($text: String) { products(search: $text) { nodes { id } } }"
    for text in ("anvil", "ANV-1"):
        found = world.admin.run(query, text=text)
        assert found["products"]["nodes"] == [{"id": product}]


def test_prod_05_a_product_is_charged_once_or_again_and_again(world) -> None:
    kinds = {"Platform License": "RECURRING", "Implementation Services": "ONE_TIME"}
    for name, kind in kinds.items():
        given = {"sku": name, "name": name, "billingType": kind}
        assert not world.admin.act("productCreate", given).errors

    query = "{ products(filter: {billingType: {eq: RECURRING}}) { nodes { name billingType } } }"

    assert world.admin.run(query)["products"]["nodes"] == [
        {"name": "Platform License", "billingType": "RECURRING"}
    ]


def test_prod_02_a_product_tells_its_price_of_a_day(world, product) -> None:
    price(world, product, "100.00", "2026-01-01", "2026-07-01")["productPrice"]
    price(world, product, "120.00", "2026-07-01")["productPrice"]
    days = ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01")

    told = [quotation(world, product, f'(at: "{day}")') for day in days]

    assert told[0] is None
    amounts = [one["listPrice"] for one in told[1:]]
    assert [one["amount"] for one in amounts] == ["100.00", "100.00", "120.00"]
    assert told[1]["converted"] is False


def test_prod_02_prod_03_a_price_of_so_many_has_the_quantity_discount(world, product) -> None:
    price(world, product, "9.99", "2020-01-01")["productPrice"]
    quoting.tier(world, product, "10", "15")

    few, many = (quotation(world, product, f'(quantity: "{one}")') for one in ("9.5", "10"))

    assert (few["unitPrice"]["amount"], few["appliedTier"]) == ("9.99", None)
    assert many["unitPrice"]["amount"] == "8.49"
    assert many["appliedTier"] == {"minQuantity": "10", "discountPercent": "15"}


def test_prod_04_a_price_in_a_currency_of_its_own_goes_before_an_exchanged_one(world, product):
    price(world, product, "100.00", "2020-01-01")["productPrice"]
    rates = {"EUR": "1.25", "JPY": "0.008"}
    for code, rate in rates.items():
        given = {"currency": code, "rate": rate, "validOn": "2026-01-02"}
        assert not world.admin.act("exchangeRateSet", given).errors
    told = [quotation(world, product, f'(currency: "{code}")') for code in ("EUR", "JPY", "CHF")]
    price(world, product, "75.00", "2020-01-01", currency="EUR")["productPrice"]

    own = quotation(world, product, '(currency: "EUR")')
    franc = {"currency": "CHF", "rate": "0.5", "validOn": "2026-01-03"}
    assert not world.admin.act("exchangeRateSet", franc).errors
    crossed = quotation(world, product, '(currency: "CHF")')

    assert [one and one["listPrice"]["amount"] for one in told] == ["80.00", "12500", None]
    assert (told[0]["converted"], told[0]["rate"], told[0]["rateOn"]) == (
        True,
        "0.8000000000",
        "2026-01-02",
    )
    assert (own["listPrice"]["amount"], own["converted"], own["rate"]) == ("75.00", False, None)
    assert crossed["listPrice"]["amount"] == "200.00"


@pytest.mark.parametrize(
    "wrong", ['(currency: "XXX")', '(quantity: "0")', '(quantity: "-1")', '(quantity: "1000001")']
)
def test_prod_02_a_price_that_cannot_be_asked_for_is_refused(world, product, wrong) -> None:
    query = f"query($id: ID!) {{ product(id: $id) {{ price{wrong} {{ converted }} }} }}"

    assert world.admin.send(query, {"id": product}).codes == ["BAD_USER_INPUT"]


def test_prod_02_prices_of_a_page_of_products_take_as_many_statements(world) -> None:
    query = '{ products { nodes { price(quantity: "3") { unitPrice { amount } } } } }'
    counted = []
    for number in range(2):
        quoting.priced(world, quoting.product(world, f"Product {number}"), "5")
        world.admin.run(query)
        before = world.server.statements()
        nodes = world.admin.run(query)["products"]["nodes"]
        counted.append(world.server.statements() - before)

    assert nodes == [{"price": {"unitPrice": {"amount": "5.00"}}}] * 2
    assert counted[0] == counted[1]


TIER = "productTier { id minQuantity discountPercent version }"


def test_prod_03_tiers_are_kept_in_the_order_of_their_quantities(world, product) -> None:
    for quantity, percent in (("100", "10"), ("10", "5"), ("0.5", "1")):
        quoting.tier(world, product, quantity, percent)

    query = "query($id: ID!) { product(id: $id) { tiers { nodes { id minQuantity } } } }"
    nodes = world.admin.run(query, id=product)["product"]["tiers"]["nodes"]
    changed = {"id": nodes[0]["id"], "discountPercent": "2"}
    tier = world.admin.act("productTierUpdate", changed, TIER)["productTier"]
    assert not world.admin.act("productTierDelete", {"id": nodes[1]["id"]}).errors

    assert [one["minQuantity"] for one in nodes] == ["0.5", "10", "100"]
    assert tier["discountPercent"] == "2"
    left = world.admin.run(query, id=product)["product"]["tiers"]["nodes"]
    assert left == [nodes[0], nodes[2]]


@pytest.mark.parametrize(
    ("wrong", "code", "path"),
    [
        ({"minQuantity": "0"}, "INVALID_VALUE", ["minQuantity"]),
        ({"minQuantity": "1.0001"}, "INVALID_VALUE", ["minQuantity"]),
        ({"minQuantity": "1000001"}, "INVALID_VALUE", ["minQuantity"]),
        ({"discountPercent": "-1"}, "INVALID_VALUE", ["discountPercent"]),
        ({"discountPercent": "100.5"}, "INVALID_VALUE", ["discountPercent"]),
        ({"minQuantity": "10.0"}, "DUPLICATE", ["minQuantity"]),
    ],
)
def test_prod_03_a_tier_that_cannot_be_is_refused(world, product, wrong, code, path) -> None:
    quoting.tier(world, product, "10", "5")
    given = {"productId": product, "minQuantity": "20", "discountPercent": "7"} | wrong

    refused = world.admin.act("productTierCreate", given)

    assert [(one["code"], one["path"]) for one in refused.errors] == [(code, path)]
