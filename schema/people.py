"""Users, teams, invitations and API keys, as the API shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import strawberry

from auth.roles import Category
from core.names import spaced
from models import people as rows
from models.enums import Role, UserStatus
from models.registry import Scope
from schema import scalars
from schema.declare import Node, column, computed, entity, link, many
from schema.inputs import UNSET, MutationInput, act_input, arg
from schema.types import Answered, build_enum, build_type
from services import files, teams
from services.handover import HELD

_EXPECTED_VERSION = "The version you read; the act is refused when it has changed since."


async def _avatars(reading: Any, found: Sequence[Any]) -> list[str | None]:
    return await files.image_urls(reading, [row["avatar_file_id"] for row in found])


@entity(rows.User, prefix="usr", plural="users", category=None, scope=Scope.WORKSPACE)
class User(Node):
    """A person who works in the workspace."""

    first_name: str = column("Given name.")
    last_name: str = column("Family name.")
    name: str = column("Both names.", filter="name_key", order="name_key")
    email: scalars.EmailAddress = column("E-mail address they sign in with.", filter="email_key")
    role: Role = column("What they may do.", filter=True)
    status: UserStatus = column("Whether they can sign in.", filter=True)
    avatar_url: str | None = computed(
        "Where their photo lies; browsers open it for an hour without a header. Every member of"
        " the workspace sees it.",
        batch=_avatars,
        needs=("avatar_file_id",),
    )
    teams = many(
        "Team", "The teams they belong to.", by="user_id", through="team_member", to="team_id"
    )
    tasks = many("Task", "The tasks assigned to them, by due date.", by="owner_id", order="due_at")
    projects = many("Project", "The projects they lead.", by="owner_id")


@entity(rows.Team, prefix="team", plural="teams", category=None, scope=Scope.WORKSPACE)
class Team(Node):
    """A named group of users with a manager."""

    name: str = column("Name of the team.", filter="name_key", order="name_key")
    manager = link("User", "Who manages it.", always=True)
    members = many("User", "Who belongs to it.", by="team_id", through="team_member", to="user_id")
    cases = many("Case", "The cases of its queue, those that have an owner too.", by="team_id")
    leads = many("Lead", "The leads of its queue, those that have an owner too.", by="team_id")
    queued_tasks = many(
        "Task",
        "The tasks that wait until a member claims them, by due date.",
        by="team_id",
        order="due_at",
    )
    tasks = many(
        "Task",
        "All tasks of its members and of its queue, whatever they are about, by due date.",
        by="team_id",
        through="team_member",
        to="user_id",
        on="owner_id",
        also="team_id",
        order="due_at",
    )
    member_count: int = computed("How many users belong to it.", batch=teams.member_counts)


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
    expires_at: datetime = column("When it lapses.")
    accepted_at: datetime | None = column("When it was accepted.")
    revoked_at: datetime | None = column("When it was withdrawn.")
    invited_by = link("User", "Who made it.", always=True)


@entity(rows.ApiKey, prefix="key", plural="apiKeys", category=None, scope=Scope.OWN)
class ApiKey(Node):
    """A user's key for programs."""

    name: str = column("What it is for.")
    hint: str = column("The end of the key, to tell it from others.")
    last_used_at: datetime | None = column("When it was last used.")
    revoked_at: datetime | None = column("When it was revoked.", filter=True)
    owner = link("User", "Whose key it is.", always=True)


@act_input
class SignInInput(MutationInput):
    """Who signs in, and where."""

    email: scalars.EmailAddress = arg("The address you sign in with.", max_length=None)
    password: str = arg("Your password there.", max_length=None)
    workspace_id: strawberry.ID | None = arg(
        "Where, if the address belongs to several workspaces.", of="Workspace", default=None
    )


@act_input
class SignOutInput(MutationInput):
    """The session to end is the one the request is made with."""


@act_input
class PasswordResetRequestInput(MutationInput):
    """Whose password was forgotten."""

    email: scalars.EmailAddress = arg("The address the link is sent to.", max_length=None)


@act_input
class PasswordResetInput(MutationInput):
    """The link that was followed, and the password to be."""

    token: str = arg("The token of the link.", max_length=None)
    password: str = arg("The new password: at least 10 characters.", max_length=None)


@act_input
class UserInviteInput(MutationInput):
    """Whom to invite, and what they will be."""

    email: scalars.EmailAddress = arg("Where the invitation goes.", max_length=None)
    role: Role = arg("The role they will have.")
    team_ids: list[strawberry.ID] = arg(
        "The teams they will belong to.", of="Team", default_factory=list
    )


@act_input
class InvitationAcceptInput(MutationInput):
    """The link that was followed, and who joins."""

    token: str = arg("The token of the link.", max_length=None)
    first_name: str = arg("Your given name.", max_length=None)
    last_name: str = arg("Your family name.", max_length=None)
    password: str = arg("Your password: at least 10 characters.", max_length=None)


@act_input
class InvitationRevokeInput(MutationInput):
    """Which invitation to withdraw."""

    id: strawberry.ID = arg("The invitation.", of="Invitation")


@act_input
class UserUpdateInput(MutationInput):
    """What to change about a user; fields left out stay."""

    id: strawberry.ID = arg("The user.", of="User")
    first_name: str | None = arg("Given name.", max_length=None, default=UNSET)
    last_name: str | None = arg("Family name.", max_length=None, default=UNSET)
    photo_upload_id: strawberry.ID | None = arg(
        "The upload of a photo: PNG, JPEG, GIF or WebP of at most 5 MB and 4,096 pixels a side;"
        " null takes the photo away.",
        default=UNSET,
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class UserRoleUpdateInput(MutationInput):
    """Whose role becomes which."""

    id: strawberry.ID = arg("The user.", of="User")
    role: Role = arg("The role they will have.")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


HandoverKind = build_enum(
    "HandoverKind",
    "What is handed over when a user leaves.",
    {one.kind: f"The {spaced(one.table)} records they hold." for one in HELD},
)

HandoverCount = build_type(
    "HandoverCount",
    "How many records of a kind are handed over when a user leaves.",
    {
        "kind": Answered(HandoverKind, "What they are."),
        "count": Answered(int, "How many."),
    },
)


@act_input
class UserDeactivateInput(MutationInput):
    """Who leaves, and who takes over."""

    id: strawberry.ID = arg("The user who leaves.", of="User")
    reassign_to: strawberry.ID = arg("The active user who takes over.", of="User")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class UserReactivateInput(MutationInput):
    """Who comes back."""

    id: strawberry.ID = arg("The user.", of="User")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class TeamCreateInput(MutationInput):
    """What a team is made of."""

    name: str = arg("Its name, unique in the workspace.", max_length=None)
    manager_id: strawberry.ID = arg(
        "Who manages it: a user with the role Manager, Executive or Admin.", of="User"
    )
    member_ids: list[strawberry.ID] = arg(
        "Who belongs to it; at most 500.", of="User", default_factory=list
    )


@act_input
class TeamUpdateInput(MutationInput):
    """What to change about a team; fields left out stay."""

    id: strawberry.ID = arg("The team.", of="Team")
    name: str | None = arg("Its name.", max_length=None, default=UNSET)
    manager_id: strawberry.ID | None = arg(
        "Who manages it: a user with the role Manager, Executive or Admin.",
        of="User",
        default=UNSET,
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class TeamDeleteInput(MutationInput):
    """Which team to dissolve."""

    id: strawberry.ID = arg("The team.", of="Team")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class TeamMemberAddInput(MutationInput):
    """Who joins which team."""

    team_id: strawberry.ID = arg("The team.", of="Team")
    user_id: strawberry.ID = arg("The user.", of="User")


@act_input
class TeamMemberRemoveInput(MutationInput):
    """Who leaves which team."""

    team_id: strawberry.ID = arg("The team.", of="Team")
    user_id: strawberry.ID = arg("The user.", of="User")


@act_input
class ApiKeyCreateInput(MutationInput):
    """What a key is made for."""

    name: str = arg("What it is for, to tell it from others.", max_length=None)


@act_input
class ApiKeyRevokeInput(MutationInput):
    """Which key to revoke."""

    id: strawberry.ID = arg("The key.", of="ApiKey")
