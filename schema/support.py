"""How support works: statuses, SLA policies, business hours and templates of cases."""

from datetime import datetime

import strawberry
from strawberry import UNSET

from auth.roles import Category
from core.codes import UserErrorCode
from models import cases as rows
from models.enums import CasePriority, CaseStatusCategory, TaskPriority
from models.registry import Scope
from schema.declare import Node, column, entity, link, many
from schema.inputs import MutationInput, act_input, arg, nested_input
from schema.refusals import UserError, record, refusal

_EXPECTED_VERSION = "The version you read; the act is refused when it has changed since."


@entity(
    rows.CaseStatus,
    prefix="cst",
    plural="caseStatuses",
    category=Category.CASES,
    scope=Scope.WORKSPACE,
    order="position",
)
class CaseStatus(Node):
    """A column of the case board."""

    name: str = column("Name of the status.", filter="name_key", order="name_key")
    position: int = column("Its place on the board.", order=True)
    color: str = column("Colour it is shown in, `#rrggbb`.")
    category: CaseStatusCategory = column("What it does to the clocks of its cases.")
    archived_at: datetime | None = column("When it was taken off the board.", filter=True)
    cases = many("Case", "The cases in it.", by="status_id")


@entity(
    rows.SlaPolicy,
    prefix="sla",
    plural="slaPolicies",
    category=Category.CASES,
    scope=Scope.WORKSPACE,
)
class SlaPolicy(Node):
    """How soon cases of a priority are to be answered and resolved."""

    priority: CasePriority = column("The priority it is for.")
    first_response_minutes: int = column("Minutes from creation to the first response.")
    resolution_minutes: int = column(
        "Minutes from creation to the resolution, those spent waiting for the customer left out."
    )
    approaching_percent: int = column(
        "Share of a target, in percent, after which it is APPROACHING."
    )
    business_hours_only: bool = column("Whether minutes outside the business hours do not count.")


@entity(
    rows.BusinessHours,
    prefix="bhr",
    plural="businessHours",
    category=Category.CASES,
    scope=Scope.WORKSPACE,
)
class BusinessHours(Node):
    """A span of a weekday in which business hours run, in the workspace's time zone."""

    weekday: int = column("Day of the week: 1 for Monday to 7 for Sunday.", filter=True, order=True)
    opens: str = column("When it begins, such as 09:00.", order=True)
    closes: str = column("When it ends, such as 17:00; 24:00 is the day's end.")


@entity(
    rows.CaseTemplate,
    prefix="ctp",
    plural="caseTemplates",
    category=Category.CASES,
    scope=Scope.WORKSPACE,
)
class CaseTemplate(Node):
    """A checklist of tasks for a kind of case."""

    name: str = column("Name of the template.", filter="name_key", order="name_key")
    archived_at: datetime | None = column("Since when it is not offered any more.", filter=True)
    tasks = many("CaseTemplateTask", "Its tasks, in order.", by="template_id", order="position")


@entity(
    rows.CaseTemplateTask,
    prefix="ctt",
    plural="caseTemplateTasks",
    category=Category.CASES,
    scope=Scope.WORKSPACE,
)
class CaseTemplateTask(Node):
    """One task of a case template."""

    position: int = column("Its place in the checklist.", order=True)
    title: str = column("What is to be done.")
    priority: TaskPriority = column("How urgent it will be.")
    due_offset_days: int = column("Days from the case's creation until it is due.")
    template = link("CaseTemplate", "The template it is part of.", always=True)


@act_input
class CaseStatusCreateInput(MutationInput):
    """A new status; it stands behind those of its category."""

    name: str = arg("Name of the status.", max_length=None)
    color: str = arg("Colour it is shown in, `#rrggbb`.")
    category: CaseStatusCategory = arg("What it does to the clocks of its cases; that stays.")


@act_input
class CaseStatusUpdateInput(MutationInput):
    """What changes on a status; fields left out stay."""

    id: strawberry.ID = arg("The status.", of="CaseStatus")
    name: str | None = arg("Name of the status.", max_length=None, default=UNSET)
    color: str | None = arg("Colour it is shown in, `#rrggbb`.", default=UNSET)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class CaseStatusReorderInput(MutationInput):
    """The order of the board's columns."""

    status_ids: list[strawberry.ID] = arg(
        "Every status that is not archived, in the new order.", of="CaseStatus"
    )


@act_input
class CaseStatusArchiveInput(MutationInput):
    """Which status leaves the board."""

    id: strawberry.ID = arg("The status.", of="CaseStatus")
    move_to_status_id: strawberry.ID | None = arg(
        "Where its cases go; needed when it has any.", of="CaseStatus", default=None
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class SlaPolicyUpdateInput(MutationInput):
    """New targets of a priority; fields left out stay."""

    priority: CasePriority = arg("The priority.")
    first_response_minutes: int | None = arg(
        "Minutes to the first response, at most 129,600.", default=UNSET
    )
    resolution_minutes: int | None = arg(
        "Minutes to the resolution, at most 129,600.", default=UNSET
    )
    approaching_percent: int | None = arg(
        "Share of a target, 1 to 99 percent, after which it is APPROACHING.", default=UNSET
    )
    business_hours_only: bool | None = arg(
        "Whether minutes outside the business hours do not count.", default=UNSET
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@nested_input
class BusinessHoursSpanInput:
    """A span of a weekday."""

    weekday: int = arg("Day of the week: 1 for Monday to 7 for Sunday.")
    opens: str = arg("When it begins, such as 09:00.")
    closes: str = arg("When it ends, such as 17:00; 24:00 is the day's end.")


@act_input
class BusinessHoursSetInput(MutationInput):
    """The business hours of a whole week."""

    spans: list[BusinessHoursSpanInput] = arg(
        "All spans, none overlapping another; an empty list is open around the clock."
    )


@nested_input
class CaseTemplateTaskInput:
    """A task of a template."""

    title: str = arg("What is to be done.", max_length=None)
    priority: TaskPriority = arg("How urgent it will be.", default=TaskPriority.MEDIUM)
    due_offset_days: int = arg("Days from the case's creation until it is due.", default=0)


@act_input
class CaseTemplateCreateInput(MutationInput):
    """A new template."""

    name: str = arg("Name of the template.", max_length=None)
    tasks: list[CaseTemplateTaskInput] = arg("Its tasks, in order.", default_factory=list)


@act_input
class CaseTemplateUpdateInput(MutationInput):
    """What changes on a template; fields left out stay."""

    id: strawberry.ID = arg("The template.", of="CaseTemplate")
    name: str | None = arg("Name of the template.", max_length=None, default=UNSET)
    tasks: list[CaseTemplateTaskInput] | None = arg(
        "All of its tasks, in order; they replace those it has.", default=UNSET
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class CaseTemplateArchiveInput(MutationInput):
    """Which template is not offered any more."""

    id: strawberry.ID = arg("The template.", of="CaseTemplate")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@refusal(UserErrorCode.ALREADY_CLAIMED)
class AlreadyClaimedError(UserError):
    """Somebody else took the record first."""

    by = record("User", "Who has it.")
