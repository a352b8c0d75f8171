"""Feeds as clients that others wrote follow them."""

import asyncio
import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from gql import Client as GqlClient
from gql import gql
from gql.transport.websockets import WebsocketsTransport

from tests.subscriptions import npm
from tests.subscriptions.test_boards import cursor, sales
from tests.subscriptions.wire import BOARD, PATIENCE, RECORDS


@pytest.fixture(scope="session")
def clients() -> Path:
    """The folder of the npm clients."""
    if problem := npm.install():
        pytest.skip(f"npm could not bring the clients: {problem}")
    return npm.FOLDER


class Follower:
    """A client in Node that follows one subscription."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> Any:
        """What it says next."""
        assert self.process.stdout
        text = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE)
        assert text, "the client has ended"
        return json.loads(text)

    async def event(self, kind: str) -> Any:
        """The next event of a kind."""
        while True:
            said = await self.line()
            for event in (said.get("data") or {}).values():
                if event["__typename"] == kind:
                    return event

    async def cut(self) -> None:
        """Cut its connection."""
        assert self.process.stdin
        self.process.stdin.write(b"cut\n")
        await self.process.stdin.drain()


@asynccontextmanager
async def following(node: Path, folder: Path, kind: str, client: Any, query: str, **given: Any):
    operation = json.dumps({"query": query, "variables": given})
    process = await asyncio.create_subprocess_exec(
        node,
        folder / "follow.mjs",
        kind,
        client.server.url,
        client.token,
        operation,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Follower(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.needs("node")
@pytest.mark.parametrize("kind", ["ws", "sse", "urql"])
async def test_gql_03_the_clients_of_npm_follow_a_board(world, node_path, clients, kind):
    given = {"id": sales(world)["id"], "after": cursor(world)}
    async with following(node_path, clients, kind, world.admin, BOARD, **given) as client:
        deal = world.deal()

        assert (await client.event("CardUpserted"))["card"]["id"] == deal


@pytest.mark.needs("node")
async def test_gql_03_a_socket_that_is_cut_loses_and_doubles_nothing(world, node_path, clients):
    deal = world.deal()
    given = {"ids": [deal], "after": cursor(world)}
    async with following(node_path, clients, "ws", world.admin, RECORDS, **given) as client:
        names = []
        for number in range(6):
            world.admin.act("dealUpdate", {"id": deal, "name": f"Name {number}"})
            names.append((await client.event("RecordChanged"))["record"]["name"])
            if number % 2:
                await client.cut()

    assert names == [f"Name {number}" for number in range(6)]


@pytest.mark.needs("node")
@pytest.mark.parametrize("kind", ["ws", "sse"])
async def test_gql_03_the_clients_of_npm_hear_the_end(world, node_path, clients, kind):
    query = "subscription { heartbeat(count: 1) }"
    async with following(node_path, clients, kind, world.admin, query) as client:
        said = [await client.line() for _ in range(3 if kind == "ws" else 2)]

    assert said[-2:] == [{"data": {"heartbeat": 1}}, {"complete": True}]


async def test_gql_03_the_python_client_follows_records(world):
    deal = world.deal()
    transport = WebsocketsTransport(
        url=world.server.url.replace("http", "ws") + "/graphql",
        init_payload={"authorization": f"Bearer {world.admin.token}"},
        subprotocols=["graphql-transport-ws"],
    )
    request = gql(RECORDS)
    request.variable_values = {"ids": [deal], "after": cursor(world)}
    async with GqlClient(transport=transport) as session:
        world.admin.act("dealUpdate", {"id": deal, "name": "Changed"})
        async for told in session.subscribe(request):
            assert told["recordEvents"]["record"]["name"] == "Changed"
            break
