"""Invitations: an Admin offers a role, a link is followed, a user joins."""

from collections.abc import Sequence
from datetime import timedelta

import asyncpg
import sqlalchemy as sa

from auth import credentials, sessions
from auth.actor import ActorKind
from auth.context import Context, as_row
from auth.credentials import CredentialKind
from auth.roles import Category
from auth.visit import Visit
from core.codes import UserErrorCode
from core.crypto import hash_password
from core.errors import UserError
from core.events import Author
from core.ids import new_id
from core.writes import Transaction, transaction
from models import metadata
from models.enums import Role, UserStatus
from models.people import Invitation
from services import links, logins, teams
from services.rules import letters
from services.rules.forms import Form

_INVITATION = metadata.tables["invitation"]
_USER = metadata.tables["user"]
_TEAM = metadata.tables["team"]
_MEMBER = metadata.tables["team_member"]
_WORKSPACE = metadata.tables["workspace"]

LIFETIME = timedelta(days=7)
LONGEST_NAME = 80


async def invite(
    ctx: Context, *, email: str, role: Role, team_ids: Sequence[str] = ()
) -> Invitation:
    """Offer an address a role; an earlier offer to it is withdrawn."""
    ctx.require(Category.ADMIN)
    form = Form()
    address = form.email("email", email)
    form.done()
    joined = await teams.existing(ctx, team_ids, ("teamIds",))
    await _one_at_a_time(ctx, address)
    await _refuse_members(ctx.act, address)
    await _withdraw_open(ctx, address)
    invitation = await ctx.act.insert(
        _INVITATION,
        {
            "email": address,
            "role": role,
            "team_ids": joined,
            "invited_by_id": ctx.actor.user_id,
            "expires_at": ctx.now + LIFETIME,
        },
    )
    workspace, inviter = await _names(ctx)
    words = letters.invitation(
        workspace=workspace,
        inviter=inviter,
        role=role.description.partition(":")[0],
        days=LIFETIME.days,
    )
    await links.send(
        ctx.act,
        CredentialKind.INVITATION,
        invitation["id"],
        email=address,
        words=words,
        expires_at=invitation["expires_at"],
        owner_id=ctx.actor.user_id,
    )
    return as_row(Invitation, invitation)


async def revoke(ctx: Context, invitation_id: str) -> Invitation:
    """Withdraw an invitation that was not accepted yet."""
    ctx.require(Category.ADMIN)
    invitation = await ctx.get(Invitation, invitation_id, lock=True)
    if invitation.accepted_at is not None:
        message = "It was accepted already."
        raise UserError(UserErrorCode.INVITATION_INVALID, message, ("id",))
    if invitation.revoked_at is not None:
        return invitation
    rows = await _withdraw(ctx, _INVITATION.c.id == invitation_id)
    return as_row(Invitation, rows[0])


async def accept(
    visit: Visit, *, token: str, first_name: str, last_name: str, password: str
) -> logins.SignedIn:
    """Join with the offered role and teams, and sign in."""
    found = await credentials.find(visit.database, CredentialKind.INVITATION, token)
    if found is None:
        raise _invalid()
    offer = await _offer(visit, found)
    form = Form()
    first = form.text("firstName", first_name, longest=LONGEST_NAME)
    last = form.text("lastName", last_name, longest=LONGEST_NAME)
    form.password("password", password, email=offer["email"])
    form.done()
    password_hash = await hash_password(password)
    user_id = new_id()
    async with transaction(
        visit.database,
        workspace=found.workspace,
        author=Author(ActorKind.USER, user_id),
        now=visit.now,
        request_id=visit.request_id,
        act="invitationAccept",
    ) as act:
        if not await credentials.use_up(act, token):
            raise _invalid()
        await _refuse_members(act, offer["email"])
        await logins.add_user(
            act,
            user_id,
            email=offer["email"],
            first_name=first,
            last_name=last,
            role=Role[offer["role"]],
            password_hash=password_hash,
        )
        await _join(act, user_id, offer["team_ids"])
        accepted = {"accepted_at": act.now}
        await act.update(_INVITATION, _INVITATION.c.id == offer["id"], accepted, event="accepted")
        session = await sessions.begin(act, visit, user_id)
    return logins.SignedIn(session, user_id, found.workspace)


async def _offer(visit: Visit, found: credentials.Found) -> asyncpg.Record:
    """The invitation behind a token, still open."""
    rows = await visit.database.fetch(
        found.workspace,
        sa.select(_INVITATION).where(
            _INVITATION.c.workspace_id == found.workspace,
            _INVITATION.c.id == found.subject,
            _INVITATION.c.accepted_at.is_(None),
            _INVITATION.c.revoked_at.is_(None),
        ),
    )
    if not rows:
        raise _invalid()
    if rows[0]["expires_at"] <= visit.now:
        message = "This invitation is too old; ask an Admin of the workspace for a new one."
        raise UserError(UserErrorCode.INVITATION_EXPIRED, message, ("token",))
    return rows[0]


async def _names(ctx: Context) -> tuple[str, str]:
    """What the workspace is called, and who invites."""
    (found,) = await ctx.act.fetch(
        sa.select(_WORKSPACE.c.name, _USER.c.name.label("inviter")).where(
            _WORKSPACE.c.workspace_id == ctx.workspace_id,
            _USER.c.workspace_id == ctx.workspace_id,
            _USER.c.id == ctx.actor.user_id,
        )
    )
    return found["name"], found["inviter"]


async def _one_at_a_time(ctx: Context, address: str) -> None:
    """Let two invitations of one address follow each other, so that one of them stays open."""
    lock = sa.func.hashtextextended(sa.func.fold(f"{ctx.workspace_id} {address}"), 0)
    await ctx.act.fetch(sa.select(sa.cast(sa.func.pg_advisory_xact_lock(lock), sa.Text)))


async def _refuse_members(act: Transaction, address: str) -> None:
    members = await act.fetch(
        sa.select(_USER.c.status).where(
            _USER.c.workspace_id == act.workspace, _USER.c.email_key == sa.func.fold(address)
        )
    )
    if members:
        left = members[0]["status"] != UserStatus.ACTIVE
        message = "A user with this address has left the workspace; an address is not given twice."
        if not left:
            message = "This address already belongs to a user of the workspace."
        raise UserError(UserErrorCode.ALREADY_MEMBER, message, ("email",))


async def _withdraw_open(ctx: Context, address: str) -> None:
    await _withdraw(
        ctx,
        sa.and_(
            _INVITATION.c.email_key == sa.func.fold(address),
            _INVITATION.c.accepted_at.is_(None),
            _INVITATION.c.revoked_at.is_(None),
        ),
    )


async def _withdraw(ctx: Context, which: sa.ColumnElement[bool]) -> list[asyncpg.Record]:
    rows = await ctx.act.update(_INVITATION, which, {"revoked_at": ctx.now}, event="revoked")
    if rows:
        ids = [row["id"] for row in rows]
        await credentials.revoke(ctx.act, CredentialKind.INVITATION, *ids)
    return rows


async def _join(act: Transaction, user_id: str, team_ids: Sequence[str]) -> None:
    """Put the new user into those of the teams that still exist."""
    rows = await act.fetch(
        sa.select(_TEAM.c.id)
        .where(_TEAM.c.workspace_id == act.workspace, _TEAM.c.id.in_(team_ids))
        .with_for_update(read=True)
    )
    if rows:
        members = [{"team_id": row["id"], "user_id": user_id} for row in rows]
        await act.insert_many(_MEMBER, members)
        act.access_changed()


def _invalid() -> UserError:
    message = "This invitation was used, withdrawn or never made; ask an Admin for a new one."
    return UserError(UserErrorCode.INVITATION_INVALID, message, ("token",))
