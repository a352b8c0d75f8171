"""Our GraphQL beside PostGraphile, Mercurius, plain Strawberry and SQL written by hand."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.ids import encode
from tests.benchmarks import _peers, _report, _security, harness
from tests.benchmarks._alike import content, difference
from tests.benchmarks._peers import NODE_PEERS, QUERIES, Peer
from tests.benchmarks.harness import Asked, Load, Spent, in_turn

QUICK = {"queries": ("list", "deep", "point"), "peers": ("limit", *NODE_PEERS)}
FULL = {"queries": QUERIES, "peers": ("limit", *NODE_PEERS, "plain")}
MANY, ONE = 50, 1
"""Connections under load, and for how long one request takes by itself."""
SECONDS = {"quick": 1.2, "full": 1.6}
ROUNDS = {"quick": 3, "full": 5}
WARM_SECONDS = (2.0, 0.5)
CONTACTS = 1_000
"""One record is asked for by as many ids in turn."""
LONGEST = 3.0
"""Seconds a request may wait in line: a server too slow for it is sent fewer at once."""


@dataclass
class Figures:
    """What a query cost on a server, round by round."""

    cpu: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    """Median time of one request when nothing else is asked."""
    alone_cpu: list[float] = field(default_factory=list)
    statements: float = 0.0
    bytes: int = 0


Key = tuple[str, str]
"""A query and a server."""


class Bench:
    """One run: the same requests to all servers, in turns."""

    def __init__(self, ready: dict[str, Any], load: Load, peers: dict[str, Peer]) -> None:
        self.ready, self.load, self.peers = ready, load, peers
        self.figures: dict[Key, Figures] = {}
        self._asked: dict[Key, Asked] = {}
        self._each: dict[Key, float] = {}

    def prepare(self, queries: Sequence[str], contacts: Sequence[str]) -> None:
        """See that all answer alike, and let them grow warm."""
        for query in queries:
            for name, peer in self.peers.items():
                key = query, name
                self.figures[key] = Figures()
                one = _peers.asked(query, name, self.ready, peer.url, contacts)
                self._asked[key] = one
            first = content(self._asked[query, "ours"].data())
            for name in self.peers:
                other = content(self._asked[query, name].data())
                if found := difference(first, other):
                    raise AssertionError(f"{query}: ours and {name} differ at {found}")
        for key, one in self._asked.items():
            self._warm(key, one)

    def _warm(self, key: Key, one: Asked) -> None:
        """Until just-in-time compilers are done; how long a request then takes."""
        told = self.load.run(one, requests=10, connections=ONE)
        self._each[key] = told.p50
        for seconds in WARM_SECONDS:
            requests, lines = self._size(key, seconds)
            told = self.load.run(one, requests=requests, connections=lines)
            self._each[key] = told.seconds / told.requests

    def _size(self, key: Key, seconds: float) -> tuple[int, int]:
        """About how many requests fill this time, and over how many connections."""
        each = self._each[key]
        lines = max(ONE, min(MANY, int(LONGEST / each)))
        return max(10, lines, int(seconds / each)), lines

    def round(self, queries: Sequence[str], seconds: float, *, alone: bool) -> None:
        """Each query on each server once."""
        for query in queries:
            for name in self.peers:
                self._measure((query, name), seconds, alone=alone)

    def _measure(self, key: Key, seconds: float, *, alone: bool) -> None:
        figures, peer = self.figures[key], self.peers[key[1]]
        requests, lines = self._size(key, seconds)
        before, sent = self._spent(peer), self._statements(peer)
        told = self.load.run(self._asked[key], requests=requests, connections=lines)
        used = self._spent(peer) - before
        figures.cpu.append(used.server / told.requests)
        figures.database.append(used.database / told.requests)
        figures.rate.append(told.rate)
        figures.p50.append(told.p50)
        figures.p99.append(told.p99)
        figures.bytes = told.bytes
        figures.statements = (self._statements(peer) - sent) / told.requests
        if alone:
            few = max(10, requests // 4)
            before = self._spent(peer)
            told = self.load.run(self._asked[key], requests=few, connections=ONE)
            figures.alone.append(told.p50)
            figures.alone_cpu.append((self._spent(peer) - before).server / told.requests)

    def _spent(self, peer: Peer) -> Spent:
        return harness.spent(peer.pid, self.ready["pids"]["postgres"])

    def _statements(self, peer: Peer) -> float:
        return harness.statements(self.ready) if peer.name == "ours" else 0.0


def summary(figures: dict[Key, Figures], queries: Sequence[str]) -> dict[str, Any]:
    """The ratios of each query: the others' processor time to ours, and ours to the limit."""

    def times(query: str, name: str, other: str) -> float:
        return in_turn(figures[query, name].cpu, figures[query, other].cpu)

    return {
        query: {name: times(query, name, "ours") for name in NODE_PEERS}
        | {
            "limit": times(query, "ours", "limit"),
            "statements": round(figures[query, "ours"].statements, 2),
        }
        for query in queries
    }


async def newest(ready: dict[str, Any]) -> list[str]:
    """The wire ids of the newest contacts."""
    connection = await harness.owner(ready)
    try:
        found = await connection.fetch(
            "SELECT id::text FROM contact WHERE workspace_id = $1 AND deleted_at IS NULL"
            " ORDER BY id DESC LIMIT $2",
            _peers.uuid(ready["workspace"]["id"]),
            CONTACTS,
        )
    finally:
        await connection.close()
    return [encode("cnt", str(one["id"])) for one in found]


def main() -> None:
    """Run it and say what came of it."""
    reading = argparse.ArgumentParser(prog="./dev bench graphql")
    reading.add_argument("--json", action="store_true")
    reading.add_argument("--quick", action="store_true")
    given = reading.parse_args()
    how, chosen = ("quick", QUICK) if given.quick else ("full", FULL)
    queries = chosen["queries"]
    with harness.instance() as ready, harness.load() as load:
        contacts = asyncio.run(newest(ready))
        with _peers.running(ready, chosen["peers"]) as peers:
            bench = Bench(ready, load, peers)
            bench.prepare(queries, contacts)
            for number in range(ROUNDS[how]):
                harness.say(f"Round {number + 1} of {ROUNDS[how]}.")
                bench.round(queries, SECONDS[how], alone=not given.quick)
        found = summary(bench.figures, queries)
        if not given.quick:
            _report.put("graphql", _report.tables(bench.figures, found))
            _report.put("details", _report.details(bench.figures))
            security = asyncio.run(_security.measure(ready, contacts))
            _report.put("security", _report.security(bench.figures, security))
    if given.json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        sys.stdout.write(_report.tables(bench.figures, found) + "\n")
        sys.stdout.write(_report.details(bench.figures))


if __name__ == "__main__":
    main()
