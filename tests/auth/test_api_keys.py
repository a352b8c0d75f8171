"""API keys: made once, seen once, revoked at once."""

import asyncio

import asyncpg
import pytest

from tests.auth.conftest import Client, address

KEYS = "{ apiKeys { nodes { id name hint lastUsedAt revokedAt owner { id } } } }"


async def key_of(person, name="CI"):
    made = await person.done("apiKeyCreate", "secret apiKey { id }", name=name)
    return Client(person.http, made["secret"]), made["apiKey"]["id"]


async def keys(person):
    return (await person.run(KEYS))["apiKeys"]["nodes"]


async def test_api_03_the_secret_is_shown_once(admin):
    selection = "secret apiKey { name hint owner { id } lastUsedAt revokedAt }"
    made = await admin.done("apiKeyCreate", selection, name="CI")

    assert made["secret"].startswith("ck_live_")
    assert made["apiKey"] == {
        "name": "CI",
        "hint": made["secret"][-4:],
        "owner": {"id": admin.id},
        "lastUsedAt": None,
        "revokedAt": None,
    }
    assert made["secret"] not in str(await keys(admin))


async def test_api_03_the_secret_is_stored_nowhere(admin, dev):
    key, _ = await key_of(admin)
    owner = await asyncpg.connect(dev.ready["databaseUrl"])
    try:
        for table in ("credential", "api_key", "event", "idempotency_key", "session"):
            rows = await owner.fetch(f'SELECT t::text AS line FROM "{table}" t')
            assert not [row for row in rows if key.token in row["line"]]
    finally:
        await owner.close()


@pytest.mark.parametrize("role", ["REP", "MANAGER", "EXECUTIVE", "FINANCE"])
async def test_api_03_a_key_has_the_role_of_its_user(admin, role):
    colleague = await admin.colleague(role)
    await admin.made("Contact", firstName="A", lastName="B", email=address())
    query = "{ viewer { role user { id } } contacts { totalCount } }"
    key, _ = await key_of(colleague)

    assert await key.run(query) == await colleague.run(query)
    assert await key.denied("userInvite", email=address(), role="REP") == ["FORBIDDEN"]


async def test_api_03_a_key_follows_a_change_of_role(admin):
    rep = await admin.colleague("REP")
    key, _ = await key_of(rep)
    assert (await key.run("{ viewer { role } }"))["viewer"]["role"] == "REP"

    await admin.done("userRoleUpdate", id=rep.id, role="EXECUTIVE")

    assert (await key.run("{ viewer { role } }"))["viewer"]["role"] == "EXECUTIVE"


async def test_api_03_a_revoked_key_opens_nothing_in_any_process(admin, other_process):
    key, key_id = await key_of(admin)
    elsewhere = Client(other_process, key.token)
    assert await key.is_admitted()
    assert await elsewhere.is_admitted()

    revoked = await admin.done("apiKeyRevoke", "apiKey { revokedAt }", id=key_id)

    assert revoked["apiKey"]["revokedAt"]
    assert await key.denials("{ viewer { role } }") == ["UNAUTHENTICATED"]
    assert await elsewhere.denials("{ viewer { role } }") == ["UNAUTHENTICATED"]
    assert await admin.is_admitted()


async def test_api_03_revoking_twice_changes_nothing_more(admin):
    _, key_id = await key_of(admin)
    first = await admin.done("apiKeyRevoke", "apiKey { revokedAt version }", id=key_id)
    second = await admin.done("apiKeyRevoke", "apiKey { revokedAt version }", id=key_id)

    assert first["apiKey"] == second["apiKey"]


async def test_api_03_the_last_use_is_shown(admin):
    key, _ = await key_of(admin)
    [unused] = await keys(admin)
    await key.run("{ viewer { role } }")

    async with asyncio.timeout(30):
        while not (await keys(admin))[0]["lastUsedAt"]:
            await asyncio.sleep(0.05)

    assert unused["lastUsedAt"] is None


async def test_api_03_keys_are_ones_own_and_an_admins_to_see_and_revoke(admin):
    rep, other = await admin.colleague("REP"), await admin.colleague("EXECUTIVE")
    key, key_id = await key_of(rep)

    assert [one["id"] for one in await keys(rep)] == [key_id]
    assert [one["id"] for one in await keys(admin)] == [key_id]
    assert await keys(other) == []
    assert await other.refusals("apiKeyRevoke", id=key_id) == [("NOT_FOUND", ["id"])]
    await admin.done("apiKeyRevoke", id=key_id)
    assert not await key.is_admitted()


async def test_api_03_a_key_makes_no_keys_and_has_no_session(admin):
    key, _ = await key_of(admin)

    assert await key.denied("apiKeyCreate", name="More") == ["FORBIDDEN"]
    assert await key.denied("signOut") == ["FORBIDDEN"]
    assert await key.is_admitted()


async def test_api_03_the_same_act_sent_again_makes_no_second_key(admin):
    given = {"name": "CI", "idempotencyKey": address()}
    first = await admin.done("apiKeyCreate", "secret apiKey { id }", **given)
    again = await admin.done("apiKeyCreate", "secret apiKey { id }", **given)

    assert again["apiKey"] == first["apiKey"]
    assert again["secret"] is None
    assert len(await keys(admin)) == 1


@pytest.mark.parametrize(("name", "code"), [("", "REQUIRED"), ("x" * 81, "TOO_LONG")])
async def test_api_03_a_key_has_a_name(admin, name, code):
    assert await admin.refusals("apiKeyCreate", name=name) == [(code, ["name"])]


async def test_sec_06_keys_of_another_workspace_are_not_found(admin, sign_up):
    other = await sign_up()
    _, key_id = await key_of(other)

    assert await admin.refusals("apiKeyRevoke", id=key_id) == [("NOT_FOUND", ["id"])]
    assert await keys(admin) == []
