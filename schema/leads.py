"""Leads, as the API shows them, and what they are converted to."""

import datetime as dt

import strawberry
from strawberry import UNSET

from auth.roles import Category
from core.codes import UserErrorCode
from models import leads as rows
from models.enums import LeadStatus, Origin
from models.registry import REGISTRY, Write
from schema import companies, contacts, deals, scalars
from schema.acts import patch_input
from schema.custom_values import CustomFieldInput
from schema.declare import Node, column, computed, derived, entity, link, many
from schema.inputs import MutationInput, act_input, arg, nested_input
from schema.refusals import UserError, record, refusal
from schema.scoring import LeadScoreSignal
from schema.values import MoneyInput, described
from services import lead_scores

CREATED_FROM = (contacts, companies, deals)
"""Declared first: a conversion's input is made of their fields."""


@entity(
    rows.Lead,
    prefix="lead",
    plural="leads",
    category=Category.LEADS,
    order="-score,-created_at",
    queue="team_id",
    core=True,
)
class Lead(Node):
    """Somebody who may become a contact; until then they are in no list of contacts."""

    first_name: str | None = column("Given name.", write=Write.ALWAYS, max_length=80)
    last_name: str = column("Family name.", write=Write.ALWAYS, required=True, max_length=80)
    name: str = column("Both names.", filter="name_key", contains=True, order="name_key")
    job_title: str | None = column("What they do there.", write=Write.ALWAYS, max_length=120)
    company_name: str | None = column(
        "The company they come from, as they call it.",
        write=Write.ALWAYS,
        filter="company_name_key",
        contains=True,
        order="company_name_key",
    )
    email: scalars.EmailAddress | None = column(
        "E-mail address; several leads may have the same.",
        write=Write.ALWAYS,
        max_length=254,
        filter="email_key",
        contains=True,
        order="email_key",
    )
    phone: scalars.PhoneNumber | None = column("Phone number.", write=Write.ALWAYS, filter=True)
    email_opted_out: bool = column(
        "Whether they want no mail of sequences and workflows, as they have said.",
        write=Write.ALWAYS,
        filter=True,
    )
    email_bounced_at: dt.datetime | None = column(
        "When their address was last found to take no mail; another address forgets it."
    )
    website: str | None = column("Website of the company.", write=Write.ALWAYS)
    industry: str | None = column("What the company does.", write=Write.ALWAYS)
    employee_count: int | None = column(
        "How many people work there.", write=Write.ALWAYS, filter=True
    )
    street: str | None = column("Street and number.", write=Write.ALWAYS)
    city: str | None = column("City.", write=Write.ALWAYS)
    state: str | None = column("State or region.", write=Write.ALWAYS)
    postcode: str | None = column("Postal code.", write=Write.ALWAYS, max_length=20)
    country: str | None = column(
        "Country, ISO 3166 (two letters).", write=Write.ALWAYS, max_length=2, filter="country_key"
    )
    description: str | None = column(
        "What they want, and what else is known.", write=Write.ALWAYS, max_length=5000
    )
    origin: Origin = column(
        "Where it came from; MANUAL when left out.",
        write=Write.CREATE,
        filter=True,
        order=True,
        group=True,
    )
    score: int = column(
        "How promising it is, from 0 to 100; signals raise it.", filter=True, order=True
    )
    score_breakdown: list[LeadScoreSignal] = computed(
        "What each kind of signal adds to the score by now; scores fade once a day.",
        batch=lead_scores.breakdowns,
        needs=("id",),
    )
    status: LeadStatus = column(
        "Where it stands; it follows from the stage.", filter=True, order=True, group=True
    )
    pipeline = link("Pipeline", "The pipeline it moves through.", always=True)
    stage = link("PipelineStage", "The stage it is in.", always=True, group=True)
    stage_entered_at: dt.datetime = column("Since when.", filter=True, order=True)
    rank: str = column("Its place among the cards of its stage.")
    owner = link(
        "User",
        "Whose lead it is; null while it waits in a queue. Left out, the rules of assignment say.",
        write=Write.ALWAYS,
        group=True,
    )
    queue = link(
        "Team",
        "The team whose queue it waits in while nobody owns it.",
        source="team_id",
        write=Write.ALWAYS,
        group=True,
    )
    disqualified_reason: str | None = column("Why it was given up.")
    form = link("WebForm", "The web form it came by.", group=True)
    converted_at: dt.datetime | None = column("When it was converted.", filter=True)
    converted_by = link("User", "Who converted it.")
    converted_contact = link("Contact", "The contact it became.")
    converted_company = link("Company", "The company it became.")
    converted_deal = link("Deal", "The deal that was opened with it.")
    page_visits = many("PageVisit", "The pages it visited.", by="lead_id")
    tasks = many("Task", "Tasks about it; they go with it when it is converted.", by="lead_id")
    enrollments = many("SequenceEnrollment", "Sequences it goes through.", by="lead_id")


@act_input
class LeadMoveInput(MutationInput):
    """Where a lead goes: to a status, to a stage, or without both to another place in its own."""

    id: strawberry.ID = arg("The lead.", of="Lead")
    to_status: LeadStatus | None = arg(
        "The status it gets, in the first stage that has it unless a stage is named.", default=None
    )
    to_stage_id: strawberry.ID | None = arg(
        "The stage it goes to; its status follows.", of="PipelineStage", default=None
    )
    after_card_id: strawberry.ID | None = arg(
        "Place it directly below this lead; without both on top.", of="Lead", default=None
    )
    before_card_id: strawberry.ID | None = arg(
        "Place it directly above this lead.", of="Lead", default=None
    )
    reason: str | None = arg("Why, where it is disqualified.", default=None, max_length=500)
    expected_version: int = arg("The version you read; refused when it has changed since.")


@act_input
class LeadDisqualifyInput(MutationInput):
    """Which lead is given up, and why."""

    id: strawberry.ID = arg("The lead.", of="Lead")
    reason: str = arg("Why, in a few words.", max_length=500)
    expected_version: int | None = arg(
        "The version you read; the act is refused when it has changed since.", default=None
    )


@act_input
class LeadClaimInput(MutationInput):
    """Which lead to take from its queue."""

    id: strawberry.ID = arg("The lead.", of="Lead")


@nested_input(one_of=True)
class LeadContactInput:
    """The contact a lead becomes: exactly one of these."""

    connect: strawberry.ID | None = arg("One that exists.", of="Contact", default=UNSET)
    create: patch_input(REGISTRY["Contact"]) | None = arg(  # type: ignore[valid-type]
        "A new one; what is left out is taken from the lead.", default=UNSET
    )


@nested_input(one_of=True)
class LeadCompanyInput:
    """The company a lead becomes: exactly one of these."""

    connect: strawberry.ID | None = arg("One that exists.", of="Company", default=UNSET)
    create: patch_input(REGISTRY["Company"]) | None = arg(  # type: ignore[valid-type]
        "A new one; what is left out is taken from the lead.", default=UNSET
    )


@nested_input
class LeadDealInput:
    """The deal that is opened with a conversion."""

    pipeline_id: strawberry.ID | None = arg(
        "The pipeline; the first one when left out.", of="Pipeline", default=None
    )
    stage_id: strawberry.ID | None = arg(
        "The stage; the pipeline's first when left out.", of="PipelineStage", default=None
    )
    name: str | None = arg("Its name; the company's or the lead's when left out.", default=None)
    value: MoneyInput | None = arg("What it is expected to bring; 0 when left out.", default=None)
    close_date: dt.date | None = arg(
        "When it is expected to close; the workspace's span from today when left out.",
        default=None,
    )
    custom_fields: list[CustomFieldInput] | None = arg(
        "Its custom fields, beside those the lead has under the same keys.", default=UNSET
    )


@act_input
class LeadConvertInput(MutationInput):
    """What a lead becomes: a contact, a company or both, and a deal if one is wanted."""

    id: strawberry.ID = arg("The lead.", of="Lead")
    contact: LeadContactInput | None = arg("The contact.", default=None)
    company: LeadCompanyInput | None = arg("The company.", default=None)
    deal: LeadDealInput | None = arg("The deal to open.", default=None)
    expected_version: int | None = arg(
        "The version you read; the act is refused when it has changed since.", default=None
    )


@strawberry.type(description="What a lead may already be: ask before converting, then connect.")
class LeadConvertPreview:
    """Records that fit a lead."""

    lead: derived("Lead") | None = described("The lead.")  # type: ignore[valid-type]
    contacts: list[derived("Contact")] = described(  # type: ignore[valid-type]
        "Contacts you see that have its e-mail address, at most ten."
    )
    companies: list[derived("Company")] = described(  # type: ignore[valid-type]
        "Companies you see that have its company's name or domain, at most ten."
    )


@refusal(UserErrorCode.ALREADY_CONVERTED)
class AlreadyConvertedError(UserError):
    """The lead was converted before; these are the records it became."""

    contact = record("Contact", "The contact; null when there is none or it is out of your sight.")
    company = record("Company", "The company; null when there is none or it is out of your sight.")
    deal = record("Deal", "The deal; null when there is none or it is out of your sight.")
