"""Onboarding: how far a workspace is set up, and the walkthrough of the product."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from auth.actor import Actor
from auth.context import Context, as_row
from auth.navigation import Entry, Section, sidebar
from auth.roles import Category
from core.sql import render
from models import metadata
from models.base import Uuid
from models.enums import ImportStatus, PipelineKind
from models.people import User
from models.registry import REGISTRY
from services import records
from services.rules.onboarding import ChecklistKey, OnboardingStepKey, Progress, progress

_WORKSPACE, _USER = metadata.tables["workspace"], metadata.tables["user"]
_INVITATION, _IMPORT = metadata.tables["invitation"], metadata.tables["import"]
_PIPELINE, _PRODUCT = metadata.tables["pipeline"], metadata.tables["product"]

MINUTES = 5
"""How long the walkthrough takes."""

_WALK: Mapping[Section, tuple[str, str]] = {
    Section.DASHBOARDS: (
        "Your dashboard",
        "What is open, what is due and what was won, as far as you see it.",
    ),
    Section.CONTACTS: (
        "People and companies",
        "Open a contact: timeline, deals, tags and files lie beside it. Import; merge duplicates.",
    ),
    Section.LEADS: (
        "Leads",
        "Drag a new lead through its stages, then convert it into a contact and a deal.",
    ),
    Section.DEALS: (
        "The pipeline",
        "Move a deal to the next stage; a gate says what is missing where it may not go there.",
    ),
    Section.QUOTES: (
        "From quote to cash",
        "A quote becomes a contract, a contract an invoice, an invoice a payment.",
    ),
    Section.CASES: (
        "Support",
        "Claim a case from your team's queue and answer it before its clock runs out.",
    ),
    Section.TASKS: (
        "Your day",
        "Tasks are sorted by when they are due; what waits for others is marked.",
    ),
    Section.ADMIN: (
        "The workspace",
        "Invite users, form teams, and shape pipelines and statuses to your way of working.",
    ),
}


async def wizards(reading: Any, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The setup wizard of each workspace of a level: there is one."""
    return [_wizard(one) for one in await _states(reading, rows)]


async def checklists(reading: Any, rows: Sequence[Any]) -> list[list[dict[str, Any]]]:
    """What is to be done in each workspace, and when it was."""
    return [
        [
            {"key": task, "label": task.description, "done": at is not None, "done_at": at}
            for task in ChecklistKey
            for at in [state[task]]
        ]
        for state in await _states(reading, rows)
    ]


async def is_set_up(reading: Any) -> bool:
    """Whether no step of the viewer's workspace is left."""
    (state,) = await _states(reading, [{"workspace_id": reading.actor.workspace_id}])
    return _progress(state).current is None


async def skip(ctx: Context, step: OnboardingStepKey) -> Any:
    """Leave a step of the wizard for later; one that is done stays done."""
    ctx.require(Category.ADMIN)
    row: Any = await records.locked(ctx, REGISTRY["Workspace"], ctx.workspace_id)
    if step in row.skipped_steps:
        return row
    values = {"skipped_steps": [*row.skipped_steps, step.value]}
    where = _WORKSPACE.c.workspace_id == ctx.workspace_id
    return (await ctx.act.update(_WORKSPACE, where, values))[0]


async def walkthrough(reading: Any, _arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The walkthrough of the sections the viewer may open, and when they went through it."""
    user = await reading.record(REGISTRY["User"], reading.actor.user_id)
    return {
        "steps": [
            {"title": _WALK[entry.key][0], "body": _WALK[entry.key][1], "target": entry.path}
            for entry in _walked(reading.actor)
        ],
        "estimated_minutes": MINUTES,
        "completed_at": user.row["walkthrough_completed_at"] if user else None,
    }


async def complete_walkthrough(ctx: Context) -> User:
    """Note that the user went through it; the first time counts."""
    user: User = await records.locked(ctx, REGISTRY["User"], ctx.actor.user_id)
    if user.walkthrough_completed_at is not None:
        return user
    values = {"walkthrough_completed_at": ctx.now}
    rows = await ctx.act.update(_USER, _USER.c.id == user.id, values)
    return as_row(User, rows[0])


def _walked(actor: Actor) -> list[Entry]:
    return [entry for entry in sidebar(actor) if entry.key in _WALK]


def _wizard(state: Mapping[str, Any]) -> dict[str, Any]:
    found = _progress(state)
    return {
        "current_step": found.current,
        "total_steps": len(OnboardingStepKey),
        "steps": [
            {"key": step, "status": status, "done_at": at} for step, status, at in found.statuses
        ],
    }


def _progress(state: Mapping[str, Any]) -> Progress:
    return progress(state, state["skipped_steps"])


async def _states(reading: Any, rows: Sequence[Any]) -> list[Any]:
    """Read once for all fields that show a part of it."""
    loader = reading.loader("onboarding", partial(_read, reading))
    found: list[Any] = await loader.load_many([row["workspace_id"] for row in rows])
    return found


async def _read(reading: Any, workspaces: Sequence[str]) -> list[Any]:
    rows = await reading.fetch(_STATE.with_values(workspaces=list(workspaces)))
    by_id = {row["workspace_id"]: row for row in rows}
    return [by_id[one] for one in workspaces]


def _first(column: Any, *conditions: Any) -> Any:
    table = column.table
    own = table.c.workspace_id == _WORKSPACE.c.workspace_id
    return sa.select(sa.func.min(column)).where(own, *conditions).scalar_subquery()


def _second_user() -> Any:
    return (
        sa.select(_USER.c.created_at)
        .where(_USER.c.workspace_id == _WORKSPACE.c.workspace_id)
        .order_by(_USER.c.created_at, _USER.c.id)
        .offset(sa.literal_column("1"))
        .limit(sa.literal_column("1"))
        .scalar_subquery()
    )


def _state() -> sa.Select[Any]:
    """When each task was done. What was done once stays so: nothing here goes back by itself."""
    found = {
        ChecklistKey.SIGN_UP: _WORKSPACE.c.created_at,
        ChecklistKey.COMPANY_PROFILE: _WORKSPACE.c.profile_saved_at,
        ChecklistKey.INVITE_TEAM: sa.func.least(_first(_INVITATION.c.created_at), _second_user()),
        # No mailbox can be connected yet.
        ChecklistKey.CONNECT_EMAIL: sa.cast(sa.null(), sa.DateTime(timezone=True)),
        ChecklistKey.IMPORT_CONTACTS: _first(
            _IMPORT.c.finished_at, _IMPORT.c.status == ImportStatus.COMPLETED
        ),
        ChecklistKey.PIPELINE: _first(
            _PIPELINE.c.created_at,
            _PIPELINE.c.kind == PipelineKind.DEAL,
            _PIPELINE.c.archived_at.is_(None),
        ),
        ChecklistKey.PRODUCT_CATALOGUE: _first(
            _PRODUCT.c.created_at, _PRODUCT.c.deleted_at.is_(None)
        ),
        ChecklistKey.DEMO_WALKTHROUGH: _first(_USER.c.walkthrough_completed_at),
    }
    wanted = sa.bindparam("workspaces", None, type_=sa.ARRAY(Uuid))
    return sa.select(
        _WORKSPACE.c.workspace_id,
        _WORKSPACE.c.skipped_steps,
        *(column.label(task.value) for task, column in found.items()),
    ).where(_WORKSPACE.c.workspace_id == sa.any_(wanted))


_STATE = render(_state())
