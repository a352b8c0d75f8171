"""Signing up for a workspace of one's own."""

import pytest

from tests.auth.conftest import PASSWORD, Client, address

VIEWER = """{ viewer {
  user { firstName lastName email role status }
  role teams { name }
  workspace { id name timeZone currency plan industry
              limits { requestsPerMinute requestsPerDay } } } }"""

FORM = {
    "workspaceName": "Acme",
    "firstName": "Ada",
    "lastName": "Byron",
    "password": PASSWORD,
    "timeZone": "America/New_York",
    "currency": "USD",
}


async def test_setup_01_the_signer_owns_the_workspace_as_admin(admin):
    viewer = (await admin.run(VIEWER))["viewer"]

    assert viewer["role"] == "ADMIN"
    assert viewer["user"]["email"] == admin.email
    assert viewer["workspace"]["id"] == admin.workspace_id
    assert admin.workspace_id.startswith("ten_")


async def test_setup_01_the_workspace_is_what_was_asked_for(anybody):
    begun = await anybody.done(
        "workspaceSignUp",
        "workspace { name timeZone currency industry plan }",
        **FORM | {"email": address(), "currency": "usd", "industry": "Software / SaaS"},
    )

    assert begun["workspace"] == {
        "name": "Acme",
        "timeZone": "America/New_York",
        "currency": "USD",
        "industry": "Software / SaaS",
        "plan": "PROFESSIONAL",
    }


async def test_setup_01_a_fresh_workspace_has_a_pipeline_to_sell_in(admin):
    data = await admin.run("{ pipelines { nodes { name } totalCount } }")

    assert data["pipelines"]["totalCount"] >= 1


async def test_setup_01_nothing_of_another_workspace_is_found_by_node(admin, sign_up):
    other = await sign_up()
    ids = [
        admin.id,
        admin.workspace_id,
        await admin.made("Contact", firstName="A", lastName="B", email=address()),
    ]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    assert (await other.run(query, ids=ids))["nodes"] == [None] * 3
    assert [node["id"] for node in (await admin.run(query, ids=ids))["nodes"]] == ids


async def test_setup_01_everything_wrong_is_told_at_once(anybody):
    wrong = {
        "workspaceName": " ",
        "firstName": "x" * 81,
        "email": "nobody",
        "password": "secret",
        "timeZone": "Mars/Olympus",
        "currency": "ZZZ",
    }

    assert await anybody.refusals("workspaceSignUp", **FORM | wrong) == [
        ("REQUIRED", ["workspaceName"]),
        ("TOO_LONG", ["firstName"]),
        ("INVALID_EMAIL", ["email"]),
        ("WEAK_PASSWORD", ["password"]),
        ("INVALID_TIMEZONE", ["timeZone"]),
        ("INVALID_CURRENCY", ["currency"]),
    ]


async def test_setup_01_a_refused_sign_up_leaves_no_login(anybody):
    email = address()
    await anybody.refusals("workspaceSignUp", **FORM | {"email": email, "currency": "ZZZ"})

    assert await anybody.refused("signIn", email=email, password=PASSWORD) == "INVALID_CREDENTIALS"


@pytest.mark.parametrize("name", ["workspaceName", "firstName", "lastName", "industry"])
async def test_setup_01_control_characters_are_refused(anybody, name):
    form = FORM | {"email": address(), name: "a\u0000b"}

    assert await anybody.refusals("workspaceSignUp", **form) == [("INVALID_VALUE", [name])]


async def test_one_address_may_open_several_workspaces(sign_up):
    first = await sign_up()
    second = await sign_up(first.email, name="Second")

    assert first.workspace_id != second.workspace_id


async def test_setup_01_the_same_sign_up_sent_again_opens_no_second_workspace(anybody):
    form = FORM | {"email": address(), "idempotencyKey": address()}
    selection = "token user { id } workspace { id }"
    first = await anybody.done("workspaceSignUp", selection, **form)
    again = await anybody.done("workspaceSignUp", selection, **form)

    assert (again["user"], again["workspace"]) == (first["user"], first["workspace"])
    assert await Client(anybody.http, again["token"]).is_admitted()
    other = form | {"password": "not the same 8 batteries"}
    assert await anybody.refusals("workspaceSignUp", **other) == [
        ("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"])
    ]
