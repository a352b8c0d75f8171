"""Workspaces: signing up for a new one."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import asyncpg

from auth import sessions
from auth.actor import ActorKind
from auth.visit import Visit
from core.codes import UserErrorCode
from core.crypto import hash_password
from core.errors import UserError
from core.events import Author
from core.ids import new_id
from core.writes import Transaction, transaction
from models import metadata
from models.enums import Plan, Role
from services import (
    case_statuses,
    dashboards,
    lead_scores,
    logins,
    pipelines,
    role_settings,
    sla,
    tags,
)
from services.contracts import templates
from services.rules.forms import Form

_WORKSPACE = metadata.tables["workspace"]
_HEAD = metadata.tables["event_head"]

LONGEST_NAME = 80
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
    await lead_scores.seed(act)
    await tags.seed(act)
    await templates.seed(act)
    await role_settings.seed(act)


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
