"""Contracts signed through a signature service that tells what happens by webhook."""

import itertools
import json
import random
from typing import Any

import pytest

from tests.plugins.dev import eventually
from tests.plugins.signatures import COPY, Envelope, Service, proof
from tests.plugins.world import Server, World
from tests.resolvers import cash, quoting
from tests.server.filing import fetched
from tests.services.importing import sql, uuid

CUSTOMER = {"name": "Jane Doe", "email": "jane@globex.example"}
OURS = {"name": "Ada Admin", "email": "ada@acme.example", "party": "COMPANY"}


@pytest.fixture
def world(signing_server: Server) -> World:
    """A fresh workspace of the instance that is connected."""
    return World(signing_server)


def draft(world: World, **given: Any) -> Any:
    """A contract of an accepted quote, kept from going out by itself."""
    settings = {"contractAutoSend": False}
    assert not world.admin.act("workspaceUpdate", settings).errors
    made = cash.accepted(world, **given)["contract"]
    named = [CUSTOMER, OURS]
    return cash.act(world, "contractSignersSet", made["id"], signers=named)["contract"]


def out(world: World, service: Service) -> tuple[Any, Envelope]:
    """A contract that is with its signers, and its envelope."""
    made = cash.act(world, "contractSend", draft(world)["id"])["contract"]
    return made, envelope_of(world, service, made)


def envelope_of(world: World, service: Service, contract: Any, serial: int = 1) -> Envelope:
    """The envelope of a contract, by its serial."""
    title = f"{contract['number']} {contract['title']}"

    def found() -> list[Envelope]:
        path = world.id
        return [one for one in service.all_of(title) if path in one.asked["callback"]]

    assert eventually(lambda: len(found()) == serial, 60), service.calls[-5:]
    return found()[-1]


def status(world: World, contract: Any) -> tuple[str, list[str]]:
    now = cash.contract(world.admin, contract["id"])
    return now["status"], [one["status"] for one in now["signers"]["nodes"]]


def test_contr_13_in_one_click_it_is_with_the_service(
    world: World, signature_service: Service
) -> None:
    made = draft(world)

    sent = cash.act(world, "contractSend", made["id"])["contract"]
    again = cash.act(world, "contractSend", made["id"])["contract"]

    envelope = envelope_of(world, signature_service, made)
    assert (sent["status"], sent["method"]) == ("SENT_FOR_SIGNATURE", "SERVICE")
    assert again["version"] == sent["version"]
    asked = [(one["name"], one["email"], one["party"]) for one in envelope.asked["signers"]]
    assert asked == [
        ("Jane Doe", "jane@globex.example", "CUSTOMER"),
        ("Ada Admin", "ada@acme.example", "COMPANY"),
    ]
    assert envelope.document.startswith(b"%PDF-")
    states = {"serial": 1, "state": "SENT", "error": None}
    assert eventually(lambda: cash.contract(world.admin, made["id"])["envelope"] == states, 30)


def test_quote_17_contr_04_contr_05_contr_09_signed_by_both_it_wins_and_invoices(
    world: World, signature_service: Service
) -> None:
    made, envelope = out(world, signature_service)

    signature_service.told(envelope, "VIEWED", signer=CUSTOMER["email"])
    signature_service.told(envelope, "SIGNED", signer="JANE@globex.example")
    partly = status(world, made)
    envelope.state = "COMPLETED"
    signature_service.told(envelope, "SIGNED", signer=OURS["email"])

    assert partly == ("PARTIALLY_SIGNED", ["SIGNED", "PENDING"])
    assert status(world, made)[0] in {"FULLY_SIGNED", "ACTIVE"}
    cash.invoiced(world, made["deal"]["id"])

    def copied() -> Any:
        return cash.contract(world.admin, made["id"])["signedDocument"]

    assert eventually(lambda: copied() is not None, 60)
    assert fetched(copied()["url"]).content == COPY
    history = world.admin.run(cash.EVENTS, id=made["id"])["contract"]["history"]["nodes"]
    events = [one["event"] for one in reversed(history)]
    assert [one for one in events if one not in {"signers_set", "copy_kept"}] == [
        "created",
        "sent",
        "viewed",
        "signed",
        "fully_signed",
        "activated",
    ]


ORDERS = list(itertools.permutations(["VIEWED", "SIGNED 1", "SIGNED 2", "COMPLETED"]))


@pytest.mark.parametrize("order", random.Random(7).sample(ORDERS, 6), ids="-".join)
def test_contr_04_whatever_the_order_events_come_in_the_end_is_one(
    world: World, signature_service: Service, order: tuple[str, ...]
) -> None:
    made, envelope = out(world, signature_service)
    envelope.state = "COMPLETED"
    events = [event_of(signature_service, envelope, one, order) for one in order]

    for event in [*events, *events[:2], *reversed(events)]:
        assert signature_service.tell(envelope, event).status_code == 200

    assert status(world, made)[1] == ["SIGNED", "SIGNED"]
    found = cash.invoiced(world, made["deal"]["id"])
    assert found["total"] == made["value"]
    assert len(cash.invoices_of(world, made["deal"]["id"])) == 1
    query = "query($id: ID!) { deal(id: $id) { history(first: 50) { nodes { event } } } }"
    told = world.admin.run(query, id=made["deal"]["id"])["deal"]["history"]["nodes"]
    assert [one["event"] for one in told].count("won") == 1


def event_of(service: Service, envelope: Envelope, what: str, order: tuple[str, ...]) -> Any:
    kind, _, at = what.partition(" ")
    signers = {"1": CUSTOMER["email"], "2": OURS["email"], "": CUSTOMER["email"]}
    # By meaning they happened in the order of the list, whenever they come.
    minute = ["VIEWED", "SIGNED 1", "SIGNED 2", "COMPLETED"].index(what)
    more = {} if kind == "COMPLETED" else {"signer": signers[at]}
    return service.event(envelope, kind, **more) | {"at": f"2026-03-01T10:0{minute}:00Z"}


@pytest.mark.waits_for("DocuSign")
def test_contr_06_a_wrong_or_old_proof_is_401_and_changes_nothing(
    world: World, signature_service: Service
) -> None:
    made, envelope = out(world, signature_service)
    event = signature_service.event(envelope, "COMPLETED")
    path = f"/hooks/signatures/{world.id}"
    body = json.dumps(event).encode()
    old, other = proof(path, body, 1_700_000_000.0), proof("/hooks/signatures/ten_x", body)
    proofs = [
        {"x-signature": "0" * 64},
        old,
        other,
        {"x-signature": "", "x-signature-timestamp": ""},
    ]

    found = [signature_service.tell(envelope, event, **one).status_code for one in proofs]

    assert found == [401] * 4
    assert status(world, made)[0] == "SENT_FOR_SIGNATURE"


@pytest.mark.waits_for("DocuSign")
def test_contr_06_what_is_not_understood_is_refused(
    world: World, signature_service: Service
) -> None:
    made, envelope = out(world, signature_service)
    event = signature_service.event(envelope, "SIGNED", signer=CUSTOMER["email"])
    wrong: list[Any] = [
        {**event, "kind": "LOST"},
        {**event, "at": "yesterday"},
        {**event, "at": "2026-01-01T10:00:00"},
        {**event, "id": ""},
        {**event, "signer": 7},
        {**event, "detail": "x" * 1001},
        [event],
        5,
    ]
    unknown = [{**event, "reference": one} for one in ("no id", made["id"], world.id)]
    large = {**event, "more": "x" * 70_000}

    refused = [signature_service.tell(envelope, one).status_code for one in wrong]
    missing = [signature_service.tell(envelope, one).status_code for one in unknown]

    assert refused == [400] * len(wrong)
    assert missing == [404] * 3
    assert signature_service.tell(envelope, large).status_code == 413
    assert status(world, made) == ("SENT_FOR_SIGNATURE", ["PENDING", "PENDING"])


@pytest.mark.waits_for("DocuSign")
def test_contr_06_another_workspace_does_not_hear_of_it(
    world: World, signature_service: Service, signing_server: Server
) -> None:
    made, envelope = out(world, signature_service)
    stranger = World(signing_server)
    event = signature_service.event(envelope, "COMPLETED")
    envelope.asked["callback"] = envelope.asked["callback"].replace(world.id, stranger.id)

    assert signature_service.tell(envelope, event).status_code == 404
    assert status(world, made)[0] == "SENT_FOR_SIGNATURE"


def test_contr_04_a_signer_declines_and_it_is_sent_anew(
    world: World, signature_service: Service
) -> None:
    made, first = out(world, signature_service)
    declined = {"signer": CUSTOMER["email"], "detail": "Wrong price"}
    signature_service.told(first, "DECLINED", **declined)
    now = cash.contract(world.admin, made["id"])
    signature_service.told(first, "SIGNED", signer=OURS["email"])
    late = status(world, made)

    sent = cash.act(world, "contractResend", made["id"])["contract"]
    second = envelope_of(world, signature_service, made, serial=2)
    signature_service.told(first, "COMPLETED")
    between = status(world, made)
    second.state = "COMPLETED"
    signature_service.told(second, "COMPLETED")

    assert (now["status"], now["statusReason"]) == ("DECLINED", "Wrong price")
    assert late == ("DECLINED", ["DECLINED", "SIGNED"])
    assert (sent["status"], between[1]) == ("SENT_FOR_SIGNATURE", ["PENDING", "PENDING"])
    assert between[0] == "SENT_FOR_SIGNATURE"
    assert status(world, made)[1] == ["SIGNED", "SIGNED"]


def test_contr_04_the_service_is_told_of_what_is_withdrawn(
    world: World, signature_service: Service
) -> None:
    made, envelope = out(world, signature_service)

    void = cash.act(world, "contractVoid", made["id"], reason="Other terms")["contract"]

    assert void["status"] == "VOIDED"
    assert eventually(lambda: envelope.state == "VOIDED", 60)
    assert envelope.reason == "Other terms"
    signature_service.told(envelope, "SIGNED", signer=CUSTOMER["email"])
    assert status(world, made)[0] == "VOIDED"


def test_contr_07_signed_on_paper_the_envelope_is_withdrawn(
    world: World, signature_service: Service
) -> None:
    made, envelope = out(world, signature_service)
    some = [made["signers"]["nodes"][0]["id"]]

    partly = cash.uploaded_copy(world, made["id"], signerIds=some)
    signed = cash.uploaded_copy(world, made["id"])["contract"]

    assert partly.codes == ["INVALID_TRANSITION"]
    assert (signed["method"], signed["status"] in {"FULLY_SIGNED", "ACTIVE"}) == ("UPLOAD", True)
    assert eventually(lambda: envelope.state == "VOIDED", 60)
    signature_service.told(envelope, "VOIDED")
    cash.invoiced(world, made["deal"]["id"])
    assert status(world, made)[1] == ["SIGNED", "SIGNED"]


@pytest.mark.waits_for("Slack, Teams and webhooks")
def test_contr_11_what_happens_to_a_contract_is_an_event(
    world: World, signature_service: Service, signing_server: Server
) -> None:
    _, envelope = out(world, signature_service)
    signature_service.told(envelope, "VIEWED", signer=CUSTOMER["email"])
    signature_service.told(envelope, "SIGNED", signer=CUSTOMER["email"])
    signature_service.told(envelope, "DECLINED", signer=OURS["email"], detail="Not me")

    query = """SELECT type, data->>'cause' FROM event
      WHERE workspace_id = $1 AND entity = 'contract' ORDER BY position"""
    told = {row[0]: row[1] for row in sql(signing_server, query, uuid(world.id))}

    assert told["contract.sent"] == "sent by hand"
    assert told["contract.viewed"] == "opened by Jane Doe"
    assert told["contract.signed"] == "signed by Jane Doe"
    assert told["contract.declined"] == "declined by ada@acme.example: Not me"


def test_contr_13_an_answer_that_is_lost_makes_no_second_envelope(
    world: World, signature_service: Service
) -> None:
    made = draft(world)
    signature_service.forgetful = 1
    assert not cash.act(world, "contractSend", made["id"]).errors

    envelope_of(world, signature_service, made)

    def state() -> Any:
        return cash.contract(world.admin, made["id"])["envelope"]["state"]

    assert eventually(lambda: state() == "SENT", 60)
    envelope_of(world, signature_service, made, serial=1)


def test_contr_13_what_the_service_does_not_take_is_said(
    world: World, signature_service: Service
) -> None:
    made = draft(world)
    named = [CUSTOMER | {"email": "bounces@globex.example"}, OURS]
    assert not cash.act(world, "contractSend", made["id"], signers=named).errors

    def now() -> Any:
        return cash.contract(world.admin, made["id"])

    assert eventually(lambda: now()["envelope"]["state"] == "FAILED", 60)
    assert "known to bounce" in now()["statusReason"]
    assert not cash.act(world, "contractVoid", made["id"], reason="Bounced").errors
    again = cash.act(world, "contractResend", made["id"], signers=[CUSTOMER, OURS])["contract"]
    assert (again["status"], again["envelope"]["serial"]) == ("SENT_FOR_SIGNATURE", 2)


def test_contr_13_a_signer_without_an_address_is_named(world: World) -> None:
    made = draft(world)

    refused = cash.act(world, "contractSend", made["id"], signers=[CUSTOMER, {"name": "Ann"}])

    path = ["signers", "1", "email"]
    assert [(one["code"], one["path"]) for one in refused.errors] == [("REQUIRED", path)]
    assert status(world, made)[0] == "DRAFT"


def test_contr_13_an_accepted_quote_goes_out_by_itself(
    world: World, signature_service: Service
) -> None:
    made = cash.accepted(world)["contract"]

    envelope = envelope_of(world, signature_service, made)

    cash.reached(world, made["id"], "SENT_FOR_SIGNATURE")
    assert len(envelope.asked["signers"]) == 2
    query = """query($id: ID!) { deal(id: $id) { quoteToCash { step cause actor {
      ... on System { name } } } } }"""
    steps = world.admin.run(query, id=made["deal"]["id"])["deal"]["quoteToCash"]
    (sent,) = (one for one in steps if one["step"] == "CONTRACT_SENT")
    assert sent["actor"] == {"name": "Coeffection"}
    assert sent["cause"] == "sent by itself, as the workspace has set"


def test_contr_13_without_an_address_it_stays_a_draft_with_the_reason(world: World) -> None:
    contact = world.contact(email="gone@globex.example")
    quote = quoting.quote(world, dealId=quoting.deal(world, contactId=contact))
    assert not world.admin.act("quoteSend", {"id": quote["id"]}).errors
    emptied = {"id": contact, "email": None}
    assert not world.admin.act("contactUpdate", emptied).errors

    made = world.admin.act("quoteAccept", {"id": quote["id"]}, cash.CONTRACT)["contract"]

    assert (made["status"], made["statusReason"]) == ("DRAFT", "Sarah Chen has no e-mail address.")
