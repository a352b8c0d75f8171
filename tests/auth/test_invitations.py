"""Inviting people, and what becomes of invitations."""

import asyncio

import pytest

from tests.auth.conftest import PASSWORD, ROLES, Client, address

NAMES = {"firstName": "Rita", "lastName": "Rep", "password": PASSWORD}
INVITATIONS = "{ invitations { nodes { email role acceptedAt revokedAt invitedBy { id } } } }"


@pytest.mark.parametrize("role", ROLES)
async def test_setup_02_who_accepts_signs_in_with_the_invited_role(admin, role):
    colleague = await admin.colleague(role)

    viewer = (await colleague.run("{ viewer { role user { email } workspace { id } } }"))["viewer"]
    assert viewer["role"] == role
    assert viewer["user"]["email"] == colleague.email
    assert viewer["workspace"]["id"] == admin.workspace_id


async def test_setup_02_who_accepts_can_sign_in_again(anybody, admin):
    colleague = await admin.colleague("REP")

    begun = await anybody.done("signIn", "user { id }", email=colleague.email, password=PASSWORD)

    assert begun["user"]["id"] == colleague.id


async def test_setup_02_who_accepts_belongs_to_the_teams_of_the_invitation(admin):
    teams = [await admin.made("Team", name=name, managerId=admin.id) for name in ("East", "West")]
    gone = await admin.made("Team", name="Gone", managerId=admin.id)
    token, _ = await admin.invite("REP", teamIds=[*teams, gone])
    await admin.done("teamDelete", id=gone)

    begun = await Client(admin.http).done(
        "invitationAccept", "user { teams { nodes { name } } }", token=token, **NAMES
    )

    assert {team["name"] for team in begun["user"]["teams"]["nodes"]} == {"East", "West"}


async def test_setup_02_a_used_invitation_is_invalid(anybody, admin):
    token, _ = await admin.invite("REP")
    tries = await asyncio.gather(
        *(anybody.act("invitationAccept", "token", token=token, **NAMES) for _ in range(4))
    )

    assert sorted(bool(one["token"]) for one in tries) == [False, False, False, True]
    assert await anybody.refusals("invitationAccept", token=token, **NAMES) == [
        ("INVITATION_INVALID", ["token"])
    ]


async def test_setup_02_an_invitation_expires_after_seven_days(anybody, admin, clock):
    token, _ = await admin.invite("REP")

    await clock(days=7, minutes=1)

    assert await anybody.refusals("invitationAccept", token=token, **NAMES) == [
        ("INVITATION_EXPIRED", ["token"])
    ]


@pytest.mark.parametrize("token", ["", "coeff_i_nonsense", "x" * 5000])
async def test_setup_02_a_token_nobody_was_given_is_invalid(anybody, token):
    assert await anybody.refused("invitationAccept", token=token, **NAMES) == "INVITATION_INVALID"


async def test_setup_02_a_foreign_token_is_invalid(anybody, admin, links):
    await anybody.done("passwordResetRequest", email=admin.email)
    key = (await admin.done("apiKeyCreate", "secret", name="CI"))["secret"]

    for token in (admin.token, key, links.newest("password-reset", admin.email)):
        refused = await anybody.refused("invitationAccept", token=token, **NAMES)
        assert refused == "INVITATION_INVALID"


async def test_setup_02_a_weak_password_does_not_use_up_the_invitation(anybody, admin):
    token, _ = await admin.invite("REP")
    poor = NAMES | {"lastName": "", "password": "secret"}

    assert await anybody.refusals("invitationAccept", token=token, **poor) == [
        ("REQUIRED", ["lastName"]),
        ("WEAK_PASSWORD", ["password"]),
    ]
    await anybody.done("invitationAccept", token=token, **NAMES)


async def test_setup_05_an_admin_invites_with_a_role(admin):
    _, email = await admin.invite("FINANCE")

    assert (await admin.run(INVITATIONS))["invitations"]["nodes"] == [
        {
            "email": email,
            "role": "FINANCE",
            "acceptedAt": None,
            "revokedAt": None,
            "invitedBy": {"id": admin.id},
        }
    ]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "ADMIN"])
async def test_setup_05_only_an_admin_invites(admin, role):
    colleague = await admin.colleague(role)

    assert await colleague.denied("userInvite", email=address(), role="REP") == ["FORBIDDEN"]
    assert await colleague.denials(INVITATIONS) == ["FORBIDDEN"]


async def test_setup_05_a_user_is_not_invited_again(admin):
    colleague = await admin.colleague("REP")
    given = {"email": colleague.email.upper(), "role": "MANAGER"}

    assert await admin.refusals("userInvite", **given) == [("ALREADY_MEMBER", ["email"])]


async def test_setup_05_a_second_invitation_withdraws_the_first(admin, anybody, links):
    first, email = await admin.invite("REP")

    await admin.done("userInvite", email=email, role="MANAGER")

    assert await anybody.refused("invitationAccept", token=first, **NAMES) == "INVITATION_INVALID"
    second = links.newest("invitation", email)
    begun = await anybody.done("invitationAccept", "user { role }", token=second, **NAMES)
    assert begun["user"]["role"] == "MANAGER"


async def test_setup_05_of_invitations_made_at_once_one_stays_open(admin, anybody, links):
    email = address()
    await asyncio.gather(*(admin.done("userInvite", email=email, role="REP") for _ in range(5)))

    tokens = links.all("invitation", email)
    tries = [await anybody.act("invitationAccept", "token", token=one, **NAMES) for one in tokens]
    assert sorted(bool(one["token"]) for one in tries) == [False] * 4 + [True]


async def test_setup_05_a_withdrawn_invitation_is_invalid(admin, anybody):
    token, _ = await admin.invite("REP")
    [invitation] = (await admin.run("{ invitations { nodes { id } } }"))["invitations"]["nodes"]

    withdrawn = await admin.done("invitationRevoke", "invitation { revokedAt }", **invitation)

    assert withdrawn["invitation"]["revokedAt"]
    assert await anybody.refused("invitationAccept", token=token, **NAMES) == "INVITATION_INVALID"


async def test_setup_05_an_accepted_invitation_is_not_withdrawn(admin):
    await admin.colleague("REP")
    [invitation] = (await admin.run("{ invitations { nodes { id } } }"))["invitations"]["nodes"]

    assert await admin.refused("invitationRevoke", **invitation) == "INVITATION_INVALID"


async def test_setup_05_teams_of_an_invitation_must_exist(admin, sign_up):
    other = await sign_up()
    team = await other.made("Team", name="Theirs", managerId=other.id)
    given = {"email": address(), "role": "REP", "teamIds": [team]}

    assert await admin.refusals("userInvite", **given) == [("NOT_FOUND", ["teamIds", "0"])]


@pytest.mark.parametrize("email", ["", "nobody", "a@b"])
async def test_setup_05_an_address_that_cannot_exist_is_refused(admin, email):
    [(code, path)] = await admin.refusals("userInvite", email=email, role="REP")

    assert code in {"REQUIRED", "INVALID_EMAIL"}
    assert path == ["email"]


async def test_one_person_may_be_invited_to_two_workspaces(admin, sign_up, anybody):
    other = await sign_up()
    colleague = await admin.colleague("REP")

    await other.done("userInvite", email=colleague.email, role="FINANCE")
    token = other.links.newest("invitation", colleague.email)
    begun = await anybody.done("invitationAccept", "token", token=token, **NAMES)

    person = Client(anybody.http, begun["token"])
    assert (await person.run("{ viewer { role } }"))["viewer"]["role"] == "FINANCE"
