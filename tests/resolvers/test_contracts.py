"""Contracts: made of quotes and by hand, their documents, and signing on paper."""

from typing import Any

import pytest

from tests.plugins.world import World
from tests.resolvers import cash, quoting


def test_contr_01_contr_02_an_accepted_quote_makes_one_numbered_draft(world: World) -> None:
    done = cash.accepted(world)
    again = world.admin.act("quoteAccept", {"id": done["quote"]["id"]}, "contract { id }")

    made, quote = done["contract"], done["quote"]
    assert again["contract"]["id"] == made["id"]
    assert made["number"].startswith("CT-")
    assert made["number"].endswith("-0001")
    assert (made["status"], made["type"]) == ("DRAFT", "MSA")
    assert (made["title"], made["value"]) == (quote["title"], quote["total"])
    assert [made[name] for name in ("deal", "quote", "contact")] == [
        quote["deal"],
        {"id": quote["id"]},
        quote["contact"],
    ]
    parties = [(one["party"], one["status"]) for one in made["signers"]["nodes"]]
    assert parties == [("CUSTOMER", "PENDING"), ("COMPANY", "PENDING")]
    assert "No signature service is connected" in made["statusReason"]


def test_contr_08_contr_09_a_signed_copy_wins_the_deal_and_invoices_it(world: World) -> None:
    done = cash.accepted(world, quoting.described("100"), quoting.described("0.05"))
    deal = done["quote"]["deal"]["id"]

    signed = cash.by_upload(world, done["contract"]["id"])

    assert signed["status"] in {"FULLY_SIGNED", "ACTIVE"}
    assert signed["signedDocument"]["contentType"] == "application/pdf"
    found = cash.invoiced(world, deal)
    assert found["total"] == done["quote"]["total"]
    query = "query($id: ID!) { deal(id: $id) { stage { category } } }"
    assert world.admin.run(query, id=deal)["deal"]["stage"]["category"] == "WON"


def test_contr_03_the_document_is_made_of_the_standard_template(world: World) -> None:
    made = cash.accepted(world)["contract"]

    assert made["template"] == {"name": "Master Service Agreement"}
    assert made["number"] in made["body"]
    assert "$100.00" in made["body"]
    assert "{{" not in made["body"]


def test_contr_03_admins_write_templates_and_one_is_the_standard_of_its_type(world: World) -> None:
    body = "For {{customer.name}}: {{quote.number}}, {{quote.lines}}"
    given = {"name": "House MSA", "type": "MSA", "isDefault": True, "body": body}
    fields = "contractTemplate { id isDefault mergeFields }"
    own = world.admin.act("contractTemplateCreate", given, fields)["contractTemplate"]

    made = cash.accepted(world, quoting.described("100", quantity="2.5"))["contract"]

    query = "{ contractTemplates(filter: {type: {eq: MSA}}) { nodes { name isDefault } } }"
    standing = world.admin.run(query)["contractTemplates"]["nodes"]
    assert {one["name"]: one["isDefault"] for one in standing} == {
        "House MSA": True,
        "Master Service Agreement": False,
    }
    assert own["mergeFields"] == ["customer.name", "quote.number", "quote.lines"]
    assert made["template"] == {"name": "House MSA"}
    assert made["body"].endswith("- 2.5 × Workshop: $250.00")


def test_contr_03_merge_fields_that_do_not_exist_are_named(world: World) -> None:
    given = {"name": "Odd", "type": "NDA", "body": "{{contact.shoe}} {{today}} {{deal.name"}
    select = "userErrors { ... on MergeFieldsError { fields } }"

    refused = world.admin.act("contractTemplateCreate", given, select)

    known = world.rep.run("{ contractMergeFields { name description } }")["contractMergeFields"]
    assert refused.codes == ["INVALID_MERGE_FIELD"]
    assert refused.errors[0]["fields"] == ["contact.shoe", "{{"]
    assert "contact.email" in {one["name"] for one in known}


def test_contr_03_merge_fields_without_a_value_are_named(world: World) -> None:
    contact = world.contact(email=None)
    made = made_by_hand(world, contactId=contact, title="Mutual NDA", type="NDA")
    body = "{{contact.email}} {{company.name}} {{contact.name}} {{quote.total}}"
    given = {"name": "Strict", "type": "NDA", "body": body}
    template = world.admin.act("contractTemplateCreate", given, "contractTemplate { id }")
    select = "userErrors { ... on MergeFieldsError { fields } }"
    chosen = template["contractTemplate"]["id"]

    refused = cash.act(world, "contractGenerateDocument", made["id"], select, templateId=chosen)
    standard = cash.act(world, "contractGenerateDocument", made["id"])["contract"]

    assert refused.codes == ["MERGE_FIELDS_MISSING"]
    assert refused.errors[0]["fields"] == ["contact.email", "company.name", "quote.total"]
    assert standard["template"] == {"name": "Non-Disclosure Agreement"}
    assert "Sarah Chen" in standard["body"]


def test_contr_03_a_value_with_braces_is_a_text(world: World) -> None:
    made = made_by_hand(world, contactId=world.contact(firstName="{{owner.email}}"), title="T")

    body = cash.act(world, "contractGenerateDocument", made["id"])["contract"]["body"]

    assert "{{owner.email}} Chen" in body


@pytest.mark.parametrize("role", ["rep", "manager", "executive", "finance"])
def test_contr_03_only_admins_write_templates(world: World, role: str) -> None:
    given = {"name": "Mine", "type": "NDA", "body": "x"}
    query = """mutation($input: ContractTemplateCreateInput!) {
      contractTemplateCreate(input: $input) { operationId } }"""

    assert world.of(role).send(query, {"input": given}).codes == ["FORBIDDEN"]


def made_by_hand(world: World, **given: Any) -> Any:
    return world.admin.act("contractCreate", given, cash.CONTRACT)["contract"]


def test_contracts_are_made_by_hand_of_a_deal(world: World) -> None:
    value = {"amount": "1200", "currency": "EUR"}
    deal = quoting.deal(world, name="Big one", value=value)

    made = made_by_hand(world, dealId=deal, type="SOW", endsOn="2030-12-31")

    assert (made["title"], made["type"], made["value"]) == (
        "Big one",
        "SOW",
        value | {"amount": "1200.00"},
    )
    assert (made["deal"], made["status"], made["endsOn"]) == ({"id": deal}, "DRAFT", "2030-12-31")
    assert [one["party"] for one in made["signers"]["nodes"]] == ["CUSTOMER", "COMPANY"]


def test_contracts_by_hand_name_whom_they_are_with(world: World) -> None:
    alone = world.admin.act("contractCreate", {"title": "T"})
    untitled = world.admin.act("contractCreate", {"contactId": world.contact()})
    days = {"startsOn": "2026-02-01", "endsOn": "2026-01-31", "title": "T"}
    turned = world.admin.act("contractCreate", {"contactId": world.contact(), **days})

    assert (alone.codes, alone.errors[0]["path"]) == (["REQUIRED"], ["contactId"])
    assert (untitled.codes, untitled.errors[0]["path"]) == (["REQUIRED"], ["title"])
    assert (turned.codes, turned.errors[0]["path"]) == (["INVALID_DATE_RANGE"], ["endsOn"])


def test_contr_04_what_has_left_our_hands_is_not_written_on(world: World) -> None:
    made = cash.accepted(world)["contract"]
    changed = cash.act(world, "contractUpdate", made["id"], title="Renamed")["contract"]
    assert not cash.act(world, "contractSend", made["id"], method="UPLOAD").errors
    signers = [{"name": "Jane"}]

    refused = [
        cash.act(world, "contractUpdate", made["id"], title="Again"),
        cash.act(world, "contractGenerateDocument", made["id"]),
        cash.act(world, "contractSignersSet", made["id"], signers=signers),
        cash.act(world, "contractReopen", made["id"]),
    ]
    handed = cash.act(world, "contractUpdate", made["id"], ownerId=world.user("admin"))

    assert changed["title"] == "Renamed"
    assert [one.codes for one in refused] == [["INVALID_TRANSITION"]] * 4
    assert "contractUploadSigned" in refused[3].errors[0]["message"]
    assert not handed.errors


def test_contr_04_contr_05_contr_12_two_signers_pass_partially_signed(world: World) -> None:
    done = cash.accepted(world)
    made = done["contract"]
    early = cash.uploaded_copy(world, made["id"])
    sent = cash.act(world, "contractSend", made["id"], method="UPLOAD")["contract"]
    first, second = sent["signers"]["nodes"]

    partly = cash.uploaded_copy(world, made["id"], signerIds=[first["id"]])["contract"]
    twice = cash.uploaded_copy(world, made["id"], signerIds=[first["id"]])
    whole = cash.uploaded_copy(world, made["id"], signerIds=[second["id"]])["contract"]
    cash.invoiced(world, done["quote"]["deal"]["id"])

    assert early.codes == ["INVALID_TRANSITION"]
    assert (sent["status"], sent["statusLabel"]) == ("SENT_FOR_SIGNATURE", "Awaiting Signature")
    assert (partly["status"], partly["statusLabel"]) == ("PARTIALLY_SIGNED", "Awaiting Signature")
    progress = [(one["status"], one["signedAt"] is None) for one in partly["signers"]["nodes"]]
    assert progress == [("SIGNED", False), ("PENDING", True)]
    assert twice.codes == ["NOT_FOUND"]
    assert whole["status"] in {"FULLY_SIGNED", "ACTIVE"}
    history = world.admin.run(cash.EVENTS, id=made["id"])["contract"]["history"]["nodes"]
    assert [one["event"] for one in reversed(history)] == [
        "created",
        "sent",
        "signed",
        "fully_signed",
        "activated",
    ]


@pytest.mark.parametrize("content", [b"PK\x03\x04zip", b"Dear all", b"\x89PNG\r\n\x1a\n"])
def test_contr_07_what_is_no_pdf_is_no_signed_copy(world: World, content: bytes) -> None:
    made = cash.accepted(world)["contract"]
    assert not cash.act(world, "contractSend", made["id"], method="UPLOAD").errors

    refused = cash.uploaded_copy(world, made["id"], content)

    assert (refused.codes, refused.errors[0]["path"]) == (["INVALID_FILE"], ["uploadId"])
    assert cash.contract(world.admin, made["id"])["status"] == "SENT_FOR_SIGNATURE"


def test_contr_07_a_copy_signed_earlier_says_when_and_never_in_the_future(world: World) -> None:
    made = cash.accepted(world)["contract"]
    assert not cash.act(world, "contractSend", made["id"], method="UPLOAD").errors

    refused = cash.uploaded_copy(world, made["id"], signedOn="2999-01-01")
    signed = cash.uploaded_copy(world, made["id"], signedOn="2026-01-15")["contract"]

    assert (refused.codes, refused.errors[0]["path"]) == (["INVALID_VALUE"], ["signedOn"])
    assert signed["startsOn"] == "2026-01-15"


def test_contr_09_a_signed_copy_is_not_deleted(world: World) -> None:
    done = cash.accepted(world)
    cash.by_upload(world, done["contract"]["id"])
    query = "query($id: ID!) { contract(id: $id) { signedDocument { id } files { nodes { id } } } }"
    found = world.admin.run(query, id=done["contract"]["id"])["contract"]

    refused = world.admin.act("fileDelete", {"id": found["signedDocument"]["id"]})

    assert found["files"]["nodes"] == [found["signedDocument"]]
    assert refused.codes == ["IN_USE"]


def test_contr_13_without_a_service_the_upload_is_named(world: World) -> None:
    made = cash.accepted(world)["contract"]

    refused = [
        cash.act(world, "contractSend", made["id"]),
        cash.act(world, "contractSend", made["id"], method="SERVICE"),
        cash.act(world, "contractSend", made["id"], method="DOCUSIGN"),
    ]

    assert [one.codes for one in refused] == [["INTEGRATION_NOT_CONNECTED"]] * 3
    assert all("contractUploadSigned" in one.errors[0]["message"] for one in refused)
    assert cash.contract(world.admin, made["id"])["status"] == "DRAFT"


def test_contr_13_pressed_twice_the_mails_go_out_once(world: World) -> None:
    made = cash.accepted(world)["contract"]
    named = [{"name": "Jane", "email": "jane@globex.example"}, {"name": "Ann", "party": "COMPANY"}]

    first = cash.act(world, "contractSend", made["id"], method="UPLOAD", signers=named)["contract"]
    second = cash.act(world, "contractSend", made["id"], method="UPLOAD")["contract"]

    assert first["version"] == second["version"]
    query = "{ emailDeliveries { nodes { kind recipients withDocument contract { id } } } }"
    mails = world.admin.run(query)["emailDeliveries"]["nodes"]
    about = {"contract": {"id": made["id"]}, "withDocument": True, "kind": "CONTRACT_SENT"}
    assert [one for one in mails if one["kind"] == "CONTRACT_SENT"] == [
        about | {"recipients": ["jane@globex.example"]}
    ]


def test_contr_04_a_withdrawn_contract_can_be_sent_again(world: World) -> None:
    made = cash.accepted(world)["contract"]
    assert not cash.act(world, "contractSend", made["id"], method="UPLOAD").errors

    void = cash.act(world, "contractVoid", made["id"], reason="Wrong price")["contract"]
    copy = cash.uploaded_copy(world, made["id"])
    again = cash.act(world, "contractResend", made["id"], method="UPLOAD")["contract"]

    assert (void["status"], void["statusReason"]) == ("VOIDED", "Wrong price")
    assert copy.codes == ["INVALID_TRANSITION"]
    assert "contractResend" in copy.errors[0]["message"]
    assert (again["status"], again["statusReason"]) == ("SENT_FOR_SIGNATURE", None)
    history = world.admin.run(cash.EVENTS, id=made["id"])["contract"]["history"]["nodes"]
    events = [one["event"] for one in reversed(history)]
    assert events == ["created", "sent", "voided", "reopened", "sent"]


def test_contr_05_signers_are_told_apart_by_their_addresses(world: World) -> None:
    made = cash.accepted(world)["contract"]
    named = [{"name": "Jane", "email": "j@globex.example"}] * 2
    named += [{"name": " ", "email": "no address"}]

    refused = cash.act(world, "contractSignersSet", made["id"], signers=named)
    none = cash.act(world, "contractSignersSet", made["id"], signers=[])

    assert [(one["code"], one["path"]) for one in refused.errors] == [
        ("INVALID_VALUE", ["signers", "1", "email"]),
        ("REQUIRED", ["signers", "2", "name"]),
        ("INVALID_EMAIL", ["signers", "2", "email"]),
    ]
    assert (none.codes, none.errors[0]["path"]) == (["REQUIRED"], ["signers"])
