"""`./dev bench jobs`: simple jobs with a row each, beside Dramatiq without any."""

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import redis

from core.ids import new_id
from core.redis import WAKE
from tests.benchmarks import _jobs, _report, harness
from tests.plugins.dev import ROOT, Dev, data_folder, environment, started
from tests.plugins.world import Server
from tests.services.importing import resting

COUNT, ROUNDS, QUICK_ROUNDS = 2000, 7, 3
AIM = 0.7
_ENQUEUE = """
INSERT INTO due_work (workspace_id, id, kind, subject_id, at)
SELECT $1, uuidv7(), $2, $1, now() FROM generate_series(1, $3)
"""


@contextlib.contextmanager
def worker(dev: Dev, name: str) -> Iterator[subprocess.Popen[str]]:
    """A worker process, and what it says."""
    given = {
        "DATABASE_APP_URL": dev.ready["appDatabaseUrl"],
        "REDIS_URL": dev.ready["redisUrl"],
        "FILES_URL": (Path(dev.data) / "files").as_uri(),
        "WORKER_THREADS": str(_jobs.THREADS),
    }
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.benchmarks._jobs", name, str(COUNT)],
        cwd=ROOT,
        env=environment(**given, PYTHONPATH=str(ROOT)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()


def ended(process: subprocess.Popen[str]) -> float:
    """When the last of them was done."""
    assert process.stdout
    return float(process.stdout.readline())


def ours(dev: Dev, process: subprocess.Popen[str], workspace: str) -> dict[str, float]:
    """Jobs written as rows, and done: a second, and processor time of each."""

    async def enqueue() -> None:
        owner = await asyncpg.connect(dev.ready["databaseUrl"])
        await owner.execute(_ENQUEUE, workspace, _jobs.KIND, COUNT)
        await owner.close()

    began, before = time.time(), harness._times(process.pid)
    asyncio.run(enqueue())
    with redis.Redis.from_url(dev.ready["redisUrl"]) as client:
        client.publish(WAKE, b"")
    return figures(process, began, before)


def bare(actor: Any, process: subprocess.Popen[str]) -> dict[str, float]:
    """Messages sent one after the other, and done."""
    began, before = time.time(), harness._times(process.pid)
    for _ in range(COUNT):
        actor.send("00000000-0000-0000-0000-000000000000", new_id(), new_id())
    return figures(process, began, before)


def figures(process: subprocess.Popen[str], began: float, before: Any) -> dict[str, float]:
    """How many a second, and the worker's processor time of each."""
    seconds = ended(process) - began
    cpu = sum(harness._times(process.pid)[:2]) - sum(before[:2])
    return {"rate": COUNT / seconds, "cpu": cpu / COUNT * 1e6}


def measure(rounds: int) -> dict[str, Any]:
    """Both, in turns."""
    rows: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
    with data_folder() as data, started(data, "--port", 0) as dev:
        actor = _jobs.bare(dev.ready["redisUrl"], _jobs.Counted(COUNT))
        workspace = new_id()
        with (
            resting(Server(dev)),
            worker(dev, "ours") as one,
            worker(dev, "bare") as other,
        ):
            for _ in range(rounds + 1):
                rows["ours"].append(ours(dev, one, workspace))
                rows["bare"].append(bare(actor, other))
    found: dict[str, Any] = {"jobs": COUNT, "rounds": rounds}
    for name, own in rows.items():
        found[name] = {
            key: round(harness.median([one[key] for one in own[1:]])) for key in ("rate", "cpu")
        }
    turns = zip(rows["ours"][1:], rows["bare"][1:], strict=True)
    found["ratio"] = round(harness.median([a["rate"] / b["rate"] for a, b in turns]), 2)
    return found


def table(found: dict[str, Any]) -> str:
    """The figures for docs/benchmarks.md."""
    rows = [
        ["Coeffection", *found["ours"].values(), found["ratio"]],
        ["Dramatiq alone", *found["bare"].values(), 1],
    ]
    return _report.table(("", "jobs a second", "worker's CPU a job, µs", "ratio"), rows)


def main() -> None:
    """Run it and say what came of it."""
    reading = argparse.ArgumentParser(prog="./dev bench jobs")
    reading.add_argument("--json", action="store_true")
    reading.add_argument("--quick", action="store_true")
    given = reading.parse_args()
    found = measure(QUICK_ROUNDS if given.quick else ROUNDS)
    if not given.quick:
        _report.put("jobs", table(found))
    sys.stdout.write(json.dumps(found) + "\n" if given.json else table(found) + "\n")
    sys.exit(0 if found["ratio"] >= AIM else 1)


if __name__ == "__main__":
    main()
