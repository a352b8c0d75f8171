"""Users, teams, invitations and API keys, as the API shows them."""

import datetime

from auth.roles import Category
from models import people as rows
from models.enums import Role, UserStatus
from models.registry import Scope
from schema import scalars
from schema.declare import Node, column, entity, link, many


@entity(rows.User, prefix="usr", plural="users", category=None, scope=Scope.WORKSPACE)
class User(Node):
    """A person who works in the workspace."""

    first_name: str = column("Given name.")
    last_name: str = column("Family name.")
    name: str = column("Both names.", filter="name_key", order="name_key")
    email: scalars.EmailAddress = column("E-mail address they sign in with.", filter="email_key")
    role: Role = column("What they may do.", filter=True)
    status: UserStatus = column("Whether they can sign in.", filter=True)
    teams = many(
        "Team", "The teams they belong to.", by="user_id", through="team_member", to="team_id"
    )


@entity(rows.Team, prefix="team", plural="teams", category=None, scope=Scope.WORKSPACE)
class Team(Node):
    """A named group of users with a manager."""

    name: str = column("Name of the team.", filter="name_key", order="name_key")
    manager = link("User", "Who manages it.", always=True)
    members = many(
        "User", "Who belongs to it.", by="team_id", through="team_member", to="user_id"
    )


@entity(
    rows.Invitation,
    prefix="ivt",
    plural="invitations",
    category=Category.ADMIN,
    scope=Scope.WORKSPACE,
)
class Invitation(Node):
    """An offer to join the workspace."""

    email: scalars.EmailAddress = column("Whom it was sent to.", filter="email_key")
    role: Role = column("The role it gives.")
    expires_at: datetime.datetime = column("When it lapses.")
    accepted_at: datetime.datetime | None = column("When it was accepted.")
    revoked_at: datetime.datetime | None = column("When it was withdrawn.")
    invited_by = link("User", "Who made it.", always=True)


@entity(rows.ApiKey, prefix="key", plural="apiKeys", category=None, scope=Scope.OWN)
class ApiKey(Node):
    """A user's key for programs."""

    name: str = column("What it is for.")
    hint: str = column("The end of the key, to tell it from others.")
    last_used_at: datetime.datetime | None = column("When it was last used.")
    revoked_at: datetime.datetime | None = column("When it was revoked.", filter=True)
    owner = link("User", "Whose key it is.", always=True)
