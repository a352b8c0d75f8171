"""How support works: statuses, SLA policies, business hours and templates of cases."""

from collections.abc import Sequence
from typing import Any

from auth.context import Context
from resolvers.mutation import mutation, several
from schema import support as given
from schema.inputs import UNSET
from schema.support import BusinessHours, CaseStatus, CaseTemplate, SlaPolicy
from services import case_statuses, case_templates, sla
from services.rules.business_hours import Span


def _sent(input: Any, *names: str) -> dict[str, Any]:
    values = {name: getattr(input, name) for name in names}
    return {name: value for name, value in values.items() if value is not UNSET}


def _steps(tasks: Sequence[given.CaseTemplateTaskInput]) -> list[case_templates.Step]:
    return [case_templates.Step(task.title, task.priority, task.due_offset_days) for task in tasks]


@mutation(case_status=CaseStatus)
async def case_status_create(ctx: Context, input: given.CaseStatusCreateInput) -> Any:
    """Add a column to the case board."""
    return await case_statuses.create(
        ctx, name=input.name, color=input.color, category=input.category
    )


@mutation(case_status=CaseStatus)
async def case_status_update(ctx: Context, input: given.CaseStatusUpdateInput) -> Any:
    """Change the name or colour of a column of the case board."""
    return await case_statuses.update(
        ctx, input.id, _sent(input, "name", "color"), expected_version=input.expected_version
    )


@mutation(case_statuses=several(CaseStatus))
async def case_status_reorder(ctx: Context, input: given.CaseStatusReorderInput) -> Any:
    """Put the columns of the case board into a new order."""
    return {"case_statuses": await case_statuses.reorder(ctx, input.status_ids)}


@mutation(case_status=CaseStatus)
async def case_status_archive(ctx: Context, input: given.CaseStatusArchiveInput) -> Any:
    """Take a column off the case board; its cases go to another one."""
    return await case_statuses.archive(
        ctx,
        input.id,
        move_to=input.move_to_status_id,
        expected_version=input.expected_version,
    )


@mutation(sla_policy=SlaPolicy)
async def sla_policy_update(ctx: Context, input: given.SlaPolicyUpdateInput) -> Any:
    """Change how soon cases of a priority are answered; open cases keep their due dates."""
    targets = _sent(
        input,
        "first_response_minutes",
        "resolution_minutes",
        "approaching_percent",
        "business_hours_only",
    )
    return await sla.update_policy(
        ctx, input.priority, targets, expected_version=input.expected_version
    )


@mutation(business_hours=several(BusinessHours))
async def business_hours_set(ctx: Context, input: given.BusinessHoursSetInput) -> Any:
    """Set the business hours of the whole week; open cases keep their due dates."""
    spans = [Span(span.weekday, span.opens, span.closes) for span in input.spans]
    return {"business_hours": await sla.set_hours(ctx, spans)}


@mutation(case_template=CaseTemplate)
async def case_template_create(ctx: Context, input: given.CaseTemplateCreateInput) -> Any:
    """Make a checklist of tasks for a kind of case."""
    return await case_templates.create(ctx, name=input.name, tasks=_steps(input.tasks))


@mutation(case_template=CaseTemplate)
async def case_template_update(ctx: Context, input: given.CaseTemplateUpdateInput) -> Any:
    """Rename a template or replace its tasks; cases keep the tasks they have."""
    sent = _sent(input, "name", "tasks")
    return await case_templates.update(
        ctx,
        input.id,
        name=sent.get("name"),
        tasks=None if sent.get("tasks") is None else _steps(sent["tasks"]),
        expected_version=input.expected_version,
    )


@mutation(case_template=CaseTemplate)
async def case_template_archive(ctx: Context, input: given.CaseTemplateArchiveInput) -> Any:
    """Offer a template no more; cases keep the tasks they have."""
    return await case_templates.archive(ctx, input.id, expected_version=input.expected_version)
