"""Mail that comes in, read: which of it is a bounce, whether for good, and what it may cost."""

import pytest

from services.rules import inbound_mail, mime

OURS = "<mail-1@ours.example>"
SIGNATURE = (
    "I am away.\r\nBob Miller, bob@x.example, call 554-1234\r\n\r\n> 550 5.1.1 they said\r\n"
)


def mail(*headers: str, text: str = SIGNATURE) -> bytes:
    """A mail of some headers."""
    return "\r\n".join((*headers, "", text)).encode()


def report(*fields: str) -> bytes:
    """A report of a mail server about one receiver."""
    head = ("From: MAILER-DAEMON@x.example", f"In-Reply-To: {OURS}", "Return-Path: <>")
    told = ("Reporting-MTA: dns; x.example", "", "Final-Recipient: rfc822; bob@x.example", *fields)
    return mail(*head, "Content-Type: message/delivery-status", text="\r\n".join(told))


AUTOMATIC = {
    "Exchange": ("Return-Path: <>", "Auto-Submitted: auto-generated"),
    "suppressed": ("Return-Path: <>", "X-Auto-Response-Suppress: All"),
    "without a path": ("Return-Path: <>",),
}


@pytest.mark.parametrize("headers", AUTOMATIC.values(), ids=AUTOMATIC)
@pytest.mark.parametrize("sender", ["bob@x.example", "postmaster@x.example"])
def test_what_answers_for_somebody_who_is_away_is_no_bounce(sender, headers):
    if sender.startswith("postmaster"):
        headers = (*headers, "Subject: Out of office: Hello")
    found = inbound_mail.read(mail(f"From: {sender}", f"In-Reply-To: {OURS}", *headers))

    assert found.bounce is None
    assert found.is_automatic


def test_a_person_who_answers_as_postmaster_is_a_person():
    found = inbound_mail.read(mail("From: postmaster@x.example", f"In-Reply-To: {OURS}"))

    assert found.bounce is None
    assert not found.is_automatic


@pytest.mark.parametrize(
    ("text", "final"),
    [
        ("550 5.1.1 No such user", True),
        ("550 No such user, call 554-1234", False),
        ("554 5.7.1 Refused as spam", False),
    ],
)
def test_words_end_an_address_only_with_a_code_and_where_a_header_names_it(text, final):
    head = ("From: mailer-daemon@x.example", f"In-Reply-To: {OURS}")
    named = inbound_mail.read(mail(*head, "X-Failed-Recipients: bob@x.example", text=text)).bounce
    words = f"{text} bob@x.example"
    told = inbound_mail.read(mail(*head, "Return-Path: <>", text=words)).bounce

    assert named is not None
    assert (named.recipients, named.is_final) == (["bob@x.example"], final)
    assert told is not None
    assert not told.is_final


@pytest.mark.parametrize(
    ("status", "diagnosis", "final"),
    [
        ("5.1.1", "550 User unknown", True),
        ("5.1.10", "550 Null MX", True),
        ("5.2.1", "550 Disabled", True),
        ("5.1.8", "550 Sender refused", False),
        ("5.2.2", "552 Mailbox full", False),
        ("5.7.1", "550 Refused as spam", False),
        ("5.7.26", "550 5.7.26 Unauthenticated", False),
        ("5.4.4", "Host unknown", False),
        ("4.2.2", "452 Mailbox full", False),
        ("5.0.0", "550 No such user", True),
        ("5.0.0", "550 5.7.1 Refused", False),
        ("5.0.0", "554 Refused", False),
        ("", "553 No such user", True),
        ("", "Call 555-550-1", False),
    ],
)
def test_an_address_is_dead_where_the_report_is_about_the_address(status, diagnosis, final):
    told = inbound_mail.read(
        report("Action: failed", f"Status: {status}", f"Diagnostic-Code: smtp; {diagnosis}")
    )

    assert told.bounce is not None
    assert told.bounce.recipients == ["bob@x.example"]
    assert told.bounce.is_final is final


def nested(depth: int, boundary: str = "boundary") -> bytes:
    """A mail of parts within parts."""
    body = "From: a@b.example\n"
    for level in range(depth):
        body += f"Content-Type: multipart/mixed; {boundary}=b{level}\n\n--b{level}\n"
    return (body + "Content-Type: text/plain\n\nHi").encode()


def test_ten_levels_of_parts_are_read():
    assert inbound_mail.read(nested(10)).text == "Hi"


@pytest.mark.parametrize(
    "boundary", ["boundary", "boundary ", "BOUNDARY*0", "boundary*", "boundary\x1c"]
)
def test_deeper_parts_are_refused_however_they_are_written(boundary):
    with pytest.raises(mime.Unreadable, match="nested deeper than 10"):
        inbound_mail.read(nested(11, boundary))


def test_lines_that_look_like_boundaries_are_bounded():
    head = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n"

    for line in (b"--x\n", b"--xy\n", b"--x\nHi\n"):
        with pytest.raises(mime.Unreadable):
            inbound_mail.read(head + line * 20_000)


def test_parts_end_where_they_ended_before():
    raw = (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nNot shown\r\n"
        b"--x\r\n\r\nHi\r\n\r\n--xy is text\r\n--x  \r\n--x\r\n"
        b"Content-Type: application/octet-stream; name=a.bin\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\nAw\r\n--x--\r\n"
        b"Not shown either\r\n--x\r\n\r\nNor this"
    )

    found = inbound_mail.read(raw)

    assert found.text == "Hi\n\n--xy is text"
    assert [(one.name, one.content) for one in found.parts] == [("a.bin", b"\x00\x01\x02\x03")]


@pytest.mark.parametrize(
    ("charset", "written", "text"),
    [
        ("iso-8859-1", b"It\x92s \x81here \x80", "It’s here €"),
        ("us-ascii", b"It\x92s", "It’s"),
        ("us-ascii", "It’s".encode(), "It’s"),
        ("utf-8", b"It\x92s", "It’s"),
        ("punycode", b"abc-", "abc-"),
        ("klingon", b"abc", "abc"),
        ("utf-8", "a\u202ab\u202c\u2067c\x7f\x85d\u2028e\u200df".encode(), "abcd\ne\u200df"),
    ],
)
def test_texts_are_read_as_browsers_read_them_and_without_signs_forms_refuse(
    charset, written, text
):
    head = f"From: a@b.example\r\nContent-Type: text/plain; charset={charset}\r\n\r\n".encode()

    assert inbound_mail.read(head + written).text == text
