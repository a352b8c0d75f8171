"""`./dev bench live`: what telling many subscribers costs, beside graphql-ws on Node."""

import argparse
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from server.cli.refusal import Refusal
from tests.benchmarks import _report, harness
from tests.plugins.dev import ROOT, data_folder, started
from tests.subscriptions import npm

FEW, SUBSCRIBERS, EVENTS = 10, 1000, 15
PAUSE = 0.2
"""Seconds between events: none is told together with the next."""
OURS = """subscription Feed($ids: [ID!]!) { recordEvents(ids: $ids) {
  ... on RecordChanged { cursor changed
    record { ... on Deal { id name version value { amount currency } owner { id } } } } } }"""
THEIRS = """subscription Feed { recordEvents {
  ... on RecordChanged { cursor changed
    record { ... on Record { id name version value { amount currency } owner { id } } } } } }"""
CREATE = """mutation($i: DealCreateInput!) { dealCreate(input: $i) {
  deal { id } userErrors { code } } }"""
UPDATE = "mutation($i: DealUpdateInput!) { dealUpdate(input: $i) { userErrors { code } } }"


@contextlib.contextmanager
def sockets(order: dict[str, Any]) -> Iterator[Callable[[], list[float]]]:
    """Many subscribers in a process of their own; what answers when the next event came."""
    command = [sys.executable, "-m", "tests.benchmarks._sockets"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout

    def ask(text: str) -> str:
        assert process.stdin
        assert process.stdout
        process.stdin.write(text + "\n")
        process.stdin.flush()
        return process.stdout.readline()

    try:
        assert ask(json.dumps(order)) == "ready\n"
        # A pong says that the subscription was read, not that it runs.
        time.sleep(2)
        yield lambda: list(json.loads(ask("wave")))
    finally:
        process.stdin.close()
        process.wait(20)


def told(
    order: dict[str, Any],
    pid: int,
    event: Callable[[int], None],
    statements: Callable[[], float] = lambda: 0.0,
) -> dict[str, Any]:
    """The processor time and statements of some events, and when they came."""
    times: list[float] = []
    with sockets(order) as wave:
        before, sent = harness._times(pid), statements()
        for number in range(EVENTS):
            began = time.time()
            event(number)
            came = wave()
            assert len(came) == order["sockets"], f"{len(came)} of {order['sockets']} were told"
            times += [one - began for one in came]
            time.sleep(order["pause"])
        after, sent = harness._times(pid), statements() - sent
        resident = _resident(pid)
    cpu = sum(after[:2]) - sum(before[:2])
    times.sort()
    each = round(sent / EVENTS, 1)
    return {
        "cpu": cpu,
        "statements": each,
        "p99": times[int(len(times) * 0.99)],
        "resident": resident,
    }


def _resident(pid: int) -> float:
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:  # noqa: PTH123 - not a file of ours
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _sent(url: str, query: str, variables: dict[str, Any], token: str) -> Any:
    asked = harness.Asked(url, query, "", variables, token)
    body = json.dumps({"query": asked.document, "variables": asked.variables}).encode()
    request = urllib.request.Request(
        url,
        body,
        {"content-type": "application/json", "authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.loads(response.read())["data"]


def ours(ready: dict[str, Any], subscribers: int, pause: float) -> dict[int, Any]:
    """Ours: one record's events, told to few and to many."""
    token, url = ready["signIns"]["executive"]["token"], ready["graphql"]
    # A fresh one: a deal that had stalled is told once more when something happens to it.
    made = _sent(url, CREATE, {"i": {"name": "Watched"}}, token)["dealCreate"]
    deal = made["deal"]["id"]

    def event(number: int) -> None:
        given = {"id": deal, "name": f"Name {number}"}
        assert not _sent(url, UPDATE, {"i": given}, token)["dealUpdate"]["userErrors"]

    order = {"url": ready["url"], "token": token, "query": OURS, "variables": {"ids": [deal]}}
    order["pause"] = pause
    return {
        many: told(
            order | {"sockets": many},
            ready["pids"]["api"],
            event,
            lambda: harness.statements(ready),
        )
        for many in (FEW, subscribers)
    }


def theirs(subscribers: int, pause: float) -> dict[int, Any]:
    """The same by graphql-ws on Node."""
    if problem := npm.install():
        raise Refusal(f"npm could not bring graphql-ws: {problem}")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    node = os.environ.get("COEFFECTION_NODE") or shutil.which("node") or "node"
    process = subprocess.Popen([node, str(npm.FOLDER / "serve.mjs"), str(port)])
    url = f"http://127.0.0.1:{port}"
    try:
        time.sleep(1.5)

        def event(_number: int) -> None:
            urllib.request.urlopen(urllib.request.Request(url, b"{}"), timeout=60).close()

        order = {"url": url, "token": "", "query": THEIRS, "variables": {}, "pause": pause}
        return {
            many: told(order | {"sockets": many}, process.pid, event) for many in (FEW, subscribers)
        }
    finally:
        process.terminate()
        process.wait(10)


def delivery(found: dict[int, Any], subscribers: int) -> float:
    """Microseconds of processor time that one more delivery costs."""
    more = found[subscribers]["cpu"] - found[FEW]["cpu"]
    return float(more / (EVENTS * (subscribers - FEW)) * 1e6)


def measure(subscribers: int, rounds: int, pause: float) -> dict[str, Any]:
    """Both, in turns."""
    rows: dict[str, list[Any]] = {"ours": [], "graphql-ws": []}
    with (
        data_folder() as data,
        started(data, "--port", 0, LIVE_CONNECTIONS=str(subscribers + FEW)) as dev,
    ):
        for _ in range(rounds):
            rows["ours"].append(ours(dev.ready, subscribers, pause))
            rows["graphql-ws"].append(theirs(subscribers, pause))
    found: dict[str, Any] = {"subscribers": subscribers, "events": EVENTS}
    for name, own in rows.items():
        costs = [delivery(one, subscribers) for one in own]
        p99 = [one[subscribers]["p99"] * 1000 for one in own]
        found[name] = {
            "us": round(statistics.median(costs), 1),
            "p99_ms": round(statistics.median(p99)),
            "resident_mb": round(own[-1][subscribers]["resident"]),
        }
    last = rows["ours"][-1]
    found["statements"] = {many: last[many]["statements"] for many in (FEW, subscribers)}
    return found


def table(found: dict[str, Any]) -> str:
    """The figures for docs/benchmarks.md."""
    few, many = found["statements"].items()
    head = (
        "",
        "CPU a delivery, µs",
        "p99, ms",
        "resident, MB",
        f"statements an event, {few[0]} subscribers",
        f"{many[0]} subscribers",
    )
    rows = [
        ["Coeffection", *found["ours"].values(), few[1], many[1]],
        ["graphql-ws on Node", *found["graphql-ws"].values(), "", ""],
    ]
    return _report.table(head, rows)


def main() -> None:
    """Run it and say what came of it."""
    reading = argparse.ArgumentParser(prog="./dev bench live")
    reading.add_argument("--json", action="store_true")
    reading.add_argument("--quick", action="store_true")
    reading.add_argument("--subscribers", type=int, default=SUBSCRIBERS)
    reading.add_argument("--pause", type=float, default=PAUSE, help="Seconds between events.")
    reading.add_argument("--rounds", type=int, default=3)
    given = reading.parse_args()
    rounds = 1 if given.quick else given.rounds
    found = measure(given.subscribers, rounds, given.pause)
    if (given.subscribers, given.pause, rounds) == (SUBSCRIBERS, PAUSE, 3):
        _report.put("live", table(found))
    sys.stdout.write(json.dumps(found) + "\n" if given.json else table(found) + "\n")


if __name__ == "__main__":
    main()
