"""Workflows: written, changed, activated, put away, begun from templates."""

from typing import Any

from auth.context import Context
from auth.roles import Category, Level
from resolvers.mutation import extra, mutation
from resolvers.queries import valued
from resolvers.workflow_inputs import plain
from schema import workflows as given
from schema.inputs import UNSET
from schema.types import Answered
from schema.workflows import Workflow, WorkflowTemplate
from services.workflows import acts, templates

_URL = extra(
    str,
    "WEBHOOK_RECEIVED: its address, shown this once: what it is sent sets the workflow off.",
)
_PARTS = (
    "name",
    "trigger",
    "record_type",
    "settings",
    "conditions",
    "payload_conditions",
    "steps",
)


@mutation(workflow=Workflow, hook_url=_URL)
async def workflow_create(ctx: Context, input: given.WorkflowCreateInput) -> Any:
    """Write a workflow: what sets it off, what its records have to fit, and what it does.

    Example: `workflowCreate(input: {name: "Welcome", trigger: RECORD_CREATED, recordType: LEAD,
    conditions: {lead: {score: {gte: 50}}}, steps: [{createTask: {title: "Call", dueInDays: 2}}],
    active: true}) {workflow {id} userErrors {code message path}}`.
    """
    saved = await acts.create(
        ctx, _parts(ctx, input), description=input.description, active=bool(input.active)
    )
    return _answer(saved)


@mutation(workflow=Workflow, hook_url=_URL)
async def workflow_update(ctx: Context, input: given.WorkflowUpdateInput) -> Any:
    """Change a workflow; runs that have begun end as they began."""
    values = _parts(ctx, input)
    if input.description is not UNSET:
        values["description"] = input.description
    return _answer(await acts.update(ctx, input.id, values, input.expected_version))


@mutation(workflow=Workflow)
async def workflow_activate(ctx: Context, input: given.WorkflowActivateInput) -> Any:
    """Let a workflow be set off by what happens from now on."""
    return await acts.activate(ctx, input.id, input.expected_version)


@mutation(workflow=Workflow)
async def workflow_deactivate(ctx: Context, input: given.WorkflowDeactivateInput) -> Any:
    """Let nothing set a workflow off any more; runs that have begun go on."""
    return await acts.deactivate(ctx, input.id, input.expected_version)


@mutation(workflow=Workflow)
async def workflow_archive(ctx: Context, input: given.WorkflowArchiveInput) -> Any:
    """Put a workflow away for good; its runs can still be read, and it can be duplicated."""
    return await acts.archive(ctx, input.id, input.expected_version)


@mutation(workflow=Workflow, hook_url=_URL)
async def workflow_duplicate(ctx: Context, input: given.WorkflowDuplicateInput) -> Any:
    """Begin another workflow as one is; it is not active."""
    return _answer(await acts.duplicate(ctx, input.id, name=input.name))


@mutation(workflow=Workflow, hook_url=_URL)
async def workflow_hook_rotate(ctx: Context, input: given.WorkflowHookRotateInput) -> Any:
    """Give a workflow's webhook another address; the old one answers no more."""
    return _answer(await acts.rotate_hook(ctx, input.id, input.expected_version))


@mutation(workflow=Workflow)
async def workflow_create_from_template(
    ctx: Context, input: given.WorkflowCreateFromTemplateInput
) -> Any:
    """Make a workflow that is ready but for what only you know."""
    return await templates.make(
        ctx, input.key, name=input.name, user_id=input.user_id, active=bool(input.active)
    )


@valued(
    "workflow_templates",
    Answered(list[WorkflowTemplate], "Workflows that are ready to be made."),
)
async def workflow_templates(reading: Any, _arguments: Any) -> list[dict[str, Any]]:
    """The templates, for who may make workflows."""
    reading.actor.require(Category.ADMIN, Level.READ)
    return templates.shown()


def _parts(ctx: Context, input: Any) -> dict[str, Any]:
    sent = {name: getattr(input, name) for name in _PARTS}
    currency = ctx.actor.currency
    return {
        name: one if name in {"trigger", "record_type"} else plain(one, currency)
        for name, one in sent.items()
        if one is not UNSET
    }


def _answer(saved: acts.Saved) -> dict[str, Any]:
    return {"workflow": saved.workflow, "hook_url": saved.hook_url}
