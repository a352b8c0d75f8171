"""Workspaces: signing up for a new one."""

from dataclasses import dataclass
from typing import Any

from auth import sessions
from auth.actor import ActorKind
from auth.visit import Visit
from core.crypto import hash_password
from core.events import Author
from core.ids import new_id
from core.writes import Transaction, transaction
from models import metadata
from models.enums import Plan, Role
from services import logins, pipelines
from services.rules.forms import Form

_WORKSPACE = metadata.tables["workspace"]
_HEAD = metadata.tables["event_head"]

LONGEST_NAME = 80


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


async def sign_up(visit: Visit, given: SignUp) -> logins.SignedIn:
    """Open a workspace whose Admin is the one who signs up, and sign them in."""
    wanted = _checked(given)
    password_hash = await hash_password(wanted.password)
    workspace_id, user_id = new_id(), new_id()
    async with transaction(
        visit.database,
        workspace=workspace_id,
        author=Author(ActorKind.USER, user_id),
        now=visit.now,
        request_id=visit.request_id,
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
