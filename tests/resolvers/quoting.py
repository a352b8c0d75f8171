"""Products and quotes as the tests of quotes need them."""

import secrets
from typing import Any

from tests.plugins.world import Client, World

LINE = """id position description quantity listPrice { amount currency } listPriceConverted
  listPriceRate appliedTier { minQuantity discountPercent } unitPrice { amount } discountPercent
  taxPercent total { amount } overriddenAt overriddenBy { id } product { id }"""
SUMS = "subtotal { amount } discount { amount } tax { amount } total { amount currency }"
APPROVAL = """approvalState approval { state approver { id } requestedBy { id } decidedAt comment
  approvedPercent }"""
CARD = f"""id version number title status validUntil terms taxPercent discountPercent {SUMS}
  {APPROVAL} contact {{ id }} company {{ id }} owner {{ id }} deal {{ id }}
  lines {{ nodes {{ {LINE} }} }}"""
QUOTE = f"quote {{ {CARD} }}"
ASKED = """quote { id } userErrors { ... on ApprovalRequiredError {
  discountPercent limitPercent approvers { id } } }"""


def product(world: World, name: str = "Platform License", **given: Any) -> str:
    """A product of the catalogue; its id."""
    values = {"sku": name.upper(), "name": name, "billingType": "RECURRING"} | given
    found: str = world.admin.act("productCreate", values, "product { id }")["product"]["id"]
    return found


def priced(
    world: World, product_id: str, amount: str, currency: str = "USD", since: str = "2020-01-01"
) -> None:
    """Give a product a price."""
    given = {
        "productId": product_id,
        "price": {"amount": amount, "currency": currency},
        "effectiveFrom": since,
    }
    assert not world.admin.act("productPriceCreate", given).errors


def seat(world: World, amount: str = "150") -> str:
    """A product with a price; its id."""
    found = product(world)
    priced(world, found, amount)
    return found


def tier(world: World, product_id: str, quantity: str, percent: str) -> None:
    """Give a product a discount from a quantity on."""
    given = {"productId": product_id, "minQuantity": quantity, "discountPercent": percent}
    assert not world.admin.act("productTierCreate", given).errors


def deal(world: World, client: Client | None = None, **given: Any) -> str:
    """A deal with a contact who has an address; its id."""
    who = client or world.admin
    contact = given.pop("contactId", None) or world.contact(
        who, email=f"c{secrets.token_hex(4)}@globex.example"
    )
    return world.deal(who, contactId=contact, **given)


def described(amount: str = "100", **given: Any) -> dict[str, Any]:
    """A line that is no product of the catalogue."""
    line = {"description": "Workshop", "quantity": "1", "unitPrice": {"amount": amount}}
    return line | given


def quote(world: World, *lines: dict[str, Any], client: Client | None = None, **given: Any) -> Any:
    """A quote with lines, of a described one where none is given."""
    who = client or world.admin
    values = {"dealId": given.pop("dealId", None) or deal(world, who)} | given
    return who.act("quoteCreate", values | {"lines": list(lines) or [described()]}, QUOTE)["quote"]


def sums(found: Any) -> tuple[str, ...]:
    """Subtotal, discount, tax and total of a quote."""
    return tuple(found[name]["amount"] for name in ("subtotal", "discount", "tax", "total"))


def read(client: Client, quote_id: str) -> Any:
    """A quote as somebody sees it."""
    query = f"query($id: ID!) {{ quote(id: $id) {{ {CARD} }} }}"
    return client.run(query, id=quote_id)["quote"]


def team(world: World, *members: str, manager: str = "manager") -> str:
    """A team of users with a manager; its id."""
    given: dict[str, Any] = {"name": f"Team of {manager}", "managerId": world.user(manager)}
    given |= {"memberIds": [world.user(one) for one in members]}
    found: str = world.admin.act("teamCreate", given, "team { id }")["team"]["id"]
    return found
