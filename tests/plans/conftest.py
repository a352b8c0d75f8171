"""Two API processes on one database: one answers by plans, the other by the executor."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema, build_client_schema, get_introspection_query

from tests.plans.pair import Answerer, Pair
from tests.plugins.dev import ROOT, environment, eventually
from tests.plugins.world import Server, World

_FAILED = '"plan failed"'


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serves(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=1).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _started(server: Server, reads: str, log: Path) -> tuple[subprocess.Popen[bytes], Answerer]:
    port, metrics = _free_port(), _free_port()
    given = environment(
        DATABASE_APP_URL=server.ready["appDatabaseUrl"],
        REDIS_URL=server.ready["redisUrl"],
        FILES_URL=f"file://{log.parent}",
        PORT=str(port),
        PUBLIC_URL="http://both.example",
        METRICS_PORT=str(metrics),
        READS=reads,
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.plans.serve"],
        cwd=ROOT,
        env=given,
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
    )
    answerer = Answerer(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{metrics}/metrics", log)
    return process, answerer


@pytest.fixture(scope="session")
def pair(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both ways of answering, beside each other."""
    folder = tmp_path_factory.mktemp("pair")
    made = [_started(server, reads, folder / f"{reads}.log") for reads in ("plans", "executor")]
    try:
        for process, answerer in made:
            ready = eventually(lambda url=answerer.url: _serves(url))  # type: ignore[misc]
            assert ready, (process.poll(), answerer.log.read_text()[-2000:])
        yield Pair(made[0][1], made[1][1])
        failed = [line for line in made[0][1].log.read_text().splitlines() if _FAILED in line]
        assert not failed, failed[0]
    finally:
        for process, _ in made:
            process.terminate()
        for process, _ in made:
            process.wait(timeout=60)


@pytest.fixture(scope="session")
def schema(pair: Pair) -> GraphQLSchema:
    """The schema as clients see it."""
    body = {"query": get_introspection_query()}
    answered = pair.executor.http.post("/graphql", json=body).json()
    return build_client_schema(answered["data"])


@pytest.fixture(scope="session")
def populated(server: Server) -> World:
    """A workspace with records of every kind, some of them out of some people's sight."""
    world = World(server)
    for role in ("rep", "manager", "executive", "finance"):
        world.of(role)
    world.fill(int(os.environ.get("PLANS_CONTACTS", "30")))
    _hide(world)
    return world


def _hide(world: World) -> None:
    """Delete a few records that others point at, and make a team, a key, an invitation."""
    admin = world.admin
    for plural, act in (("companies", "companyDelete"), ("contacts", "contactDelete")):
        found = admin.run(f"{{ {plural}(first: 2) {{ nodes {{ id }} }} }}")
        for node in found[plural]["nodes"]:
            admin.act(act, {"id": node["id"]})
    members: list[Any] = [world.user("rep")]
    team = {"name": "North", "managerId": world.user("manager"), "memberIds": members}
    assert not admin.act("teamCreate", team).errors
    for role in ("admin", "rep"):
        assert not world.of(role).act("apiKeyCreate", {"name": f"Key of {role}"}).errors
    invited = {"email": "soon@example.com", "role": "REP"}
    assert not admin.act("userInvite", invited).errors
