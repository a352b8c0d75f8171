"""Users: their names, their photos and their roles."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from auth.context import Context, as_row
from auth.roles import TEAM_MANAGERS, Category
from core.codes import UserErrorCode
from core.errors import UserError
from core.names import camel
from models import metadata
from models.enums import Role, UserStatus
from models.people import User
from models.registry import REGISTRY
from services import files, records
from services.rules.files import Use
from services.rules.forms import Form

_USER = metadata.tables["user"]
_TEAM = metadata.tables["team"]
LONGEST_NAME = 80


async def update(
    ctx: Context, user_id: str, given: Mapping[str, Any], *, expected_version: int | None = None
) -> User:
    """Change a user's names and photo: one's own, or as an Admin anybody's.

    `photo_upload_id` is the upload of an image, or None to show none.
    """
    if user_id != ctx.actor.user_id:
        ctx.require(Category.ADMIN)
    user: User = await records.locked(ctx, REGISTRY["User"], user_id, expected_version)
    form = Form()
    values: dict[str, Any] = {}
    for name in ("first_name", "last_name"):
        if given.get(name) is not None:
            values[name] = form.text(camel(name), given[name], longest=LONGEST_NAME)
    if not values and "photo_upload_id" not in given:
        form.refuse(UserErrorCode.EMPTY_PATCH, "Send a first name, a last name or a photo.")
    form.done()
    if "photo_upload_id" in given:
        values["avatar_file_id"] = await files.replaced(
            ctx, user.avatar_file_id, given["photo_upload_id"], Use.AVATAR, ("photoUploadId",)
        )
    changed = {name: value for name, value in values.items() if getattr(user, name) != value}
    if not changed:
        return user
    return as_row(User, (await ctx.act.update(_USER, _USER.c.id == user_id, changed))[0])


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
