"""Correspondence, as the API shows it: sending e-mails, conversations, and what came in."""

from datetime import datetime

import strawberry

from auth.roles import Category
from models import correspondence as rows
from models.automation_enums import InboundState
from models.registry import Scope
from schema import scalars
from schema.declare import Node, column, entity, link
from schema.inputs import RECORD, UNSET, MutationInput, act_input, arg

_HTML = (
    "What it says, as HTML: paragraphs, lists, bold, italic, links, tables, pictures by https."
    " What runs is taken out."
)
_FILES = "Files that go with it, of those you see; at most 25 MB in all, as it is sent."
_UPLOADS = "Uploads of yours that go with it."


@entity(
    rows.InboundMail,
    prefix="inm",
    plural="inboundMails",
    category=Category.ADMIN,
    scope=Scope.WORKSPACE,
)
class InboundMail(Node):
    """A mail that came in, and what became of it."""

    message_id: str = column("Its Message-ID; made of its content where it has none.")
    from_address: str = column("Who sent it; empty where it does not say.")
    to_addresses: list[str] = column("Where it went.")
    subject: str | None = column("Its subject.")
    state: InboundState = column("What became of it.", filter=True, group=True)
    error: str | None = column("What went wrong with it, or why it was not taken as it is.")
    received_at: datetime = column("When it came.", filter=True, order=True)
    email = link("Email", "The e-mail it became.")
    case = link("Case", "The case it is about.")
    about_delivery = link("EmailDelivery", "The mail it tells of.", source="about_mail_id")


@act_input
class EmailSendInput(MutationInput):
    """An e-mail to be sent."""

    to: list[scalars.EmailAddress] = arg("Whom it goes to; at most 20.")
    cc: list[scalars.EmailAddress] = arg("Who gets a copy; at most 20.", default_factory=list)
    subject: str | None = arg(
        "Its subject; that of the template when left out.", max_length=None, default=None
    )
    html: str | None = arg(
        _HTML + " That of the template when left out.", max_length=None, default=None
    )
    template_id: strawberry.ID | None = arg(
        "A template, filled in for the first record of its kind in `about`.",
        of="EmailTemplate",
        default=None,
    )
    about: list[strawberry.ID] | None = arg(
        "The records it is about, of any kind. Left out, it is linked to whom its addresses lead"
        " to.",
        of=RECORD,
        default=UNSET,
    )
    attachment_ids: list[strawberry.ID] = arg(_FILES, of="File", default_factory=list)
    upload_ids: list[strawberry.ID] = arg(_UPLOADS, default_factory=list)
    answers_id: strawberry.ID | None = arg(
        "The e-mail it answers: it goes on with that conversation.", of="Email", default=None
    )


@act_input
class CaseReplyInput(MutationInput):
    """An answer to a case's contact."""

    id: strawberry.ID = arg("The case.", of="Case")
    html: str = arg(_HTML, max_length=None)
    cc: list[scalars.EmailAddress] = arg("Who gets a copy; at most 20.", default_factory=list)
    attachment_ids: list[strawberry.ID] = arg(_FILES, of="File", default_factory=list)
    upload_ids: list[strawberry.ID] = arg(_UPLOADS, default_factory=list)
    to_status_id: strawberry.ID | None = arg(
        "The status it goes to, such as Pending Customer; it stays where it is when left out.",
        of="CaseStatus",
        default=None,
    )


@act_input
class InboundMailKeyCreateInput(MutationInput):
    """Asks for the address that mail is handed to; the one before it takes no more."""
