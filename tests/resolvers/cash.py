"""Contracts and invoices as their tests need them."""

import secrets
from typing import Any

from tests.plugins.dev import eventually
from tests.plugins.world import Client, Payload, World
from tests.resolvers import quoting
from tests.server.filing import uploaded
from tests.services.importing import sql

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SIGNERS = "signers { nodes { id position name email party status signedAt viewedAt } }"
CONTRACT = f"""contract {{ id version number title type status statusLabel statusReason method body
  startsOn endsOn sentAt signedAt value {{ amount currency }} deal {{ id }} quote {{ id }}
  contact {{ id }} company {{ id }} owner {{ id }} template {{ name }}
  envelope {{ serial state error }} signedDocument {{ name contentType url }} {SIGNERS} }}"""
SUMS = """subtotal { amount } discount { amount } tax { amount } total { amount currency }
  paid { amount } balance { amount } refunded { amount } credited { amount }"""
INVOICE = f"""invoice {{ id version number status issueDate dueDate termsDays taxPercent {SUMS}
  billToName billToEmail billToCompany voidReason overdueAt paidAt
  deal {{ id }} contract {{ id }} quote {{ id }} contact {{ id }} owner {{ id }}
  lines {{ nodes {{ id position description quantity unitPrice {{ amount }} discountPercent
    taxPercent total {{ amount }} product {{ id }} }} }}
  payments {{ nodes {{ id value {{ amount }} paidOn method source reference }} }}
  creditMemos {{ nodes {{ number value {{ amount }} refund reason }} }} }}"""
EVENTS = """query($id: ID!) { contract(id: $id) { history(first: 50) { nodes { event act } } } }"""


def accepted(world: World, *lines: dict[str, Any], **given: Any) -> Any:
    """A quote that was sent and accepted: quote and contract."""
    made = quoting.quote(world, *lines, **given)
    sent = world.admin.act("quoteSend", {"id": made["id"]}, "quote { id }")
    assert not sent.errors, sent.errors
    select = f"quote {{ {quoting.CARD} }} {CONTRACT}"
    return world.admin.act("quoteAccept", {"id": made["id"]}, select)


def contract(client: Client, contract_id: str) -> Any:
    """A contract as somebody sees it."""
    query = f"query($id: ID!) {{ {CONTRACT.replace('contract {', 'contract(id: $id) {', 1)} }}"
    return client.run(query, id=contract_id)["contract"]


def invoice(client: Client, invoice_id: str) -> Any:
    """An invoice as somebody sees it."""
    query = f"query($id: ID!) {{ {INVOICE.replace('invoice {', 'invoice(id: $id) {', 1)} }}"
    return client.run(query, id=invoice_id)["invoice"]


def act(world: World, name: str, record_id: str, select: str = CONTRACT, **given: Any) -> Payload:
    """An act of the Admin on a record."""
    return world.admin.act(name, {"id": record_id} | given, select)


def by_upload(world: World, contract_id: str, **given: Any) -> Any:
    """Send a contract by mail and give its signed copy back; the contract then."""
    assert not act(world, "contractSend", contract_id, method="UPLOAD").errors
    return uploaded_copy(world, contract_id, **given)["contract"]


def uploaded_copy(world: World, contract_id: str, content: bytes = PDF, **given: Any) -> Payload:
    """What giving a signed copy answers."""
    upload = uploaded(world.admin, content, "signed.pdf")
    return act(world, "contractUploadSigned", contract_id, uploadId=upload, **given)


def invoices_of(world: World, deal_id: str) -> list[Any]:
    """The invoices of a deal."""
    query = "query($id: ID!) { deal(id: $id) { invoices { nodes { id } } } }"
    found = world.admin.run(query, id=deal_id)["deal"]["invoices"]["nodes"]
    return [invoice(world.admin, one["id"]) for one in found]


def invoiced(world: World, deal_id: str) -> Any:
    """The one invoice of a deal, once it is there."""
    assert eventually(lambda: bool(invoices_of(world, deal_id)), 30)
    (found,) = invoices_of(world, deal_id)
    return found


def customer(world: World, client: Client | None = None) -> str:
    """A contact who has an address; its id."""
    return world.contact(client, email=f"ap{secrets.token_hex(4)}@globex.example")


def billed(world: World, *amounts: str, client: Client | None = None, **given: Any) -> Any:
    """An invoice that was made by hand and sent."""
    who = client or world.admin
    lines = [quoting.described(amount) for amount in amounts or ("100.00",)]
    contact = given.pop("contactId", None) or customer(world, who)
    values = {"contactId": contact, "lines": lines, "taxPercent": "0"} | given
    made = who.act("invoiceCreate", values, INVOICE)["invoice"]
    return who.act("invoiceSend", {"id": made["id"]}, INVOICE)["invoice"]


def paid(world: World, invoice_id: str, amount: str, **given: Any) -> Payload:
    """What recording a payment answers, to Finance."""
    values = {"id": invoice_id, "amount": {"amount": amount}} | given
    return world.finance.act("invoicePaymentRecord", values, f"{INVOICE} payment {{ id }}")


def ticked(world: World, kind: str) -> None:
    """Let a recurring job come round once, whatever the hour."""
    begun = sql(
        world.server, "UPDATE due_work SET at = now() WHERE kind = $1 RETURNING now()", kind
    )
    done = "SELECT at > now() AND attempts = 0 FROM due_work WHERE kind = $1"
    assert begun
    assert eventually(lambda: bool(sql(world.server, done, kind)[0][0]), 300)


def reached(world: World, contract_id: str, status: str) -> None:
    """Wait until a contract has come to a state."""
    assert eventually(lambda: contract(world.admin, contract_id)["status"] == status, 60)
