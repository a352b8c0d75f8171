"""`./dev bench workflows`: how soon a workflow acts, with ten active ones and with a thousand."""

import argparse
import asyncio
import itertools
import json
import sys
import time
from datetime import datetime
from typing import Any

import httpx

from tests.benchmarks import _report, harness
from tests.benchmarks.live import _sent
from tests.plugins.dev import data_folder, eventually, started

FEW, MANY = 10, 1_000
OTHERS = [
    (trigger, kind)
    for trigger in ("RECORD_CREATED", "RECORD_UPDATED")
    for kind in ("CONTACT", "COMPANY", "DEAL", "CASE", "TASK", "PROJECT", "PRODUCT")
]
"""What the others wait for: nothing that happens here."""
WRITE = """mutation($i: WorkflowCreateInput!) { workflowCreate(input: $i) {
  workflow { id } userErrors { code message } } }"""
CREATE = """mutation($i: LeadCreateInput!) { leadCreate(input: $i) {
  lead { id } userErrors { code message } } }"""
STEPS = """query($id: ID!, $first: Int!) { node(id: $id) { ... on Workflow { runs(first: $first) {
  nodes { record { id } steps(first: 1) { nodes { startedAt } } } } } } }"""
_ROWS = """SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)
FROM pg_stat_user_tables WHERE relname = 'workflow'"""
_BEHIND = "SELECT count(*) FROM event_head WHERE relayed < position"
_SETTLED = 11.0
"""Seconds after which connections that rest have told PostgreSQL what they read."""


def written(url: str, token: str, others: int) -> None:
    """So many active workflows that nothing here sets off."""
    kinds = itertools.cycle(OTHERS)
    for number in range(others):
        trigger, kind = next(kinds)
        given = {
            "name": f"Other {time.time_ns()} {number}",
            "trigger": trigger,
            "recordType": kind,
            "steps": [{"sendNotification": {"to": "OWNER", "text": "Something"}}],
            "active": True,
        }
        assert not _sent(url, WRITE, {"i": given}, token)["workflowCreate"]["userErrors"]


def listener(url: str, token: str) -> str:
    """The one workflow that is set off."""
    given = {
        "name": f"New leads {time.time_ns()}",
        "trigger": "RECORD_CREATED",
        "recordType": "LEAD",
        "steps": [{"addNote": {"text": "Hello {{ lead.lastName }}"}}],
        "active": True,
    }
    return str(_sent(url, WRITE, {"i": given}, token)["workflowCreate"]["workflow"]["id"])


def measured(ready: dict[str, Any], workflow: str, count: int, pause: float) -> dict[str, Any]:
    """Leads that are made one after the other, and how long after each its note is written."""
    url, token = ready["graphql"], ready["signIns"]["admin"]["token"]
    rows, begun = asyncio.run(_rows(ready)), {}
    before = harness.statements(ready)
    with httpx.Client(timeout=30) as client:
        for number in range(count):
            given = {"query": CREATE, "variables": {"i": {"lastName": f"Lead {number}"}}}
            headers = {"authorization": f"Bearer {token}"}
            answer = client.post(url, json=given, headers=headers).json()
            begun[answer["data"]["leadCreate"]["lead"]["id"]] = time.time()
            time.sleep(pause)
    statements = harness.statements(ready) - before
    took = sorted(_delays(url, token, workflow, begun))
    time.sleep(_SETTLED)
    read = asyncio.run(_rows(ready)) - rows
    return {
        "leads": count,
        "p50_ms": _at(took, 0.5),
        "p95_ms": _at(took, 0.95),
        "rows_an_event": round(read / count, 2),
        "statements_a_mutation": round(statements / count, 2),
    }


def _delays(url: str, token: str, workflow: str, begun: dict[str, float]) -> list[float]:
    """Seconds from each answer to the first step, once all have had theirs."""
    found: dict[str, float] = {}
    deadline = time.monotonic() + 120
    while len(found) < len(begun):
        assert time.monotonic() < deadline, f"{len(found)} of {len(begun)} leads were seen to"
        time.sleep(0.5)
        given = {"id": workflow, "first": min(100, len(begun))}
        for run in _sent(url, STEPS, given, token)["node"]["runs"]["nodes"]:
            lead, steps = run["record"]["id"], run["steps"]["nodes"]
            if steps and lead in begun:
                found[lead] = _seconds(steps[0]["startedAt"]) - begun[lead]
    return list(found.values())


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def _at(took: list[float], share: float) -> int:
    return round(took[min(len(took) - 1, int(len(took) * share))] * 1000)


async def _rows(ready: dict[str, Any]) -> int:
    return int(await _asked(ready, _ROWS))


async def _asked(ready: dict[str, Any], statement: str) -> Any:
    connection = await harness.owner(ready)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def settled(ready: dict[str, Any]) -> None:
    """Wait until what came before is done, and plans are made for the workflows there are now.

    PostgreSQL sees to the latter by itself within some minutes, not within this benchmark.
    """
    asyncio.run(_asked(ready, "ANALYZE workflow"))
    assert eventually(lambda: asyncio.run(_asked(ready, _BEHIND)) == 0, 120)
    time.sleep(_SETTLED)


def measure(given: argparse.Namespace) -> list[dict[str, Any]]:
    """With a few and with many active workflows, on one fresh instance."""
    found = []
    with data_folder() as data, started(data, "--port", 0) as dev:
        url, token = dev.ready["graphql"], dev.ready["signIns"]["admin"]["token"]
        active = 1
        workflow = listener(url, token)
        for wanted in (FEW, MANY):
            written(url, token, wanted - active)
            active = wanted
            settled(dev.ready)
            told = measured(dev.ready, workflow, given.leads, given.pause)
            found.append({"active": active, **told})
    return found


def main() -> None:
    """Run it and say what came of it."""
    reading = argparse.ArgumentParser(prog="./dev bench workflows")
    reading.add_argument("--json", action="store_true")
    reading.add_argument("--quick", action="store_true")
    reading.add_argument("--leads", type=int, default=100, help="At most 100.")
    reading.add_argument("--pause", type=float, default=0.2, help="Seconds between them.")
    given = reading.parse_args()
    if given.quick:
        given.leads = 20
    found = measure(given)
    head = [name.replace("_", " ") for name in found[0]]
    text = _report.table(head, [list(one.values()) for one in found])
    sys.stdout.write(json.dumps(found) + "\n" if given.json else text + "\n")


if __name__ == "__main__":
    main()
