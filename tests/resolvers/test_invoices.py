"""Invoices: made of quotes, deals and contacts, written, sent, withdrawn, found overdue."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.plugins.world import World
from tests.resolvers import cash, quoting


def sums(found: Any) -> tuple[str, ...]:
    return tuple(found[name]["amount"] for name in ("subtotal", "discount", "tax", "total"))


def lines_of(found: Any) -> list[tuple[str, ...]]:
    names = ("description", "quantity", "discountPercent", "taxPercent")
    return [
        (*(one[name] for name in names), one["unitPrice"]["amount"], one["total"]["amount"])
        for one in found["lines"]["nodes"]
    ]


def made(world: World, *lines: Any, **given: Any) -> Any:
    values = {"lines": list(lines)} | given
    values.setdefault("contactId", cash.customer(world))
    return world.admin.act("invoiceCreate", values, cash.INVOICE)["invoice"]


def test_inv_01_the_invoice_mirrors_its_quote_to_the_cent(world: World) -> None:
    lines = [
        quoting.described("33.33", quantity="3", discountPercent="12.5", taxPercent="7"),
        quoting.described("0.05", quantity="0.333"),
        quoting.described("1999.99", description="Licence", quantity="2"),
    ]
    done = cash.accepted(world, *lines, taxPercent="8.875", discountPercent="3.3")
    quote = done["quote"]
    cash.by_upload(world, done["contract"]["id"])

    found = cash.invoiced(world, quote["deal"]["id"])

    assert sums(found) == quoting.sums(quote)
    own = [(one[:3], one[4:], one[3]) for one in lines_of(found)]
    theirs = [(one[:3], one[4:], one[3] or "8.875") for one in lines_of(quote)]
    assert own == theirs
    assert (found["status"], found["number"]) == ("DRAFT", "INV-0001")
    assert (found["quote"], found["contract"]) == (
        {"id": quote["id"]},
        {"id": done["contract"]["id"]},
    )
    assert (found["billToName"], found["contact"]) == ("Sarah Chen", quote["contact"])
    assert found["balance"]["amount"] == found["total"]["amount"]


def test_inv_03_an_invoice_is_made_by_hand_for_a_contact(world: World) -> None:
    company = world.admin.act("companyCreate", {"name": "Globex"}, "company { id }")["company"][
        "id"
    ]
    contact = world.contact(email="ap@globex.example", company={"connect": company})
    given = [quoting.described("100", quantity="2", discountPercent="10"), quoting.described("20")]

    found = made(
        world, *given, contactId=contact, taxPercent="10", discount={"amount": "50"}, termsDays=15
    )

    assert sums(found) == ("200.00", "50.00", "15.00", "165.00")
    issued = datetime.fromisoformat(found["issueDate"])
    assert found["dueDate"] == (issued + timedelta(days=15)).date().isoformat()
    billed = [found[name] for name in ("billToName", "billToEmail", "billToCompany")]
    assert billed == ["Sarah Chen", "ap@globex.example", "Globex"]


def test_inv_03_deal_17_a_deal_prefills_its_invoice(world: World) -> None:
    deal = quoting.deal(world, name="Rollout", value={"amount": "4200", "currency": "EUR"})

    found = world.admin.act("invoiceCreate", {"dealId": deal}, cash.INVOICE)["invoice"]

    assert found["total"] == {"amount": "4200.00", "currency": "EUR"}
    assert [one[0] for one in lines_of(found)] == ["Rollout"]
    assert found["deal"] == {"id": deal}


def test_inv_03_deal_17_of_an_accepted_quote_there_is_one_invoice_whoever_makes_it(
    world: World,
) -> None:
    done = cash.accepted(world, taxPercent="8")
    deal = done["quote"]["deal"]["id"]

    altered = world.admin.act("invoiceCreate", {"dealId": deal, "taxPercent": "5"})
    by_hand = world.admin.act("invoiceCreate", {"dealId": deal, "termsDays": 7}, cash.INVOICE)
    cash.by_upload(world, done["contract"]["id"])
    cash.reached(world, done["contract"]["id"], "ACTIVE")

    assert (altered.codes, altered.errors[0]["path"]) == (["INVALID_VALUE"], ["taxPercent"])
    (only,) = cash.invoices_of(world, deal)
    assert only["id"] == by_hand["invoice"]["id"]
    assert (sums(only), only["termsDays"]) == (quoting.sums(done["quote"]), 7)
    assert only["contract"] == {"id": done["contract"]["id"]}


def test_inv_03_deal_17_pressed_by_many_at_once_it_is_made_once(world: World) -> None:
    deal = cash.accepted(world)["quote"]["deal"]["id"]
    select = "invoice { id } userErrors { ... on AlreadyInvoicedError { invoice { id } } }"
    with ThreadPoolExecutor(8) as pool:
        made_by = list(
            pool.map(
                lambda one: world.admin.act("invoiceCreate", {"dealId": one}, select), [deal] * 8
            )
        )

    (only,) = cash.invoices_of(world, deal)
    refused = [one.errors[0] for one in made_by if one.errors]
    assert len(refused) == 7
    assert {one["code"] for one in refused} == {"ALREADY_INVOICED"}
    assert all(one["invoice"] == {"id": only["id"]} for one in refused)
    lines = {"dealId": deal, "lines": [quoting.described("5")], "contactId": world.contact()}
    assert not world.admin.act("invoiceCreate", lines).errors


def test_inv_03_lines_are_written_while_it_is_a_draft(world: World) -> None:
    found = made(world, quoting.described("100"), taxPercent="10")
    given = {"invoiceId": found["id"], **quoting.described("50", description="Travel")}
    added = world.admin.act("invoiceLineAdd", given, f"{cash.INVOICE} line {{ id position }}")
    first, second = (one["id"] for one in added["invoice"]["lines"]["nodes"])
    change = {"id": first, "quantity": "3", "taxPercent": "0"}

    changed = world.admin.act("invoiceLineUpdate", change, cash.INVOICE)["invoice"]
    removed = world.admin.act("invoiceLineRemove", {"id": second}, cash.INVOICE)["invoice"]
    given = {"discount": {"amount": "100"}, "termsDays": 60, "issueDate": "2026-02-01"}
    discounted = cash.act(world, "invoiceUpdate", found["id"], cash.INVOICE, **given)["invoice"]

    assert (added["line"]["position"], sums(added["invoice"])[3]) == (2, "165.00")
    assert sums(changed) == ("350.00", "0.00", "5.00", "355.00")
    assert sums(removed) == ("300.00", "0.00", "0.00", "300.00")
    assert sums(discounted) == ("300.00", "100.00", "0.00", "200.00")
    assert discounted["dueDate"] == "2026-04-02"
    assert found["version"] < added["invoice"]["version"] < changed["version"]


def test_inv_04_what_was_sent_is_not_written_on(world: World) -> None:
    found = cash.billed(world)
    (line,) = (one["id"] for one in found["lines"]["nodes"])
    added = {"invoiceId": found["id"], **quoting.described("1")}

    refused = [
        world.admin.act("invoiceLineAdd", added),
        world.admin.act("invoiceLineUpdate", {"id": line, "quantity": "2"}),
        world.admin.act("invoiceLineRemove", {"id": line}),
        cash.act(world, "invoiceUpdate", found["id"], "", termsDays=3),
    ]
    handed = cash.act(world, "invoiceUpdate", found["id"], "", ownerId=world.user("admin"))

    assert [one.codes for one in refused] == [["INVALID_TRANSITION"]] * 4
    assert "one that is Draft" in refused[0].errors[0]["message"]
    assert not handed.errors


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ({"quantity": "0"}, ["lines", "0", "quantity"]),
        ({"quantity": "-1"}, ["lines", "0", "quantity"]),
        ({"quantity": "10000001"}, ["lines", "0", "quantity"]),
        ({"discountPercent": "100.01"}, ["lines", "0", "discountPercent"]),
        ({"taxPercent": "-1"}, ["lines", "0", "taxPercent"]),
    ],
)
def test_inv_03_lines_that_cannot_be_are_refused(world: World, line: Any, path: Any) -> None:
    given = {"contactId": world.contact(), "lines": [quoting.described("10", **line)]}

    refused = world.admin.act("invoiceCreate", given)

    assert [(one["code"], one["path"]) for one in refused.errors] == [("INVALID_VALUE", path)]
    assert world.admin.run("{ invoices { totalCount } }")["invoices"]["totalCount"] == 0


def test_inv_03_an_invoice_is_in_one_currency(world: World) -> None:
    euros: dict[str, Any] = {"unitPrice": {"amount": "5", "currency": "EUR"}}
    given = {"contactId": world.contact(), "lines": [quoting.described(**euros)]}
    refused = world.admin.act("invoiceCreate", given)
    taken = world.admin.act("invoiceCreate", given | {"currency": "EUR"}, cash.INVOICE)["invoice"]
    discount = {"discount": {"amount": "1", "currency": "USD"}}
    other = cash.act(world, "invoiceUpdate", taken["id"], "", **discount)
    more = cash.act(world, "invoiceUpdate", taken["id"], "", discount={"amount": "6"})

    assert refused.codes == other.codes == ["CURRENCY_MISMATCH"]
    assert taken["total"] == {"amount": "5.00", "currency": "EUR"}
    assert more.codes in (["CURRENCY_MISMATCH"], ["INVALID_VALUE"])


def test_inv_08_numbers_are_consecutive_and_one_query_lists_them(world: World) -> None:
    for amount in ("10", "20", "30"):
        cash.billed(world, amount)
    query = """{ invoices(orderBy: [{field: NUMBER}]) { nodes {
      number billToName total { amount } dueDate status } } }"""
    before = world.server.statements()

    listed = world.admin.run(query)["invoices"]["nodes"]

    assert world.server.statements() - before <= 3
    numbers = [(one["number"], one["total"]["amount"]) for one in listed]
    assert numbers == [("INV-0001", "10.00"), ("INV-0002", "20.00"), ("INV-0003", "30.00")]


@pytest.mark.parametrize("days", [0, 15, 30, 365])
def test_inv_09_it_is_due_so_many_days_after_its_issue(world: World, days: int) -> None:
    found = made(world, quoting.described(), termsDays=days, issueDate="2026-01-31")

    due = datetime(2026, 1, 31, tzinfo=UTC) + timedelta(days=days)
    assert (found["termsDays"], found["dueDate"]) == (days, due.date().isoformat())


def test_inv_09_terms_are_at_most_a_year(world: World) -> None:
    given = {"contactId": world.contact(), "termsDays": 366}

    refused = world.admin.act("invoiceCreate", given)

    assert (refused.codes, refused.errors[0]["path"]) == (["INVALID_VALUE"], ["termsDays"])


def test_inv_03_an_invoice_is_sent_by_mail_with_its_document(world: World) -> None:
    found = made(world, quoting.described("250"), taxPercent="0")
    select = "invoice { status sentAt } delivery { recipients subject withDocument state }"

    sent = cash.act(world, "invoiceSend", found["id"], select)
    again = cash.act(world, "invoiceSend", found["id"], select, to=["cfo@globex.example"])

    assert sent["invoice"]["status"] == "SENT"
    delivery = sent["delivery"]
    assert (delivery["recipients"], delivery["withDocument"]) == ([found["billToEmail"]], True)
    assert found["number"] in delivery["subject"]
    assert again["invoice"] == sent["invoice"]
    assert again["delivery"]["recipients"] == ["cfo@globex.example"]


def test_inv_03_what_cannot_be_sent_says_why(world: World) -> None:
    empty = world.admin.act("invoiceCreate", {"contactId": world.contact()}, "invoice { id }")
    nobody = made(world, quoting.described(), contactId=world.contact(email=None))

    bare = cash.act(world, "invoiceSend", empty["invoice"]["id"], "")
    unaddressed = cash.act(world, "invoiceSend", nobody["id"], "")

    assert [(one["code"], one["path"]) for one in bare.errors] == [("REQUIRED", ["lines"])]
    assert [(one["code"], one["path"]) for one in unaddressed.errors] == [("REQUIRED", ["to"])]
    assert cash.invoice(world.admin, nobody["id"])["status"] == "DRAFT"


def test_inv_11_finance_withdraws_what_nothing_was_paid_on(world: World) -> None:
    found, other = cash.billed(world), cash.billed(world)
    assert not cash.paid(world, other["id"], "40").errors
    given = {"id": found["id"], "reason": "Sent twice"}

    void = world.finance.act("invoiceVoid", given, cash.INVOICE)["invoice"]
    again = world.finance.act("invoiceVoid", given)
    begun = world.finance.act("invoiceVoid", given | {"id": other["id"]})
    assert not cash.paid(world, other["id"], "60").errors
    settled = world.finance.act("invoiceVoid", given | {"id": other["id"]})

    assert (void["status"], void["voidReason"]) == ("VOID", "Sent twice")
    assert [one.codes for one in (again, begun, settled)] == [["INVALID_TRANSITION"]] * 3
    assert cash.paid(world, found["id"], "1").codes == ["INVALID_TRANSITION"]


async def test_inv_10_inv_13_an_invoice_becomes_overdue_once(world: World, clock: Any) -> None:
    late = cash.billed(world, termsDays=3)
    partly = cash.billed(world, termsDays=3)
    assert not cash.paid(world, partly["id"], "40").errors
    later, draft = cash.billed(world, termsDays=30), made(world, quoting.described(), termsDays=3)
    query = """query($id: ID!) { invoice(id: $id) { history(first: 50) { nodes {
      event actorName } } } }"""

    await clock(days=5)
    await asyncio.to_thread(cash.ticked, world, "overdue")
    await asyncio.to_thread(cash.ticked, world, "overdue")

    states = [cash.invoice(world.admin, one["id"]) for one in (late, partly, later, draft)]
    assert [one["status"] for one in states] == ["OVERDUE", "OVERDUE", "SENT", "DRAFT"]
    told = world.admin.run(query, id=late["id"])["invoice"]["history"]["nodes"]
    assert [one["event"] for one in told] == ["overdue", "sent", "created"]
    assert told[0]["actorName"] == "Coeffection"
    more = cash.paid(world, partly["id"], "10")["invoice"]
    whole = cash.paid(world, partly["id"], "50")["invoice"]
    assert (more["status"], whole["status"]) == ("OVERDUE", "PAID")
    sent = cash.act(world, "invoiceSend", draft["id"], cash.INVOICE)["invoice"]
    assert sent["issueDate"] > draft["dueDate"]
    assert sent["status"] == "SENT"


@pytest.mark.waits_for("QuickBooks and NetSuite")
def test_inv_02_an_invoice_cannot_be_synced_yet(world: World) -> None:
    found = cash.billed(world)

    refused = world.finance.act("invoiceSync", {"id": found["id"]})

    assert refused.codes == ["INTEGRATION_NOT_CONNECTED"]


def operation(payload: Any) -> str:
    assert not payload.errors, payload.errors
    found: str = payload.fields["operationId"]
    return found


def test_gql_12_what_is_written_in_drafts_can_be_undone_until_they_are_sent(world: World) -> None:
    found = made(world, quoting.described("100"), taxPercent="0")
    line = {"invoiceId": found["id"], **quoting.described("50")}
    contract = cash.accepted(world)["contract"]["id"]

    added = operation(world.admin.act("invoiceLineAdd", line))
    back = world.admin.act("undo", {"operationId": added})
    renamed = operation(cash.act(world, "contractUpdate", contract, title="Other"))
    title = world.admin.act("undo", {"operationId": renamed})
    again = operation(world.admin.act("invoiceLineAdd", line))
    sent = operation(cash.act(world, "invoiceSend", found["id"], ""))
    late = world.admin.act("undo", {"operationId": again})

    assert (back.errors, title.errors) == ([], [])
    assert cash.contract(world.admin, contract)["title"] != "Other"
    assert late.codes == ["UNDO_COLLISION"]
    assert world.admin.act("undo", {"operationId": sent}).codes == ["NOT_UNDOABLE"]
    assert sums(cash.invoice(world.admin, found["id"]))[3] == "150.00"
