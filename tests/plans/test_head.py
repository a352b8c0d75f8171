"""The head comes with a plan's first statement: rights hold, and nothing lies in between."""

import asyncpg
import httpx
import pytest

from tests.plans.pair import Pair
from tests.plugins.dev import eventually
from tests.plugins.world import World

READS = {
    "none": "{ eventCursor }",
    "one": "{ contacts { nodes { id } } }",
    "none but a total": "{ contacts { totalCount } }",
    "several": "{ deals { nodes { id } } contacts { nodes { id deals { nodes { id } } } } }",
    "executed": "{ viewer { role } contacts { nodes { id } } }",
    "summed": "{ dealAggregate { total { count } } }",
    "invalid": "{ contacts { nodes { nothing } } }",
    "refused": "{ contacts(first: 1000) { nodes { id } } }",
}
ALIKE = {READS["summed"], READS["invalid"], READS["refused"]}
WAITING = """SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND query LIKE '%invitation%' AND pid <> pg_backend_pid()"""


def test_setup_12_a_narrowed_role_holds_elsewhere_from_the_next_request(
    pair: Pair, world: World
) -> None:
    mover, user_id = world.join("mover", "EXECUTIVE")
    rep, _ = world.join("other", "REP")
    world.contact()
    for query in READS.values():
        world.admin.act("userRoleUpdate", {"id": user_id, "role": "EXECUTIVE"})
        wide = pair.same(mover, query)
        world.admin.act("userRoleUpdate", {"id": user_id, "role": "REP"})
        narrow = pair.same(mover, query)
        assert narrow == pair.same(rep, query)
        assert (wide == narrow) == (query in ALIKE), query


def test_api_03_a_revoked_key_reads_nothing_elsewhere(pair: Pair, world: World) -> None:
    for query in READS.values():
        made = world.admin.act("apiKeyCreate", {"name": "Key"}, "secret apiKey { id }")
        key = world.server.client(made["secret"])
        pair.same(key, query)
        world.admin.act("apiKeyRevoke", {"id": made["apiKey"]["id"]})
        refused = pair.same(key, query)
        assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED", query
        assert "data" not in refused


def test_gql_03_the_cursor_is_of_the_same_moment_as_the_rows(pair: Pair, world: World) -> None:
    for query in ("{ eventCursor contacts { nodes { id } } }", "{ companies { totalCount } }"):
        pair.compiled(world.admin, query)
    payload = world.admin.act("companyCreate", {"name": "Later"})

    empty = pair.compiled(world.admin, "{ eventCursor contacts { nodes { id } } }")["data"]

    assert empty == {"eventCursor": payload["eventCursor"], "contacts": {"nodes": []}}


async def test_gql_10_who_leaves_takes_the_statement_along(pair: Pair, world: World) -> None:
    query = {"query": "{ contacts { nodes { id } } invitations { nodes { id } } }"}
    url, headers = f"{pair.plans.url}/graphql", world.admin.headers
    owner = await asyncpg.connect(world.server.ready["databaseUrl"])
    try:
        async with owner.transaction():
            await owner.execute("LOCK TABLE invitation IN ACCESS EXCLUSIVE MODE")
            for _ in range(12):
                with pytest.raises(httpx.ReadTimeout):
                    httpx.post(url, json=query, headers=headers, timeout=0.25)
            assert await _none_waits(owner)
    finally:
        await owner.close()

    assert eventually(lambda: '"status":499' in pair.plans.log.read_text())
    assert httpx.post(url, json=query, headers=headers).json()["data"]


async def _none_waits(owner: asyncpg.Connection) -> bool:
    for _ in range(500):
        if await owner.fetchval(WAITING) == 0:
            return True
    return False
