"""Whose records count in figures: one's own, a team's, everybody's; never more than one sees."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth.actor import Actor, reach_of
from auth.policy import WORKSPACE
from auth.roles import Reach
from core.codes import DenialCode
from core.errors import Denied
from models import metadata
from models.base import Uuid
from models.enums import ScopeKind
from resolvers.plans.rendering import rendered
from resolvers.reading import Reading
from services.conditions import read_id

_TEAM, _MEMBER = metadata.tables["team"], metadata.tables["team_member"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The owners whose records count; everybody's where there are none named."""

    kind: ScopeKind
    owners: tuple[str, ...] | None
    team_id: str | None = None

    def of(self, rows: Any) -> Any:
        """The condition for the rows of an entity that have owners."""
        if self.owners is None:
            return sa.true()
        return rows.c.owner_id == sa.any_(sa.literal(list(self.owners), sa.ARRAY(Uuid)))


async def scope_of(reading: Reading, chosen: Mapping[str, Any] | None) -> Scope:
    """The scope that was chosen, or that the role begins with; FORBIDDEN if it is too wide."""
    actor = reading.actor
    given = {name: value for name, value in (chosen or {}).items() if value}
    if "teamId" in given:
        return await _team(reading, read_id(given["teamId"], "Team"))
    if "all" in given:
        if actor.owners is not None:
            raise _too_wide(actor)
        return Scope(ScopeKind.ALL, None)
    if "mine" in given:
        return Scope(ScopeKind.MINE, (actor.user_id,))
    match reach_of(actor.role):
        case Reach.ALL:
            return Scope(ScopeKind.ALL, None)
        case Reach.TEAM:
            return Scope(ScopeKind.TEAM, actor.owners)
        case _:
            return Scope(ScopeKind.MINE, (actor.user_id,))


async def _team(reading: Reading, team_id: str) -> Scope:
    members = (
        sa.select(_TEAM.c.id, _TEAM.c.manager_id, _MEMBER.c.user_id)
        .select_from(
            _TEAM.outerjoin(
                _MEMBER,
                sa.and_(
                    _MEMBER.c.workspace_id == _TEAM.c.workspace_id, _MEMBER.c.team_id == _TEAM.c.id
                ),
            )
        )
        .where(_TEAM.c.workspace_id == WORKSPACE, _TEAM.c.id == team_id)
    )
    rows = await reading.fetch(rendered(members))
    if not rows:
        message = "There is no such team."
        raise Denied(DenialCode.BAD_USER_INPUT, message)
    owners = {row["user_id"] for row in rows if row["user_id"]}
    if rows[0]["manager_id"] == reading.actor.user_id:
        owners.add(reading.actor.user_id)
    if reading.actor.owners is not None and not owners <= set(reading.actor.owners):
        raise _too_wide(reading.actor)
    return Scope(ScopeKind.TEAM, tuple(sorted(owners)), team_id)


def _too_wide(actor: Actor) -> Denied:
    message = f"The role {actor.role} does not see all of these records; choose a smaller scope."
    return Denied(DenialCode.FORBIDDEN, message)
