"""How cost grows: with the contacts of a workspace, with workspaces, with API processes."""

import argparse
import asyncio
import contextlib
import json
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models import metadata
from services.demo import load as demo
from tests.benchmarks import _peers, _report, harness
from tests.benchmarks.graphql import newest
from tests.benchmarks.harness import Asked, Load, median
from tests.benchmarks.list_depth import page
from tests.plugins.dev import ROOT, environment, started

SIZES, QUICK_SIZES = (10_000, 100_000), (10_000,)
SPREADS, QUICK_SPREADS = (1, 10, 100), (1, 10)
EACH = 200
"""Contacts of each further workspace."""
FULL, MOST_FULL = 10_000, 100_000
"""Contacts with all that belongs to them in a larger set, and in the largest that has no others."""
WIDENED = {
    "id": "(lpad(to_hex(number), 12, '0') || '7000' || right(md5(id::text), 16))::uuid",
    "email": "number || '.' || email",
    "primary_company_id": "NULL",
}
ROUNDS, LINES = 3, 8
SECONDS = 1.0
SIGN_UP = """mutation($input: WorkspaceSignUpInput!) {
  workspaceSignUp(input: $input) { token workspace { id } userErrors { message } } }"""
LAST = """
SELECT id::text FROM contact WHERE workspace_id = $1 AND deleted_at IS NULL
ORDER BY id OFFSET 50 LIMIT 1
"""


@dataclass
class Cost:
    """Milliseconds of processor time a request: of the API, and of PostgreSQL."""

    api: float
    database: float

    def __str__(self) -> str:
        """Both, for a table's cell."""
        return f"{self.api:.2f} + {self.database:.2f}"


def folder(contacts: int) -> Path:
    """Where the data set of a size lies; the usual one is shared with the other benchmarks."""
    usual = harness.DATA
    return usual if contacts == harness.CONTACTS else usual.with_name(f"{usual.name}-{contacts}")


@contextlib.contextmanager
def instance(contacts: int) -> Iterator[dict[str, Any]]:
    """An instance on a data set of this size, made if it is not there."""
    data = folder(contacts)
    data.mkdir(parents=True, exist_ok=True)
    built = data / "built.json"
    if not built.exists():
        harness.say(f"Building {contacts:,} contacts and what belongs to them, once.")
        full = contacts if contacts <= MOST_FULL else FULL
        command = [str(ROOT / "dev"), "demo", "--contacts", str(full), "--data", str(data)]
        began = time.monotonic()
        subprocess.run(command, env=environment(), stdout=subprocess.PIPE, check=True)
        if full < contacts:
            with started(data, "--port", 0, COEFFECTION_TEST_CLOCK="0") as dev:
                asyncio.run(_widen(dev.ready, contacts - full))
        built.write_text(json.dumps({"seconds": round(time.monotonic() - began, 1)}))
    with started(data, "--port", 0, COEFFECTION_TEST_CLOCK="0") as dev:
        asyncio.run(harness.forgotten(dev.ready))
        yield dev.ready


async def _widen(ready: dict[str, Any], more: int) -> None:
    """Older contacts like those that are there, with nothing that belongs to them."""
    columns = [column.name for column in metadata.tables["contact"].c if column.computed is None]
    values = WIDENED | {name: f'"{name}"' for name in columns if name not in WIDENED}
    connection = await harness.owner(ready)
    try:
        await connection.execute(
            f"INSERT INTO contact ({', '.join(columns)})"
            f" SELECT {', '.join(values[name] for name in columns)}"
            " FROM (SELECT contact.*, row_number() OVER () AS number"
            f"  FROM contact, generate_series(0, {more} / {FULL}) LIMIT {more}) AS one",
            timeout=3600,
        )
        await connection.execute("VACUUM ANALYZE", timeout=3600)
    finally:
        await connection.close()


def cost(ready: dict[str, Any], load: Load, asked: Sequence[Asked], pids: Sequence[int]) -> Cost:
    """What a request costs, the requests of several in turns: the median of the rounds."""
    database: list[float] = []
    api: list[float] = []
    size = _warm(load, asked)
    for _ in range(ROUNDS):
        before = [harness.spent(pid, ready["pids"]["postgres"]) for pid in pids]
        sent = sum(load.run(one, requests=size, connections=LINES).requests for one in asked)
        after = [harness.spent(pid, ready["pids"]["postgres"]) for pid in pids]
        spent = [late - early for late, early in zip(after, before, strict=True)]
        api.append(sum(one.server for one in spent) * 1000 / sent)
        database.append(spent[0].database * 1000 / sent)
    return Cost(median(api), median(database))


def _warm(load: Load, asked: Sequence[Asked]) -> int:
    """How many requests to each fill a round together."""
    for one in asked:
        told = load.run(one, requests=2 * LINES, connections=LINES)
    return max(LINES, int(SECONDS * told.rate / len(asked)))


def queries(ready: dict[str, Any]) -> dict[str, Asked]:
    """The queries of the other benchmarks, and the last page of the list."""
    contacts = asyncio.run(newest(ready))
    asked = {
        name: _peers.asked(name, "ours", ready, ready["graphql"], contacts)
        for name in _peers.QUERIES
    }
    return {
        "list, page 1": page(ready, None),
        "list, last page": page(ready, asyncio.run(_last(ready))),
        "deep": asked["deep"],
        "point": asked["point"],
        "chain": asked["chain"],
    }


async def _last(ready: dict[str, Any]) -> str:
    """The cursor before the last fifty contacts."""
    from models.registry import REGISTRY
    from resolvers.listing import Ordering

    connection = await harness.owner(ready)
    try:
        found = await connection.fetchval(LAST, _peers.uuid(ready["workspace"]["id"]))
    finally:
        await connection.close()
    return Ordering(REGISTRY["Contact"], (("id", True),)).cursor({"id": found})


def by_size(load: Load, sizes: Sequence[int]) -> dict[str, dict[int, Cost]]:
    """Each query on workspaces of each size."""
    found: dict[str, dict[int, Cost]] = {}
    for size in sizes:
        with instance(size) as ready:
            for name, asked in queries(ready).items():
                costs = cost(ready, load, [asked], [ready["pids"]["api"]])
                found.setdefault(name, {})[size] = costs
    return found


def by_spread(load: Load, size: int, spreads: Sequence[int]) -> dict[int, Cost]:
    """The list, asked by so many workspaces in turns, one of them large."""
    found = {}
    with instance(size) as ready:
        asked = [page(ready, None)]
        for spread in spreads:
            asked += [_joined(ready, asked[0]) for _ in range(spread - len(asked))]
            found[spread] = cost(ready, load, asked, [ready["pids"]["api"]])
    return found


def _joined(ready: dict[str, Any], like: Asked) -> Asked:
    """The same request from a further workspace, with its contacts."""
    given = {
        "workspaceName": "Further",
        "firstName": "Ada",
        "lastName": "Admin",
        "email": f"{secrets.token_hex(6)}@further.example",
        "password": "four dull horses trot",
        "timeZone": "UTC",
        "currency": "USD",
    }
    made = replace(like, document=SIGN_UP, operation="", variables={"input": given}, token="")
    begun = made.data()["workspaceSignUp"]
    workspace = _peers.uuid(begun["workspace"]["id"])
    url = ready["appDatabaseUrl"]
    asyncio.run(demo.fill(url, workspace, EACH, lambda _: None, now=datetime.now(UTC)))
    return replace(like, token=begun["token"])


def by_processes(load: Load, size: int) -> dict[str, dict[int, Cost]]:
    """List and point, by one process and by two that are asked in turns."""
    found: dict[str, dict[int, Cost]] = {}
    with instance(size) as ready, second(ready) as (url, pid):
        chosen = {name: one for name, one in queries(ready).items() if name in {"deep", "point"}}
        for name, asked in chosen.items():
            one = [asked]
            two = [asked, replace(asked, url=url)]
            mine = ready["pids"]["api"]
            found[name] = {
                1: cost(ready, load, one, [mine]),
                2: cost(ready, load, two, [mine, pid]),
            }
    return found


@contextlib.contextmanager
def second(ready: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """A second API process beside the instance's own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = {
        "DATABASE_APP_URL": ready["appDatabaseUrl"],
        "REDIS_URL": ready["redisUrl"],
        "PORT": str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "server.api"],
        cwd=ROOT,
        env=environment(**settings),
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(f"http://127.0.0.1:{port}/readyz")
        yield f"http://127.0.0.1:{port}/graphql", process.pid
    finally:
        process.terminate()
        process.wait(20)


def _await(url: str) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.05)
    raise AssertionError(f"{url} does not answer")


def tables(found: dict[str, Any]) -> dict[str, str]:
    """The figures for docs/benchmarks.md, a table for each of the things that grow."""
    made = {}
    if sizes := found.get("sizes"):
        known = next(iter(sizes.values()))
        head = ["query", *(f"{size:,} contacts" for size in known)]
        made["sizes"] = _report.table(head, [[name, *one.values()] for name, one in sizes.items()])
    if spreads := found.get("workspaces"):
        head = ["workspaces that ask in turns", *map(str, spreads)]
        made["workspaces"] = _report.table(head, [["list", *spreads.values()]])
    if processes := found.get("processes"):
        rows = [[name, *one.values()] for name, one in processes.items()]
        made["processes"] = _report.table(["API processes", "1", "2"], rows)
    return made


def main() -> None:
    """Run it and say what came of it."""
    reading = argparse.ArgumentParser(prog="./dev bench growth")
    reading.add_argument("--json", action="store_true")
    reading.add_argument("--quick", action="store_true")
    reading.add_argument("--sizes", help="numbers of contacts, such as 10000,1000000")
    reading.add_argument("--only", choices=("sizes", "workspaces", "processes"))
    given = reading.parse_args()
    sizes: tuple[int, ...] = QUICK_SIZES if given.quick else SIZES
    if given.sizes:
        sizes = tuple(int(size) for size in given.sizes.split(","))
    spreads = QUICK_SPREADS if given.quick else SPREADS
    measured: dict[str, Callable[[Load], Any]] = {
        "sizes": lambda load: by_size(load, sizes),
        "workspaces": lambda load: by_spread(load, min(sizes), spreads),
        "processes": lambda load: by_processes(load, min(sizes)),
    }
    with harness.load() as load:
        found = {name: one(load) for name, one in measured.items() if given.only in {None, name}}
    made = tables(found)
    if not given.quick:
        for name, text in made.items():
            _report.put(f"growth of {name}", text)
    plain = json.dumps(found, default=lambda cost: [cost.api, cost.database])
    sys.stdout.write(plain + "\n" if given.json else "\n".join(made.values()))


if __name__ == "__main__":
    main()
