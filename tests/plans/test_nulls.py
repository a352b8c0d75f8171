"""A null where the schema promises a value: the same errors, paths and bubbling."""

import asyncio

import asyncpg

from core.ids import decode
from tests.plans.pair import Pair
from tests.plugins.world import Server, World

STAGE = "stage { name }"
QUERIES = (
    f"{{ deals {{ nodes {{ id {STAGE} }} }} }}",
    f"{{ deals {{ edges {{ node {{ {STAGE} }} }} totalCount }} eventCursor }}",
    f"query($id: ID!) {{ deal(id: $id) {{ id {STAGE} }} eventCursor }}",
    f"query($id: ID!) {{ node(id: $id) {{ id ... on Deal {{ pipeline {{ name }} {STAGE} }} }} }}",
    f"query($id: ID!) {{ nodes(ids: [$id, $id]) {{ id ... on Deal {{ {STAGE} }} }} }}",
    f"{{ contacts {{ nodes {{ id deals {{ nodes {{ id {STAGE} }} }} }} }} }}",
    f"{{ deals {{ nodes {{ contact {{ id deals {{ nodes {{ id x: {STAGE} }} }} }} }} }} }}",
    f"{{ deals {{ totalCount }} ... {{ deals {{ edges {{ node {{ name {STAGE} }} }} }} }} }}",
    """{ deals { nodes { ...S ...T } } } fragment S on Deal { stage { id } }
      fragment T on Deal { x: stage { name } stage { name } }""",
    f"query($id: ID!) {{ a: deal(id: $id) {{ one: {STAGE} }} b: deal(id: $id) {{ name }} }}",
)


async def _lose_its_stage(server: Server, deal: str) -> None:
    """Point a deal at a stage that does not exist, which only a damaged database does."""
    decoded = decode(deal)
    assert decoded
    connection = await asyncpg.connect(server.ready["databaseUrl"])
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(
            "UPDATE deal SET stage_id = gen_random_uuid() WHERE id = $1", decoded[1]
        )
    finally:
        await connection.close()


def test_gql_09_a_null_bubbles_the_same(pair: Pair, server: Server) -> None:
    world = World(server)
    contact = world.contact()
    world.deal()
    damaged = world.deal(contactId=contact)
    asyncio.run(_lose_its_stage(server, damaged))
    for query in QUERIES:
        variables = {"id": damaged} if "$id" in query else None
        answered = pair.compiled(world.admin, query, variables)
        assert answered["errors"]


def test_gql_09_a_null_in_a_payload_is_told_the_same(pair: Pair, server: Server) -> None:
    world = World(server)
    damaged = world.deal()
    asyncio.run(_lose_its_stage(server, damaged))
    query = f"""mutation($input: DealUpdateInput!) {{ one: dealUpdate(input: $input) {{
      operationId deal {{ name {STAGE} }} }} two: dealUpdate(input: $input) {{ eventCursor }} }}"""
    given = {"id": damaged, "name": "Renamed", "idempotencyKey": "once"}
    answered = pair.compiled(world.admin, query, {"input": given})
    assert answered["data"]["one"]["deal"] is None
    assert answered["errors"][0]["path"] == ["one", "deal", "stage"]
