"""Payments and credit memos: who records them, and where they put an invoice."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.plugins.world import Client, World
from tests.resolvers import cash, quoting

OVER = "userErrors { ... on OverpaymentError { balance { amount currency } } }"


def credited(world: World, invoice_id: str, amount: str, **given: Any) -> Any:
    values = {"invoiceId": invoice_id, "amount": {"amount": amount}, "reason": "Damaged"} | given
    return world.finance.act(
        "creditMemoCreate", values, f"{cash.INVOICE} creditMemo {{ id }} {OVER}"
    )


def standing(found: Any) -> tuple[str, str, str]:
    return found["status"], found["paid"]["amount"], found["balance"]["amount"]


def test_inv_04_inv_05_payments_settle_an_invoice(world: World) -> None:
    found = cash.billed(world, "100.00")
    given = {"paidOn": "2026-01-20", "method": "CARD", "reference": "Ref 7"}

    first = cash.paid(world, found["id"], "40", **given)["invoice"]
    second = cash.paid(world, found["id"], "60.00")["invoice"]

    assert standing(first) == ("PARTIALLY_PAID", "40.00", "60.00")
    assert standing(second) == ("PAID", "100.00", "0.00")
    assert second["paidAt"] is not None
    _, earlier = second["payments"]["nodes"]
    assert {name: earlier[name] for name in (*given, "source")} == given | {"source": "MANUAL"}


def test_inv_05_more_than_the_balance_is_refused_with_it(world: World) -> None:
    found = cash.billed(world, "100.00")
    assert not cash.paid(world, found["id"], "40").errors
    given = {"id": found["id"], "amount": {"amount": "60.01"}}

    refused = world.finance.act("invoicePaymentRecord", given, OVER)

    assert refused.codes == ["OVERPAYMENT"]
    assert refused.errors[0]["balance"] == {"amount": "60.00", "currency": "USD"}
    assert standing(cash.invoice(world.admin, found["id"])) == ("PARTIALLY_PAID", "40.00", "60.00")


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        (
            {"amount": {"amount": "5", "currency": "EUR"}},
            "CURRENCY_MISMATCH",
            ["amount", "currency"],
        ),
        ({"amount": {"amount": "0"}}, "INVALID_VALUE", ["amount", "amount"]),
        ({"amount": {"amount": "-5"}}, "INVALID_VALUE", ["amount", "amount"]),
        ({"amount": {"amount": "0.001"}}, "INVALID_VALUE", ["amount", "amount"]),
    ],
)
def test_inv_05_amounts_that_cannot_have_come_in_are_refused(
    world: World, given: Any, code: str, path: Any
) -> None:
    found = cash.billed(world)

    refused = world.finance.act("invoicePaymentRecord", {"id": found["id"]} | given)

    assert [(one["code"], one["path"]) for one in refused.errors] == [(code, path)]
    assert cash.invoice(world.admin, found["id"])["payments"]["nodes"] == []


def test_inv_05_a_payment_does_not_come_in_tomorrow_nor_on_a_draft(world: World) -> None:
    found = cash.billed(world)
    lines = [quoting.described("10")]
    given = {"contactId": cash.customer(world), "lines": lines}
    draft = world.admin.act("invoiceCreate", given, "invoice { id }")["invoice"]
    soon = (datetime.now(UTC).date() + timedelta(days=2)).isoformat()

    early = cash.paid(world, found["id"], "5", paidOn=soon)
    unsent = cash.paid(world, draft["id"], "5")

    assert [(one["code"], one["path"]) for one in early.errors] == [("INVALID_VALUE", ["paidOn"])]
    assert unsent.codes == ["INVALID_TRANSITION"]


def test_inv_05_of_payments_at_once_none_passes_the_balance(world: World) -> None:
    found = cash.billed(world, "100.00")
    world.finance  # noqa: B018 - joins before the others come
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: cash.paid(world, found["id"], "30").codes, range(8)))

    assert codes.count([]) == 3
    assert codes.count(["OVERPAYMENT"]) == 5
    assert standing(cash.invoice(world.admin, found["id"])) == ("PARTIALLY_PAID", "90.00", "10.00")


def test_inv_05_sent_again_with_its_key_a_payment_counts_once(world: World) -> None:
    found = cash.billed(world, "100.00")

    for _ in range(3):
        assert not cash.paid(world, found["id"], "30", idempotencyKey="bank line 7").errors

    assert standing(cash.invoice(world.admin, found["id"]))[1] == "30.00"


def test_inv_05_a_slip_is_taken_back(world: World) -> None:
    found = cash.billed(world, "100.00")
    first = cash.paid(world, found["id"], "40")["payment"]["id"]
    second = cash.paid(world, found["id"], "60")["payment"]["id"]

    partly = world.finance.act("paymentDelete", {"id": second}, cash.INVOICE)["invoice"]
    none = world.finance.act("paymentDelete", {"id": first}, cash.INVOICE)["invoice"]

    assert standing(partly) == ("PARTIALLY_PAID", "40.00", "60.00")
    assert standing(none) == ("SENT", "0.00", "100.00")
    assert (partly["paidAt"], none["payments"]["nodes"]) == (None, [])


ACTS: dict[str, dict[str, Any]] = {
    "invoicePaymentRecord": {"amount": {"amount": "5"}},
    "invoiceVoid": {"reason": "x"},
    "invoiceSync": {},
}


@pytest.mark.parametrize("role", ["admin", "executive", "manager", "rep"])
def test_role_04_inv_12_only_finance_records_payments_and_withdraws(
    world: World, role: str
) -> None:
    client: Client = world.of(role)
    found = cash.billed(world, client=client)
    paid = cash.paid(world, found["id"], "5")["payment"]["id"]
    acts = {name: {"id": found["id"]} | given for name, given in ACTS.items()}
    acts["paymentDelete"] = {"id": paid}
    acts["creditMemoCreate"] = {"invoiceId": found["id"], "reason": "x", "amount": {"amount": "1"}}

    codes = {name: forbidden(client, name, given) for name, given in acts.items()}

    assert codes == {name: ["FORBIDDEN"] for name in acts}
    assert standing(cash.invoice(client, found["id"])) == ("PARTIALLY_PAID", "5.00", "95.00")


def forbidden(client: Client, name: str, given: Any) -> list[str]:
    kind = f"{name[0].upper()}{name[1:]}Input"
    query = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ operationId }} }}"
    return client.send(query, {"input": given}).codes


def test_inv_14_a_credit_memo_takes_off_what_is_to_be_paid(world: World) -> None:
    found = cash.billed(world, "100.00")
    assert not cash.paid(world, found["id"], "40").errors

    too_much = credited(world, found["id"], "60.01")
    partly = credited(world, found["id"], "25")["invoice"]
    whole = credited(world, found["id"], "35")["invoice"]

    assert (too_much.codes, too_much.errors[0]["balance"]["amount"]) == (["OVERPAYMENT"], "60.00")
    assert standing(partly) == ("PARTIALLY_PAID", "40.00", "35.00")
    assert standing(whole) == ("PAID", "40.00", "0.00")
    memos = [(one["number"], one["value"]["amount"]) for one in whole["creditMemos"]["nodes"]]
    assert sorted(memos) == [("CM-0001", "25.00"), ("CM-0002", "35.00")]


def test_inv_14_what_was_paid_is_given_back(world: World) -> None:
    found = cash.billed(world, "100.00")
    payment = cash.paid(world, found["id"], "100")["payment"]["id"]

    back = credited(world, found["id"], "30", refund=True)["invoice"]
    too_much = credited(world, found["id"], "70.01", refund=True)
    kept = world.finance.act("paymentDelete", {"id": payment})

    assert standing(back) == ("PAID", "100.00", "0.00")
    assert (back["refunded"]["amount"], back["credited"]["amount"]) == ("30.00", "30.00")
    assert (too_much.codes, too_much.errors[0]["balance"]["amount"]) == (["OVERPAYMENT"], "70.00")
    assert kept.codes == ["IN_USE"]


def test_inv_14_a_deal_shows_what_it_comes_to_and_how_it_stands(world: World) -> None:
    deal = quoting.deal(world)
    query = """query($id: ID!) { deal(id: $id) {
      paymentStatus netInvoiced { amount currency } } }"""

    def shown() -> tuple[Any, list[Any]]:
        found = world.admin.run(query, id=deal)["deal"]
        sums = [(one["amount"], one["currency"]) for one in found["netInvoiced"]]
        return found["paymentStatus"], sums

    before = shown()
    first = cash.billed(world, "100", dealId=deal)
    euros = {"description": "Trip", "quantity": "1", "unitPrice": {"amount": "50"}}
    second = cash.billed(world, dealId=deal, lines=[euros], currency="EUR")
    outstanding = shown()
    assert not credited(world, first["id"], "20").errors
    for one, amount in ((first, "80"), (second, "50")):
        assert not cash.paid(world, one["id"], amount).errors

    assert before == (None, [])
    assert outstanding == ("OUTSTANDING", [("50.00", "EUR"), ("100.00", "USD")])
    assert shown() == ("PAID", [("50.00", "EUR"), ("80.00", "USD")])


async def test_inv_10_a_deal_with_a_late_invoice_is_overdue(world: World, clock: Any) -> None:
    deal = quoting.deal(world)
    cash.billed(world, dealId=deal, termsDays=3)

    await clock(days=5)
    await asyncio.to_thread(cash.ticked, world, "overdue")

    query = "query($id: ID!) { deal(id: $id) { paymentStatus } }"
    assert world.admin.run(query, id=deal)["deal"]["paymentStatus"] == "OVERDUE"


def test_inv_12_invoices_are_seen_with_their_owners_and_all_by_finance(world: World) -> None:
    own = cash.billed(world, client=world.rep)["id"]
    theirs = cash.billed(world)["id"]
    query = "{ invoices { nodes { id } } }"

    seen = {
        role: {one["id"] for one in world.of(role).run(query)["invoices"]["nodes"]}
        for role in ("rep", "manager", "executive", "admin", "finance")
    }

    everything = {own, theirs}
    assert seen == {
        "rep": {own},
        "manager": set(),
        "executive": everything,
        "admin": everything,
        "finance": everything,
    }
