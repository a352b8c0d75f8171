"""Reporting lines: who answers for what a user or a team's queue has."""

import sqlalchemy as sa

from core.writes import Transaction
from models import metadata
from models.base import Uuid
from models.enums import Role, UserStatus

_USER = metadata.tables["user"]
_TEAM, _MEMBER = metadata.tables["team"], metadata.tables["team_member"]


async def managers_of(
    act: Transaction, *, owner_id: str | None = None, team_id: str | None = None
) -> list[str]:
    """The manager of the owner's primary team, else of the queue's team, else all Admins.

    A user's primary team is the one they joined first.
    """
    found = await _manager(act, _of_owner(owner_id)) if owner_id else []
    if not found and team_id:
        found = await _manager(act, sa.select(_TEAM.c.manager_id).where(_TEAM.c.id == team_id))
    if found:
        return found
    admins = sa.and_(
        _USER.c.workspace_id == act.workspace,
        _USER.c.role == Role.ADMIN,
        _USER.c.status == UserStatus.ACTIVE,
    )
    rows = await act.fetch(sa.select(_USER.c.id).where(admins).order_by(_USER.c.id))
    return [row["id"] for row in rows]


async def addresses(act: Transaction, user_ids: list[str]) -> dict[str, str]:
    """The e-mail addresses of those of some users who have not left, by their ids."""
    wanted = sa.bindparam(None, user_ids, type_=sa.ARRAY(Uuid))
    rows = await act.fetch(
        sa.select(_USER.c.id, _USER.c.email).where(
            _USER.c.workspace_id == act.workspace,
            _USER.c.id == sa.any_(wanted),
            _USER.c.status == UserStatus.ACTIVE,
        )
    )
    return {row["id"]: row["email"] for row in rows}


def _of_owner(owner_id: str) -> sa.Select[tuple[str]]:
    return (
        sa.select(_TEAM.c.manager_id)
        .join(_MEMBER, _MEMBER.c.team_id == _TEAM.c.id)
        .where(_MEMBER.c.user_id == owner_id, _MEMBER.c.workspace_id == _TEAM.c.workspace_id)
        .order_by(_MEMBER.c.created_at, _MEMBER.c.id)
        .limit(1)
    )


async def _manager(act: Transaction, managers: sa.Select[tuple[str]]) -> list[str]:
    rows = await act.fetch(managers.where(_TEAM.c.workspace_id == act.workspace))
    return [row["manager_id"] for row in rows]
