"""Companies, as the API shows them."""

from auth.roles import Category
from models import companies as rows
from models.registry import Write
from schema import scalars
from schema.declare import Node, column, entity, link, many


@entity(
    rows.Company,
    prefix="cmp",
    plural="companies",
    category=Category.CONTACTS,
    core=True,
    mergeable=True,
)
class Company(Node):
    """An organisation we do business with."""

    name: str = column(
        "Name of the company.",
        write=Write.ALWAYS,
        required=True,
        filter="name_key",
        contains=True,
        order="name_key",
    )
    domain: str | None = column(
        "Domain of its website and e-mail addresses.", write=Write.ALWAYS, filter="domain_key"
    )
    phone: scalars.PhoneNumber | None = column("Its main number.", write=Write.ALWAYS)
    industry: str | None = column(
        "What it does.", write=Write.ALWAYS, filter="industry_key", group=True
    )
    employee_count: int | None = column(
        "How many people work there.", write=Write.ALWAYS, filter=True
    )
    street: str | None = column("Street and number.", write=Write.ALWAYS)
    city: str | None = column("City.", write=Write.ALWAYS)
    state: str | None = column("State or region.", write=Write.ALWAYS)
    postcode: str | None = column("Postal code.", write=Write.ALWAYS, max_length=20)
    country: str | None = column(
        "Country, ISO 3166 (two letters).",
        write=Write.ALWAYS,
        max_length=2,
        filter="country_key",
        group=True,
    )
    owner = link("User", "Whose company it is.", write=Write.ALWAYS, group=True)
    contacts = many(
        "Contact",
        "The people who belong to it.",
        by="company_id",
        through="contact_company",
        to="contact_id",
    )
    deals = many("Deal", "Its deals.", by="company_id")
    quotes = many("Quote", "Its quotes.", by="company_id")
    contracts = many("Contract", "Its contracts.", by="company_id")
    invoices = many("Invoice", "Its invoices.", by="company_id")
    leads = many("Lead", "The leads that became it.", by="converted_company_id")
    cases = many("Case", "The cases that concern it.", by="company_id")
    projects = many("Project", "Projects for it.", by="company_id")
    tasks = many("Task", "Tasks about it.", by="company_id")
