"""Mails of the outbox, as the API shows them."""

from datetime import datetime

import strawberry

from auth.roles import Category
from models import outbox as rows
from models.sale_enums import MailState
from schema.declare import Node, column, entity, link
from schema.inputs import MutationInput, act_input, arg


@entity(
    rows.Mail,
    prefix="mail",
    plural="emailDeliveries",
    category=Category.COMMUNICATIONS,
)
class EmailDelivery(Node):
    """A mail that the product sends for somebody, and how far it is."""

    kind: str = column("What it is for, such as QUOTE_SENT.")
    recipients: list[str] = column("The addresses it goes to.")
    reply_to: str | None = column("Where answers go; to its owner where it is about a record.")
    subject: str = column("Its subject.")
    text: str = column("What it says. Links that only its receiver may have are left out.")
    with_document: bool = column("Whether the PDF of the record goes with it.")
    state: MailState = column("How far it is.", filter=True, group=True)
    attempts: int = column("How often it was tried.")
    error: str | None = column(
        "What the mail server said the last time; of one that is SENT, who was refused."
    )
    sent_at: datetime | None = column("When the mail server took it.", filter=True)
    owner = link("User", "In whose name it is sent.")
    cc: list[str] = column("The addresses that get a copy.")
    from_address: str | None = column("Whom it comes from; null is the installation's address.")
    message_id: str = column("Its Message-ID, the same at every try.")
    email = link("Email", "The e-mail of a timeline that it carries.")
    case = link("Case", "The case it is about.")
    quote = link("Quote", "The quote it is about.")
    contract = link("Contract", "The contract it is about.")
    invoice = link("Invoice", "The invoice it is about.")


@act_input
class EmailDeliveryRetryInput(MutationInput):
    """Which mail to send once more."""

    id: strawberry.ID = arg("A mail that is FAILED.", of="EmailDelivery")
