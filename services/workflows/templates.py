"""Workflows that are ready to be made: the named uses of the product."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.automation_enums import WorkflowTrigger as Trigger
from models.enums import CoreEntity
from services.workflows import acts

_EMAIL = metadata.tables["email_template"]

WELCOME = "Welcome — Thanks for your interest"
_WELCOME_BODY = """<p>Hello {{ lead.firstName | default: lead.name }},</p>
<p>thank you for your interest in {{ workspace.name }}. I am your contact here; just answer this
e-mail with anything you would like to know.</p>
<p>{{ sender.name }}</p>
"""

Part = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A workflow but for what only its workspace knows."""

    name: str
    description: str
    trigger: Trigger
    record_type: CoreEntity
    steps: Callable[[Context, str | None], Awaitable[list[Part]]]
    conditions: Part | None = None
    settings: Part = field(default_factory=dict)
    needs_user: bool = False


async def _welcome(ctx: Context, _user: str | None) -> list[Part]:
    template = await _welcome_mail(ctx)
    return [
        {"send_email": {"template_id": template, "to": "RECORD"}},
        {"create_task": {"title": "Follow-up call", "assignee": "OWNER", "due_in_days": 2}},
    ]


async def _onboarding(_ctx: Context, _user: str | None) -> list[Part]:
    name = "Onboarding {{ company.name | default: contact.name }}"
    return [{"create_project": {"name": name}}]


async def _stalled(_ctx: Context, _user: str | None) -> list[Part]:
    text = "“{{ deal.name }}” of {{ owner.name }} has not moved for a while."
    return [{"send_notification": {"to": "MANAGER", "text": text}}]


async def _high_score(_ctx: Context, user: str | None) -> list[Part]:
    return [{"assign_owner": {"user_ids": [user]}}]


TEMPLATES: Mapping[str, Template] = {
    "welcome_new_leads": Template(
        name="Welcome e-mail for new leads",
        description="Thanks new leads of a score of 50 or more, and has their owner call them.",
        trigger=Trigger.RECORD_CREATED,
        record_type=CoreEntity.LEAD,
        conditions={"lead": {"score": {"gte": 50}}},
        steps=_welcome,
    ),
    "onboarding_on_signature": Template(
        name="Onboarding project when a contract is signed",
        description="Begins a project for the customer once all have signed.",
        trigger=Trigger.CONTRACT_SIGNED,
        record_type=CoreEntity.CONTRACT,
        steps=_onboarding,
    ),
    "alert_on_stalled_deals": Template(
        name="Alert the manager when a deal has stalled for 7 days",
        description=(
            "Tells the manager of a deal's owner once nothing has happened to it for as many days"
            " as the workspace says, 7 unless it was changed."
        ),
        trigger=Trigger.FIELD_VALUE_CHANGED,
        record_type=CoreEntity.DEAL,
        settings={"field_value_changed": {"field": "stalledAt"}},
        conditions={"deal": {"stalledAt": {"isNull": False}}},
        steps=_stalled,
    ),
    "assign_high_scores": Template(
        name="Give high-score leads to a rep",
        description="Gives a lead to the user you choose once its score is high.",
        trigger=Trigger.LEAD_SCORE_THRESHOLD,
        record_type=CoreEntity.LEAD,
        steps=_high_score,
        needs_user=True,
    ),
}


def shown() -> list[dict[str, Any]]:
    """The templates as clients read them."""
    return [
        {
            "key": key,
            "name": one.name,
            "description": one.description,
            "trigger": one.trigger,
            "record_type": one.record_type,
            "needs_user": one.needs_user,
        }
        for key, one in TEMPLATES.items()
    ]


async def make(
    ctx: Context,
    key: str,
    *,
    name: str | None = None,
    user_id: str | None = None,
    active: bool = False,
) -> Any:
    """Make a workflow of a template; what it needs besides is made with it."""
    ctx.require(Category.ADMIN)
    template = TEMPLATES.get(key)
    if template is None:
        message = f"No template has this key; there are: {', '.join(TEMPLATES)}."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("key",))
    if template.needs_user and user_id is None:
        raise UserError(UserErrorCode.REQUIRED, "Choose who it is about.", ("userId",))
    given = {
        "name": name or template.name,
        "trigger": template.trigger,
        "record_type": template.record_type,
        "settings": template.settings or None,
        "conditions": template.conditions,
        "steps": await template.steps(ctx, user_id),
    }
    saved = await acts.create(ctx, given, description=template.description, active=active)
    return saved.workflow


async def _welcome_mail(ctx: Context) -> str:
    """The mail that welcomes leads, made where the workspace has none of its name."""
    known = await ctx.act.fetch(
        sa.select(_EMAIL.c.id).where(
            _EMAIL.c.workspace_id == ctx.workspace_id,
            _EMAIL.c.name_key == sa.func.fold(WELCOME),
            _EMAIL.c.archived_at.is_(None),
        )
    )
    if known:
        return str(known[0]["id"])
    values = {
        "name": WELCOME,
        "record_type": CoreEntity.LEAD,
        "subject": "Thanks for your interest",
        "body": _WELCOME_BODY,
    }
    return str((await ctx.act.insert(_EMAIL, values))["id"])
