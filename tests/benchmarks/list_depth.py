"""A list of fifty contacts with their company: page 1 against page 1,000, and SQL by hand."""

import argparse
import asyncio
import json
import sys
import time
from typing import Any

import asyncpg

from tests.benchmarks import _captured, _peers, _report, harness
from tests.benchmarks.harness import Asked, Load, median, ratio

PAGE = 50
DEPTH = 1000
ROUNDS = {True: 5, False: 15}
REQUESTS = 60
DOCUMENT = """
query Page($after: Cursor) {
  contacts(first: %d, after: $after) {
    nodes {
      id firstName lastName email phone jobTitle status createdAt
      primaryCompany { id name domain industry city country }
    }
    pageInfo { endCursor }
  }
}
"""
BY_HAND = """
SELECT c.id, c.first_name, c.last_name, c.email, c.phone, c.job_title, c.status, c.created_at,
  k.id, k.name, k.domain, k.industry, k.city, k.country
FROM contact c LEFT JOIN company k
  ON k.workspace_id = $1 AND k.id = c.primary_company_id AND k.deleted_at IS NULL
WHERE c.workspace_id = $1 AND c.deleted_at IS NULL AND ($2::uuid IS NULL OR c.id < $2)
ORDER BY c.id DESC LIMIT 50
"""
BY_HAND_FIRST = BY_HAND.replace("AND ($2::uuid IS NULL OR c.id < $2)", "")
BY_HAND_LATER = BY_HAND.replace("($2::uuid IS NULL OR c.id < $2)", "c.id < $2")


def page(ready: dict[str, Any], after: str | None, size: int = PAGE) -> Asked:
    """The request for the page behind a cursor."""
    token = ready["signIns"]["executive"]["token"]
    return Asked(ready["graphql"], DOCUMENT % size, "Page", {"after": after}, token)


def cursor_before(ready: dict[str, Any], number: int) -> str:
    """The cursor a page begins behind, found as a client finds it: by turning pages."""
    after, left = None, (number - 1) * PAGE
    while left:
        size = min(100, left)
        after = page(ready, after, size).data()["contacts"]["pageInfo"]["endCursor"]
        left -= size
    assert after
    return str(after)


class ByHand:
    """The same pages as one statement each, as the API's role and under the same policy."""

    def __init__(self, connection: asyncpg.Connection, workspace: str, last: str) -> None:
        self._connection = connection
        self._arguments: dict[int, tuple[str, tuple[str, ...]]] = {
            1: (BY_HAND_FIRST, (workspace,)),
            DEPTH: (BY_HAND_LATER, (workspace, last)),
        }

    async def seconds(self, number: int) -> float:
        """Seconds a page takes, many times in a row."""
        text, arguments = self._arguments[number]
        began = time.perf_counter()
        for _ in range(REQUESTS):
            await self._connection.fetch(text, *arguments)
        return (time.perf_counter() - began) / REQUESTS


def plan(node: dict[str, Any]) -> list[str]:
    """The scans of a plan, in words."""
    index = node.get("Index Name")
    here = [f"{node['Node Type']} {index or node.get('Relation Name', '')}".strip()]
    below = [line for inner in node.get("Plans", []) for line in plan(inner)]
    return (here if "Scan" in node["Node Type"] else []) + below


async def measure(ready: dict[str, Any], load: Load, rounds: int) -> dict[str, Any]:
    """Pages by our API and by hand, in turns; then what the planner does for ours."""
    workspace = _peers.uuid(ready["workspace"]["id"])
    deep = await asyncio.to_thread(cursor_before, ready, DEPTH)
    pages = {1: page(ready, None), DEPTH: page(ready, deep)}
    last = pages[DEPTH].data()["contacts"]["nodes"]
    assert len(last) == PAGE
    ours: dict[int, list[float]] = {number: [] for number in pages}
    cpu: dict[int, list[float]] = {number: [] for number in pages}
    hand: dict[int, list[float]] = {number: [] for number in pages}
    async with _captured.connected(ready, policy=True) as connection:
        await connection.execute("SELECT set_config('app.workspace', $1, false)", workspace)
        before = await connection.fetchval(
            "SELECT min(id::text) FROM contact WHERE workspace_id = $1 AND deleted_at IS NULL"
            " AND id > $2",
            workspace,
            _peers.uuid(last[0]["id"]),
        )
        by_hand = ByHand(connection, workspace, before)
        for number in range(rounds + 1):
            # Whatever slows one half of a round must not always meet the same page.
            for at, asked in sorted(pages.items(), reverse=bool(number % 2)):
                started = harness.spent(ready["pids"]["api"], ready["pids"]["postgres"])
                told = load.run(asked, requests=REQUESTS, connections=1)
                used = harness.spent(ready["pids"]["api"], ready["pids"]["postgres"]) - started
                seconds = await by_hand.seconds(at)
                if number:
                    ours[at].append(told.p50)
                    cpu[at].append((used.server + used.database) / REQUESTS)
                    hand[at].append(seconds)
        plans = await _plans(ready, connection, pages[DEPTH])
    return {
        "ours_ms": {at: round(median(times) * 1000, 2) for at, times in ours.items()},
        "by_hand_ms": {at: round(median(times) * 1000, 2) for at, times in hand.items()},
        "deep_to_first": ratio(median(ours[DEPTH]), median(ours[1])),
        "cpu_deep_to_first": ratio(median(cpu[DEPTH]), median(cpu[1])),
        "by_hand_deep_to_first": ratio(median(hand[DEPTH]), median(hand[1])),
        "ours_to_by_hand": ratio(median(ours[DEPTH]), median(hand[DEPTH])),
        "scans": plans,
    }


async def _plans(
    ready: dict[str, Any], connection: asyncpg.Connection, asked: Asked
) -> list[list[str]]:
    """The scans of each statement that reads contacts."""
    (sent,) = await _captured.statements(ready, [asked])
    found = []
    for text, arguments in sent:
        if "contact" in text:
            explained = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {text}", *arguments)
            found.append(plan(json.loads(explained)[0]["Plan"]))
    return found


def table(found: dict[str, Any]) -> str:
    """The figures for docs/benchmarks.md."""
    ours, hand = found["ours_ms"].values(), found["by_hand_ms"].values()
    rows = [
        ["ours over HTTP, ms", *ours, found["deep_to_first"]],
        ["one statement by hand, ms", *hand, found["by_hand_deep_to_first"]],
        ["CPU of API and PostgreSQL", "", "", found["cpu_deep_to_first"]],
    ]
    scans = "; ".join(", ".join(f"`{scan}`" for scan in scans) for scans in found["scans"])
    head = ("", "page 1", f"page {DEPTH:,}", "ratio")
    return f"{_report.table(head, rows)}\nScans of page {DEPTH:,}: {scans}.\n"


def main() -> None:
    """Run it and say what came of it."""
    reading = argparse.ArgumentParser(prog="./dev bench list_depth")
    reading.add_argument("--json", action="store_true")
    reading.add_argument("--quick", action="store_true")
    given = reading.parse_args()
    with harness.instance() as ready, harness.load() as load:
        found = asyncio.run(measure(ready, load, ROUNDS[given.quick]))
    if not given.quick:
        _report.put("list_depth", table(found))
    sys.stdout.write(json.dumps(found) + "\n" if given.json else table(found))


if __name__ == "__main__":
    main()
