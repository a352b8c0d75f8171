"""`./dev demo --contacts 100000` into an empty data folder, and COPY of as many bare rows."""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg

from server import embedded
from services.demo.book import TABLES
from tests.benchmarks import _report, harness
from tests.benchmarks.harness import CONTACTS, ratio
from tests.plugins.dev import ROOT, environment

SMALL = 10_000
"""What a quick run fills."""


async def _bare(url: str, tables: Sequence[str]) -> float:
    """Seconds to COPY what was made into tables without keys, indexes, policies or events."""
    connection = await asyncpg.connect(url)
    try:
        texts = []
        for name in tables:
            await connection.execute(f'CREATE TABLE bare_{name} AS SELECT * FROM "{name}" LIMIT 0')
            file = Path(tempfile.gettempdir()) / f"coeffection-{name}.copy"
            await connection.copy_from_query(f'SELECT * FROM "{name}"', output=file)
            texts.append((name, file))
        began = time.monotonic()
        for name, file in texts:
            await connection.copy_to_table(f"bare_{name}", source=file)
        took = time.monotonic() - began
        for name, file in texts:
            file.unlink()
            await connection.execute(f"DROP TABLE bare_{name}")
        return took
    finally:
        await connection.close()


def measure(contacts: int) -> dict[str, Any]:
    """Fill a fresh folder, then write the same rows bare into the same server."""
    with tempfile.TemporaryDirectory(prefix="coeffection-fill-") as folder:
        data = Path(folder)
        data.chmod(0o711)
        servers = embedded.connect(data, ["postgres"])
        try:
            before = harness.spent(servers.pids["postgres"], servers.pids["postgres"])
            took, said = _fill(data, contacts)
            after = harness.spent(servers.pids["postgres"], servers.pids["postgres"])
            bare = asyncio.run(_bare(servers.database_url, TABLES))
        finally:
            servers.close()
    return {
        "contacts": contacts,
        "seconds": round(took, 1),
        "database_cpu_seconds": round(after.database - before.database, 1),
        "bare_copy_seconds": round(bare, 1),
        "ratio": ratio(took, bare),
        "said": said,
    }


def _fill(data: Path, contacts: int) -> tuple[float, str]:
    began = time.monotonic()
    command = [str(ROOT / "dev"), "demo", "--contacts", str(contacts), "--data", str(data)]
    done = subprocess.run(command, env=environment(), stdout=subprocess.PIPE, text=True, check=True)
    return time.monotonic() - began, done.stdout.strip()


def table(found: dict[str, Any]) -> str:
    """The figures for docs/benchmarks.md."""
    head = (
        "contacts",
        "`./dev demo`, s",
        "PostgreSQL CPU, s",
        "bare COPY of the same rows, s",
        "ratio",
    )
    row = [found[name] for name in ("contacts", "seconds", "database_cpu_seconds")]
    return _report.table(head, [[*row, found["bare_copy_seconds"], found["ratio"]]])


def main() -> None:
    """Run it and say what came of it."""
    reading = argparse.ArgumentParser(prog="./dev bench demo_fill")
    reading.add_argument("--json", action="store_true")
    reading.add_argument("--quick", action="store_true")
    given = reading.parse_args()
    found = measure(SMALL if given.quick else CONTACTS)
    if not given.quick:
        _report.put("demo_fill", table(found))
    sys.stdout.write(json.dumps(found) + "\n" if given.json else table(found))


if __name__ == "__main__":
    main()
