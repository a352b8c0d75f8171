"""Templates of e-mails, as the API shows them."""

from datetime import datetime

import strawberry

from auth.roles import Category
from models import correspondence as rows
from models.enums import CoreEntity
from models.registry import Scope
from schema.declare import Node, column, entity
from schema.inputs import UNSET, MutationInput, act_input, arg
from schema.types import Answered, Given
from schema.values import described

_EXPECTED_VERSION = "The version you read; the act is refused when it has changed since."
_RECORD_TYPE = (
    "The kind of record whose fields it may name, and those of what it is linked to; without one,"
    " those of the sender and the workspace."
)
_SUBJECT = "Its subject, in Liquid: `Welcome, {{ contact.firstName }}`."
_BODY = "Its body, HTML in Liquid. A field that no record has is refused as INVALID_VALUE."


@entity(
    rows.EmailTemplate,
    prefix="etpl",
    plural="emailTemplates",
    category=Category.COMMUNICATIONS,
    scope=Scope.WORKSPACE,
)
class EmailTemplate(Node):
    """The subject and body of an e-mail, with merge fields."""

    name: str = column("What it is called.", filter="name_key", order="name_key")
    record_type: CoreEntity | None = column(
        "The kind of record whose fields it may name.", filter=True
    )
    subject: str = column("Its subject, in Liquid.")
    body: str = column("Its body, HTML in Liquid.")
    archived_at: datetime | None = column("Since when it is offered no more.", filter=True)


@act_input
class EmailTemplateCreateInput(MutationInput):
    """A new template."""

    name: str = arg("What it is to be called; no other template has the name.", max_length=None)
    record_type: CoreEntity | None = arg(_RECORD_TYPE, default=None)
    subject: str = arg(_SUBJECT, max_length=None)
    body: str = arg(_BODY, max_length=None)


@act_input
class EmailTemplateUpdateInput(MutationInput):
    """What is to change of a template."""

    id: strawberry.ID = arg("The template.", of="EmailTemplate")
    name: str | None = arg("Its new name.", max_length=None, default=UNSET)
    record_type: CoreEntity | None = arg(_RECORD_TYPE, default=UNSET)
    subject: str | None = arg(_SUBJECT, max_length=None, default=UNSET)
    body: str | None = arg(_BODY, max_length=None, default=UNSET)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class EmailTemplateArchiveInput(MutationInput):
    """Which template is offered no more."""

    id: strawberry.ID = arg("The template.", of="EmailTemplate")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@strawberry.type(description="An e-mail as a template makes it.")
class EmailTemplatePreview:
    """A template filled in for a record."""

    subject: str = described("Its subject.")
    html: str = described("Its body, cleaned of what mail readers do not show.")
    text: str = described("The same as plain text.")


PREVIEW = Answered(
    EmailTemplatePreview,
    "A template filled in with what you see of a record.",
    {
        "id": Given(strawberry.ID, "The template.", required=True),
        "recordId": Given(
            strawberry.ID, "A record of its kind; left out where the template has none."
        ),
    },
)
MERGE_FIELDS = Answered(
    list[str],
    "The fields a text about a kind of record may name between double braces.",
    {"recordType": Given(CoreEntity, "The kind of record; left out, what every text may name.")},
)
