"""The importer: the user whose rights an import has while a worker runs it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from auth.actor import Actor, ActorKind, permissions_of, reach_of
from auth.roles import Reach
from core.db import Database
from core.sql import render
from models import metadata
from models.base import Uuid
from models.enums import Role, UserStatus

_USER, _WORKSPACE = metadata.tables["user"], metadata.tables["workspace"]
_TEAM, _MEMBER = metadata.tables["team"], metadata.tables["team_member"]

_MANAGED = (
    sa.select(_MEMBER.c.user_id)
    .join(
        _TEAM,
        sa.and_(_TEAM.c.workspace_id == _MEMBER.c.workspace_id, _TEAM.c.id == _MEMBER.c.team_id),
    )
    .where(_MEMBER.c.workspace_id == _USER.c.workspace_id, _TEAM.c.manager_id == _USER.c.id)
    .correlate(_USER)
)
_FOUND = render(
    sa.select(
        _USER.c.id,
        _USER.c.role,
        _WORKSPACE.c.time_zone,
        _WORKSPACE.c.currency,
        sa.func.array(_MANAGED.scalar_subquery(), type_=sa.ARRAY(Uuid)).label("team"),
    )
    .join(_WORKSPACE, _WORKSPACE.c.workspace_id == _USER.c.workspace_id)
    .where(
        _USER.c.workspace_id == sa.bindparam("workspace", type_=Uuid),
        _USER.c.id == sa.bindparam("user", type_=Uuid),
        _USER.c.status == UserStatus.ACTIVE,
    )
)


async def importer(database: Database, workspace: str, user: str) -> Actor | None:
    """The user as an actor with today's rights; None when they have left."""
    rows = await database.fetch(workspace, _FOUND, {"workspace": workspace, "user": user})
    return _actor(workspace, rows[0]) if rows else None


def _actor(workspace: str, found: Mapping[str, Any]) -> Actor:
    role = Role[found["role"]]
    reach = reach_of(role)
    team = sorted(set(found["team"]) - {found["id"]}) if reach is Reach.TEAM else []
    return Actor(
        kind=ActorKind.USER,
        id=found["id"],
        user_id=found["id"],
        workspace_id=workspace,
        role=role,
        owners=None if reach is Reach.ALL else (found["id"], *team),
        time_zone=found["time_zone"],
        currency=found["currency"],
        permissions=permissions_of(role),
    )
