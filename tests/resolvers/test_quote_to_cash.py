"""The chain from a quote to the money: each step by itself, once, and traceable."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.plugins.world import World
from tests.resolvers import cash, quoting
from tests.resolvers.test_deal_moves import sales
from tests.resolvers.test_gates import gate, move, unmet
from tests.services.importing import sql, uuid

STEPS = """query($id: ID!) { deal(id: $id) { quoteToCash { step at cause
  actor { __typename ... on User { id } ... on System { name } }
  quote { id } contract { id } invoice { id } } } }"""
STEPS_OF_ALL = """{ deals(first: 50) { nodes { id quoteToCash { step actor { ... on User { id } }
  quote { id } contract { id } invoice { id } } } } }"""
LINEAGE = """{ deals(first: 50) { nodes { id quotes { nodes { id contracts { nodes { id
  invoices { nodes { id number payments { nodes { value { amount } } } } } } } } } } } }"""
LOG = """query($id: ID!) { deal(id: $id) { stage { category }
  history(first: 50) { nodes { event act actorName } } } }"""


def steps(world: World, deal: str) -> list[Any]:
    found: list[Any] = world.admin.run(STEPS, id=deal)["deal"]["quoteToCash"]
    return found


def invoicing_won_deals(world: World) -> None:
    assert not world.admin.act("workspaceUpdate", {"invoiceWonDeals": True}).errors


def won(world: World, deal: str) -> None:
    version = "query($id: ID!) { deal(id: $id) { version } }"
    now = world.admin.run(version, id=deal)["deal"]["version"]
    assert not move(world, deal, "Closed Won", now).errors


def test_q2c_03_every_step_tells_who_and_why(world: World) -> None:
    done = cash.accepted(world)
    deal = done["quote"]["deal"]["id"]
    cash.by_upload(world, done["contract"]["id"])
    invoice = cash.invoiced(world, deal)["id"]
    assert not cash.act(world, "invoiceSend", invoice, "").errors
    for amount in ("40", "60"):
        assert not cash.paid(world, invoice, amount).errors

    found = steps(world, deal)

    told = [(one["step"], one["cause"]) for one in found]
    number = done["contract"]["number"]
    signed = [
        ("CONTRACT_ACTIVATED", "signed by all, and its first day has come"),
        ("DEAL_WON", f"contract {number} fully signed"),
        ("INVOICE_CREATED", f"contract {number} fully signed"),
    ]
    assert sorted(told[6:9]) == signed
    assert [one[0] for one in told[:6]] == [
        "QUOTE_CREATED",
        "QUOTE_SENT",
        "QUOTE_ACCEPTED",
        "CONTRACT_CREATED",
        "CONTRACT_SENT",
        "CONTRACT_FULLY_SIGNED",
    ]
    assert (
        "CONTRACT_FULLY_SIGNED",
        "signed copy uploaded, signed by Sarah Chen, Ada Admin",
    ) in told
    assert [one[0] for one in told[-3:]] == [
        "INVOICE_SENT",
        "INVOICE_PARTIALLY_PAID",
        "INVOICE_PAID",
    ]
    by = {one["step"]: one["actor"] for one in found}
    assert by["DEAL_WON"] == {"__typename": "System", "name": "Coeffection"}
    assert by["QUOTE_ACCEPTED"] == {"__typename": "User", "id": world.user("admin")}
    (made,) = (one for one in found if one["step"] == "INVOICE_CREATED")
    assert (made["invoice"], made["quote"], made["contract"]) == ({"id": invoice}, None, None)


def test_q2c_03_what_is_out_of_sight_is_no_step(world: World) -> None:
    done = cash.accepted(world)
    deal = done["quote"]["deal"]["id"]
    world.rep  # noqa: B018 - who sees the deal
    query = STEPS.replace("deal(id: $id)", "deal(id: $id) { id } other: deal(id: $id)")
    contract = {"id": done["contract"]["id"], "ownerId": world.user("admin")}

    assert world.rep.run(query, id=deal)["deal"] is None
    assert not world.admin.act("dealUpdate", {"id": deal, "ownerId": world.user("rep")}).errors
    assert not world.admin.act("contractUpdate", contract).errors
    kinds = {one["step"] for one in world.rep.run(STEPS, id=deal)["deal"]["quoteToCash"]}

    assert kinds == {"QUOTE_CREATED", "QUOTE_SENT", "QUOTE_ACCEPTED"}


@pytest.mark.parametrize(
    "query",
    [
        LINEAGE,
        STEPS_OF_ALL,
    ],
)
def test_q2c_03_the_whole_lineage_is_one_query_of_few_statements(world: World, query: str) -> None:
    counts = []
    for many in (1, 4):
        for _ in range(many):
            done = cash.accepted(world)
            cash.by_upload(world, done["contract"]["id"])
            invoice = cash.invoiced(world, done["quote"]["deal"]["id"])["id"]
            assert not cash.act(world, "invoiceSend", invoice, "").errors
            assert not cash.paid(world, invoice, "10").errors
        world.admin.run(query)
        before = world.server.statements()
        world.admin.run(query)
        counts.append(world.server.statements() - before)

    assert counts[0] == counts[1] <= 8


def test_q2c_02_accepted_a_hundred_times_at_once_there_is_one_of_each(world: World) -> None:
    quote = quoting.quote(world)
    assert not cash.act(world, "quoteSend", quote["id"], "").errors
    with ThreadPoolExecutor(16) as pool:
        given = [{"id": quote["id"]}] * 100
        made = list(pool.map(lambda one: accept(world, one), given))

    (contract,) = set(made)
    sent = [cash.act(world, "contractSend", contract, method="UPLOAD").codes for _ in range(3)]
    cash.uploaded_copy(world, contract)
    cash.invoiced(world, quote["deal"]["id"])
    cash.reached(world, contract, "ACTIVE")

    assert sent == [[], [], []]
    events = [one["event"] for one in log(world, quote["deal"]["id"])["history"]["nodes"]]
    assert events.count("won") == 1
    assert len(cash.invoices_of(world, quote["deal"]["id"])) == 1


def accept(world: World, given: dict[str, str]) -> str:
    done = world.admin.act("quoteAccept", given, "contract { id }")
    found: str = done["contract"]["id"]
    return found


def log(world: World, deal: str) -> Any:
    return world.admin.run(LOG, id=deal)["deal"]


def test_contr_08_a_hard_gate_does_not_stop_it_and_the_log_says_so(world: World) -> None:
    gate(world, "Closed Won", {"field": "company"}, {"taskTitle": "Kick-off"})
    done = cash.accepted(world)
    deal = done["quote"]["deal"]["id"]
    by_hand = move(world, deal, "Closed Won")

    cash.by_upload(world, done["contract"]["id"])
    cash.invoiced(world, deal)

    assert by_hand.codes == ["STAGE_GATE_BLOCKED"]
    found = log(world, deal)
    assert found["stage"]["category"] == "WON"
    last = next(one for one in found["history"]["nodes"] if one["event"] == "won")
    assert (last["act"], last["actorName"]) == ("quoteToCash", "Coeffection")
    events = "SELECT data FROM event WHERE workspace_id = $1 AND type = 'deal.won'"
    ((data,),) = sql(world.server, events, uuid(world.id))
    assert '"gateBypassed":true' in str(data).replace(" ", "").replace("'", '"').replace(
        "True", "true"
    )


def test_contr_08_a_deal_that_is_won_stays_where_it_is(world: World) -> None:
    done = cash.accepted(world)
    deal = done["quote"]["deal"]["id"]
    won(world, deal)
    before = log(world, deal)

    cash.by_upload(world, done["contract"]["id"])
    cash.invoiced(world, deal)

    assert log(world, deal) == before


def test_contr_08_a_contract_by_hand_wins_nothing(world: World) -> None:
    deal = quoting.deal(world)
    given = {"dealId": deal, "type": "NDA"}
    made = world.admin.act("contractCreate", given, "contract { id }")["contract"]["id"]

    cash.by_upload(world, made)
    cash.reached(world, made, "ACTIVE")

    assert log(world, deal)["stage"]["category"] == "OPEN"
    assert cash.invoices_of(world, deal) == []


def test_deal_09_a_signed_contract_of_the_type_opens(world: World) -> None:
    gate(world, "Qualified", {"contractType": "NDA"})
    deal = quoting.deal(world)
    made = {}
    for kind in ("NDA", "MSA"):
        given = {"dealId": deal, "type": kind}
        made[kind] = world.admin.act("contractCreate", given, "contract { id }")["contract"]["id"]
    cash.by_upload(world, made["MSA"])
    first = unmet(move(world, deal, "Qualified"))
    sent = cash.act(world, "contractSend", made["NDA"], method="UPLOAD")["contract"]
    one = [sent["signers"]["nodes"][0]["id"]]
    cash.uploaded_copy(world, made["NDA"], signerIds=one)
    partly = unmet(move(world, deal, "Qualified"))
    cash.uploaded_copy(world, made["NDA"])

    moved = move(world, deal, "Qualified")

    asked = [{"__typename": "ContractRequiredCondition", "contractType": "NDA"}]
    assert first == partly == asked
    assert moved["deal"]["stage"]["name"] == "Qualified"


async def test_contr_10_contracts_come_into_force_and_expire_by_their_days(
    world: World, clock: Any
) -> None:
    today = datetime.now(UTC).date()
    days = {"startsOn": str(today + timedelta(days=10)), "endsOn": str(today + timedelta(days=20))}
    given = {"contactId": world.contact(), "title": "Rent"} | days
    made = world.admin.act("contractCreate", given, "contract { id }")["contract"]["id"]
    other = cash.accepted(world)["contract"]["id"]
    for one in (made, other):
        await asyncio.to_thread(cash.by_upload, world, one)
    await asyncio.to_thread(cash.reached, world, other, "ACTIVE")
    soon = f"""{{ contracts(filter: {{endsOn: {{lte: "{today + timedelta(days=21)}"}}}}) {{
      nodes {{ id }} }} }}"""
    states = [cash.contract(world.admin, made)["status"]]

    for ahead in (5, 12, 23):
        await clock(days=ahead)
        await asyncio.to_thread(cash.ticked, world, "contract_terms")
        states.append(cash.contract(world.admin, made)["status"])

    assert states == ["FULLY_SIGNED", "FULLY_SIGNED", "ACTIVE", "EXPIRED"]
    assert cash.contract(world.admin, other)["status"] == "ACTIVE"
    assert world.admin.run(soon)["contracts"]["nodes"] == [{"id": made}]


def test_q2c_02_a_deal_won_by_hand_is_invoiced_once_where_that_is_set(world: World) -> None:
    invoicing_won_deals(world)
    done = cash.accepted(world, taxPercent="8.25")
    deal = done["quote"]["deal"]["id"]

    won(world, deal)
    found = cash.invoiced(world, deal)
    cash.by_upload(world, done["contract"]["id"])
    cash.reached(world, done["contract"]["id"], "ACTIVE")

    assert found["total"] == done["quote"]["total"]
    assert found["contract"] == {"id": done["contract"]["id"]}
    assert [one["id"] for one in cash.invoices_of(world, deal)] == [found["id"]]
    (made,) = (one for one in steps(world, deal) if one["step"] == "INVOICE_CREATED")
    assert made["cause"] == "deal won"


def test_q2c_02_a_deal_without_an_accepted_quote_is_not_invoiced(world: World) -> None:
    invoicing_won_deals(world)
    open_deal = quoting.quote(world)["deal"]["id"]
    done = cash.accepted(world)

    for deal in (open_deal, done["quote"]["deal"]["id"]):
        won(world, deal)
    # In the order of the log: once the later deal has its invoice, the earlier one was looked at.
    cash.invoiced(world, done["quote"]["deal"]["id"])

    assert cash.invoices_of(world, open_deal) == []
    assert sales(world)["Closed Won"]
