"""Mail that comes in: bounces, files, bad input, the listener, and what belongs to nobody."""

import contextlib
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from tests.jobs.mailing import EMAIL, Support, first, letter, somebody
from tests.jobs.postbox import free_port
from tests.plugins.dev import ROOT, environment, eventually

BODY = """query($id: ID!) { email(id: $id) { subject body html unmatched
  attachments { nodes { name size contentType } } } }"""


@pytest.fixture
def support(office):
    """A workspace whose support is reached by mail."""
    return Support(office)


def report(original: str, recipient: str, status: str = "5.1.1", action: str = "failed") -> bytes:
    """What a mail server writes about a mail it could not deliver."""
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.globex.example>\r\n"
        "Return-Path: <>\r\n"
        "To: crm@ours.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <bounce-{original.strip('<>')}-{status}@mx.globex.example>\r\n"
        "Auto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.globex.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 No such user\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {original}\r\nSubject: Hello\r\n"
        "--b--\r\n"
    ).encode()


def sent(support: Support, address: str, **given: Any) -> dict[str, Any]:
    """An e-mail to somebody."""
    values = {"to": [address], "subject": "Hello", "html": "<p>Hi</p>"} | given
    return dict(support.admin.act("emailSend", values, EMAIL)["email"])


def bounced(support: Support, contact: str) -> Any:
    """When the address of a contact was found to take no mail."""
    query = "query($id: ID!) { contact(id: $id) { emailBouncedAt } }"
    return support.admin.run(query, id=contact)["contact"]["emailBouncedAt"]


def test_a_bounce_is_noted_on_the_mail_and_on_the_contact(support, postbox):
    address = somebody()
    contact = support.contact(address)
    email = sent(support, address)
    first(postbox, address)

    assert support.state(report(email["messageId"], address)) == "BOUNCE"

    (came,) = support.inbound()
    assert came["aboutDelivery"]
    query = "query($id: ID!) { email(id: $id) { bouncedAt bounceReason } }"
    found = support.admin.run(query, id=email["id"])["email"]
    assert found["bouncedAt"]
    assert "No such user" in found["bounceReason"]
    assert bounced(support, contact)


@pytest.mark.parametrize(
    ("name", "sent_as"), [("bücher", "xn--bcher-kva"), ("straße", "xn--strae-oqa")]
)
def test_a_report_names_a_domain_beyond_ascii_as_it_was_sent(support, postbox, name, sent_as):
    address = somebody(f"{name}.example")
    contact = support.contact(address)
    email = sent(support, address)
    spelled = address.replace(name, sent_as)
    first(postbox, spelled)

    support.take(report(email["messageId"], spelled))

    assert bounced(support, contact)


@pytest.mark.parametrize(
    ("status", "action", "noted"),
    [("4.2.2", "failed", True), ("4.4.1", "delayed", False), ("5.7.1", "failed", True)],
    ids=["full", "delayed", "taken for spam"],
)
def test_a_mailbox_that_is_full_or_picky_is_not_gone(support, postbox, status, action, noted):
    address = somebody()
    contact = support.contact(address)
    email = sent(support, address)
    first(postbox, address)

    support.take(report(email["messageId"], address, status, action))

    query = "query($id: ID!) { email(id: $id) { bouncedAt } }"
    assert bool(support.admin.run(query, id=email["id"])["email"]["bouncedAt"]) is noted
    assert bounced(support, contact) is None


def test_a_bounce_tells_only_of_whom_the_mail_went_to(support, postbox):
    address, other = somebody(), somebody()
    contact = support.contact(other)
    email = sent(support, address)
    first(postbox, address)

    support.take(report(email["messageId"], other))
    support.take(report("<never-sent@ours.example>", other))

    assert bounced(support, contact) is None


SIGNED = "I am away. Call 554-1234 or write to {0}.\n> Message-ID: {1}\n> 5.1.1 Hello\n"


@pytest.mark.parametrize(
    ("local", "headers", "state"),
    [
        ("bob", {"Return_Path": "<>", "Auto_Submitted": "auto-generated"}, "AUTO_REPLY"),
        ("bob", {"Return_Path": "<>"}, "AUTO_REPLY"),
        ("postmaster", {"Return_Path": "<>", "X_Auto_Response_Suppress": "All"}, "AUTO_REPLY"),
        ("postmaster", {"Return_Path": "<>", "subject": "Automatic reply: Hello"}, "AUTO_REPLY"),
        ("postmaster", {}, "FILED"),
    ],
    ids=["an absence", "without a path", "a server's own", "by its subject", "a person"],
)
def test_an_absence_and_a_person_who_answers_are_no_bounces(
    support, postbox, local, headers, state
):
    address = somebody(f"{somebody().partition('@')[0]}.example")
    address = f"{local}@{address.partition('@')[2]}"
    contact = support.contact(address)
    email = sent(support, address)
    first(postbox, address)
    text = SIGNED.format(address, email["messageId"])

    answer = letter(address, "x@y.example", text=text, In_Reply_To=email["messageId"], **headers)

    assert support.state(answer) == state
    assert support.inbound()[0]["email"]
    query = "query($id: ID!) { email(id: $id) { bouncedAt } }"
    assert support.admin.run(query, id=email["id"])["email"]["bouncedAt"] is None
    assert bounced(support, contact) is None


@pytest.mark.parametrize("failed", [True, False], ids=["named by a header", "named by the text"])
def test_what_a_server_tells_in_words_ends_an_address_only_where_it_is_named(
    support, postbox, failed
):
    address = somebody()
    contact = support.contact(address)
    email = sent(support, address)
    first(postbox, address)
    text = f"550 5.1.1 No such user <{address}>\n\nMessage-ID: {email['messageId']}\n"
    headers = {"X_Failed_Recipients": address} if failed else {"Return_Path": "<>"}

    assert support.state(letter("mailer-daemon@mx.example", "x@y.example", text=text, **headers))

    assert support.inbound()[0]["state"] == "BOUNCE"
    assert bool(bounced(support, contact)) is failed


def test_a_mail_of_nobody_waits_to_be_assigned(support):
    assert support.state(letter(somebody("unknown.example"), "sales@ours.example")) == "UNMATCHED"

    (came,) = support.inbound()
    assert support.admin.run(BODY, id=came["email"]["id"])["email"]["unmatched"] is True


def test_a_mail_of_a_contact_is_in_their_timeline(support):
    address = somebody()
    contact = support.contact(address)

    assert support.state(letter(address, "sales@ours.example")) == "FILED"

    query = "query($id: ID!) { contact(id: $id) { emailThreads { subject count } } }"
    found = support.admin.run(query, id=contact)["contact"]["emailThreads"]
    assert found == [{"subject": "A question", "count": 1}]


def test_html_is_cleaned_and_loads_nothing_and_files_are_kept(support):
    mail = letter(somebody(), support.address, text="")
    mail.add_alternative(
        "<p>Hi<script>alert(1)</script><img src='https://spy.example/p.gif'></p>", subtype="html"
    )
    mail.add_attachment(b"a,b\n1,2\n", "text", "csv", filename="../../Zahlen ü.csv")

    support.take(mail)

    found = support.admin.run(BODY, id=support.inbound()[0]["email"]["id"])["email"]
    assert found["body"] == "Hi"
    assert "alert" not in found["html"]
    assert "spy" not in found["html"]
    assert [one["name"] for one in found["attachments"]["nodes"]] == ["Zahlen ü.csv"]


def test_a_bomb_of_an_archive_is_left_out_and_said_to_be(support):
    # 42 kB of zeros that say they are an archive.
    mail = letter(somebody(), support.address)
    mail.add_attachment(b"PK\x03\x04" + b"\x00" * 42_000, "application", "zip", filename="b.zip")

    assert support.state(mail) == "FILED"

    (came,) = support.inbound()
    assert "b.zip was left out" in came["error"]


END = b"\r\n\r\nHi"
BROKEN = {
    "an unknown charset": b"From: a@b.example\r\nTo: x@y.example\r\nSubject: =?nope?B?xx?=\r\n"
    b"Content-Type: text/plain; charset=klingon\r\n\r\n\xff\xfeHi",
    "no Message-ID": b"From: a@b.example\r\nSubject: x\r\n\r\nHi",
    "a broken date and address": b"From: Anna <a@b.example>, <<<>,,\r\nDate: soon\r\n\r\nHi",
    "headers of a megabyte": b"From: a@b.example\r\nTo: " + b"x@y.example, " * 80_000 + END,
    "deep comments": b"From: a@b.example\r\nTo: " + b"(" * 100_000 + b"\r\n\r\nHi",
    "no end of its parts": b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/plain\r\n\r\nHi",
    "zeros": b"From: a@b.example\r\nSubject: a\x00b\r\n\r\nH\x00i",
    "halves of signs": b"From: a@b.example\r\nSubject: \xed\xa0\x80" + END,
}  # fmt: skip


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_mail_that_is_written_badly_is_taken_as_it_is(support, raw):
    assert support.state(raw) == "UNMATCHED"
    assert support.take(raw).json()["again"] is True

    (came,) = support.inbound()
    assert "Hi" in support.admin.run(BODY, id=came["email"]["id"])["email"]["body"]


def nested(depth: int) -> bytes:
    """A mail of parts within parts."""
    head, body = b"From: a@b.example\r\n", b""
    for level in range(depth):
        body += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
    return head + body + b"Content-Type: text/plain\r\n\r\nHi"


HEAD = b"From: a@b.example\r\n"
TOO_MUCH = {
    "10,000 parts within parts": nested(10_000),
    "11 levels": nested(11),
    "11 levels with blanks": nested(11).replace(b"boundary=", b"boundary ="),
    "11 levels in pieces": nested(11).replace(b"boundary=", b"boundary*0*="),
    "10,000 parts": HEAD
    + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    + b"--x\r\nContent-Type: text/plain\r\n\r\nHi\r\n" * 10_000,
    "30,000 headers": HEAD + b"X: y\r\n" * 30_000,
    "no headers": END,
    "no sender": b"From: nobody" + END,
}


@pytest.mark.parametrize("raw", TOO_MUCH.values(), ids=TOO_MUCH)
def test_mail_that_cannot_be_taken_is_refused_and_listed(support, raw):
    assert support.take(raw).status_code == 422
    assert support.take(raw).status_code == 422

    assert [one["state"] for one in support.inbound()] == ["REFUSED"]
    assert support.inbound()[0]["error"]


def test_a_mail_comes_as_a_field_of_a_form_too(support):
    raw = letter(somebody(), support.address).as_bytes()

    answer = httpx.post(support.hook, files={"email": (None, raw)}, timeout=60)

    assert answer.json() == {"state": "FILED", "again": False}
    assert support.inbound()[0]["case"]


def test_a_form_is_taken_apart_by_its_own_boundary_alone(support):
    # Whoever looked into its first field met 250 mails within mails, of 50,000 lines.
    other = nested(250) + b"\n" * 50_000
    raw = letter(somebody(), support.address).as_bytes()

    answer = httpx.post(support.hook, files={"text": (None, other), "email": (None, raw)})
    assert answer.json() == {"state": "FILED", "again": False}

    assert httpx.post(support.hook, files={"email": (None, other)}).status_code == 422
    assert httpx.post(support.hook, files={"text": (None, raw)}).status_code == 415
    fields = [("text", (None, b"x"))] * 1_100
    refused = httpx.post(support.hook, files=fields)
    assert refused.status_code == 422
    assert "fields" in refused.json()["error"]


def test_without_a_key_nothing_of_a_body_is_waited_for(support):
    url = httpx.URL(support.hook)
    head = (
        f"POST {url.path}x HTTP/1.1\r\nHost: {url.host}\r\nContent-Length: 36000000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    )
    with socket.create_connection((url.host, url.port), timeout=60) as line:
        line.sendall(head.encode())
        answer = line.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 404")


def test_other_bodies_other_keys_and_too_much_are_refused(support):
    assert support.take(b"{}", **{"content-type": "application/json"}).status_code == 415
    assert support.take(b"x" * (37 * 1024 * 1024)).status_code == 413
    for size in (2, 30 * 1024 * 1024):
        other = b"From: a@b.example\r\n\r\n" + b"x" * size
        assert httpx.post(support.hook + "x", content=other, timeout=60).status_code == 404
    assert support.inbound() == []


def test_a_new_key_ends_the_one_before_and_only_an_admin_makes_one(support):
    old = support.hook
    support.hook = support.admin.act("inboundMailKeyCreate", {}, "url")["url"]

    assert httpx.post(old, content=b"From: a@b.example\r\n\r\nHi").status_code == 404
    assert support.take(letter(somebody(), support.address)).status_code == 200
    denied = support.world.rep.send(
        "mutation { inboundMailKeyCreate(input: {}) { url } }",
    )
    assert denied.codes == ["FORBIDDEN"]
    assert support.world.rep.send("{ inboundMails { totalCount } }").codes == ["FORBIDDEN"]


@contextlib.contextmanager
def listening(hook: str) -> Iterator[int]:
    """The listener, on a port of its own."""
    port = free_port()
    command = [sys.executable, "-P", "-m", "server.mail_listener", "--port", str(port)]
    given = environment(MAIL_HOOK=hook, PYTHONPATH=str(ROOT))
    process = subprocess.Popen(command, cwd=ROOT, env=given)
    try:
        assert eventually(lambda: answers(port))
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


def answers(port: int) -> bool:
    """Whether somebody speaks SMTP there."""
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=30):
            return True
    except OSError:
        return False


def test_case_01_a_mail_over_smtp_opens_a_case(support):
    address = somebody()
    mail = letter(address, "undisclosed@lists.example")
    with listening(support.hook) as port, smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        # The envelope says where it goes; its headers do not.
        client.sendmail(address, [support.address], mail.as_bytes())

    (came,) = support.inbound()
    assert came["state"] == "FILED"
    assert came["case"]


def test_a_mail_over_smtp_that_is_refused_is_refused_by_smtp(support):
    wrong = EmailMessage()
    wrong.set_content("Hi")
    with (
        listening(support.hook + "x") as port,
        smtplib.SMTP("127.0.0.1", port) as client,
        pytest.raises(smtplib.SMTPDataError) as refused,
    ):
        client.sendmail("a@b.example", ["x@y.example"], wrong.as_bytes())

    assert refused.value.smtp_code == 550
