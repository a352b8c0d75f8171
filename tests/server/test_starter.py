"""On the smallest plan, with limits on, what people really ask for passes."""

import asyncio
import re
from collections import OrderedDict
from typing import Any

import asyncpg
import pytest
from graphql import get_introspection_query

from core.ids import decode
from resolvers import api
from server import documents
from tests.plugins.dev import ROOT, data_folder, started
from tests.plugins.world import PASSWORD, Client, Server, World

EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.graphql"))
README = re.findall(r"```graphql\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
BOARD = """{ pipelines(first: 1) { nodes { name stages(first: 20) { nodes { id name
  deals(first: 25) { totalCount nodes { id name version closeDate value { amount currency }
  stage { id } owner { name } contact { name } company { name } } } } } } } eventCursor
  dealAggregate(groupBy: [STAGE]) { groups { values { count sumValue { amount } } } } }"""
SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { token } }"


async def _put_on_starter(server: Server, workspace: str) -> None:
    decoded = decode(workspace)
    assert decoded
    connection = await asyncpg.connect(server.ready["databaseUrl"])
    statement = "UPDATE workspace SET plan = 'STARTER' WHERE workspace_id = $1"
    await connection.execute(statement, decoded[1])
    await connection.close()


@pytest.fixture(scope="module")
def starter():
    """Somebody of a workspace on the smallest plan, on an instance that counts."""
    with data_folder() as data, started(data, "--port", 0, RATE_LIMITS="on") as dev:
        server = Server(dev)
        world = World(server)
        asyncio.run(_put_on_starter(server, world.id))
        given = {"email": world.email("admin"), "password": PASSWORD}
        token = server.client(None).run(SIGN_IN, input=given)["signIn"]["token"]
        client = server.client(token)
        fields: list[dict[str, Any]] = [{"label": "Team size", "type": "NUMBER"}]
        fields.append({"label": "Industry", "type": "SELECT", "options": ["Retail"]})
        for field in fields:
            assert not client.act("customFieldCreate", field | {"entity": "CONTACT"}).errors
        yield client


def test_gql_09_what_people_ask_for_passes_on_starter(starter: Client) -> None:
    queries = [*README, *(path.read_text(encoding="utf-8") for path in EXAMPLES), BOARD]
    queries = [query for query in queries if "subscription " not in query]
    queries.append(get_introspection_query(input_value_deprecation=True, one_of=True))
    answers = [starter.send(query) for query in queries]

    assert len(answers) >= 9
    assert [answer.body["errors"] for answer in answers if answer.codes] == []
    assert {answer.body["extensions"]["cost"]["limit"] for answer in answers} == {60}


def test_gql_09_documents_are_forgotten_by_their_length() -> None:
    cache: OrderedDict[str, documents.Document] = OrderedDict()
    texts = [f"{{ eventCursor }} # {number} {'x' * 8000}" for number in range(100)]
    for text in texts:
        documents.document(cache, api.build(), text)

    assert texts[-1] in cache
    assert 0.9 < sum(map(len, cache)) / documents.REMEMBERED_CHARACTERS <= 1
