"""Signing in and out, and resetting a password."""

import asyncio
import itertools
import uuid
from pathlib import Path

import httpx
import pytest

from tests.auth.conftest import PASSWORD, Client, Person, address
from tests.plugins.logs import Links

OTHER_PASSWORD = "another battery 9 staple"


async def signed_in(client, email, password=PASSWORD, **given):
    begun = await client.done(
        "signIn", "token user { id }", email=email, password=password, **given
    )
    return Person(client.http, begun["token"], begun["user"]["id"], email, Links(Path()))


async def reset_link(client, links, email):
    await client.done("passwordResetRequest", email=email)
    return links.newest("password-reset", email)


async def test_setup_17_a_session_opens_with_the_password(anybody, admin):
    session = await signed_in(anybody, admin.email)

    assert session.id == admin.id
    assert await session.is_admitted()


async def test_setup_17_the_address_is_read_without_case_and_spaces(anybody, admin):
    assert (await signed_in(anybody, f" {admin.email.upper()} ")).id == admin.id


async def test_setup_17_a_wrong_password_and_an_unknown_address_are_answered_alike(anybody, admin):
    wrong = await anybody.act("signIn", "token", email=admin.email, password="wrong")
    unknown = await anybody.act("signIn", "token", email=address(), password="wrong")

    assert wrong == unknown
    assert wrong["token"] is None
    assert wrong["userErrors"][0]["code"] == "INVALID_CREDENTIALS"


@pytest.mark.parametrize("email", ["", "nobody", "x" * 300, "' OR 1=1 --", "%", "a@b.com\n"])
async def test_setup_17_what_is_no_address_signs_nobody_in(anybody, email):
    assert await anybody.refused("signIn", email=email, password=PASSWORD) == "INVALID_CREDENTIALS"


async def test_setup_17_two_workspaces_of_one_password_are_offered_by_name(anybody, sign_up):
    first = await sign_up(name="First")
    second = await sign_up(first.email, name="Second")

    payload = await anybody.act("signIn", "token", email=first.email, password=PASSWORD)

    [error] = payload["userErrors"]
    assert (error["code"], error["path"]) == ("WORKSPACE_REQUIRED", ["workspaceId"])
    assert {(one["id"], one["name"]) for one in error["workspaces"]} == {
        (first.workspace_id, "First"),
        (second.workspace_id, "Second"),
    }


async def test_setup_17_later_sign_ups_of_an_address_crowd_nobody_out(anybody, admin, links):
    form = {"workspaceName": "Squat", "firstName": "Mal", "lastName": "Ory", "currency": "EUR"}
    form |= {"email": admin.email, "password": OTHER_PASSWORD, "timeZone": "Europe/Paris"}
    for key in keys_of_small_ids(admin.email, 50):
        await anybody.done("workspaceSignUp", "token", **form, idempotencyKey=key)

    assert (await signed_in(anybody, admin.email)).id == admin.id
    await anybody.done("passwordResetRequest", email=admin.email)
    tokens = links.all("password-reset", admin.email)
    assert len(tokens) == 50
    begun = await anybody.done("passwordReset", "user { id }", token=tokens[0], password=PASSWORD)
    assert begun["user"]["id"] == admin.id


def keys_of_small_ids(email, wanted):
    """Idempotency keys whose workspaces have ids below those that are made from the time."""
    sign_ups = uuid.UUID("5c0a4f0e-6a58-4c0e-9d0e-1f6b8c3d7a21")
    keys = (f"squat-{number}" for number in itertools.count())
    small = (key for key in keys if uuid.uuid5(sign_ups, f"{email.casefold()} {key}").hex < "018")
    return list(itertools.islice(small, wanted))


async def test_setup_17_the_workspace_that_is_named_is_signed_in_to(anybody, sign_up):
    first = await sign_up()
    second = await sign_up(first.email)

    session = await signed_in(anybody, first.email, workspaceId=second.workspace_id)

    assert session.id == second.id


async def test_setup_17_only_workspaces_whose_password_is_right_are_told(anybody, sign_up):
    first = await sign_up()
    await sign_up(first.email, password=OTHER_PASSWORD)

    assert (await signed_in(anybody, first.email)).id == first.id
    assert await anybody.refused("signIn", email=first.email, password="neither") == (
        "INVALID_CREDENTIALS"
    )


async def test_setup_17_a_foreign_workspace_is_like_a_wrong_password(anybody, admin, sign_up):
    other = await sign_up()
    given = {"email": admin.email, "password": PASSWORD, "workspaceId": other.workspace_id}

    assert await anybody.refused("signIn", **given) == "INVALID_CREDENTIALS"


async def test_setup_17_an_id_of_something_else_is_no_workspace(anybody, admin):
    given = {"email": admin.email, "password": PASSWORD, "workspaceId": admin.id}

    assert await anybody.refusals("signIn", **given) == [("INVALID_ID", ["workspaceId"])]


async def test_setup_17_guessing_a_password_is_slowed_down_by_address(anybody, admin):
    guesses = [
        await anybody.refused("signIn", email=admin.email, password=f"guess {turn}")
        for turn in range(11)
    ]

    assert guesses == ["INVALID_CREDENTIALS"] * 10 + ["TRY_LATER"]
    assert await anybody.refused("signIn", email=admin.email, password=PASSWORD) == "TRY_LATER"


async def test_setup_17_guessing_is_slowed_down_the_same_for_unknown_addresses(anybody):
    email = address("nobody")
    guesses = [
        await anybody.refused("signIn", email=email, password=PASSWORD) for turn in range(11)
    ]

    assert guesses == ["INVALID_CREDENTIALS"] * 10 + ["TRY_LATER"]


async def test_setup_17_guessing_is_slowed_down_by_where_it_comes_from(dev, anybody, admin):
    elsewhere = httpx.AsyncHTTPTransport(local_address="127.0.0.77")
    async with httpx.AsyncClient(base_url=dev.ready["url"], transport=elsewhere) as http:
        guesser, email = Client(http), address()
        for _ in range(105):
            await guesser.refused("signIn", email=email, password="guess")
        refused = await guesser.refused("signIn", email=admin.email, password=PASSWORD)

    assert refused == "TRY_LATER"
    assert (await signed_in(anybody, admin.email)).id == admin.id


async def test_setup_17_signing_in_often_is_not_guessing(anybody, admin):
    for _ in range(15):
        await signed_in(anybody, admin.email)


async def test_setup_17_signing_out_ends_this_session_in_every_process(
    anybody, admin, other_process
):
    session = await signed_in(anybody, admin.email)
    elsewhere = Client(other_process, session.token)
    assert await elsewhere.is_admitted()

    await session.done("signOut")

    assert await session.denials("{ viewer { role } }") == ["UNAUTHENTICATED"]
    assert await elsewhere.denials("{ viewer { role } }") == ["UNAUTHENTICATED"]
    assert await admin.is_admitted()


async def test_setup_17_nobody_can_sign_out_without_a_session(anybody):
    assert await anybody.denied("signOut") == ["UNAUTHENTICATED"]


async def test_setup_17_a_reset_is_answered_alike_for_known_and_unknown_addresses(
    anybody, admin, links
):
    unknown = address("nobody")

    assert await anybody.act("passwordResetRequest", email=admin.email) == await anybody.act(
        "passwordResetRequest", email=unknown
    )
    assert links.all("password-reset", admin.email)
    assert not links.all("password-reset", unknown)


async def test_setup_17_a_reset_sets_the_password_and_signs_in(anybody, admin, links):
    token = await reset_link(anybody, links, admin.email)

    begun = await anybody.done(
        "passwordReset", "token user { email }", token=token, password=OTHER_PASSWORD
    )

    assert begun["user"]["email"] == admin.email
    assert await Client(anybody.http, begun["token"]).is_admitted()
    assert (await signed_in(anybody, admin.email, OTHER_PASSWORD)).id == admin.id
    assert await anybody.refused("signIn", email=admin.email, password=PASSWORD) == (
        "INVALID_CREDENTIALS"
    )


async def test_setup_17_a_reset_ends_the_other_sessions_in_every_process(
    anybody, admin, links, other_process
):
    sessions = [admin, await signed_in(anybody, admin.email), Client(other_process, admin.token)]
    assert all([await session.is_admitted() for session in sessions])
    token = await reset_link(anybody, links, admin.email)

    await anybody.done("passwordReset", token=token, password=OTHER_PASSWORD)

    assert not any([await session.is_admitted() for session in sessions])


async def test_setup_17_a_reset_leaves_other_users_and_keys_alone(anybody, admin, links):
    colleague = await admin.colleague("REP")
    made = await admin.done("apiKeyCreate", "secret", name="CI")
    token = await reset_link(anybody, links, admin.email)

    await anybody.done("passwordReset", token=token, password=OTHER_PASSWORD)

    assert await colleague.is_admitted()
    assert await Client(anybody.http, made["secret"]).is_admitted()


async def test_setup_17_a_reset_link_works_once(anybody, admin, links):
    token = await reset_link(anybody, links, admin.email)
    given = {"token": token, "password": OTHER_PASSWORD}
    tries = await asyncio.gather(
        *(anybody.act("passwordReset", "token", **given) for _ in range(4))
    )

    assert sorted(bool(one["token"]) for one in tries) == [False, False, False, True]
    assert await anybody.refusals("passwordReset", **given) == [("RESET_INVALID", ["token"])]


async def test_setup_17_a_newer_reset_link_replaces_the_older(anybody, admin, links):
    older = await reset_link(anybody, links, admin.email)
    await reset_link(anybody, links, admin.email)

    assert await anybody.refused("passwordReset", token=older, password=OTHER_PASSWORD) == (
        "RESET_INVALID"
    )


async def test_setup_17_a_reset_link_lapses_after_an_hour(anybody, admin, links, clock):
    token = await reset_link(anybody, links, admin.email)

    await clock(minutes=61)

    assert await anybody.refused("passwordReset", token=token, password=OTHER_PASSWORD) == (
        "RESET_INVALID"
    )


async def test_setup_17_a_weak_password_does_not_use_up_the_link(anybody, admin, links):
    token = await reset_link(anybody, links, admin.email)

    assert await anybody.refusals("passwordReset", token=token, password="secret") == [
        ("WEAK_PASSWORD", ["password"])
    ]
    await anybody.done("passwordReset", token=token, password=OTHER_PASSWORD)


async def test_setup_17_one_address_in_two_workspaces_gets_a_link_for_each(anybody, sign_up, links):
    first = await sign_up()
    await sign_up(first.email)

    await anybody.done("passwordResetRequest", email=first.email)

    assert len(set(links.all("password-reset", first.email))) == 2


async def test_setup_17_asking_for_resets_is_slowed_down(anybody):
    email = address("nobody")
    asked = [await anybody.refusals("passwordResetRequest", email=email) for _ in range(6)]

    assert asked == [[]] * 5 + [[("TRY_LATER", [])]]


async def test_gql_14_a_session_lapses_after_thirty_days(admin, clock):
    await clock(days=29)
    assert await admin.is_admitted()

    await clock(days=30, hours=1)

    assert await admin.denials("{ viewer { role } }") == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("token", ["coeff_s_nonsense", "ck_live_nonsense", "x", "é"])
async def test_gql_14_a_token_nobody_was_given_opens_nothing(http, token):
    answer = await http.post(
        "/graphql",
        json={"query": "{ viewer { role } }"},
        headers={"authorization": f"Bearer {token}".encode()},
    )

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_gql_14_tokens_of_links_do_not_sign_in(anybody, admin, links):
    invitation, _ = await admin.invite("REP")
    reset = await reset_link(anybody, links, admin.email)

    assert not await Client(anybody.http, invitation).is_admitted()
    assert not await Client(anybody.http, reset).is_admitted()


async def test_gql_14_reading_needs_a_token(anybody):
    assert await anybody.denials("{ viewer { role } }") == ["UNAUTHENTICATED"]
    assert await anybody.denials("{ contacts { totalCount } }") == ["UNAUTHENTICATED"]
