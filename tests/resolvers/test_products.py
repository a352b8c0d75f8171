"""The catalogue, as clients keep it."""

import pytest

from tests.plugins.world import World

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


def test_prices_follow_each_other_and_never_overlap(world, product) -> None:
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


def test_a_price_ends_after_it_begins(world, product) -> None:
    refused = price(world, product, "100.00", "2026-07-01", "2026-07-01")

    assert refused.codes == ["INVALID_DATE_RANGE"]


def test_a_rep_reads_the_catalogue(world, product) -> None:
    assert world.rep.run("{ products { nodes { id } } }")["products"]["nodes"] == [{"id": product}]
