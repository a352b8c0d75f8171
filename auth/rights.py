"""Rights: what the database says of a user, as the actor they are."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import sqlalchemy as sa

from auth import custom_fields
from auth.actor import Actor, ActorKind, permissions_of, reach_of
from auth.roles import Reach
from core.db import Database
from core.sql import Rendered, render
from core.writes import Transaction
from models import metadata
from models.base import Uuid
from models.enums import Plan, Role, UserStatus

_USER, _WORKSPACE = metadata.tables["user"], metadata.tables["workspace"]
Fetch = Callable[..., Awaitable[Sequence[Any]]]
_TEAM, _MEMBER = metadata.tables["team"], metadata.tables["team_member"]


def holding(table: sa.FromClause, user: str, *conditions: sa.ColumnElement[bool]) -> Rendered:
    """The rights of the active user whose id is in a column of the row `subject` of a table."""
    workspace = sa.bindparam("workspace", type_=Uuid)
    return render(
        sa.select(
            table.c.id.label("holder_id"),
            _USER.c.id.label("user_id"),
            _USER.c.role,
            _WORKSPACE.c.time_zone,
            _WORKSPACE.c.currency,
            _WORKSPACE.c.plan,
            sa.func.array(_managed(workspace), type_=sa.ARRAY(Uuid)).label("team"),
            sa.func.array(_teams(workspace), type_=sa.ARRAY(Uuid)).label("teams"),
            custom_fields.told(workspace).label("custom_fields"),
        )
        .select_from(table)
        .join(_USER, sa.and_(_USER.c.workspace_id == workspace, _USER.c.id == table.c[user]))
        .join(_WORKSPACE, _WORKSPACE.c.workspace_id == workspace)
        .where(
            table.c.workspace_id == workspace,
            table.c.id == sa.bindparam("subject", type_=Uuid),
            _USER.c.status == UserStatus.ACTIVE,
            *conditions,
        )
    )


def _managed(workspace: sa.BindParameter[str]) -> sa.ScalarSelect[Any]:
    """The members of the teams the user manages."""
    return (
        sa.select(_MEMBER.c.user_id)
        .join(_TEAM, _TEAM.c.id == _MEMBER.c.team_id)
        .where(
            _MEMBER.c.workspace_id == workspace,
            _TEAM.c.workspace_id == workspace,
            _TEAM.c.manager_id == _USER.c.id,
        )
        .correlate(_USER)
        .scalar_subquery()
    )


def _teams(workspace: sa.BindParameter[str]) -> sa.ScalarSelect[Any]:
    """The teams the user belongs to or manages."""
    belongs = (
        sa.exists()
        .where(
            _MEMBER.c.workspace_id == workspace,
            _MEMBER.c.team_id == _TEAM.c.id,
            _MEMBER.c.user_id == _USER.c.id,
        )
        .correlate(_TEAM, _USER)
    )
    return (
        sa.select(_TEAM.c.id)
        .where(_TEAM.c.workspace_id == workspace, sa.or_(_TEAM.c.manager_id == _USER.c.id, belongs))
        .correlate(_USER)
        .scalar_subquery()
    )


def actor(workspace: str, holder: Mapping[str, Any], **more: Any) -> Actor:
    """The actor a row of `holding` describes; `more` says by what they came in."""
    role = Role[holder["role"]]
    facts: dict[str, Any] = {"kind": ActorKind.USER, "id": holder["user_id"]} | more
    return Actor(
        user_id=holder["user_id"],
        workspace_id=workspace,
        role=role,
        owners=_owners(role, holder),
        teams=tuple(sorted(holder["teams"])),
        time_zone=holder["time_zone"],
        currency=holder["currency"],
        plan=Plan[holder["plan"]],
        permissions=permissions_of(role),
        custom=custom_fields.read(holder["custom_fields"]),
        **facts,
    )


def _owners(role: Role, holder: Mapping[str, Any]) -> tuple[str, ...] | None:
    reach = reach_of(role)
    if reach is Reach.ALL:
        return None
    own = (holder["user_id"],)
    if reach is Reach.OWN:
        return own
    return own + tuple(sorted(set(holder["team"]) - set(own)))


_THEMSELVES = _USER.alias("themselves")
_OF_USER = holding(_THEMSELVES, "id")


async def of_user(database: Database, workspace: str, user: str) -> Actor | None:
    """A user as an actor with today's rights; None when they have left."""
    found = await database.fetch(workspace, _OF_USER, {"workspace": workspace, "subject": user})
    return actor(workspace, found[0]) if found else None


_ADMINS = render(
    sa.select(_USER.c.id)
    .where(
        _USER.c.workspace_id == sa.bindparam("workspace", type_=Uuid),
        _USER.c.role == Role.ADMIN,
        _USER.c.status == UserStatus.ACTIVE,
    )
    .order_by(_USER.c.id)
    .limit(1)
)


async def of_system(database: Database, workspace: str, user: str | None, *, id: str) -> Actor:
    """The system at work for a user, or for the first Admin where they have left: it sees all.

    What it makes is theirs; `id` is what set it to work.
    """
    return await _system(partial(database.fetch, workspace), workspace, user, id)


async def of_system_in(act: Transaction, user: str | None, *, id: str) -> Actor:
    """The same within an act of the system that has begun."""
    return await _system(act.fetch, act.workspace, user, id)


async def of_workflow_in(act: Transaction, user: str | None, *, id: str) -> Actor:
    """A workflow at work, within an act of its own: with the rights of an Admin, for a user.

    What it makes without naming anybody is theirs, or the first Admin's where they have left.
    """
    found = await _system(act.fetch, act.workspace, user, id)
    return replace(found, kind=ActorKind.WORKFLOW)


async def _system(fetch: Fetch, workspace: str, user: str | None, id: str) -> Actor:
    found: Sequence[Any] = ()
    if user is not None:
        found = await fetch(_OF_USER, {"workspace": workspace, "subject": user})
    if not found:
        # A workspace keeps at least one active Admin.
        (first,) = await fetch(_ADMINS, {"workspace": workspace})
        found = await fetch(_OF_USER, {"workspace": workspace, "subject": first["id"]})
    return replace(
        actor(workspace, found[0]),
        kind=ActorKind.SYSTEM,
        id=id,
        role=Role.ADMIN,
        owners=None,
        permissions=permissions_of(Role.ADMIN),
    )
