"""What a contact's page says of them at a glance."""

from tests.plugins.world import World

QUERY = """query($id: ID!) { contact(id: $id) { openDealCount openDealValue { amount currency }
  openDealsUnconverted { amount currency } } }"""
LIST = "{ contacts(first: 100) { nodes { name openDealCount openDealValue { amount } } } }"


def deal(world: World, contact: str, amount: str, client=None, **rest):
    number, currency = amount.split()
    value = {"amount": number, "currency": currency}
    return world.deal(client, contactId=contact, value=value, **rest)


def test_cont_08_open_deals_are_counted_and_summed(world: World) -> None:
    contact = world.contact()
    world.admin.act("exchangeRateSet", {"currency": "EUR", "rate": "1.5", "validOn": "2026-01-01"})
    for amount in ("50000 USD", "8000 EUR", "7 CHF"):
        deal(world, contact, amount)
    won = "{ pipelineStages(first: 100) { nodes { id name pipeline { name } } } }"
    stages = world.admin.run(won)["pipelineStages"]["nodes"]
    closed = [one["id"] for one in stages if one["name"] == "Closed Won"]
    deal(world, contact, "1 USD", stageId=closed[0])

    assert world.admin.run(QUERY, id=contact)["contact"] == {
        "openDealCount": 3,
        "openDealValue": {"amount": "62000.00", "currency": "USD"},
        "openDealsUnconverted": [{"amount": "7.00", "currency": "CHF"}],
    }


def test_cont_08_what_a_viewer_does_not_see_is_not_counted(world: World) -> None:
    contact = world.contact(world.rep)
    deal(world, contact, "10 USD", world.rep)
    deal(world, contact, "90 USD", world.admin)

    seen = [one.run(QUERY, id=contact)["contact"] for one in (world.rep, world.executive)]

    assert [(one["openDealCount"], one["openDealValue"]["amount"]) for one in seen] == [
        (1, "10.00"),
        (2, "100.00"),
    ]


def test_cont_08_a_list_costs_one_statement_more(world: World) -> None:
    for number in range(12):
        deal(world, world.contact(lastName=f"No {number}"), "5 USD")
    world.admin.run(LIST)
    before = world.server.statements()

    nodes = world.admin.run(LIST)["contacts"]["nodes"]

    assert {node["openDealCount"] for node in nodes} == {1}
    assert world.server.statements() - before == 2
