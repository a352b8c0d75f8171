"""Steps that make records: tasks, cases, deals, projects, notes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.codes import UserErrorCode
from core.errors import UserError
from models.enums import CaseOrigin, CasePriority, Origin, TaskPriority
from services import activities, cases, contacts, deals, project_templates, projects, tasks
from services.rules.tasks import due_after
from services.workflows.actions.doing import Doing, told
from services.workflows.field_values import money

_ABOUT_A_TASK = ("lead", "deal", "case", "project", "contact", "company")


async def create_task(doing: Doing) -> Mapping[str, Any]:
    """Create a task about the record, for whom the step says."""
    ctx, step = doing.ctx, doing.step
    owner = await doing.owner()
    values: dict[str, Any] = {
        "title": await doing.text("title"),
        "description": await doing.text("description"),
        "priority": TaskPriority[step["priority"]] if step.get("priority") else None,
        **_whose_task(step, owner),
        **doing.links(*_ABOUT_A_TASK),
    }
    if step.get("due_in_days") is not None:
        days = int(step["due_in_days"])
        values["due_at"] = due_after(ctx.now, days, ctx.actor.time_zone)
    return told("Task", await tasks.create(ctx, values))


def _whose_task(step: Mapping[str, Any], owner: str) -> dict[str, Any]:
    if step.get("assignee") == "TEAM" or step.get("team_id"):
        return {"team": step["team_id"]}
    return {"owner": step.get("user_id") or owner}


async def create_case(doing: Doing) -> Mapping[str, Any]:
    """Open a case of the record's contact."""
    await doing.owner()
    contact = doing.links("contact") or await _person(doing)
    step = doing.step
    values: dict[str, Any] = {
        "subject": await doing.text("subject"),
        "description": await doing.text("description"),
        "priority": CasePriority[step["priority"]] if step.get("priority") else None,
        "owner": step.get("user_id"),
        "queue": step.get("team_id"),
        **contact,
    }
    made = {name: one for name, one in values.items() if one is not None}
    return told("Case", await cases.create(doing.ctx, made, origin=CaseOrigin.WORKFLOW))


async def _person(doing: Doing) -> dict[str, str]:
    """The contact that a lead is: the one of its address, or a new one."""
    if doing.kind.table.name != "lead":
        message = "A case is a contact's, and the record has none."
        raise UserError(UserErrorCode.REQUIRED, message, ("contactId",))
    lead = await doing.record()
    known = await contacts.by_email(doing.ctx, lead.email) if lead.email else None
    if known is not None:
        return {"contact": known}
    named = ("first_name", "last_name", "job_title", "email", "phone")
    values = {name: getattr(lead, name) for name in named if getattr(lead, name)}
    values["first_name"] = values.get("first_name") or lead.last_name
    made = await contacts.create(doing.ctx, values, origin=Origin[lead.origin])
    return {"contact": str(made["id"])}


async def create_deal(doing: Doing) -> Mapping[str, Any]:
    """Open a deal with the record's contact and company, for its owner."""
    ctx, step = doing.ctx, doing.step
    values: dict[str, Any] = {
        "owner": await doing.owner(),
        "name": await doing.text("name"),
        **doing.links("contact"),
        **_company(doing),
    }
    if step.get("amount") is not None:
        amount = await doing.text("amount")
        values["value"] = money(f"{amount} {step.get('currency') or ''}")
    if step.get("close_in_days") is not None:
        values["close_date"] = ctx.today + timedelta(days=int(step["close_in_days"]))
    return told("Deal", await deals.create(ctx, values, stage_id=step.get("stage_id")))


def _company(doing: Doing) -> dict[str, str]:
    """The company of the record, a contact's being its primary one."""
    found = doing.links("company", "primary_company")
    return {name.removeprefix("primary_"): one for name, one in found.items()}


async def create_project(doing: Doing) -> Mapping[str, Any]:
    """Begin a project for the record: from a template, or an empty one."""
    ctx, template = doing.ctx, doing.step.get("template_id")
    values: dict[str, Any] = {
        "owner": await doing.owner(),
        "name": await doing.text("name"),
        **(doing.links("deal") or _company(doing) or doing.links("contact")),
    }
    if template is not None:
        return told("Project", await project_templates.start(ctx, template, values))
    return told("Project", await projects.create(ctx, values))


async def add_note(doing: Doing) -> Mapping[str, Any]:
    """Write a note on the record."""
    _ = doing.kind
    text = await doing.text("text") or ""
    note, _unknown = await activities.add_note(doing.ctx, text, doing.about)
    return told("Note", note)
