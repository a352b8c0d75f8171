"""What answers and strange documents hold: the peak while one is made, and what stays behind."""

import argparse
import asyncio
import gc
import json
import re
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import httpx

from core import log
from core.settings import Settings
from server.app import application
from tests.benchmarks import _peers, _report, harness
from tests.benchmarks.graphql import newest
from tests.benchmarks.harness import Asked

DOCUMENTS, QUICK_DOCUMENTS = 10_000, 2_000
FIELDS = ("name", "email", "phone", "jobTitle", "status", "createdAt", "updatedAt", "version")
MB = 1024 * 1024


async def measure(ready: dict[str, Any], documents: int) -> dict[str, Any]:
    """The peak of a deep answer, and the process's size as distinct documents go by."""
    settings = Settings(database_app_url=ready["appDatabaseUrl"], redis_url=ready["redisUrl"])
    log.configure("error")
    app = application(settings)
    contacts = await newest(ready)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            deep = _peers.asked("deep", "ours", ready, ready["graphql"], contacts)
            size, peak = await _peak(client, deep)
            sizes = await _stream(client, deep.headers(), documents)
    return {"answer_bytes": size, "peak_bytes": peak, "resident_mb": sizes}


async def _peak(client: httpx.AsyncClient, asked: Asked) -> tuple[int, int]:
    """The bytes of an answer, and those held at most while it is made, once it is warm."""
    for _ in range(3):
        answer = await client.post("/graphql", content=asked.body(), headers=asked.headers())
    size = len(answer.content)
    del answer
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    await client.post("/graphql", content=asked.body(), headers=asked.headers())
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return size, peak


async def _stream(
    client: httpx.AsyncClient, headers: dict[str, str], documents: int
) -> dict[int, float]:
    """The process's megabytes after each fifth of as many documents as no two are alike."""
    sizes = {}
    for number in range(1, documents + 1):
        body = json.dumps({"query": _document(number)})
        answer = await client.post("/graphql", content=body, headers=headers)
        assert answer.status_code == httpx.codes.OK, answer.text[:300]
        if number % (documents // 5) == 0:
            sizes[number] = _resident()
    return sizes


def _document(number: int) -> str:
    """One of the documents: its fields, sizes and aliases are its own."""
    fields = " ".join(name for at, name in enumerate(FIELDS) if number >> at & 1)
    return (
        f"query Q{number} {{ contacts(first: {number % 7 + 1}) {{ nodes {{ a{number}: id {fields}"
        f" deals(first: {number % 3 + 1}) {{ nodes {{ name }} }} }} }} }}"
    )


def _resident() -> float:
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    assert found
    return round(int(found[1]) / 1024, 1)


def table(found: dict[str, Any]) -> str:
    """The figures for docs/benchmarks.md."""
    peak = [f"{found['answer_bytes'] / 1024:.0f} kB", f"{found['peak_bytes'] / MB:.2f} MB"]
    sizes = found["resident_mb"]
    return (
        _report.table(("a deep answer", "held at most while it is made"), [peak])
        + "\n"
        + _report.table(
            ("distinct documents", *(f"{number:,}" for number in sizes)),
            [["the process holds, MB", *sizes.values()]],
        )
    )


def main() -> None:
    """Run it and say what came of it."""
    reading = argparse.ArgumentParser(prog="./dev bench memory")
    reading.add_argument("--json", action="store_true")
    reading.add_argument("--quick", action="store_true")
    given = reading.parse_args()
    with harness.instance() as ready:
        documents = QUICK_DOCUMENTS if given.quick else DOCUMENTS
        found = asyncio.run(measure(ready, documents))
    if not given.quick:
        _report.put("memory", table(found))
    sys.stdout.write(json.dumps(found) + "\n" if given.json else table(found))


if __name__ == "__main__":
    main()
