"""Signing in and out, and passwords that were forgotten."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from auth import credentials, sessions
from auth.actor import ActorKind
from auth.context import Context
from auth.credentials import CredentialKind
from auth.visit import Visit
from core.codes import DenialCode, UserErrorCode
from core.crypto import fingerprint, hash_password, verify_password
from core.errors import Denied, UserError
from core.events import Author
from core.ids import encode
from core.limiter import Rate
from core.writes import Transaction, transaction
from models import metadata
from models.enums import Role, UserStatus
from services import links
from services.rules import letters
from services.rules.forms import LONGEST_EMAIL, Form

_LOGIN = metadata.tables["login"]
_USER = metadata.tables["user"]
_WORKSPACE = metadata.tables["workspace"]

RESET_LIFETIME = timedelta(hours=1)
_AT_ONCE = 50
"""Most workspaces of one address that are tried at once; send `workspaceId` beyond."""
_RESET_SECONDS = 0.25

# Failures only: a success gives its unit back.
SIGN_INS_OF_ADDRESS = Rate(units=10, seconds=600)
SIGN_INS_FROM_IP = Rate(units=100, seconds=600)
RESETS_OF_ADDRESS = Rate(units=5, seconds=3600)
RESETS_FROM_IP = Rate(units=50, seconds=3600)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: its token, whose it is and where it leads."""

    token: str
    user_id: str
    workspace_id: str


@dataclass(frozen=True, slots=True)
class _Login:
    workspace_id: str
    user_id: str
    password_hash: str


async def sign_in(
    visit: Visit, *, email: str, password: str, workspace_id: str | None = None
) -> SignedIn:
    """Open a session for whoever knows an address and its password."""
    async with _attempt(visit, "sign-in", email, SIGN_INS_OF_ADDRESS, SIGN_INS_FROM_IP) as attempt:
        known = await _logins(visit, email, workspace_id)
        fitting = await _fitting(known, password)
        active = [login for login in fitting if await _is_active(visit, login)]
        if not active:
            raise _wrong()
        attempt.succeeded = True
    if len(active) > 1:
        raise await _which_workspace(visit, active)
    login = active[0]
    async with _act_of(visit, login.workspace_id, login.user_id) as act:
        await _require_unchanged(act, login)
        token = await sessions.begin(act, visit, login.user_id)
    return SignedIn(token, login.user_id, login.workspace_id)


async def sign_out(ctx: Context) -> None:
    """End the session this request was made with."""
    if ctx.actor.session_id is None:
        message = "An API key has no session to end; revoke the key instead."
        raise Denied(DenialCode.FORBIDDEN, message)
    await sessions.end(ctx.act, ctx.actor.session_id)


async def request_reset(visit: Visit, *, email: str) -> None:
    """Send a reset link to the address if it is known; the answer never tells whether it is."""
    async with _steady(_RESET_SECONDS):
        async with _attempt(visit, "reset", email, RESETS_OF_ADDRESS, RESETS_FROM_IP):
            known = await _logins(visit, email, None)
        for login in known:
            await _offer_reset(visit, login)


async def reset(visit: Visit, *, token: str, password: str) -> SignedIn:
    """Set a new password by a reset link, end every session, and sign in anew."""
    found = await credentials.find(visit.database, CredentialKind.RESET, token)
    if found is None or found.expired(visit.now):
        raise _stale_reset()
    form = Form()
    user = await visit.database.fetch(
        found.workspace,
        sa.select(_USER.c.email).where(
            _USER.c.workspace_id == found.workspace, _USER.c.id == found.subject
        ),
    )
    form.password("password", password, email=user[0]["email"] if user else "")
    form.done()
    password_hash = await hash_password(password)
    async with _act_of(visit, found.workspace, found.subject) as act:
        if not await credentials.use_up(act, token):
            raise _stale_reset()
        await _replace_password(act, found.subject, password_hash)
        token = await sessions.begin(act, visit, found.subject)
    return SignedIn(token, found.subject, found.workspace)


async def add_user(
    act: Transaction,
    user_id: str,
    *,
    email: str,
    first_name: str,
    last_name: str,
    role: Role,
    password_hash: str,
    demo: bool = False,
) -> None:
    """Add a person to the workspace with the password that opens it."""
    user: dict[str, Any] = {
        "id": user_id,
        "email": email,
        "first_name": first_name,
        "last_name": last_name,
        "role": role,
        "status": UserStatus.ACTIVE,
    }
    await act.insert(_USER, user)
    login = {
        "user_id": user_id,
        "email_key": sa.func.fold(email),
        "password_hash": password_hash,
        "demo": demo,
    }
    await act.insert(_LOGIN, login)


@dataclass(slots=True)
class _Attempt:
    succeeded: bool = False


@asynccontextmanager
async def _attempt(
    visit: Visit, what: str, email: str, of_address: Rate, from_ip: Rate
) -> AsyncIterator[_Attempt]:
    """Take a unit of both allowances, or refuse; a success gives them back."""
    address = fingerprint(email.strip().casefold()).hex()
    allowances = {
        f"{what}:ip:{visit.ip or 'unknown'}": from_ip,
        f"{what}:address:{address}": of_address,
    }
    for key, rate in allowances.items():
        verdict = await visit.limiter.take(key, rate)
        if not verdict.allowed:
            message = f"Too many attempts. Try again in {max(1, round(verdict.wait))} seconds."
            raise UserError(UserErrorCode.TRY_LATER, message)
    attempt = _Attempt()
    yield attempt
    if attempt.succeeded:
        for key, rate in allowances.items():
            await visit.limiter.take(key, rate, cost=-1)


async def _logins(visit: Visit, email: str, workspace_id: str | None) -> Sequence[_Login]:
    # What cannot be an address is looked up all the same: every refusal costs the same.
    address = email.strip() if len(email) <= LONGEST_EMAIL and "\x00" not in email else ""
    statement = (
        sa.select(_LOGIN.c.workspace_id, _LOGIN.c.user_id, _LOGIN.c.password_hash)
        .where(_LOGIN.c.email_key == sa.func.fold(address))
        # The oldest first: who signs up with somebody else's address must not crowd them out, and
        # the id of a workspace can be chosen by its idempotency key.
        .order_by(_LOGIN.c.user_id)
        .limit(_AT_ONCE)
    )
    if workspace_id is not None:
        statement = statement.where(_LOGIN.c.workspace_id == workspace_id)
    rows = await visit.database.fetch_outside(statement)
    return [_Login(**dict(row)) for row in rows]


async def _fitting(known: Sequence[_Login], password: str) -> list[_Login]:
    if not known:
        await verify_password(password, None)
        return []
    fits = await asyncio.gather(
        *(verify_password(password, login.password_hash) for login in known)
    )
    return [login for login, fit in zip(known, fits, strict=True) if fit]


async def _is_active(visit: Visit, login: _Login) -> bool:
    statement = sa.select(_USER.c.id).where(
        _USER.c.workspace_id == login.workspace_id,
        _USER.c.id == login.user_id,
        _USER.c.status == UserStatus.ACTIVE,
    )
    return bool(await visit.database.fetch(login.workspace_id, statement))


async def _require_unchanged(act: Transaction, login: _Login) -> None:
    # A reset at this very moment ends all sessions: none may begin behind its back.
    same = await act.fetch(
        sa.select(_LOGIN.c.user_id)
        .where(
            _LOGIN.c.workspace_id == login.workspace_id,
            _LOGIN.c.user_id == login.user_id,
            _LOGIN.c.password_hash == login.password_hash,
        )
        .with_for_update(read=True)
    )
    if not same:
        raise _wrong()


async def _which_workspace(visit: Visit, fitting: Sequence[_Login]) -> UserError:
    workspaces = []
    for login in fitting:
        statement = sa.select(_WORKSPACE.c.workspace_id, _WORKSPACE.c.name).where(
            _WORKSPACE.c.workspace_id == login.workspace_id
        )
        rows = await visit.database.fetch(login.workspace_id, statement)
        workspaces += [
            {"id": encode("ten", row["workspace_id"]), "name": row["name"]} for row in rows
        ]
    message = "This address opens several workspaces; send the `workspaceId` of one of them."
    return UserError(
        UserErrorCode.WORKSPACE_REQUIRED, message, ("workspaceId",), workspaces=workspaces
    )


async def _offer_reset(visit: Visit, login: _Login) -> None:
    async with _act_of(visit, login.workspace_id, login.user_id) as act:
        rows = await act.fetch(
            sa.select(_USER.c.email, _WORKSPACE.c.name).where(
                _USER.c.workspace_id == login.workspace_id,
                _WORKSPACE.c.workspace_id == login.workspace_id,
                _USER.c.id == login.user_id,
                _USER.c.status == UserStatus.ACTIVE,
            )
        )
        if not rows:
            return
        await credentials.revoke(act, CredentialKind.RESET, login.user_id)
        minutes = round(RESET_LIFETIME.total_seconds() / 60)
        await links.send(
            act,
            CredentialKind.RESET,
            login.user_id,
            email=rows[0]["email"],
            words=letters.password_reset(workspace=rows[0]["name"], minutes=minutes),
            expires_at=act.now + RESET_LIFETIME,
        )


async def _replace_password(act: Transaction, user_id: str, password_hash: str) -> None:
    await act.fetch(
        sa.update(_LOGIN)
        .where(_LOGIN.c.workspace_id == act.workspace, _LOGIN.c.user_id == user_id)
        .values(password_hash=password_hash)
        .returning(_LOGIN.c.user_id)
    )
    await credentials.revoke(act, CredentialKind.RESET, user_id)
    await sessions.end_all(act, user_id)
    act.emit("user.password_reset", "user", user_id)


@asynccontextmanager
async def _act_of(visit: Visit, workspace_id: str, user_id: str) -> AsyncIterator[Transaction]:
    async with transaction(
        visit.database,
        workspace=workspace_id,
        author=Author(ActorKind.USER, user_id),
        now=visit.now,
        request_id=visit.request_id,
    ) as act:
        yield act


@asynccontextmanager
async def _steady(seconds: float) -> AsyncIterator[None]:
    """Take this long whatever is done inside, so that the time tells nothing either."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    yield
    await asyncio.sleep(max(0.0, end - loop.time()))


def _wrong() -> UserError:
    message = "The e-mail address or the password is wrong."
    return UserError(UserErrorCode.INVALID_CREDENTIALS, message)


def _stale_reset() -> UserError:
    message = "This link was used or is too old; ask for a new one."
    return UserError(UserErrorCode.RESET_INVALID, message, ("token",))
