"""Who is signed in, and what is open to them."""

from typing import Any

import sqlalchemy as sa

from auth.navigation import Landing, sidebar
from auth.policy import visible
from auth.roles import Category, Level
from models import metadata
from models.registry import REGISTRY
from resolvers.executor import reading_of
from resolvers.queries import answers, query
from resolvers.reading import Seen
from schema.types import Answered
from schema.viewer import CategoryPermission, NavigationEntry, Viewer
from services import onboarding

_MOST_TEAMS = 100


@query("viewer", Answered(Viewer, "Who is signed in, and what is open to them."))
def viewer(_root: Any, info: Any) -> Any:
    """The actor of the request; its fields are answered one by one."""
    return reading_of(info).actor


@answers("Viewer", "user")
async def user(_actor: Any, info: Any) -> Seen | None:
    """The user behind the session or key."""
    reading = reading_of(info)
    return await reading.record(REGISTRY["User"], reading.actor.user_id)


@answers("Viewer", "workspace")
async def workspace(_actor: Any, info: Any) -> Seen | None:
    """The workspace of the session or key."""
    reading = reading_of(info)
    return await reading.record(REGISTRY["Workspace"], reading.actor.workspace_id)


@answers("Viewer", "teams")
async def teams(_actor: Any, info: Any) -> list[Seen]:
    """The teams the user belongs to or manages."""
    reading = reading_of(info)
    entity, member = REGISTRY["Team"], metadata.tables["team_member"]
    team, me = entity.table, reading.actor.user_id
    belongs = sa.exists().where(
        member.c.workspace_id == team.c.workspace_id,
        member.c.team_id == team.c.id,
        member.c.user_id == me,
    )
    rows = await reading.fetch(
        sa.select(team)
        .where(visible(entity, reading.actor, team), sa.or_(team.c.manager_id == me, belongs))
        .order_by(team.c.name_key, team.c.id)
        .limit(_MOST_TEAMS)
    )
    return [Seen(entity, row) for row in rows]


@answers("Viewer", "permissions")
def permissions(_actor: Any, info: Any) -> list[CategoryPermission]:
    """The role's line of the permission matrix."""
    held = reading_of(info).actor.permissions
    return [
        CategoryPermission(category=category, level=held.get(category, Level.NONE))
        for category in Category
    ]


@answers("Viewer", "navigation")
def navigation(_actor: Any, info: Any) -> list[NavigationEntry]:
    """The sections the role may open."""
    return [
        NavigationEntry(key=entry.key, label=entry.label, path=entry.path)
        for entry in sidebar(reading_of(info).actor)
    ]


@answers("Viewer", "landing")
async def landing(_actor: Any, info: Any) -> Landing:
    """The wizard until the workspace is set up."""
    done = await onboarding.is_set_up(reading_of(info))
    return Landing.DASHBOARD if done else Landing.SETUP_WIZARD
