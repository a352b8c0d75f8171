"""Workflows: written, changed, activated, put away; each change of what one does is a revision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth import credentials
from auth.context import Context
from auth.credentials import CredentialKind
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import new_id
from core.settings import from_environment
from models import metadata
from models.automation_enums import WorkflowTrigger as Trigger
from models.registry import REGISTRY
from models.workflows import Workflow
from services import records
from services.workflows import control, scheduling, validation
from services.workflows.definition import PARTS, Definition, kept, parse

WORKFLOW = metadata.tables["workflow"]
REVISION = metadata.tables["workflow_revision"]
_HEAD = metadata.tables["event_head"]

MOST_ACTIVE = 1_000
MOST = 10_000
_HINT = 4
_MEANING = ("trigger", "record_type", "settings", "conditions", "payload_conditions", "steps")
"""What a revision is about; a name alone makes none."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A workflow, and the address of its webhook where it was just made."""

    workflow: Any
    hook_url: str | None = None


async def create(
    ctx: Context, given: Mapping[str, Any], *, description: str | None = None, active: bool = False
) -> Saved:
    """Write a workflow; it is set off once it is active."""
    ctx.require(Category.ADMIN)
    return await add(ctx, await validation.valid(ctx, given), description, active=active)


async def add(
    ctx: Context, definition: Definition, description: str | None, *, active: bool = False
) -> Saved:
    """Keep a definition that was found to be valid as a workflow."""
    await records.in_turn(ctx, "workflow", "number")
    counted = await ctx.act.fetch(
        sa.select(sa.func.count()).where(
            WORKFLOW.c.workspace_id == ctx.workspace_id, WORKFLOW.c.archived_at.is_(None)
        )
    )
    if counted[0][0] >= MOST:
        message = f"There are at most {MOST:,} workflows; archive some first."
        raise UserError(UserErrorCode.TOO_MANY, message)
    workflow_id = new_id()
    url, hint = await _hook(ctx, workflow_id) if _has_hook(definition) else (None, None)
    activated = await _activated(ctx) if active else {}
    values = kept(definition) | activated
    values |= {"id": workflow_id, "description": _described(description), "hook_hint": hint}
    row = await ctx.act.insert(WORKFLOW, values | {"owner_id": ctx.actor.user_id})
    await _keep(ctx, row)
    if active:
        await scheduling.plan(ctx.act, row)
    return Saved(row, url)


async def update(
    ctx: Context, workflow_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Saved:
    """Change a workflow; runs that have begun end as they began."""
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one thing to change.")
    workflow = await _locked(ctx, workflow_id, expected_version)
    before = parse(workflow)
    definition = await validation.valid(ctx, given, before)
    values = kept(definition) | {"problem": None}
    if "description" in given:
        values["description"] = _described(given["description"])
    changed = {name: value for name, value in values.items() if getattr(workflow, name) != value}
    if not changed:
        return Saved(workflow)
    url = None
    if _has_hook(definition) and not _has_hook(before):
        url, changed["hook_hint"] = await _hook(ctx, workflow_id)
    elif _has_hook(before) and not _has_hook(definition):
        await credentials.revoke(ctx.act, CredentialKind.WORKFLOW, workflow_id)
        changed["hook_hint"] = None
    means = any(name in changed for name in _MEANING)
    if means:
        changed |= {"revision": workflow.revision + 1}
    row = (await ctx.act.update(WORKFLOW, WORKFLOW.c.id == workflow_id, changed | _by(ctx)))[0]
    if means:
        await _keep(ctx, row)
    # What had a problem has no next time any more.
    if row["active"] and (means or workflow.problem is not None):
        await scheduling.plan(ctx.act, row)
    return Saved(row, url)


async def activate(ctx: Context, workflow_id: str, expected_version: int | None = None) -> Any:
    """Let a workflow be set off by what happens from now on."""
    workflow = await _locked(ctx, workflow_id, expected_version)
    if workflow.active:
        return workflow
    await validation.check(ctx, parse(workflow))
    activated = await _activated(ctx) | {"problem": None} | _by(ctx)
    where = WORKFLOW.c.id == workflow_id
    row = (await ctx.act.update(WORKFLOW, where, activated, event="activated"))[0]
    await scheduling.plan(ctx.act, row)
    return row


async def deactivate(ctx: Context, workflow_id: str, expected_version: int | None = None) -> Any:
    """Let nothing set a workflow off any more; runs that have begun go on."""
    workflow = await _locked(ctx, workflow_id, expected_version)
    if not workflow.active:
        return workflow
    where = WORKFLOW.c.id == workflow_id
    return (await ctx.act.update(WORKFLOW, where, _STILL, event="deactivated"))[0]


async def archive(ctx: Context, workflow_id: str, expected_version: int | None = None) -> Any:
    """Put a workflow away: nothing sets it off, its runs end, and can still be read."""
    workflow = await _locked(ctx, workflow_id, expected_version, archived=True)
    if workflow.archived_at is not None:
        return workflow
    await credentials.revoke(ctx.act, CredentialKind.WORKFLOW, workflow_id)
    await control.cancel_all(ctx.act, workflow_id)
    away = _STILL | {"archived_at": ctx.now, "hook_hint": None}
    return (await ctx.act.update(WORKFLOW, WORKFLOW.c.id == workflow_id, away, event="archived"))[0]


async def duplicate(ctx: Context, workflow_id: str, *, name: str | None = None) -> Saved:
    """Begin another workflow as this one is; it is not active."""
    workflow = await _locked(ctx, workflow_id, None, archived=True)
    copy = kept(parse(workflow))
    copy["name"] = name or f"Copy of {workflow.name}"[: validation.LONGEST_NAME]
    definition = parse(copy)
    await validation.check(ctx, definition)
    return await add(ctx, definition, workflow.description)


async def rotate_hook(ctx: Context, workflow_id: str, expected_version: int | None = None) -> Saved:
    """Give the webhook of a workflow another address; the old one answers no more."""
    workflow = await _locked(ctx, workflow_id, expected_version)
    if workflow.trigger != Trigger.WEBHOOK_RECEIVED:
        message = "Only workflows with the trigger WEBHOOK_RECEIVED have an address."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    await credentials.revoke(ctx.act, CredentialKind.WORKFLOW, workflow_id)
    url, hint = await _hook(ctx, workflow_id)
    where = WORKFLOW.c.id == workflow_id
    row = (await ctx.act.update(WORKFLOW, where, {"hook_hint": hint}, event="hook_rotated"))[0]
    return Saved(row, url)


_STILL: dict[str, Any] = {"active": False, "activated_at": None, "activated_after": None}


async def _locked(
    ctx: Context, workflow_id: str, expected_version: int | None, *, archived: bool = False
) -> Workflow:
    ctx.require(Category.ADMIN)
    found: Workflow = await records.locked(ctx, REGISTRY["Workflow"], workflow_id, expected_version)
    if found.archived_at is not None and not archived:
        message = "This workflow is archived; go on with a copy of it."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    return found


async def _activated(ctx: Context) -> dict[str, Any]:
    """What an active workflow remembers: since when, and behind which event."""
    await records.in_turn(ctx, "workflow", "active")
    counted = await ctx.act.fetch(
        sa.select(sa.func.count()).where(
            WORKFLOW.c.workspace_id == ctx.workspace_id, WORKFLOW.c.active
        )
    )
    if counted[0][0] >= MOST_ACTIVE:
        message = f"At most {MOST_ACTIVE:,} workflows are active; deactivate some first."
        raise UserError(UserErrorCode.TOO_MANY, message)
    head = await ctx.act.fetch(
        sa.select(_HEAD.c.position).where(_HEAD.c.workspace_id == ctx.workspace_id)
    )
    return {"active": True, "activated_at": ctx.now, "activated_after": head[0]["position"]}


def _by(ctx: Context) -> dict[str, Any]:
    return {"owner_id": ctx.actor.user_id}


async def _keep(ctx: Context, row: Any) -> None:
    """Keep what a workflow is now as its newest revision."""
    values = {
        "workflow_id": row["id"],
        "revision": row["revision"],
        "definition": {name: row[name] for name in PARTS},
        "saved_by_id": ctx.actor.user_id,
    }
    await ctx.act.insert(REVISION, values)


def _has_hook(definition: Definition) -> bool:
    return definition.trigger is Trigger.WEBHOOK_RECEIVED


async def _hook(ctx: Context, workflow_id: str) -> tuple[str, str]:
    """A fresh address for a webhook, and its end to tell it by."""
    token = await credentials.issue(ctx.act, CredentialKind.WORKFLOW, workflow_id)
    return f"{from_environment().base_url}/hooks/workflows/{token}", token[-_HINT:]


def _described(text: str | None) -> str | None:
    return (text or "").strip() or None
