"""CSV import of 50,000 contacts through API and worker, beside what PostgreSQL alone takes.

Run `python -m tests.benchmarks.import_contacts`, with the --json line of a running ./dev in a file
as its argument to use that one.
"""

import asyncio
import json
import secrets
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Event, Thread
from typing import Any

import asyncpg

from server.cli.imports import Api
from tests.plugins.dev import data_folder, started

ROWS = 50_000
ROUNDS = 3
COLUMNS = ("first_name", "last_name", "email", "phone", "job_title", "status")
HEADER = "First name,Last name,Email,Phone,Job title,Status,Company"
AIM_SECONDS, AIM_MB = 10.0, 200.0


def main() -> None:
    """Measure some rounds and print them with their medians."""
    with _instance() as ready:
        rounds = [_round(ready, secrets.token_hex(3)) for _ in range(ROUNDS)]
    for name in rounds[0]:
        values = [one[name] for one in rounds]
        shown = "  ".join(f"{value:8.2f}" for value in values)
        sys.stdout.write(f"{name:<34}{shown}   median {statistics.median(values):8.2f}\n")
    seconds = statistics.median(one["new: seconds"] for one in rounds)
    most = max(one["worker: most MB"] for one in rounds)
    verdict = "reached" if seconds <= AIM_SECONDS and most < AIM_MB else "missed"
    sys.stdout.write(f"aim {AIM_SECONDS:.0f} s and {AIM_MB:.0f} MB: {verdict}\n")


@contextmanager
def _instance() -> Iterator[dict[str, Any]]:
    if len(sys.argv) > 1:
        with nullcontext():
            yield json.loads(Path(sys.argv[1]).read_text())
        return
    with data_folder() as data, started(data, "--port", 0) as dev:
        yield dev.ready


def _round(ready: dict[str, Any], tag: str) -> dict[str, float]:
    api = Api(ready["url"], ready["signIns"]["admin"]["token"])
    content = _file(tag)
    with _memory(ready["pids"]["worker"]) as most:
        new = _import(api, content, created=ROWS)
        same = _import(api, content, created=0)
    bare = asyncio.run(_yardstick(ready["databaseUrl"], tag))
    return {
        "new: seconds": new,
        "the same again: seconds": same,
        "worker: most MB": most[0],
        "COPY and INSERT … SELECT: seconds": bare,
        "ratio": new / bare,
    }


def _file(tag: str) -> bytes:
    lines = [HEADER]
    lines += [
        f"Anna{at % 977},Schmidt{at},anna.{tag}{at}@firm{at % 2000}.example,+1415{at:07d},"
        f"Head of Sales {at % 17},Customer,Firm {tag} {at % 2000}"
        for at in range(ROWS)
    ]
    return "\n".join(lines).encode()


def _import(api: Api, content: bytes, *, created: int) -> float:
    """Seconds from the first request to the last row."""
    file = Path("contacts.csv")
    begun = time.perf_counter()
    made = api.create(api.send(file.name, len(content), content))
    mapping = [(one["header"], one["suggestedField"]) for one in made["columns"]]
    api.map(made["id"], mapping)
    *_, last = api.run(made["id"])
    seconds = time.perf_counter() - begun
    if (last["status"], last["createdRows"], last["failedRows"]) != ("COMPLETED", created, 0):
        sys.exit(f"The import went wrong: {last}")
    return seconds


@contextmanager
def _memory(pid: int) -> Iterator[list[float]]:
    """The most memory a process had while this lasted, in MB."""
    most, ended = [0.0], Event()
    status = Path(f"/proc/{pid}/status")

    def sample() -> None:
        while not ended.wait(0.05):
            lines = status.read_text().splitlines()
            (kilobytes,) = (line.split()[1] for line in lines if line.startswith("VmRSS"))
            most[0] = max(most[0], int(kilobytes) / 1024)

    thread = Thread(target=sample)
    thread.start()
    try:
        yield most
    finally:
        ended.set()
        thread.join()


async def _yardstick(url: str, tag: str) -> float:
    """Seconds for the same rows into an equal table, indexes and keys as they are, and no more."""
    connection = await asyncpg.connect(url)
    rows = [
        (f"Anna{at % 977}", f"Schmidt{at}", f"anna.{tag}{at}@firm.example", f"+1415{at:07d}",
         f"Head of Sales {at % 17}", "CUSTOMER")
        for at in range(ROWS)
    ]  # fmt: skip
    await connection.execute("CREATE TABLE import_yardstick (LIKE contact INCLUDING ALL)")
    try:
        begun = time.perf_counter()
        async with connection.transaction():
            await connection.execute(
                "CREATE TEMPORARY TABLE given (first_name text, last_name text, email text,"
                " phone text, job_title text, status text) ON COMMIT DROP"
            )
            await connection.copy_records_to_table("given", columns=COLUMNS, records=rows)
            names = ", ".join(COLUMNS)
            await connection.execute(
                f"INSERT INTO import_yardstick (workspace_id, id, {names}, created_at, updated_at)"
                f" SELECT uuidv7(), uuidv7(), {names}, now(), now() FROM given"
            )
        return time.perf_counter() - begun
    finally:
        await connection.execute("DROP TABLE import_yardstick")
        await connection.close()


if __name__ == "__main__":
    main()
