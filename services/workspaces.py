"""Workspaces: signing up for a new one, and its settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import asyncpg

from auth import sessions
from auth.actor import ActorKind
from auth.context import Context
from auth.roles import Category
from auth.visit import Visit
from core.codes import UserErrorCode
from core.crypto import hash_password
from core.errors import UserError
from core.events import Author
from core.ids import new_id
from core.writes import Transaction, transaction
from models import metadata
from models.enums import Plan, Role
from models.people import Team
from models.registry import REGISTRY
from services import (
    case_statuses,
    dashboards,
    files,
    logins,
    pipelines,
    records,
    role_settings,
    sla,
    tags,
)
from services.contracts import templates
from services.rules.files import Use
from services.rules.forms import Form

_WORKSPACE = metadata.tables["workspace"]
_HEAD = metadata.tables["event_head"]

LONGEST_NAME = 80
FARTHEST_CLOSE = 3650
_SIGN_UPS = UUID("5c0a4f0e-6a58-4c0e-9d0e-1f6b8c3d7a21")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """What a workspace and its first user start from."""

    workspace_name: str
    first_name: str
    last_name: str
    email: str
    password: str
    time_zone: str
    currency: str
    industry: str | None = None


async def sign_up(
    visit: Visit, given: SignUp, *, idempotency_key: str | None = None
) -> logins.SignedIn:
    """Open a workspace whose Admin is the one who signs up, and sign them in."""
    wanted = _checked(given)
    if not idempotency_key:
        return await _open(visit, wanted, new_id())
    workspace_id = _id_of(idempotency_key, wanted)
    try:
        return await _open(visit, wanted, workspace_id)
    except asyncpg.UniqueViolationError:
        return await _opened_before(visit, wanted, workspace_id)


async def _open(visit: Visit, wanted: SignUp, workspace_id: str) -> logins.SignedIn:
    password_hash = await hash_password(wanted.password)
    user_id = new_id()
    async with transaction(
        visit.database,
        workspace=workspace_id,
        author=Author(ActorKind.USER, user_id),
        now=visit.now,
        request_id=visit.request_id,
        act="workspaceSignUp",
    ) as act:
        await found(act, wanted)
        await logins.add_user(
            act,
            user_id,
            email=wanted.email,
            first_name=wanted.first_name,
            last_name=wanted.last_name,
            role=Role.ADMIN,
            password_hash=password_hash,
        )
        await dashboards.seed(act, user_id)
        token = await sessions.begin(act, visit, user_id)
    return logins.SignedIn(token, user_id, workspace_id)


async def found(act: Transaction, wanted: SignUp) -> None:
    """Lay down a workspace with what each one begins with."""
    await act.insert(_HEAD, {})
    values: dict[str, Any] = {
        "name": wanted.workspace_name,
        "time_zone": wanted.time_zone,
        "currency": wanted.currency,
        "industry": wanted.industry,
        "plan": Plan.PROFESSIONAL,
    }
    await act.insert(_WORKSPACE, values)
    await pipelines.seed(act)
    await case_statuses.seed(act)
    await sla.seed(act)
    await tags.seed(act)
    await templates.seed(act)
    await role_settings.seed(act)


async def update(
    ctx: Context, given: Mapping[str, Any], *, expected_version: int | None = None
) -> Any:
    """Change the workspace's settings: fields left out stay, null empties."""
    ctx.require(Category.ADMIN)
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one setting to change.")
    entity = REGISTRY["Workspace"]
    row: Any = await records.locked(ctx, entity, ctx.workspace_id, expected_version)
    values = _settings(given)
    if values.get("support_team_id"):
        await ctx.get(Team, values["support_team_id"], path=("supportTeamId",))
    if "logo_upload_id" in values:
        values["logo_file_id"] = await files.replaced(
            ctx, row.logo_file_id, values.pop("logo_upload_id"), Use.LOGO, ("logoUploadId",)
        )
    if row.profile_saved_at is None and _PROFILE & values.keys():
        values["profile_saved_at"] = ctx.now
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return row
    if {"time_zone", "currency"} & changed.keys():
        # Whoever is signed in is known with them.
        ctx.act.access_changed()
    where = _WORKSPACE.c.workspace_id == ctx.workspace_id
    return (await ctx.act.update(_WORKSPACE, where, changed))[0]


_PROFILE = frozenset({"name", "time_zone", "currency", "industry", "logo_file_id"})
"""What the first step of the setup wizard asks for."""


def _settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in their normal form; every refusal is told at once."""
    form = Form()
    values = dict(given)
    if "name" in values:
        values["name"] = form.text("name", values["name"] or "", longest=LONGEST_NAME)
    if "time_zone" in values:
        values["time_zone"] = form.time_zone("timeZone", values["time_zone"] or "")
    if "currency" in values:
        values["currency"] = form.currency("defaultCurrency", values["currency"] or "")
    if "industry" in values:
        values["industry"] = form.optional_text(
            "industry", values["industry"], longest=LONGEST_NAME
        )
    if values.get("support_domain") is not None:
        values["support_domain"] = form.domain("supportDomain", values["support_domain"])
    days = values.get("days_to_close", 0)
    if days is None or not 0 <= days <= FARTHEST_CLOSE:
        message = f"Send 0 to {FARTHEST_CLOSE} days."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "daysToClose")
    form.done()
    return values


def _id_of(idempotency_key: str, wanted: SignUp) -> str:
    """The workspace of a key: sent again, the same sign-up leads to the same workspace."""
    return str(uuid5(_SIGN_UPS, f"{wanted.email.casefold()} {idempotency_key}"))


async def _opened_before(visit: Visit, wanted: SignUp, workspace_id: str) -> logins.SignedIn:
    """A new session of the workspace a sign-up with this key has opened."""
    try:
        return await logins.sign_in(
            visit, email=wanted.email, password=wanted.password, workspace_id=workspace_id
        )
    except UserError as error:
        if error.code is not UserErrorCode.INVALID_CREDENTIALS:
            raise
        message = "This key was used for another sign-up; use a fresh one."
        path = ("idempotencyKey",)
        raise UserError(UserErrorCode.IDEMPOTENCY_KEY_REUSED, message, path) from error


def _checked(given: SignUp) -> SignUp:
    form = Form()
    name = form.text("workspaceName", given.workspace_name, longest=LONGEST_NAME)
    first_name = form.text("firstName", given.first_name, longest=LONGEST_NAME)
    last_name = form.text("lastName", given.last_name, longest=LONGEST_NAME)
    email = form.email("email", given.email)
    wanted = SignUp(
        workspace_name=name,
        first_name=first_name,
        last_name=last_name,
        email=email,
        password=form.password("password", given.password, email=email),
        time_zone=form.time_zone("timeZone", given.time_zone),
        currency=form.currency("currency", given.currency),
        industry=form.optional_text("industry", given.industry, longest=LONGEST_NAME),
    )
    form.done()
    return wanted
