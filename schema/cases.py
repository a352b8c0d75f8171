"""Cases, as the API shows them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import strawberry

from auth.roles import Category
from core.codes import UserErrorCode
from models import cases as rows
from models.enums import CaseOrigin, CasePriority, SlaState
from models.registry import Write
from schema import scalars
from schema.custom_values import CustomFieldInput
from schema.declare import Node, column, computed, entity, link, many
from schema.inputs import MutationInput, act_input, arg
from schema.refusals import UserError, record, refusal
from schema.values import MoneyInput, described
from services import cases
from services.rules import sla

_EXPECTED_VERSION = "The version you read; the act is refused when it has changed since."


@strawberry.type(description="How a case stands against its targets, at the time of the answer.")
class CaseSla:
    """The clocks of a case."""

    state: SlaState = described("The graver of the two.")
    first_response_state: SlaState = described("How the first response stands.")
    resolution_state: SlaState = described("How the resolution stands.")
    first_response_due_at: datetime = described("When it is to be answered.")
    resolution_due_at: datetime = described(
        "When it is to be resolved; while it is PAUSED this moves on by the time that is paused."
    )
    first_responded_at: datetime | None = described("When it was answered.")
    resolved_at: datetime | None = described("When it was resolved.")
    paused_at: datetime | None = described("Since when the resolution clock stands still.")


async def _clocks(reading: Any, found: Sequence[Mapping[str, Any]]) -> list[CaseSla]:
    return [_clock(row, reading.now) for row in found]


def _clock(row: Mapping[str, Any], now: datetime) -> CaseSla:
    first, resolution = sla.states(row, now)
    return CaseSla(
        state=SlaState[sla.gravest(first, resolution)],
        first_response_state=SlaState[first],
        resolution_state=SlaState[resolution],
        first_response_due_at=row["first_response_due_at"],
        resolution_due_at=row["resolution_due_at"],
        first_responded_at=row["first_responded_at"],
        resolved_at=row["resolved_at"],
        paused_at=row["paused_at"],
    )


@entity(
    rows.Case, prefix="case", plural="cases", category=Category.CASES, queue="team_id", core=True
)
class Case(Node):
    """A customer's problem, request or question."""

    number: str = column("Its number, such as CASE-0498.", filter="number_key", order="number_key")
    subject: str = column(
        "What it is about.",
        write=Write.ALWAYS,
        required=True,
        filter="subject_key",
        contains=True,
        order="subject_key",
    )
    description: str | None = column("All of it.", write=Write.ALWAYS, max_length=50_000)
    origin: CaseOrigin = column("How it came in.", filter=True, group=True)
    status = link("CaseStatus", "The column it is in.", always=True, group=True)
    priority: CasePriority = column(
        "How urgent it is; MEDIUM unless told otherwise. It sets the clocks.",
        write=Write.ALWAYS,
        filter=True,
        order="priority_key",
        group=True,
    )
    category: str | None = column(
        "What kind of case it is, such as Billing or Technical.",
        write=Write.ALWAYS,
        max_length=80,
        filter="category_key",
        group=True,
    )
    contact = link("Contact", "Whose case it is.", write=Write.ALWAYS)
    company = link(
        "Company",
        "The company it concerns; the contact's primary one when left out.",
        write=Write.ALWAYS,
        group=True,
    )
    owner = link("User", "Who works on it; null while it waits.", write=Write.ALWAYS, group=True)
    queue = link(
        "Team",
        "The team whose queue it waits in while nobody owns it; the workspace's support team"
        " unless told otherwise.",
        source="team_id",
        write=Write.ALWAYS,
        group=True,
    )
    deal = link("Deal", "The deal it was converted to.")
    template = link("CaseTemplate", "The template its tasks came from.")
    tasks = many("Task", "Its checklist, in order.", by="case_id", order="position")
    rank: str = column("Its place in the column: cards are in the order of their ranks.")
    email_address: scalars.EmailAddress | None = computed(
        "Where e-mail about it goes; null while the workspace has no support domain.",
        batch=cases.addresses,
    )
    confirmation_problem: str | None = column(
        "Why its contact was not told that it was opened; null where they were, or will be."
    )
    first_response_due_at: datetime = column("When it is to be answered.", filter=True, order=True)
    resolution_due_at: datetime = column("When it is to be resolved.", filter=True, order=True)
    first_responded_at: datetime | None = column(
        "When it was first answered; resolving it is an answer too.", filter=True
    )
    resolved_at: datetime | None = column("When it was resolved.", filter=True)
    paused_at: datetime | None = column(
        "Since when the resolution clock stands still.", filter=True
    )
    sla: CaseSla = computed(
        "How it stands against its targets.",
        batch=_clocks,
        needs=(*sorted(sla.COLUMNS), "sla_told"),
    )


@act_input
class CaseMoveInput(MutationInput):
    """Where a case goes: below the one card, else above the other; without both to the top."""

    id: strawberry.ID = arg("The case.", of="Case")
    to_status_id: strawberry.ID = arg("The column, which may be its own.", of="CaseStatus")
    after_card_id: strawberry.ID | None = arg(
        "Place it directly below this case.", of="Case", default=None
    )
    before_card_id: strawberry.ID | None = arg(
        "Else directly above this case.", of="Case", default=None
    )
    expected_version: int = arg(_EXPECTED_VERSION)


@act_input
class CaseResolveInput(MutationInput):
    """Which case is done."""

    id: strawberry.ID = arg("The case.", of="Case")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class CaseReopenInput(MutationInput):
    """Which resolved case is worked on again."""

    id: strawberry.ID = arg("The case.", of="Case")
    to_status_id: strawberry.ID | None = arg(
        "The status it goes to; the board's first one when left out.",
        of="CaseStatus",
        default=None,
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class CaseClaimInput(MutationInput):
    """Which waiting case you take."""

    id: strawberry.ID = arg("The case.", of="Case")


@act_input
class CaseFirstResponseRecordInput(MutationInput):
    """Which case was answered outside the CRM."""

    id: strawberry.ID = arg("The case.", of="Case")
    responded_at: datetime | None = arg("When; now unless told otherwise.", default=None)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class CaseConvertToDealInput(MutationInput):
    """What the deal of a case is opened with."""

    id: strawberry.ID = arg("The case.", of="Case")
    stage_id: strawberry.ID | None = arg(
        "The stage; the first of the first pipeline when left out.",
        of="PipelineStage",
        default=None,
    )
    name: str | None = arg("Name of the deal; the case's subject when left out.", default=None)
    value: MoneyInput | None = arg("What it may bring; nothing when left out.", default=None)
    close_date: date | None = arg(
        "When it is expected to be won; the workspace's `daysToClose` from today when left out.",
        default=None,
    )
    custom_fields: list[CustomFieldInput] | None = arg(
        "Its custom fields, beside those the case has under the same keys.", default=None
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@refusal(UserErrorCode.CASE_CONVERTED)
class CaseConvertedError(UserError):
    """The case has become a deal before."""

    deal = record("Deal", "What came of it; null when it is out of your sight.")
