"""Web forms and what came through them, as the API shows them."""

from datetime import datetime

import strawberry

from auth.roles import Category
from models import forms as rows
from models.enums import FormTarget
from models.registry import Scope
from schema.declare import Node, column, computed, entity, link, many
from schema.inputs import UNSET, MutationInput, act_input, arg, nested_input
from schema.values import described
from services import submissions
from services.forms import HONEYPOT, SENT_ID


@strawberry.type(description="An input of a page, and the field it fills.")
class WebFormField:
    """One entry of a form's mapping."""

    name: str = described("The input's name on the page.")
    label: str = described("What the page calls it.")
    field: str = described("The field it fills, such as `lastName` or `contact.email`.")
    required: bool = described("Whether a submission without it is refused.")


@strawberry.type(description="What was filled into one input.")
class WebFormValue:
    """One value of a submission."""

    name: str = described("The input's name on the page.")
    value: str = described("What was filled in.")


@entity(
    rows.WebForm,
    prefix="form",
    plural="webForms",
    category=Category.LEADS,
    scope=Scope.WORKSPACE,
)
class WebForm(Node):
    """A form on a web page that makes contacts, leads or cases."""

    name: str = column("What it is called here.", filter="name_key", order="name_key")
    key: str = column("The key in its address; it is part of the page and no secret.")
    url: str = computed("Where the page sends what is filled in, by POST.", batch=submissions.urls)
    target: FormTarget = column("What it makes.")
    fields: list[WebFormField] = column(
        f"The page's inputs. It may have two more: `{HONEYPOT}`, hidden from people, and"
        f" `{SENT_ID}`, an id of its own that makes sending again harmless."
    )
    owner = link("User", "Whose records it makes.")
    team = link("Team", "The team whose queue its cases wait in.")
    redirect_url: str | None = column("Where browsers go afterwards; a page of ours when null.")
    archived_at: datetime | None = column("Since when it takes no submissions.", filter=True)
    leads = many("Lead", "The leads that came by it.", by="form_id")
    submissions = many("FormSubmission", "What came through it.", by="form_id")


@entity(
    rows.FormSubmission,
    prefix="fsub",
    plural="formSubmissions",
    category=Category.ADMIN,
    scope=Scope.WORKSPACE,
)
class FormSubmission(Node):
    """What somebody sent through a form, and the record it made or joined; seen by Admins."""

    form = link("WebForm", "The form.", always=True)
    values: list[WebFormValue] = computed("What was filled in.", batch=submissions.filled)
    contact = link("Contact", "The contact it made or joined.")
    lead = link("Lead", "The lead it made or joined.")
    case = link("Case", "The case it made.")


@nested_input
class WebFormFieldInput:
    """An input of a page, and the field it fills."""

    name: str = arg("The input's name on the page.", max_length=60)
    field: str = arg("The field it fills, such as `lastName` or `contact.email`.", max_length=60)
    label: str | None = arg(
        "What the page calls it; its name when left out.", default=None, max_length=120
    )
    required: bool = arg("Whether a submission without it is refused.", default=False)


@act_input
class WebFormCreateInput(MutationInput):
    """What a form asks for, and what it makes of that."""

    name: str = arg("What it is called here.", max_length=120)
    target: FormTarget = arg("What it makes.")
    fields: list[WebFormFieldInput] = arg("The page's inputs, at most 50.")
    owner_id: strawberry.ID | None = arg(
        "Whose records it makes; yours when left out, or a queue's where it makes cases.",
        of="User",
        default=None,
    )
    team_id: strawberry.ID | None = arg(
        "The team whose queue its cases wait in.", of="Team", default=None
    )
    redirect_url: str | None = arg("Where browsers go afterwards.", default=None, max_length=2000)


@act_input
class WebFormUpdateInput(MutationInput):
    """What changes on a form: fields left out stay, null empties."""

    id: strawberry.ID = arg("The form.", of="WebForm")
    name: str | None = arg("What it is called here.", default=UNSET, max_length=120)
    fields: list[WebFormFieldInput] | None = arg("The page's inputs, all of them.", default=UNSET)
    owner_id: strawberry.ID | None = arg("Whose records it makes.", of="User", default=UNSET)
    team_id: strawberry.ID | None = arg(
        "The team whose queue its cases wait in.", of="Team", default=UNSET
    )
    redirect_url: str | None = arg("Where browsers go afterwards.", default=UNSET, max_length=2000)
    expected_version: int | None = arg(
        "The version you read; the act is refused when it has changed since.", default=None
    )


@act_input
class WebFormArchiveInput(MutationInput):
    """Which form takes no more submissions."""

    id: strawberry.ID = arg("The form.", of="WebForm")
    expected_version: int | None = arg(
        "The version you read; the act is refused when it has changed since.", default=None
    )


@act_input
class WebFormReopenInput(MutationInput):
    """Which form takes submissions again."""

    id: strawberry.ID = arg("The form.", of="WebForm")
    expected_version: int | None = arg(
        "The version you read; the act is refused when it has changed since.", default=None
    )
