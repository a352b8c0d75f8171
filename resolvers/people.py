"""People: signing in and out, invitations, users, teams and API keys."""

from collections.abc import Mapping
from typing import Any

import strawberry

from auth.context import Context
from auth.visit import Visit
from core.ids import encode
from models import people as rows
from resolvers.files import image_of
from resolvers.mutation import extra, mutation
from resolvers.queries import valued
from resolvers.reading import Reading
from schema import people as given
from schema.inputs import UNSET
from schema.people import ApiKey, Invitation, Team, User
from schema.types import Answered, Given
from services import api_keys, handover, invitations, logins, teams, users
from services.conditions import read_id

_TOKEN = extra(str, "The session: send it as `Authorization: Bearer`.")


def _sent(value: str | None) -> str | None:
    return None if value is UNSET else value


@mutation(public=True, token=_TOKEN, user=User)
async def sign_in(visit: Visit, input: given.SignInInput) -> dict[str, Any]:
    """Open a session with an e-mail address and a password; it lasts 30 days."""
    begun = await logins.sign_in(
        visit, email=input.email, password=input.password, workspace_id=input.workspace_id
    )
    return {"token": begun.token, "user": begun.user_id}


@mutation()
async def sign_out(ctx: Context, _input: given.SignOutInput) -> dict[str, Any]:
    """End the session this request is made with, at once and everywhere."""
    await logins.sign_out(ctx)
    return {}


@mutation(public=True)
async def password_reset_request(
    visit: Visit, input: given.PasswordResetRequestInput
) -> dict[str, Any]:
    """Send a link to set a new password; the answer is the same for unknown addresses."""
    await logins.request_reset(visit, email=input.email)
    return {}


@mutation(public=True, token=_TOKEN, user=User)
async def password_reset(visit: Visit, input: given.PasswordResetInput) -> dict[str, Any]:
    """Set a new password by a link; every session ends and a new one begins."""
    begun = await logins.reset(visit, token=input.token, password=input.password)
    return {"token": begun.token, "user": begun.user_id}


@mutation(invitation=Invitation)
async def user_invite(ctx: Context, input: given.UserInviteInput) -> rows.Invitation:
    """Invite a person to the workspace; an earlier invitation of theirs is withdrawn."""
    return await invitations.invite(
        ctx, email=input.email, role=input.role, team_ids=input.team_ids
    )


@mutation(invitation=Invitation)
async def invitation_revoke(ctx: Context, input: given.InvitationRevokeInput) -> rows.Invitation:
    """Withdraw an invitation."""
    return await invitations.revoke(ctx, input.id)


@mutation(public=True, token=_TOKEN, user=User)
async def invitation_accept(visit: Visit, input: given.InvitationAcceptInput) -> dict[str, Any]:
    """Join a workspace with the role of the invitation, and sign in."""
    begun = await invitations.accept(
        visit,
        token=input.token,
        first_name=input.first_name,
        last_name=input.last_name,
        password=input.password,
    )
    return {"token": begun.token, "user": begun.user_id}


@mutation(user=User)
async def user_update(ctx: Context, input: given.UserUpdateInput) -> rows.User:
    """Change one's own names and photo, or as an Admin anybody's."""
    values = {"first_name": input.first_name, "last_name": input.last_name}
    values["photo_upload_id"] = image_of(input.photo_upload_id, "photoUploadId")
    sent = {name: value for name, value in values.items() if value is not UNSET}
    return await users.update(ctx, input.id, sent, expected_version=input.expected_version)


@mutation(user=User)
async def user_role_update(ctx: Context, input: given.UserRoleUpdateInput) -> rows.User:
    """Give a user another role; it holds from their next request."""
    return await users.change_role(
        ctx, input.id, input.role, expected_version=input.expected_version
    )


@mutation(
    user=User,
    moved=extra(
        list[given.HandoverCount],  # type: ignore[valid-type]
        "How many records of each kind went to the other user.",
    ),
)
async def user_deactivate(ctx: Context, input: given.UserDeactivateInput) -> dict[str, Any]:
    """End a user's access at once and hand what is open of theirs to another, in one act."""
    user, moved = await handover.deactivate(
        ctx, input.id, input.reassign_to, input.expected_version
    )
    return {"user": user, "moved": moved}


@mutation(user=User)
async def user_reactivate(ctx: Context, input: given.UserReactivateInput) -> rows.User:
    """Let a user who left sign in again, with the password they had."""
    return await handover.reactivate(ctx, input.id, input.expected_version)


@valued(
    "user_deactivate_preview",
    Answered(
        list[given.HandoverCount],  # type: ignore[valid-type]
        "How many records of each kind `userDeactivate` would hand over.",
        {
            "id": Given(strawberry.ID, "The user who would leave.", required=True),
            "reassign_to": Given(strawberry.ID, "Who would take over."),
        },
    ),
)
async def user_deactivate_preview(
    reading: Reading, arguments: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The counts, by kind."""
    heir = arguments.get("reassignTo")
    return await handover.preview(
        reading, read_id(arguments["id"], "User"), read_id(heir, "User") if heir else None
    )


@mutation(team=Team)
async def team_create(ctx: Context, input: given.TeamCreateInput) -> rows.Team:
    """Make a team; its manager sees the records of its members."""
    return await teams.create(
        ctx, name=input.name, manager_id=input.manager_id, member_ids=input.member_ids
    )


@mutation(team=Team)
async def team_update(ctx: Context, input: given.TeamUpdateInput) -> rows.Team:
    """Rename a team, or give it another manager."""
    return await teams.update(
        ctx,
        input.id,
        name=_sent(input.name),
        manager_id=_sent(input.manager_id),
        expected_version=input.expected_version,
    )


@mutation(team_id=extra(strawberry.ID, "The team that is gone."))
async def team_delete(ctx: Context, input: given.TeamDeleteInput) -> dict[str, Any]:
    """Dissolve a team; its members and their records stay."""
    await teams.delete(ctx, input.id, expected_version=input.expected_version)
    return {"team_id": encode("team", input.id)}


@mutation(team=Team)
async def team_member_add(ctx: Context, input: given.TeamMemberAddInput) -> rows.Team:
    """Put a user into a team; a user may be in several."""
    return await teams.add_member(ctx, input.team_id, input.user_id)


@mutation(team=Team)
async def team_member_remove(ctx: Context, input: given.TeamMemberRemoveInput) -> rows.Team:
    """Take a user out of a team."""
    return await teams.remove_member(ctx, input.team_id, input.user_id)


@mutation(api_key=ApiKey, secret=extra(str, "The key itself; it is shown only now."))
async def api_key_create(ctx: Context, input: given.ApiKeyCreateInput) -> dict[str, Any]:
    """Make a key for programs; it may do what you may do."""
    key, secret = await api_keys.create(ctx, name=input.name)
    return {"api_key": key, "secret": secret}


@mutation(api_key=ApiKey)
async def api_key_revoke(ctx: Context, input: given.ApiKeyRevokeInput) -> rows.ApiKey:
    """Revoke a key; it opens nothing from the next request on."""
    return await api_keys.revoke(ctx, input.id)
