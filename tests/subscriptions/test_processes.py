"""Several API processes: each follows the log for itself, and may die at any time."""

import socket as sockets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from core.ids import decode
from tests.plugins.dev import ROOT, environment, eventually
from tests.plugins.world import Server, World
from tests.subscriptions.test_boards import cursor
from tests.subscriptions.wire import RECORDS, socket


def _serves(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=1).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@contextmanager
def another(
    server: Server, folder: Path, **given: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """One more API process on the same database, without Redis unless told."""
    with sockets.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = {
        "DATABASE_APP_URL": server.ready["appDatabaseUrl"],
        "FILES_URL": f"file://{folder}",
        "PORT": str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "server.api"],
        cwd=ROOT,
        env=environment(**(told | given)),
        stdout=(folder / "api.log").open("wb"),
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        assert eventually(lambda: _serves(url), 180), (folder / "api.log").read_text()[-2000:]
        yield url, process
    finally:
        process.kill()
        process.wait(timeout=20)


async def test_gql_03_a_process_that_is_killed_is_replaced_without_loss(world, tmp_path):
    deal = world.deal()
    since = cursor(world)
    names = []
    with another(world.server, tmp_path) as (url, process):
        async with socket(url) as one:
            await one.init(world.admin.token)
            feed = await one.follow(RECORDS, ids=[deal], after=since)
            for name in ("One", "Two"):
                world.admin.act("dealUpdate", {"id": deal, "name": name})
                told = await feed.next()
                names.append(told["record"]["name"])
            process.kill()
            assert await one.closed() == 1006
    world.admin.act("dealUpdate", {"id": deal, "name": "Three"})
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await one.follow(RECORDS, ids=[deal], after=told["cursor"])
        names.append((await feed.next())["record"]["name"])

    assert names == ["One", "Two", "Three"]


async def test_gql_03_a_process_that_ends_says_so_and_ends_its_streams(world, tmp_path):
    with another(world.server, tmp_path) as (url, process):
        async with socket(url) as one, httpx.AsyncClient(timeout=30) as client:
            await one.init(world.admin.token)
            body = {"query": "subscription { heartbeat }"}
            headers = {"accept": "text/event-stream"}
            post = client.stream("POST", f"{url}/graphql/stream", json=body, headers=headers)
            async with post as response:
                lines = response.aiter_lines()
                while await anext(lines) != 'data: {"data":{"heartbeat":1}}':
                    pass
                process.terminate()
                rest = [line async for line in lines]

            assert await one.closed() == 1012
            assert "event: complete" not in rest
            assert process.wait(timeout=10) in {0, -15}


async def test_relay_a_transaction_held_open_leaves_other_boards_live(world):
    other, deal = World(world.server), world.deal()
    owner = await asyncpg.connect(world.server.ready["databaseUrl"])
    held = "UPDATE event_head SET position = position WHERE workspace_id = $1"
    async with socket(world.server.url) as one, owner.transaction():
        await owner.execute(held, (decode(other.id) or ("", ""))[1])
        await one.init(world.admin.token)
        feed = await one.follow(RECORDS, ids=[deal], after=cursor(world))
        world.admin.act("dealUpdate", {"id": deal, "name": "Told meanwhile"})
        told = await feed.next()
    await owner.close()

    assert told["record"]["name"] == "Told meanwhile"


@pytest.mark.parametrize("accept", ["application/json"])
def test_gql_03_a_stream_is_asked_for_as_one(server, accept):
    body = {"query": "subscription { heartbeat(count: 1) }"}
    answer = server.http.post("/graphql/stream", json=body, headers={"accept": accept})

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (
        406,
        "BAD_REQUEST",
    )


def test_gql_14_a_stream_with_a_bad_token_is_not_begun(server):
    headers = {"accept": "text/event-stream", "authorization": "Bearer nobody"}
    body = {"query": "subscription { heartbeat(count: 1) }"}
    answer = server.http.post("/graphql/stream", json=body, headers=headers)

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ typo }", "GRAPHQL_VALIDATION_FAILED"),
        ('subscription { recordEvents(ids: ["x"]) { __typename } }', "UNAUTHENTICATED"),
    ],
)
def test_gql_03_a_stream_tells_what_is_wrong_and_ends(server, query, code):
    headers = {"accept": "text/event-stream"}
    answer = server.http.post("/graphql/stream", json={"query": query}, headers=headers)

    assert answer.status_code == 200
    assert f'"code":"{code}"' in answer.text
    assert answer.text.endswith("event: complete\ndata:\n\n")
