"""Mail by SMTP: a letter in plain data becomes a message that a mail server takes."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
from email_validator import EmailNotValidError, validate_email

# Some servers pass on nothing but ASCII.
_PLAIN = SMTP.clone(cte_type="7bit")
_PORTS = {"smtp": 587, "smtps": 465}
_SECONDS = 30.0
_GOODBYE_SECONDS = 5.0
_REFUSED = 500
"""Answers from here on are final; lower ones ask to be tried again."""
_LONGEST_ANSWER = 400


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a server answered to a receiver that it did not take."""

    address: str
    """As the letter has it."""
    code: int
    words: str

    @property
    def is_final(self) -> bool:
        """Whether trying again would be answered alike."""
        return self.code >= _REFUSED

    def __str__(self) -> str:
        """The answer, as it is shown."""
        return f"{self.address}: {self.code} {self.words}"[:_LONGEST_ANSWER]


class NotSent(Exception):
    """It did not go out; the sentence has the server's words."""

    def __init__(self, sentence: str, *, final: bool, refusals: Sequence[Refusal] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.refusals = refusals
        """The receivers the server did not take, where that is why: all of them."""
        self.final = final
        """Whether trying again would be answered alike."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is to be read."""

    message_id: str
    at: datetime
    sender: str
    """The address it comes from."""
    sender_name: str
    recipients: Sequence[str]
    subject: str
    text: str
    html: str
    reply_to: str | None = None
    cc: Sequence[str] = ()
    receivers: Sequence[str] = ()
    """Who is still to get it, where others of those have it already."""
    in_reply_to: str | None = None
    references: Sequence[str] = ()
    automatic: bool = True
    """Whether nobody wrote it."""
    unsubscribe: str | None = None
    """Where who gets it is taken off the list, by one POST."""
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, and how it is spoken to."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    """Whether the connection begins with TLS."""
    start_tls: bool | None
    """Whether it is upgraded to TLS; None where the server offers it."""


def server(url: str) -> Server:
    """The server a URL names: `smtp://user:password@host:587` or `smtps://…`.

    A password never travels in the open: without TLS it is given to this machine only.
    `?starttls=never` leaves TLS out, `?starttls=always` insists on it.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        message = "SMTP_URL reads smtp://user:password@host:port or smtps://…"
        raise ValueError(message)
    wish = parse_qs(parts.query).get("starttls", [""])[0]
    start_tls = {"never": False, "always": True}.get(wish)
    if start_tls is None and parts.username and not _is_here(parts.hostname):
        start_tls = True
    tls = parts.scheme == "smtps"
    return Server(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=tls,
        start_tls=False if tls else start_tls,
    )


async def send(to: Server, letter: Letter) -> list[Refusal]:
    """Hand a letter to a server; the receivers it did not take of several, with its words."""
    client = aiosmtplib.SMTP(
        hostname=to.host,
        port=to.port,
        local_hostname=spelled(letter.sender).rpartition("@")[2],
        username=to.user,
        password=to.password,
        use_tls=to.tls,
        start_tls=to.start_tls,
        timeout=_SECONDS,
    )
    try:
        # What goes wrong before there is a letter is about the server: others wait with it.
        await client.connect()
        refused = await _handed_over(client, letter)
        # It has the letter, whatever becomes of the goodbye.
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=_GOODBYE_SECONDS)
    except aiosmtplib.SMTPResponseException as error:
        raise NotSent(f"The mail server refused to talk: {_words(error)}", final=False) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        words = f"The mail server did not answer: {error}"[:_LONGEST_ANSWER]
        raise NotSent(words, final=False) from error
    finally:
        client.close()
    return refused


async def _handed_over(client: aiosmtplib.SMTP, letter: Letter) -> list[Refusal]:
    try:
        everybody = letter.receivers or (*letter.recipients, *letter.cc)
        given = {spelled(one): one for one in everybody}
        answers, _ = await client.send_message(
            message(letter), sender=spelled(letter.sender), recipients=list(given)
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        refusals = [
            Refusal(given.get(one.recipient, one.recipient), one.code, one.message)
            for one in error.recipients
        ]
        words = "; ".join(str(one) for one in refusals)
        final = all(one.is_final for one in refusals)
        raise NotSent(words[:_LONGEST_ANSWER], final=final, refusals=refusals) from error
    except aiosmtplib.SMTPNotSupported as error:
        words = "The mail server takes no addresses with letters beyond ASCII."
        raise NotSent(words, final=True) from error
    except aiosmtplib.SMTPResponseException as error:
        raise NotSent(_words(error), final=error.code >= _REFUSED) from error
    except UnicodeError as error:
        raise NotSent(
            f"An address cannot be written as mail has it: {error}", final=True
        ) from error
    return [Refusal(given.get(who, who), *answer) for who, answer in answers.items()]


def message(letter: Letter) -> EmailMessage:
    """A letter as a message: its text, the same as HTML, and what goes with it."""
    everybody = (letter.sender, *letter.recipients, *letter.cc)
    beyond = not all(spelled(one).isascii() for one in everybody)
    made = EmailMessage(SMTPUTF8 if beyond else _PLAIN)
    made["From"] = _address(letter.sender, letter.sender_name)
    made["To"] = [_address(one) for one in letter.recipients]
    if letter.cc:
        made["Cc"] = [_address(one) for one in letter.cc]
    if letter.reply_to:
        made["Reply-To"] = _address(letter.reply_to)
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(letter.at)
    made["Message-ID"] = letter.message_id
    if letter.in_reply_to:
        made["In-Reply-To"] = letter.in_reply_to
        made["References"] = " ".join(letter.references or (letter.in_reply_to,))
    if letter.automatic:
        # Answering machines leave such mail alone.
        made["Auto-Submitted"] = "auto-generated"
        made["X-Auto-Response-Suppress"] = "All"
    if letter.unsubscribe:
        made["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(letter.text)
    made.add_alternative(letter.html, subtype="html")
    for one in letter.attachments:
        kind, _, subtype = one.content_type.partition("/")
        made.add_attachment(one.content, kind, subtype, filename=one.name)
    return made


def address(text: str) -> tuple[str, str]:
    """The name and the address of `Name <address>`."""
    return parseaddr(text)


def spelled(text: str) -> str:
    """An address as every server takes it: domains have such a spelling, what is before @ not."""
    user, at, domain = text.rpartition("@")
    if domain.isascii():
        return text
    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        # Whoever takes the mail knows better what is wrong with it.
        return text
    return f"{user}{at}{found.ascii_domain}"


def _address(text: str, name: str = "") -> Address:
    user, _, domain = spelled(text).rpartition("@")
    return Address(name, user, domain)


def _words(error: aiosmtplib.SMTPResponseException) -> str:
    return f"{error.code} {error.message}"[:_LONGEST_ANSWER]


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
