"""The product's closed lists as GraphQL enums, each value described."""

from enum import StrEnum
from typing import Any

import strawberry

from auth.navigation import Landing, Section
from auth.roles import Category, Level
from core.choices import Choice
from core.codes import UserErrorCode
from models import automation_enums, enums, sale_enums


def described(kind: type[StrEnum], descriptions: dict[str, str]) -> Any:
    """Make an enum a GraphQL one with its docstring and a sentence for each value."""
    strawberry.enum(kind, description=(kind.__doc__ or "").strip())
    definition: Any = kind.__dict__["__strawberry_definition__"]
    for value in definition.values:
        value.description = descriptions[value.name]
    return kind


def _chosen(kind: type[Choice]) -> None:
    described(kind, {member.name: member.description for member in kind})


for _kind in (vars(enums) | vars(sale_enums) | vars(automation_enums)).values():
    if isinstance(_kind, type) and issubclass(_kind, Choice) and _kind is not Choice:
        _chosen(_kind)

_chosen(UserErrorCode)

described(
    Category,
    {
        "CONTACTS": "Contacts and companies.",
        "LEADS": "Leads.",
        "DEALS": "Deals and pipelines.",
        "CASES": "Cases.",
        "TASKS": "Tasks.",
        "PROJECTS": "Projects.",
        "QUOTES": "Quotes and products.",
        "CONTRACTS": "Contracts.",
        "INVOICES": "Invoices, payments and accounting.",
        "COMMUNICATIONS": "Activities and mail.",
        "REPORTS": "Reports and dashboards.",
        "ADMIN": "Administration.",
    },
)

described(
    Level,
    {
        "NONE": "Nothing.",
        "READ": "Reading, within the rows the role sees.",
        "WRITE": "Reading and writing, within the rows the role sees.",
    },
)


class OrderDirection(StrEnum):
    """Which end of an ordering comes first."""

    ASC = "ASC"
    DESC = "DESC"


described(
    OrderDirection, {"ASC": "Smallest or earliest first.", "DESC": "Largest or latest first."}
)


class RelativeRange(StrEnum):
    """A span of days around today, in the workspace's time zone."""

    TODAY = "TODAY"
    YESTERDAY = "YESTERDAY"
    TOMORROW = "TOMORROW"
    THIS_WEEK = "THIS_WEEK"
    LAST_WEEK = "LAST_WEEK"
    NEXT_WEEK = "NEXT_WEEK"
    THIS_MONTH = "THIS_MONTH"
    LAST_MONTH = "LAST_MONTH"
    NEXT_MONTH = "NEXT_MONTH"
    THIS_QUARTER = "THIS_QUARTER"
    LAST_QUARTER = "LAST_QUARTER"
    NEXT_QUARTER = "NEXT_QUARTER"
    THIS_YEAR = "THIS_YEAR"
    LAST_YEAR = "LAST_YEAR"
    LAST_7_DAYS = "LAST_7_DAYS"
    LAST_30_DAYS = "LAST_30_DAYS"
    LAST_90_DAYS = "LAST_90_DAYS"
    NEXT_7_DAYS = "NEXT_7_DAYS"
    NEXT_30_DAYS = "NEXT_30_DAYS"
    NEXT_90_DAYS = "NEXT_90_DAYS"


described(
    RelativeRange,
    {
        member.name: f"{member.name.replace('_', ' ').capitalize()}"
        + (", today included." if "DAYS" in member.name else ".")
        for member in RelativeRange
    },
)


class BulkPolicy(StrEnum):
    """What a bulk act does when some of its rows are refused."""

    REJECT_ALL = "REJECT_ALL"
    REJECT_FAILED = "REJECT_FAILED"


described(
    BulkPolicy,
    {
        "REJECT_ALL": "Nothing is done unless every row is accepted.",
        "REJECT_FAILED": "Accepted rows are done, refused ones are answered with their errors.",
    },
)

described(
    Landing,
    {
        "SETUP_WIZARD": "The setup wizard, until each of its steps is done or skipped.",
        "DASHBOARD": "The dashboard.",
    },
)
described(Section, {section.name: f"The section {section.capitalize()}." for section in Section})
