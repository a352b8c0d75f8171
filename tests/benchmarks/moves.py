"""`./dev bench moves`: cards moved on ten boards that two thousand sockets watch, some cut."""

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

from tests.benchmarks import _report, harness
from tests.benchmarks.live import _resident, _sent
from tests.plugins.dev import ROOT, data_folder, started
from tests.subscriptions.test_processes import another

BOARDS, CARDS, STAGES = 10, 50, 3
AT_ONCE = 8
BOARD = """subscription Board($id: ID!, $after: Cursor) {
  pipelineBoardEvents(pipelineId: $id, after: $after) { __typename
    ... on CardUpserted { cursor at stageId rank card { id version name value { amount } } }
    ... on ColumnTotalsChanged { cursor stageId count totalValue { amount } }
    ... on ResyncRequired { cursor why: reason } } }"""
PIPELINE = """mutation($i: PipelineCreateInput!) { pipelineCreate(input: $i) {
  pipeline { id stages { nodes { id category } } } userErrors { code message } } }"""
CREATE = """mutation($i: DealCreateInput!) { dealCreate(input: $i) {
  deal { id version } userErrors { code message } } }"""
MOVE = """mutation($i: DealMoveInput!) { dealMove(input: $i) {
  deal { version } userErrors { code message } } }"""


def boards(url: str, token: str) -> list[dict[str, Any]]:
    """Pipelines with their open stages and cards."""
    made = []
    for number in range(BOARDS):
        kinds = ["OPEN"] * STAGES + ["WON", "LOST"]
        stages = [
            {"name": f"Stage {place}", "color": "#38bdf8", "category": kind}
            | ({"probability": 50} if kind == "OPEN" else {})
            for place, kind in enumerate(kinds)
        ]
        given = {"name": f"Board {number} {time.time_ns()}", "kind": "DEAL", "stages": stages}
        pipeline = _acted(_sent(url, PIPELINE, {"i": given}, token))["pipeline"]
        open_ones = [one["id"] for one in pipeline["stages"]["nodes"] if one["category"] == "OPEN"]
        cards = {}
        for card in range(CARDS):
            values = {"name": f"Card {card}", "pipelineId": pipeline["id"], "stageId": open_ones[0]}
            deal = _acted(_sent(url, CREATE, {"i": values}, token))["deal"]
            cards[deal["id"]] = deal["version"]
        made.append({"id": pipeline["id"], "stages": open_ones, "cards": cards})
    return made


def _acted(data: Any) -> Any:
    (payload,) = data.values()
    assert not payload["userErrors"], payload
    return payload


class Mover:
    """Moves cards, one board after the other, so many a second."""

    def __init__(self, order: dict[str, Any], rate: float) -> None:
        self.order, self.rate = order, rate
        self.versions = {card: v for one in order["boards"] for card, v in one["cards"].items()}
        self.moved = 0
        self.answered: dict[str, float] = {}
        """When a card was known to be at a version."""

    async def run(self, seconds: float) -> None:
        """Move for a while; one that falls behind moves as fast as it can."""
        turns, began = asyncio.Semaphore(AT_ONCE), time.monotonic()
        async with httpx.AsyncClient(timeout=30) as client, asyncio.TaskGroup() as group:
            for number in range(int(seconds * self.rate)):
                await asyncio.sleep(max(0.0, began + number / self.rate - time.monotonic()))
                if time.monotonic() - began > seconds:
                    break
                await turns.acquire()
                group.create_task(self._move(client, number, turns))

    async def _move(self, client: httpx.AsyncClient, number: int, turns: asyncio.Semaphore) -> None:
        lap, board = number // BOARDS, self.order["boards"][number % BOARDS]
        card = list(board["cards"])[lap % CARDS]
        stage = board["stages"][(lap // CARDS + 1) % len(board["stages"])]
        url = self.order["urls"][number % len(self.order["urls"])]
        given = {"id": card, "toStageId": stage, "expectedVersion": self.versions[card]}
        body = {"query": MOVE, "variables": {"i": given}}
        headers = {"authorization": f"Bearer {self.order['token']}"}
        try:
            answer = await client.post(f"{url}/graphql", json=body, headers=headers)
            version = _acted(answer.json()["data"])["deal"]["version"]
            self.versions[card] = version
            self.answered[f"{card} {version}"] = time.time()
            self.moved += 1
        finally:
            turns.release()


@contextlib.contextmanager
def watching(order: dict[str, Any]) -> Iterator["subprocess.Popen[str]"]:
    """Many sockets in a process of their own, which says `ready`."""
    command = [sys.executable, "-m", "tests.benchmarks._boards"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.stdin.close()
        process.wait(20)


def measured(pids: list[int], order: dict[str, Any], rate: float, seconds: float) -> Any:
    """Open the sockets, move, cut; what clients and processes say of it."""
    mover = Mover(order, rate)
    before = sum(_resident(pid) for pid in pids)
    with watching(order) as process:
        assert process.stdin
        assert process.stdout
        opened, used = sum(_resident(pid) for pid in pids), _used(pids)
        process.stdin.write("go\n")
        process.stdin.flush()
        asyncio.run(mover.run(seconds))
        spent, after = _used(pids) - used, sum(_resident(pid) for pid in pids)
        done = {"versions": mover.versions, "answered": mover.answered}
        process.stdin.write(json.dumps(done) + "\n")
        process.stdin.flush()
        found = json.loads(process.stdout.readline())
    return {
        "sockets": order["sockets"],
        "moves": mover.moved,
        "moves_a_second": round(mover.moved / seconds, 1),
        **found,
        "kb_a_socket": round((opened - before) * 1000 / order["sockets"], 1),
        "grown_mb": round(after - opened, 1),
        "cpu_us_a_delivery": round(spent * 1e6 / max(1, found["deliveries"]), 1),
    }


def _used(pids: list[int]) -> float:
    return sum(sum(harness._times(pid)[:2]) for pid in pids)


def measure(given: argparse.Namespace) -> dict[str, Any]:
    """The whole of it on a fresh instance, with so many more API processes."""
    allowed = str(given.sockets * 2)
    with contextlib.ExitStack() as stack:
        data = stack.enter_context(data_folder())
        dev = stack.enter_context(started(data, "--port", 0, LIVE_CONNECTIONS=allowed))
        urls, pids = [dev.ready["url"]], [dev.ready["pids"]["api"]]
        for number in range(given.apis - 1):
            folder = Path(data) / f"api{number}"
            folder.mkdir()
            server = SimpleNamespace(ready=dev.ready)
            told = {"LIVE_CONNECTIONS": allowed, "REDIS_URL": dev.ready["redisUrl"]}
            url, process = stack.enter_context(another(server, folder, **told))  # type: ignore[arg-type]
            urls.append(url)
            pids.append(process.pid)
        token = dev.ready["signIns"]["admin"]["token"]
        order: dict[str, Any] = {
            "urls": urls,
            "token": token,
            "query": BOARD,
            "boards": boards(dev.ready["graphql"], token),
            "sockets": given.sockets,
            "reconnects": given.reconnects,
        }
        order["cursor"] = _sent(dev.ready["graphql"], "{ eventCursor }", {}, token)["eventCursor"]
        found = measured(pids, order, given.rate, given.seconds)
    return {"apis": given.apis, "reconnects_a_minute": given.reconnects, **found}


def main() -> None:
    """Run it and say what came of it."""
    reading = argparse.ArgumentParser(prog="./dev bench moves")
    reading.add_argument("--json", action="store_true")
    reading.add_argument("--quick", action="store_true")
    reading.add_argument("--sockets", type=int, default=2000)
    reading.add_argument("--rate", type=float, default=50.0, help="Moves a second.")
    reading.add_argument("--seconds", type=float, default=60.0)
    reading.add_argument("--reconnects", type=int, default=0, help="Cuts a minute.")
    reading.add_argument("--apis", type=int, default=1)
    given = reading.parse_args()
    if given.quick:
        given.sockets, given.seconds = min(given.sockets, 200), 10.0
    found = measure(given)
    head = [name.replace("_", " ") for name in found]
    text = _report.table(head, [list(found.values())])
    sys.stdout.write(json.dumps(found) + "\n" if given.json else text + "\n")


if __name__ == "__main__":
    main()
