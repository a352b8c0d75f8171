"""Workspaces, as the API shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry

from auth.allowances import PER_DAY, PER_MINUTE
from models import workspaces as rows
from models.enums import Plan
from models.registry import Scope
from models.sale_enums import ContractType
from schema import scalars
from schema.declare import Node, column, computed, entity, link
from schema.inputs import UNSET, MutationInput, act_input, arg
from schema.onboarding import ChecklistItem, Onboarding
from services import files
from services.onboarding import checklists, wizards


@strawberry.type(description="How much a workspace's plan allows; all its users share it.")
class WorkspaceLimits:
    """The rate limits of a plan."""

    requests_per_minute: int = strawberry.field(description="Requests a minute.")
    requests_per_day: int | None = strawberry.field(
        description="Requests a day; null is no daily limit."
    )


_LIMITS = {
    plan: WorkspaceLimits(requests_per_minute=PER_MINUTE[plan], requests_per_day=PER_DAY[plan])
    for plan in Plan
}


async def _limits(_reading: Any, found: Sequence[Mapping[str, Any]]) -> list[WorkspaceLimits]:
    return [_LIMITS[Plan[row["plan"]]] for row in found]


async def _logos(reading: Any, found: Sequence[Mapping[str, Any]]) -> list[str | None]:
    return await files.image_urls(reading, [row["logo_file_id"] for row in found])


@entity(
    rows.Workspace,
    prefix="ten",
    plural="workspaces",
    category=None,
    scope=Scope.WORKSPACE,
    listed=False,
)
class Workspace(Node):
    """One customer's isolated world."""

    name: str = column("Name of the company.")
    time_zone: scalars.TimeZone = column("Where its days begin and end.")
    currency: scalars.CurrencyCode = column("Its own currency.")
    industry: str | None = column("What it does.")
    plan: Plan = column("What it has subscribed to.")
    support_domain: str | None = column(
        "Domain of the cases' e-mail addresses, such as support.yourcompany.com."
    )
    support_address: str | None = column(
        "Whom answers to cases come from; null is support@ the support domain."
    )
    mail_tracking: bool = column("Whether opens and clicks of e-mails are noted.")
    support_team = link("Team", "The team whose queue new cases wait in.")
    logo_url: str | None = computed(
        "Where its logo lies; browsers open it for an hour without a header.",
        batch=_logos,
        needs=("logo_file_id",),
    )
    days_to_close: int = column(
        "How many days ahead a deal without a close date is expected to close."
    )
    address: str | None = column("Its postal address, line by line, as documents print it.")
    locale: str = column("How documents write dates and amounts, such as en_US.")
    tax_percent: Decimal = column("The tax rate new quotes and invoices begin with, in percent.")
    quote_valid_days: int = column("How many days a new quote can be accepted.")
    quote_terms: str | None = column("What new quotes print below their sums.")
    payment_terms_days: int = column("How many days after its issue an invoice is due.")
    contract_type: ContractType = column("The type of the contract that comes of a quote.")
    contract_auto_send: bool = column(
        "Whether a contract goes to its signers as soon as its quote is accepted, where a signature"
        " service is connected and nothing is missing."
    )
    contract_signer = link("User", "Who signs for us; where nobody is named, the deal's owner.")
    invoice_won_deals: bool = column(
        "Whether a deal that is won by hand is invoiced by its accepted quote."
    )
    lead_team = link("Team", "The team whose queue leads wait in that no rule of assignment fits.")
    score_threshold: int = column("The score from which a lead's owner is alerted.")
    stalled_days: int = column(
        "After how many days without anything an open deal counts as stalled."
    )
    created_at: datetime = column("When it was made.")
    version: int = column("Counts the changes; send it as `expectedVersion` to lock.")
    limits: WorkspaceLimits = computed("What its plan allows.", batch=_limits)
    onboarding: Onboarding = computed(
        "How far its setup wizard is.", batch=wizards, needs=("workspace_id",)
    )
    checklist: list[ChecklistItem] = computed(
        "What is to be done in a new workspace, in order, worked out from what is there.",
        batch=checklists,
        needs=("workspace_id",),
    )


@act_input
class WorkspaceSignUpInput(MutationInput):
    """A new workspace, and its first Admin."""

    workspace_name: str = arg("Name of the company.", max_length=None)
    first_name: str = arg("Your given name.", max_length=None)
    last_name: str = arg("Your family name.", max_length=None)
    email: scalars.EmailAddress = arg("The address you will sign in with.", max_length=None)
    password: str = arg("Your password: at least 10 characters.", max_length=None)
    time_zone: scalars.TimeZone = arg("Where its days begin and end.", max_length=None)
    currency: scalars.CurrencyCode = arg("Its own currency.", max_length=None)
    industry: str | None = arg("What it does.", max_length=None, default=None)


@act_input
class WorkspaceUpdateInput(MutationInput):
    """Settings of the workspace; fields left out stay, null empties.

    Saving the company's profile (its name, time zone, currency, industry or logo) ends that step
    of the setup wizard, even where nothing changes.
    """

    name: str | None = arg("Name of the company.", max_length=None, default=UNSET)
    time_zone: scalars.TimeZone | None = arg(
        "Where its days begin and end; moments that are set, such as due dates, stay.",
        max_length=None,
        default=UNSET,
    )
    default_currency: scalars.CurrencyCode | None = arg(
        "Its own currency. Amounts keep theirs; sums are told in the new one, at the rates that are"
        " known for it: those of the old one hold again only when it comes back.",
        max_length=None,
        default=UNSET,
    )
    industry: str | None = arg("What it does.", max_length=None, default=UNSET)
    logo_upload_id: strawberry.ID | None = arg(
        "The upload of its logo: PNG, JPEG, GIF or WebP of at most 5 MB and 4,096 pixels a side;"
        " null takes the logo away.",
        default=UNSET,
    )
    support_domain: str | None = arg(
        "Domain of the cases' e-mail addresses.", max_length=None, default=UNSET
    )
    support_address: scalars.EmailAddress | None = arg(
        "Whom answers to cases come from, and where new ones are written to; null is support@ the"
        " support domain. The mail server has to send for it.",
        max_length=None,
        default=UNSET,
    )
    mail_tracking: bool | None = arg(
        "Whether opens and clicks of e-mails are noted, from now on.", default=UNSET
    )
    support_team_id: strawberry.ID | None = arg(
        "The team whose queue new cases wait in.", of="Team", default=UNSET
    )
    days_to_close: int | None = arg(
        "How many days ahead a deal without a close date is expected to close.", default=UNSET
    )
    address: str | None = arg(
        "Its postal address, line by line, as documents print it.", max_length=None, default=UNSET
    )
    locale: str | None = arg(
        "How documents write dates and amounts, such as en_US or de_DE.",
        max_length=None,
        default=UNSET,
    )
    tax_percent: Decimal | None = arg(
        "The tax rate new quotes and invoices begin with, in percent.", default=UNSET
    )
    quote_valid_days: int | None = arg("How many days a new quote can be accepted.", default=UNSET)
    quote_terms: str | None = arg(
        "What new quotes print below their sums.", max_length=None, default=UNSET
    )
    payment_terms_days: int | None = arg(
        "How many days after its issue an invoice is due.", default=UNSET
    )
    contract_type: ContractType | None = arg(
        "The type of the contract that comes of a quote.", default=UNSET
    )
    contract_auto_send: bool | None = arg(
        "Whether a contract goes to its signers as soon as its quote is accepted.", default=UNSET
    )
    contract_signer_id: strawberry.ID | None = arg(
        "Who signs for us; null is the deal's owner.", of="User", default=UNSET
    )
    invoice_won_deals: bool | None = arg(
        "Whether a deal that is won by hand is invoiced by its accepted quote.", default=UNSET
    )
    lead_team_id: strawberry.ID | None = arg(
        "The team whose queue leads wait in that no rule of assignment fits.",
        of="Team",
        default=UNSET,
    )
    score_threshold: int | None = arg(
        "The score, from 1 to 100, from which a lead's owner is alerted.", default=UNSET
    )
    stalled_days: int | None = arg(
        "After how many days without anything an open deal counts as stalled.", default=UNSET
    )
    expected_version: int | None = arg(
        "The version you read; the act is refused when it has changed since.", default=None
    )
