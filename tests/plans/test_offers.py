"""Prices of products and approvals of quotes: values with arguments, values that carry records."""

import pytest

from tests.plans.pair import ROLES, Pair
from tests.plugins.world import World

QUOTATION = """__typename converted rate rateOn listPrice { amount currency __typename }
  unitPrice { amount } appliedTier { __typename minQuantity discountPercent }"""
APPROVAL = """__typename state decidedAt comment approvedPercent
  approver { id name } asked: requestedBy { __typename teams { nodes { name } } }"""
COMPILED = (
    (f"{{ products(first: 9) {{ nodes {{ sku price {{ {QUOTATION} }} }} }} }}", None),
    (
        f"""query($d: Date, $q: Decimal) {{ products {{ nodes {{ one: price {{ converted }}
          many: price(at: $d, quantity: $q) {{ {QUOTATION} }} }} }} }}""",
        {"d": "2026-11-01", "q": "1000"},
    ),
    (
        f"""query($c: CurrencyCode) {{ quoteLines(first: 20) {{ nodes {{ product {{
          price(currency: $c) {{ {QUOTATION} }} }} appliedTier {{ minQuantity }} }} }} }}""",
        {"c": "EUR"},
    ),
    (f"{{ quotes(first: 40) {{ nodes {{ id approval {{ {APPROVAL} }} }} }} }}", None),
    (
        f"""{{ quoteLines(first: 9) {{ nodes {{ quote {{ homeTotal {{ amount currency }}
          trackedLink {{ viewCount }} approval {{ {APPROVAL} }} }} }} }} }}""",
        None,
    ),
)


@pytest.fixture(scope="module")
def offers(populated: World) -> World:
    """A workspace with quantity discounts, and with discounts that wait for an approval."""
    admin = populated.admin
    found = admin.run("{ products(first: 3) { nodes { id } } contacts(first: 1) { nodes { id } } }")
    rate = {"currency": "EUR", "rate": "1.25", "validOn": "2026-01-01"}
    assert not admin.act("exchangeRateSet", rate).errors
    for product in found["products"]["nodes"]:
        for quantity, percent in (("10", "5"), ("500", "12.5")):
            given = {"productId": product["id"], "minQuantity": quantity}
            assert not admin.act("productTierCreate", given | {"discountPercent": percent}).errors
    owners = {"ownerId": populated.user("rep"), "contactId": found["contacts"]["nodes"][0]["id"]}
    line = {"productId": found["products"]["nodes"][0]["id"], "quantity": "600"}
    lines = [line, line | {"discountPercent": "40"}]
    for _ in range(2):
        deal = populated.deal(**owners)
        assert not admin.act("quoteCreate", {"dealId": deal, "lines": lines}).errors
    return populated


@pytest.mark.parametrize("role", ROLES)
def test_gql_09_prices_and_approvals_are_compiled(pair: Pair, offers: World, role: str) -> None:
    for query, variables in COMPILED:
        pair.compiled(offers.of(role), query, variables)


@pytest.mark.parametrize("wrong", ['(currency: "nope")', '(quantity: "0")'])
def test_gql_09_prices_are_refused_the_same(pair: Pair, offers: World, wrong: str) -> None:
    for parents in ("products(first: 1)", "quoteLines(first: 3)"):
        inner = f"sku price{wrong} {{ converted }}"
        inner = inner if parents.startswith("p") else f"product {{ {inner} }}"
        pair.same(offers.admin, f"{{ {parents} {{ nodes {{ {inner} }} }} }}")


def test_gql_02_prices_and_approvals_cost_the_same_for_any_number(
    pair: Pair, offers: World
) -> None:
    for field in (
        "products(first: $n) { nodes { price { unitPrice { amount } } } }",
        "quotes(first: $n) { nodes { approval { state requestedBy { name } } } }",
    ):
        query = f"query($n: Int) {{ {field} }}"
        costs = [pair.statements(offers.admin, query, {"n": size}) for size in (2, 7)]
        assert costs[0] == costs[1]
