"""Contacts, as the API shows them."""

from datetime import datetime

import strawberry
from strawberry import UNSET

from auth.roles import Category
from models import contacts as rows
from models.enums import ContactStatus, Origin
from models.registry import Write
from schema import scalars
from schema.declare import Node, column, computed, derived, entity, link, many
from schema.inputs import MutationInput, act_input, arg, nested_input
from schema.values import described
from services import contact_figures, email_threads


@strawberry.type(description="A conversation by e-mail.")
class EmailThread:
    """What was written to and fro under one subject."""

    subject: str | None = described("The subject of its last e-mail.")
    count: int = described("How many e-mails it has.")
    last_at: datetime = described("When the last one was sent.")
    last: Node | None = described("The last one.")


@entity(
    rows.Contact,
    prefix="cnt",
    plural="contacts",
    category=Category.CONTACTS,
    core=True,
    mergeable=True,
)
class Contact(Node):
    """A person we do business with."""

    first_name: str = column("Given name.", write=Write.ALWAYS, required=True, max_length=80)
    last_name: str = column("Family name.", write=Write.ALWAYS, required=True, max_length=80)
    name: str = column("Both names.", filter="name_key", contains=True, order="name_key")
    job_title: str | None = column("What they do there.", write=Write.ALWAYS, max_length=120)
    email: scalars.EmailAddress | None = column(
        "E-mail address; it belongs to one contact unless a duplicate was allowed.",
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
    email_bounced_at: datetime | None = column(
        "When their address was last found to take no mail; another address forgets it."
    )
    status: ContactStatus = column(
        "Where they stand with us.", write=Write.ALWAYS, filter=True, group=True, order=True
    )
    origin: Origin = column("Where they came from.", filter=True, group=True)
    owner = link("User", "Whose contact it is.", write=Write.ALWAYS, group=True)
    primary_company = link("Company", "The company they mainly belong to.", group=True)
    companies = many(
        "Company",
        "All companies they belong to.",
        by="contact_id",
        through="contact_company",
        to="company_id",
    )
    open_deal_count: int = computed(
        "How many of their deals are neither won nor lost, of those you see.",
        batch=contact_figures.open_deal_counts,
        needs=("id",),
    )
    open_deal_value: derived("Money") = computed(  # type: ignore[valid-type]
        "What these come to, in the workspace's currency at today's rates.",
        batch=contact_figures.open_deal_values,
        needs=("id",),
    )
    open_case_count: int = computed(
        "How many of their cases are not resolved, of those you see.",
        batch=contact_figures.open_case_counts,
        needs=("id",),
    )
    open_deals_unconverted: list[derived("Money")] = computed(  # type: ignore[valid-type]
        "Sums of these that have no exchange rate and are left out, by currency.",
        batch=contact_figures.open_deals_unconverted,
        needs=("id",),
    )
    email_threads: list[EmailThread] = computed(
        "Their conversations by e-mail, the latest first, at most 50.",
        batch=email_threads.of_contacts,
        needs=("id",),
        carries=True,
    )
    deals = many("Deal", "Their deals.", by="contact_id")
    quotes = many("Quote", "Quotes made out to them.", by="contact_id")
    contracts = many("Contract", "Contracts with them.", by="contact_id")
    invoices = many("Invoice", "Invoices made out to them.", by="contact_id")
    leads = many("Lead", "The leads that became them.", by="converted_contact_id")
    cases = many("Case", "Their cases.", by="contact_id")
    projects = many("Project", "Projects for them.", by="contact_id")
    tasks = many("Task", "Tasks about them.", by="contact_id")
    page_visits = many("PageVisit", "The pages they visited.", by="contact_id")
    enrollments = many("SequenceEnrollment", "Sequences they go through.", by="contact_id")


@nested_input
class CompanyNameInput:
    """A company to create with its contact."""

    name: str = arg("Name of the company.")


@nested_input(one_of=True)
class ContactCompanyInput:
    """The company a contact is created in: exactly one of these."""

    connect: strawberry.ID | None = arg("One that exists.", of="Company", default=UNSET)
    create: CompanyNameInput | None = arg("A new one.", default=UNSET)


@act_input
class ContactCompanyAddInput(MutationInput):
    """Which contact is to belong to which company."""

    contact_id: strawberry.ID = arg("The contact.", of="Contact")
    company_id: strawberry.ID = arg("The company.", of="Company")
    primary: bool = arg("Whether it becomes the contact's primary company.", default=False)


@act_input
class ContactCompanyRemoveInput(MutationInput):
    """Which contact no longer belongs to which company."""

    contact_id: strawberry.ID = arg("The contact.", of="Contact")
    company_id: strawberry.ID = arg("The company.", of="Company")
