"""Users who leave: what they hold goes to an heir in one act, and their access ends."""

from typing import Any

import sqlalchemy as sa

from auth import credentials, sessions
from auth.context import Context, as_row
from auth.credentials import CredentialKind
from auth.policy import WORKSPACE
from auth.roles import TEAM_MANAGERS, Category, Level
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from models import metadata
from models.base import Uuid
from models.enums import UserStatus
from models.people import User
from models.registry import REGISTRY
from services import records, users
from services.holdings import Held, held

HELD = tuple(held(metadata))
_USER, _KEY = metadata.tables["user"], metadata.tables["api_key"]
_TEAM, _MEMBER = metadata.tables["team"], metadata.tables["team_member"]

Count = dict[str, Any]
"""A kind of record and how many of it."""


async def preview(reading: Any, leaver: str, heir: str | None) -> list[Count]:
    """How many records of each kind would go to an heir; one statement for all of them."""
    reading.actor.require(Category.ADMIN, Level.WRITE)
    counting = " UNION ALL ".join(
        f'SELECT {place} AS place, count(*) AS found FROM "{one.table}" AS item'
        f" WHERE {one.own} AND NOT {one.twice}"
        for place, one in enumerate(HELD)
    )
    people = (("leaver", leaver), ("heir", heir))
    statement = (
        sa.text(counting.replace(":workspace", f":{WORKSPACE.key}"))
        .bindparams(WORKSPACE, *(sa.bindparam(name, of, type_=Uuid) for name, of in people))
        .columns(sa.column("place", sa.Integer), sa.column("found", sa.BigInteger))
    )
    rows = await reading.fetch(statement)
    found = {row["place"]: row["found"] for row in rows}
    return _counts([found[place] for place in range(len(HELD))])


async def deactivate(
    ctx: Context, user_id: str, heir_id: str, expected_version: int | None = None
) -> tuple[User, list[Count]]:
    """End a user's access and hand what is open of theirs to another; their name stays."""
    ctx.require(Category.ADMIN)
    if user_id == heir_id:
        message = "Choose somebody else: who leaves cannot take over."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("reassignTo",))
    admins = await users.lock_admins(ctx)
    # Both are locked, in one order, so that nobody is handed anything who leaves meanwhile.
    found = {one.id: one for one in await ctx.find(User, [user_id, heir_id], lock=True)}
    if heir_id not in found:
        raise not_found(("reassignTo",))
    leaver: User = await records.locked(ctx, REGISTRY["User"], user_id, expected_version)
    if leaver.status != UserStatus.ACTIVE:
        message = "This user has left already; `userReactivate` brings them back."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    if admins == {user_id}:
        message = "This is the last active Admin; make somebody else Admin first."
        raise UserError(UserErrorCode.LAST_ADMIN, message, ("id",))
    await _check_heir(ctx, leaver, found[heir_id])
    moved = [await _hand_over(ctx, one, user_id, heir_id) for one in HELD]
    await _take_seats(ctx, user_id, heir_id)
    await _end_access(ctx, user_id)
    changed = {"status": UserStatus.DEACTIVATED}
    rows = await ctx.act.update(_USER, _USER.c.id == user_id, changed, event="deactivated")
    ctx.act.emit("user.deactivated", "user", user_id, reassigned_to=heir_id)
    return as_row(User, rows[0]), _counts(moved)


async def reactivate(ctx: Context, user_id: str, expected_version: int | None = None) -> User:
    """Let a user who left sign in again; what was handed over stays where it is."""
    ctx.require(Category.ADMIN)
    user: User = await records.locked(ctx, REGISTRY["User"], user_id, expected_version)
    if user.status == UserStatus.ACTIVE:
        return user
    changed = {"status": UserStatus.ACTIVE}
    rows = await ctx.act.update(_USER, _USER.c.id == user_id, changed, event="reactivated")
    ctx.act.access_changed()
    return as_row(User, rows[0])


async def _check_heir(ctx: Context, leaver: User, heir: User) -> None:
    if heir.status != UserStatus.ACTIVE:
        message = "This user has left the workspace; choose an active one."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("reassignTo",))
    if heir.role not in TEAM_MANAGERS:
        await users.refuse_managers(ctx, leaver.id, "reassignTo")


async def _hand_over(ctx: Context, one: Held, leaver: str, heir: str) -> int:
    table = metadata.tables[one.table]
    arguments = (ctx.workspace_id, leaver, heir)
    if one.once:
        gone = f'DELETE FROM "{one.table}" AS item WHERE {one.own} AND {one.twice}'
        await ctx.act.write_set(table, f"{one.table}.deleted", _numbered(gone), *arguments)
    moved = (
        f'UPDATE "{one.table}" AS item SET {one.column} = :heir, version = item.version + 1,'
        f" updated_at = $4 WHERE {one.own}"
    )
    return await ctx.act.write_set(
        table, f"{one.table}.updated", _numbered(moved), *arguments, ctx.now
    )


def _numbered(text: str) -> str:
    names = ((":workspace", "$1"), (":leaver", "$2"), (":heir", "$3"))
    for name, number in names:
        text = text.replace(name, number)
    return text


async def _take_seats(ctx: Context, leaver: str, heir: str) -> None:
    """Put the heir into the teams of who leaves: their queues, and under their managers' eyes."""
    theirs = sa.select(_MEMBER.c.team_id).where(
        _MEMBER.c.workspace_id == ctx.workspace_id, _MEMBER.c.user_id == heir
    )
    rows = await ctx.act.fetch(
        sa.select(_MEMBER.c.team_id)
        .join(_TEAM, _TEAM.c.id == _MEMBER.c.team_id)
        .where(
            _MEMBER.c.workspace_id == ctx.workspace_id,
            _TEAM.c.workspace_id == ctx.workspace_id,
            _MEMBER.c.user_id == leaver,
            _TEAM.c.manager_id != heir,
            _MEMBER.c.team_id.not_in(theirs),
        )
    )
    if rows:
        seats = [{"team_id": row["team_id"], "user_id": heir} for row in rows]
        await ctx.act.insert_many(_MEMBER, seats)


async def _end_access(ctx: Context, user_id: str) -> None:
    keys = await ctx.act.update(
        _KEY,
        sa.and_(_KEY.c.owner_id == user_id, _KEY.c.revoked_at.is_(None)),
        {"revoked_at": ctx.now},
        event="revoked",
    )
    await credentials.revoke(ctx.act, CredentialKind.API_KEY, *(key["id"] for key in keys))
    await credentials.revoke(ctx.act, CredentialKind.RESET, user_id)
    await sessions.end_all(ctx.act, user_id)
    ctx.act.access_changed()


def _counts(found: list[int]) -> list[Count]:
    """The kinds of which there are any."""
    return [
        {"kind": one.kind, "count": count} for one, count in zip(HELD, found, strict=True) if count
    ]
