"""What benchmarks share: one instance with 100,000 contacts, load, and the processor's time."""

import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg

from server.cli import place
from tests.plugins.dev import started

ROOT = Path(__file__).resolve().parents[2]
CONTACTS = int(os.environ.get("COEFFECTION_BENCH_CONTACTS") or 100_000)
TICK = os.sysconf("SC_CLK_TCK")
DATA = Path(os.environ.get("COEFFECTION_BENCH_DATA") or ROOT / ".coeffection" / "bench")
BUILT = DATA / "built.json"


def say(sentence: str) -> None:
    """Tell a person how far it is; results alone go to standard output."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def build() -> dict[str, Any]:
    """Make the data set unless it is there; what making it took."""
    if not BUILT.exists():
        say(f"Building {CONTACTS:,} contacts and what belongs to them, once.")
        command = [str(ROOT / "dev"), "demo", "--contacts", str(CONTACTS), "--data", str(DATA)]
        began = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        took = round(time.monotonic() - began, 1)
        BUILT.write_text(json.dumps({"seconds": took, "said": done.stdout.strip()}))
    return dict(json.loads(BUILT.read_text()))


@contextlib.contextmanager
def instance() -> Iterator[dict[str, Any]]:
    """The instance on the data set: the one that runs, or one that ends with the benchmark."""
    DATA.mkdir(parents=True, exist_ok=True)
    if running := place.instance(DATA):
        build()
        yield running
        return
    build()
    with started(DATA, "--port", 0, COEFFECTION_TEST_CLOCK="0") as dev:
        asyncio.run(forgotten(dev.ready))
        yield dev.ready


async def owner(ready: dict[str, Any]) -> asyncpg.Connection:
    """A connection no policy applies to."""
    return await asyncpg.connect(ready["databaseUrl"])


async def forgotten(ready: dict[str, Any]) -> None:
    """Leave the papers of a demo unprinted: they would keep a core busy for as long as an hour."""
    connection = await owner(ready)
    try:
        await connection.execute("DELETE FROM due_work WHERE kind = 'document'")
    finally:
        await connection.close()


@dataclass(frozen=True)
class Spent:
    """Seconds of processor time since these processes began."""

    server: float
    database: float

    def __sub__(self, earlier: "Spent") -> "Spent":
        return Spent(self.server - earlier.server, self.database - earlier.database)


def spent(server: int, postgres: int) -> Spent:
    """What a server process, and PostgreSQL with all its backends, have used so far."""
    own = sum(_times(server)[:2])
    # What backends that ended had used is with the postmaster, who waited for them.
    database = sum(_times(postgres)) + sum(sum(_times(pid)[:2]) for pid in _children(postgres))
    return Spent(own, database)


def _children(pid: int) -> list[int]:
    return [
        int(number)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for number in (task / "children").read_text().split()
    ]


def _times(pid: int) -> tuple[float, float, float, float]:
    """User and system time, of a process and of its children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0, 0.0, 0.0, 0.0
    user, system, user_ended, system_ended = (int(field) / TICK for field in fields[11:15])
    return user, system, user_ended, system_ended


def statements(ready: dict[str, Any]) -> float:
    """SQL statements the API has sent so far, as its metrics say."""
    with urllib.request.urlopen(ready["metrics"], timeout=10) as response:
        lines = response.read().decode().splitlines()
    return sum(
        float(line.rpartition(" ")[2])
        for line in lines
        if line.startswith("coeffection_sql_statements_total")
    )


@dataclass(frozen=True)
class Asked:
    """One request as the load sends it, again and again."""

    url: str
    document: str
    operation: str
    variables: dict[str, Any]
    token: str = ""
    ids: Sequence[str] = ()
    """What `id` is in each of many requests, in turn."""

    def once(self) -> bytes:
        """The answer's body."""
        request = urllib.request.Request(self.url, self.body().encode(), self.headers())
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return bytes(response.read())
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{self.url}: {error.read()[:500]!r}") from error

    def data(self) -> Any:
        """The answer's data; an error ends the benchmark."""
        body = json.loads(self.once())
        if body.get("errors"):
            raise AssertionError(f"{self.url}: {str(body['errors'])[:500]}")
        return body["data"]

    def bodies(self) -> list[str]:
        """The bodies of many requests."""
        turns = [replace(self, variables=self.variables | {"id": one}) for one in self.ids]
        return [one.body() for one in turns or (self,)]

    def body(self) -> str:
        """The request's body."""
        return json.dumps(
            {
                "query": self.document,
                "operationName": self.operation,
                "variables": self.variables,
            }
        )

    def headers(self) -> dict[str, str]:
        """The request's headers."""
        headers = {"content-type": "application/json", "accept": "application/json"}
        return headers | ({"authorization": f"Bearer {self.token}"} if self.token else {})


@dataclass(frozen=True)
class Told:
    """What a run of load saw."""

    requests: int
    seconds: float
    p50: float
    p99: float
    bytes: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


class Load:
    """The process that sends requests, so that sending costs the measured ones nothing."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks._load"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, asked: Asked, *, requests: int, connections: int) -> Told:
        """Send so many requests over so many connections that stay open."""
        assert self._process.stdin
        assert self._process.stdout
        order = {
            "url": asked.url,
            "bodies": asked.bodies(),
            "headers": asked.headers(),
            "requests": requests,
            "connections": connections,
        }
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline() or '{"error": "the load ended"}')
        if "error" in told:
            raise AssertionError(f"{asked.url} {asked.operation}: {told['error']}")
        return Told(**told)

    def end(self) -> None:
        """Stop it."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)


@contextlib.contextmanager
def load() -> Iterator[Load]:
    """A load process for the length of a benchmark."""
    one = Load()
    try:
        yield one
    finally:
        one.end()


def median(numbers: Sequence[float]) -> float:
    """The middle of them, which a disturbed round does not move."""
    return statistics.median(numbers)


def in_turn(above: Sequence[float], below: Sequence[float]) -> float:
    """How many times one series is the other: compared round by round, then the middle."""
    return round(median([one / other for one, other in zip(above, below, strict=True)]), 2)


def ratio(above: float, below: float) -> float:
    """How many times one is the other, to two places."""
    return round(above / below, 2) if below else float("inf")
