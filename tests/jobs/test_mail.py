"""Mail through a mail server: what it is handed, what it refuses, and what becomes of that."""

import hashlib
import re
import secrets
from typing import Any

import pytest

from tests.jobs.mailing import hours_later
from tests.jobs.postbox import Postbox
from tests.plugins.dev import eventually
from tests.plugins.world import PASSWORD, World
from tests.resolvers import quoting
from tests.server.papers import ready
from tests.services.importing import resting, sql, uuid

DELIVERIES = """{ emailDeliveries { nodes { id kind state recipients subject text attempts error
  sentAt replyTo quote { id } owner { id } } } }"""
ACCEPT = """mutation($input: InvitationAcceptInput!) {
  invitationAccept(input: $input) { token userErrors { code } } }"""
RESET = """mutation($input: PasswordResetRequestInput!) {
  passwordResetRequest(input: $input) { userErrors { code } } }"""


_ONCE_MORE = """
INSERT INTO due_work (workspace_id, id, kind, subject_id, at)
SELECT $1, uuidv7(), 'mail', $2, now() FROM generate_series(1, 5)
"""


def sent(office: World, *to: str, **given: Any) -> Any:
    """Send a quote: the delivery as it begins."""
    quote = quoting.quote(office)
    values = {"id": quote["id"], "to": list(to)} if to else {"id": quote["id"]}
    told = "quote { id trackedLink { url } } delivery { id state }"
    return office.admin.act("quoteSend", values | given, told)


def delivery(office: World, mail: str) -> dict[str, Any]:
    """How far a mail is."""
    nodes = office.admin.run(DELIVERIES)["emailDeliveries"]["nodes"]
    return next(dict(one) for one in nodes if one["id"] == mail)


def ended(office: World, mail: str, state: str) -> dict[str, Any]:
    """A mail once it is in a state."""
    assert eventually(lambda: delivery(office, mail)["state"] == state), delivery(office, mail)
    return delivery(office, mail)


def put_off(office: World, mail: str, tried: int) -> dict[str, Any]:
    """A mail once it was tried so often in vain."""
    assert eventually(lambda: delivery(office, mail)["attempts"] == tried), delivery(office, mail)
    return delivery(office, mail)


def somebody() -> str:
    """An address nobody else of these tests has."""
    return f"c{secrets.token_hex(4)}@globex.example"


def test_quote_12_a_sent_quote_is_mailed_with_its_pdf_and_its_link(office, postbox) -> None:
    customer = somebody()
    payload = sent(office, customer, message="As agreed on the phone.")
    quote, mail = payload["quote"], payload["delivery"]

    ended(office, mail["id"], "SENT")

    (letter,) = postbox.to(customer)
    assert letter.sender == "crm@ours.example"
    assert letter.message["From"] == f'"Ada Admin ({office.name})" <crm@ours.example>'
    assert letter.message["Reply-To"] == office.email("admin")
    assert "As agreed on the phone." in letter.part("plain")
    assert quote["trackedLink"]["url"] in letter.part("plain")
    assert f'href="{quote["trackedLink"]["url"]}"' in letter.part("html")
    (pdf,) = letter.message.iter_attachments()
    assert re.fullmatch(r"QT-\d{4}-\d{4}\.pdf", str(pdf.get_filename()))
    digest = hashlib.sha256(pdf.get_payload(decode=True)).hexdigest()
    assert digest == ready(office.admin, quote["id"])["sha256"]


def test_quote_12_the_delivery_says_how_far_it_is(office: World) -> None:
    customer = somebody()
    payload = sent(office, customer)

    found = ended(office, payload["delivery"]["id"], "SENT")

    assert (found["kind"], found["attempts"], found["error"]) == ("QUOTE_SENT", 1, None)
    assert found["recipients"] == [customer]
    assert found["quote"] == {"id": payload["quote"]["id"]}
    assert found["sentAt"]


@pytest.mark.waits_for("integrations")
def test_gql_04_no_act_waits_for_a_mail_server_and_no_letter_goes_twice(office, postbox) -> None:
    customer = somebody()
    with resting(office.server):
        mail = sent(office, customer)["delivery"]
        early = postbox.to(customer)
    ended(office, mail["id"], "SENT")
    again = "SELECT count(*) FROM due_work WHERE subject_id = $1"
    sql(office.server, _ONCE_MORE, uuid(office.id), uuid(mail["id"]))
    assert eventually(lambda: sql(office.server, again, uuid(mail["id"]))[0][0] == 0)

    assert (mail["state"], early) == ("QUEUED", [])
    assert len(postbox.to(customer)) == 1


def test_setup_05_an_invitation_is_mailed_and_its_link_is_kept_nowhere(office, postbox) -> None:
    guest = somebody()
    office.admin.act("userInvite", {"email": guest, "role": "REP"}, "invitation { id }")[
        "invitation"
    ]
    assert eventually(lambda: bool(postbox.to(guest)))
    text = postbox.to(guest)[0].part("plain")
    token = re.findall(r"/invitation\?token=(\S+)", text)[0]

    given = {"token": token, "firstName": "G", "lastName": "H", "password": PASSWORD}
    joined = office.server.client(None).run(ACCEPT, input=given)["invitationAccept"]

    assert joined["token"]
    nodes = office.admin.run(DELIVERIES)["emailDeliveries"]["nodes"]
    assert [(one["kind"], token in one["text"]) for one in nodes] == [("INVITATION", False)]
    assert sql(office.server, "SELECT 1 FROM event WHERE changes::text LIKE $1", f"%{token}%") == []


def test_setup_05_a_reset_link_is_mailed(office: World, postbox: Postbox) -> None:
    address = office.email("admin")

    office.server.client(None).run(RESET, input={"email": address})

    assert eventually(lambda: bool(postbox.to(address)))
    letter = postbox.to(address)[0]
    token = re.findall(r"/password-reset\?token=(\S+)", letter.part("plain"))[0]
    given = {"token": token, "password": "another dull horse trots"}
    assert office.server.client(None).act("passwordReset", given, "token")["token"]


def test_quote_12_an_address_that_lives_nowhere_fails_at_once_and_may_be_tried_anew(office) -> None:
    mail = sent(office, f"nobody@{secrets.token_hex(4)}.example")["delivery"]["id"]
    failed = ended(office, mail, "FAILED")

    again = office.admin.act("emailDeliveryRetry", {"id": mail}, "delivery { state attempts }")

    assert failed["attempts"] == 1
    assert "550 5.1.1 No such user here" in failed["error"]
    assert again["delivery"] == {"state": "QUEUED", "attempts": 0}
    assert "550" in ended(office, mail, "FAILED")["error"]


def test_quote_12_of_several_those_who_are_refused_are_named(office, postbox) -> None:
    customer, nobody = somebody(), f"nobody@{secrets.token_hex(4)}.example"

    mail = sent(office, customer, nobody)["delivery"]["id"]

    assert nobody in ended(office, mail, "SENT")["error"]
    assert len(postbox.to(customer)) == 1


def test_quote_12_of_several_only_those_who_are_put_off_are_tried_again(office, postbox) -> None:
    tag = f"{secrets.token_hex(4)}.example"
    customer, later, nobody = f"c@{tag}", f"later@{tag}", f"nobody@{tag}"
    mail = sent(office, customer, later, nobody)["delivery"]["id"]
    first = put_off(office, mail, 1)
    hours_later(office, 1)
    put_off(office, mail, 2)
    hours_later(office, 2)

    found = ended(office, mail, "SENT")
    hours_later(office, 0)

    assert (first["state"], bool(first["sentAt"])) == ("QUEUED", True)
    assert "451 4.7.1" in first["error"]
    assert (nobody in found["error"], later in found["error"]) == (True, False)
    assert [len(postbox.to(one)) for one in (customer, later, nobody)] == [1, 1, 0]
    assert [postbox.tried[one] for one in (customer, later, nobody)] == [1, 3, 1]
    (letter,) = postbox.to(later)
    assert letter.message["To"] == f"{customer}, {later}, {nobody}"


def test_quote_12_a_mail_given_up_for_one_is_sent_again_to_that_one_only(office, postbox) -> None:
    tag = f"{secrets.token_hex(4)}.example"
    customer, later = f"c@{tag}", f"later@{tag}"
    mail = sent(office, customer, later)["delivery"]["id"]
    put_off(office, mail, 1)
    sql(office.server, "UPDATE mail SET attempts = 5 WHERE id = $1", uuid(mail))
    hours_later(office, 1)
    assert later in ended(office, mail, "FAILED")["error"]
    hours_later(office, 0)

    assert not office.admin.act("emailDeliveryRetry", {"id": mail}).errors

    assert ended(office, mail, "SENT")["error"] is None
    assert [len(postbox.to(one)) for one in (customer, later)] == [1, 1]


def test_quote_12_a_mail_put_off_is_sent_later_and_is_the_same_one(office, postbox) -> None:
    later = f"later@{secrets.token_hex(4)}.example"
    mail = sent(office, later)["delivery"]["id"]
    for tried in (1, 2):
        assert "451 4.7.1" in put_off(office, mail, tried)["error"]
        hours_later(office, tried)

    found = ended(office, mail, "SENT")
    hours_later(office, 0)

    assert (found["attempts"], found["error"]) == (3, None)
    (letter,) = postbox.to(later)
    assert letter.message["Message-ID"].startswith("<")


def test_quote_12_a_mail_put_off_too_often_is_a_dead_letter_and_can_be_replayed(office, postbox):
    away = f"away@{secrets.token_hex(4)}.example"
    mail = sent(office, away)["delivery"]["id"]
    put_off(office, mail, 1)
    sql(office.server, "UPDATE mail SET attempts = 5 WHERE id = $1", uuid(mail))
    hours_later(office, 1)
    assert ended(office, mail, "FAILED")["attempts"] == 6

    letters = office.admin.run("{ deadLetters { nodes { id kind error } } }")["deadLetters"]
    postbox.mended = True
    (letter,) = letters["nodes"]
    office.admin.act("deadLetterReplay", {"id": letter["id"]}, "deadLetter { id }")["deadLetter"]

    assert (letter["kind"], "451 4.7.1" in letter["error"]) == ("mail", True)
    ended(office, mail, "SENT")
    hours_later(office, 0)
    assert len(postbox.to(away)) == 1


def test_quote_12_letters_beyond_ascii_arrive_where_they_can(office, postbox) -> None:
    customer = somebody().replace("globex", "münchen")
    contact = office.contact(firstName="小明", lastName="Ćma", email=customer)
    deal = office.deal(contactId=contact, name="Größe ≥ 3 für 株式会社")
    quote = quoting.quote(office, dealId=deal)
    payload = office.admin.act("quoteSend", {"id": quote["id"]}, "delivery { id recipients }")

    ended(office, payload["delivery"]["id"], "SENT")
    refused = sent(office, "jörg@globex.example")["delivery"]["id"]

    (letter,) = [one for one in postbox.letters if "株式会社" in str(one.message["Subject"])]
    assert letter.recipients[0].endswith("@xn--mnchen-3ya.example")
    assert "Größe ≥ 3 für 株式会社" in letter.part("plain")
    assert "beyond ASCII" in ended(office, refused, "FAILED")["error"]


def test_quote_12_a_letter_has_the_headers_it_was_given_and_no_more(office, postbox) -> None:
    customer = somebody()
    evil = "Bcc: all@globex.example\n\n.\nRCPT TO:<all@globex.example>\n\nFrom here"

    mail = sent(office, customer, message=evil)["delivery"]["id"]
    ended(office, mail, "SENT")

    (letter,) = postbox.to(customer)
    assert letter.recipients == [customer]
    assert letter.message["Bcc"] is None
    assert "RCPT TO:<all@globex.example>" in letter.part("plain")


def test_quote_12_who_it_goes_to_is_checked_first(office: World) -> None:
    quote = quoting.quote(office)
    many = [f"c{at}@globex.example" for at in range(21)]

    given: tuple[list[str], ...] = (many, ["a@globex.example", "no address"], [])
    refused = [office.admin.act("quoteSend", {"id": quote["id"], "to": one}) for one in given]

    found = [(one.errors[0]["code"], one.errors[0]["path"]) for one in refused]
    assert found == [("TOO_MANY", ["to"]), ("INVALID_EMAIL", ["to", "1"]), ("REQUIRED", ["to"])]
    assert office.admin.run(DELIVERIES)["emailDeliveries"]["nodes"] == []


def test_quote_12_only_what_failed_is_sent_again(office: World) -> None:
    mail = sent(office)["delivery"]["id"]
    ended(office, mail, "SENT")

    again = office.admin.act("emailDeliveryRetry", {"id": mail})

    assert again.codes == ["INVALID_TRANSITION"]
