"""Teams: named groups of users, each with a manager who sees the members' records."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from auth.context import Context, as_row
from auth.roles import TEAM_MANAGERS, Category
from core.codes import UserErrorCode
from core.errors import Path, UserError, not_found
from models import metadata
from models.base import Uuid
from models.enums import UserStatus
from models.people import Team, User
from models.registry import REGISTRY, pointer
from services import cases, leads, records, saved_views
from services.rules.forms import Form

_TEAM = metadata.tables["team"]
_MEMBER = metadata.tables["team_member"]

LONGEST_NAME = 80
MOST_MEMBERS = 500


async def create(
    ctx: Context, *, name: str, manager_id: str, member_ids: Sequence[str] = ()
) -> Team:
    """Make a team of users; several teams may share a user."""
    ctx.require(Category.ADMIN)
    if len(member_ids) > MOST_MEMBERS:
        message = f"Send at most {MOST_MEMBERS} members at once."
        raise UserError(UserErrorCode.TOO_MANY, message, ("memberIds",))
    name = await _free_name(ctx, name)
    await _require_manager(ctx, manager_id)
    members = await _active(ctx, member_ids)
    team = await ctx.act.insert(_TEAM, {"name": name, "manager_id": manager_id})
    if members:
        rows = [{"team_id": team["id"], "user_id": member} for member in members]
        await ctx.act.insert_many(_MEMBER, rows)
    ctx.act.access_changed()
    return as_row(Team, team)


async def update(
    ctx: Context,
    team_id: str,
    *,
    name: str | None = None,
    manager_id: str | None = None,
    expected_version: int | None = None,
) -> Team:
    """Rename a team or give it another manager."""
    ctx.require(Category.ADMIN)
    team: Team = await records.locked(ctx, REGISTRY["Team"], team_id, expected_version)
    values = {}
    if name is not None:
        values["name"] = await _free_name(ctx, name, but=team_id)
    if manager_id is not None:
        await _require_manager(ctx, manager_id)
        values["manager_id"] = manager_id
    if not values:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Send a name, a manager or both.")
    if all(getattr(team, column) == value for column, value in values.items()):
        return team
    rows = await ctx.act.update(_TEAM, _TEAM.c.id == team_id, values)
    ctx.act.access_changed()
    return as_row(Team, rows[0])


async def delete(ctx: Context, team_id: str, *, expected_version: int | None = None) -> None:
    """Dissolve a team; its members stay, and keep their records."""
    ctx.require(Category.ADMIN)
    await records.locked(ctx, REGISTRY["Team"], team_id, expected_version)
    await cases.leave_queue(ctx, team_id)
    await leads.leave_queue(ctx, team_id)
    await saved_views.leave_team(ctx, team_id)
    await ctx.act.delete(_MEMBER, _MEMBER.c.team_id == team_id)
    await ctx.act.delete(_TEAM, _TEAM.c.id == team_id)
    ctx.act.access_changed()


async def add_member(ctx: Context, team_id: str, user_id: str) -> Team:
    """Put a user into a team; nothing changes when they are in it."""
    ctx.require(Category.ADMIN)
    team = await ctx.get(Team, team_id, path=("teamId",), lock=True)
    _refuse_left(await ctx.get(User, user_id, path=("userId",)), ("userId",))
    if not await _memberships(ctx, team_id, user_id):
        await ctx.act.insert(_MEMBER, {"team_id": team_id, "user_id": user_id})
        ctx.act.access_changed()
    return team


async def remove_member(ctx: Context, team_id: str, user_id: str) -> Team:
    """Take a user out of a team."""
    ctx.require(Category.ADMIN)
    team = await ctx.get(Team, team_id, path=("teamId",), lock=True)
    gone = await ctx.act.delete(
        _MEMBER, sa.and_(_MEMBER.c.team_id == team_id, _MEMBER.c.user_id == user_id)
    )
    if not gone:
        raise not_found(("userId",))
    ctx.act.access_changed()
    return team


async def member_counts(reading: Any, teams: Sequence[Mapping[str, Any]]) -> list[int]:
    """How many users belong to each of the teams; one statement for all."""
    wanted = sa.bindparam("teams", [team["id"] for team in teams], type_=sa.ARRAY(Uuid))
    rows = await reading.fetch(
        sa.select(_MEMBER.c.team_id, sa.func.count())
        .where(
            _MEMBER.c.workspace_id == reading.actor.workspace_id,
            _MEMBER.c.team_id == sa.any_(wanted),
        )
        .group_by(_MEMBER.c.team_id)
    )
    counted = {row[0]: row[1] for row in rows}
    return [counted.get(team["id"], 0) for team in teams]


async def existing(ctx: Context, team_ids: Sequence[str], path: Path) -> list[str]:
    """The ids, each of a team of the workspace and none twice; NOT_FOUND otherwise."""
    wanted = list(dict.fromkeys(team_ids))
    found = {team.id for team in await ctx.find(Team, wanted)}
    for position, team_id in enumerate(team_ids):
        if team_id not in found:
            raise not_found((*path, position))
    return wanted


async def _free_name(ctx: Context, name: str, *, but: str | None = None) -> str:
    form = Form()
    text = form.text("name", name, longest=LONGEST_NAME)
    form.done()
    taken = await ctx.act.fetch(
        sa.select(_TEAM.c.id).where(
            _TEAM.c.workspace_id == ctx.workspace_id, _TEAM.c.name_key == sa.func.fold(text)
        )
    )
    for row in taken:
        if row["id"] != but:
            message, other = "Another team has this name.", pointer("Team", row["id"])
            raise UserError(UserErrorCode.DUPLICATE, message, ("name",), existing=other)
    return text


async def _require_manager(ctx: Context, user_id: str) -> None:
    # Locked, so that nobody changes their role before the team is theirs.
    user = await ctx.get(User, user_id, path=("managerId",), lock=True)
    _refuse_left(user, ("managerId",))
    if user.role not in TEAM_MANAGERS:
        message = "A team's manager holds the role Manager, Executive or Admin; theirs is another."
        raise UserError(UserErrorCode.MANAGER_ROLE_REQUIRED, message, ("managerId",))


async def _active(ctx: Context, user_ids: Sequence[str]) -> list[str]:
    """The ids, none twice, each of an active user."""
    wanted = list(dict.fromkeys(user_ids))
    users = {user.id: user for user in await ctx.find(User, wanted)}
    for position, user_id in enumerate(user_ids):
        path = ("memberIds", position)
        if user_id not in users:
            raise not_found(path)
        _refuse_left(users[user_id], path)
    return wanted


def _refuse_left(user: User, path: Path) -> None:
    if user.status != UserStatus.ACTIVE:
        message = "This user has left the workspace; choose an active one."
        raise UserError(UserErrorCode.INVALID_VALUE, message, path)


async def _memberships(ctx: Context, team_id: str, user_id: str) -> list[Any]:
    return await ctx.act.fetch(
        sa.select(_MEMBER.c.id).where(
            _MEMBER.c.workspace_id == ctx.workspace_id,
            _MEMBER.c.team_id == team_id,
            _MEMBER.c.user_id == user_id,
        )
    )
