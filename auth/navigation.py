"""The sections of an application on this API, and the permission each one needs."""

from dataclasses import dataclass
from enum import StrEnum

from auth.actor import Actor
from auth.roles import Category, Level


class Section(StrEnum):
    """A section of the application."""

    DASHBOARDS = "DASHBOARDS"
    CONTACTS = "CONTACTS"
    LEADS = "LEADS"
    DEALS = "DEALS"
    CASES = "CASES"
    TASKS = "TASKS"
    PROJECTS = "PROJECTS"
    PRODUCTS = "PRODUCTS"
    QUOTES = "QUOTES"
    CONTRACTS = "CONTRACTS"
    INVOICES = "INVOICES"
    COMMUNICATIONS = "COMMUNICATIONS"
    REPORTS = "REPORTS"
    KPIS = "KPIS"
    ADMIN = "ADMIN"


class Landing(StrEnum):
    """What an application shows first."""

    SETUP_WIZARD = "SETUP_WIZARD"
    DASHBOARD = "DASHBOARD"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the sidebar."""

    key: Section
    label: str
    path: str


_NEEDED = {
    Section.DASHBOARDS: Category.REPORTS,
    Section.CONTACTS: Category.CONTACTS,
    Section.LEADS: Category.LEADS,
    Section.DEALS: Category.DEALS,
    Section.CASES: Category.CASES,
    Section.TASKS: Category.TASKS,
    Section.PROJECTS: Category.PROJECTS,
    Section.PRODUCTS: Category.QUOTES,
    Section.QUOTES: Category.QUOTES,
    Section.CONTRACTS: Category.CONTRACTS,
    Section.INVOICES: Category.INVOICES,
    Section.COMMUNICATIONS: Category.COMMUNICATIONS,
    Section.REPORTS: Category.REPORTS,
    Section.KPIS: Category.REPORTS,
    Section.ADMIN: Category.ADMIN,
}


def sidebar(actor: Actor) -> list[Entry]:
    """The sections this actor may open, in their order."""
    return [
        Entry(section, _label(section), f"/{section.lower()}")
        for section, category in _NEEDED.items()
        if actor.may(category, Level.READ)
    ]


def _label(section: Section) -> str:
    return "KPIs & Goals" if section is Section.KPIS else section.capitalize()
