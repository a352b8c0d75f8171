"""Users: their names and their roles."""

import sqlalchemy as sa

from auth.context import Context, as_row
from auth.roles import TEAM_MANAGERS, Category
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.enums import Role, UserStatus
from models.people import User
from models.registry import REGISTRY
from services import records
from services.rules.forms import Form

_USER = metadata.tables["user"]
_TEAM = metadata.tables["team"]
LONGEST_NAME = 80


async def rename(
    ctx: Context,
    user_id: str,
    *,
    first_name: str | None = None,
    last_name: str | None = None,
    expected_version: int | None = None,
) -> User:
    """Change a user's names: one's own, or as an Admin anybody's."""
    if user_id != ctx.actor.user_id:
        ctx.require(Category.ADMIN)
    user: User = await records.locked(ctx, REGISTRY["User"], user_id, expected_version)
    form = Form()
    names = {}
    if first_name is not None:
        names["first_name"] = form.text("firstName", first_name, longest=LONGEST_NAME)
    if last_name is not None:
        names["last_name"] = form.text("lastName", last_name, longest=LONGEST_NAME)
    if not names:
        form.refuse(UserErrorCode.EMPTY_PATCH, "Send a first name, a last name or both.")
    form.done()
    if all(getattr(user, column) == name for column, name in names.items()):
        return user
    rows = await ctx.act.update(_USER, _USER.c.id == user_id, names)
    return as_row(User, rows[0])


async def change_role(
    ctx: Context, user_id: str, role: Role, *, expected_version: int | None = None
) -> User:
    """Give a user another role; it holds from their next request."""
    ctx.require(Category.ADMIN)
    admins = await lock_admins(ctx)
    user: User = await records.locked(ctx, REGISTRY["User"], user_id, expected_version)
    if user.role == role:
        return user
    if admins == {user_id}:
        message = "This is the last active Admin; make somebody else Admin first."
        raise UserError(UserErrorCode.LAST_ADMIN, message, ("role",))
    if role not in TEAM_MANAGERS:
        await refuse_managers(ctx, user_id, "role")
    rows = await ctx.act.update(_USER, _USER.c.id == user_id, {"role": role}, event="role_changed")
    ctx.act.access_changed()
    return as_row(User, rows[0])


async def lock_admins(ctx: Context) -> set[str]:
    """The active Admins; of two who are demoted at once, the second finds the first one gone."""
    rows = await ctx.act.fetch(
        sa.select(_USER.c.id)
        .where(
            _USER.c.workspace_id == ctx.workspace_id,
            _USER.c.role == Role.ADMIN,
            _USER.c.status == UserStatus.ACTIVE,
        )
        .order_by(_USER.c.id)
        .with_for_update()
    )
    return {row["id"] for row in rows}


async def refuse_managers(ctx: Context, user_id: str, path: str) -> None:
    """Refuse to leave the teams a user manages to a role that manages none."""
    managed = await ctx.act.fetch(
        sa.select(_TEAM.c.name)
        .where(_TEAM.c.workspace_id == ctx.workspace_id, _TEAM.c.manager_id == user_id)
        .order_by(_TEAM.c.name_key)
        .limit(3)
    )
    if managed:
        teams = ", ".join(row["name"] for row in managed)
        message = f"They manage {teams}; give the team another manager first."
        raise UserError(UserErrorCode.MANAGER_ROLE_REQUIRED, message, (path,))
