"""The mail outbox: mails are written with the act that causes them, and sent by a worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import Refusals, UserError
from core.ids import new_id
from core.settings import from_environment
from core.writes import Transaction
from models import metadata
from models.sale_enums import MailState
from services import due_work
from services.rules.forms import Form

MAIL = metadata.tables["mail"]
DUE = "mail"
"""The kind of work that sends a mail."""
MOST_RECIPIENTS = 20

_ABOUT = ("quote", "contract", "invoice", "case")


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a mail of a timeline goes out, beside what every mail says."""

    email_id: str
    cc: Sequence[str] = ()
    sender: tuple[str, str] | None = None
    """The address and the name it comes from, where these are not the installation's."""
    in_reply_to: str | None = None
    references: Sequence[str] = ()
    automatic: bool = False


async def write(
    of: Context | Transaction,
    *,
    kind: str,
    recipients: Sequence[str],
    subject: str,
    text: str,
    html: str | None = None,
    about: tuple[str, str] | None = None,
    with_document: bool = False,
    reply_to: str | None = None,
    owner_id: str | None = None,
    mail_id: str | None = None,
    envelope: Envelope | None = None,
) -> Any:
    """Put a mail into the outbox; `about` is the table and the id of the record it is about.

    Paragraphs of the text are parted by empty lines; a link on a line of its own is shown as a
    button where there is no HTML of the caller's own.
    """
    act = of if isinstance(of, Transaction) else of.act
    if isinstance(of, Context) and owner_id is None:
        owner_id = of.actor.user_id
    assert about or not with_document  # noqa: S101 - the PDF is that of the record
    addresses = checked(recipients)
    mail_id = mail_id or new_id()
    values = {
        "id": mail_id,
        "kind": kind,
        "recipients": addresses,
        "reply_to": reply_to,
        "subject": one_line(subject),
        "text": text,
        "html": html,
        "with_document": with_document,
        "owner_id": owner_id,
        "message_id": message_id(mail_id),
        "state": MailState.QUEUED,
    }
    if about is not None:
        table, record_id = about
        assert table in _ABOUT  # noqa: S101 - mails are about papers and cases
        values[f"{table}_id"] = record_id
    if envelope is not None:
        address, name = envelope.sender or (None, None)
        values |= {
            "email_id": envelope.email_id,
            "cc": list(envelope.cc),
            "from_address": address,
            "from_name": name and one_line(name),
            "in_reply_to": envelope.in_reply_to,
            "reference_ids": list(envelope.references),
            "automatic": envelope.automatic,
        }
    mail = await act.insert(MAIL, values)
    await due_work.enqueue(act, DUE, mail_id)
    return mail


def checked(recipients: Sequence[str], path: str = "to") -> list[str]:
    """Addresses as they are written to: each once, and each one that can exist."""
    if not recipients:
        raise UserError(UserErrorCode.REQUIRED, "Name who it goes to.", (path,))
    if len(recipients) > MOST_RECIPIENTS:
        message = f"A mail goes to at most {MOST_RECIPIENTS} addresses."
        raise UserError(UserErrorCode.TOO_MANY, message, (path,))
    addresses: dict[str, str] = {}
    refused: list[UserError] = []
    for at, given in enumerate(recipients):
        form = Form()
        one = form.email(path, given)
        addresses.setdefault(one.casefold(), one)
        refused += [UserError(wrong.code, wrong.message, (path, at)) for wrong in form.refusals]
    if refused:
        raise Refusals(refused)
    return list(addresses.values())


def message_id(mail_id: str) -> str:
    """What a mail is called by every server it passes."""
    return f"<{mail_id}@{_domain()}>"


def one_line(text: str) -> str:
    """A text as a header holds it: nothing in it begins another header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _domain() -> str:
    """The domain that mails are named in."""
    return urlsplit(from_environment().base_url).hostname or "localhost"
