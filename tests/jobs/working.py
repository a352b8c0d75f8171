"""A worker process of the tests of jobs: its own kinds of work note what they do.

`python -m tests.jobs.working FILE`: each try that ends is a line of FILE, with the workspace, the
kind and the subject; `long` and `endless` note a line when they begin, too.
"""

import asyncio
import sys
from pathlib import Path

from jobs import worker
from jobs.due import Process, job
from jobs.ledger import Due
from jobs.priorities import Priority

SEEN = Path(sys.argv[1])
SLOW_SECONDS = 0.05
LONG_SECONDS = 120.0


def note(due: Due, what: str) -> None:
    """Write a line."""
    with SEEN.open("a") as lines:
        lines.write(f"{due.workspace} {what} {due.subject}\n")


async def give_up(_process: Process, due: Due) -> None:
    """Note that it was tried for the last time."""
    note(due, f"{due.kind}.given_up")


@job("probe.slow", give_up=give_up)
async def slow(_process: Process, due: Due) -> None:
    """Take a while."""
    await asyncio.sleep(SLOW_SECONDS)
    note(due, due.kind)


@job("probe.urgent", give_up=give_up, priority=Priority.URGENT)
async def urgent(_process: Process, due: Due) -> None:
    """What somebody waits for."""
    note(due, due.kind)


@job("probe.long", give_up=give_up, priority=Priority.BULK)
async def long(_process: Process, due: Due) -> None:
    """Work of minutes, until a file says that it may end."""
    note(due, "probe.long.begun")
    for _ in range(int(LONG_SECONDS / SLOW_SECONDS)):
        if SEEN.with_suffix(".enough").exists():
            break
        await asyncio.sleep(SLOW_SECONDS)
    note(due, due.kind)


@job("probe.endless", give_up=give_up, tries=2, seconds=0.3)
async def endless(_process: Process, due: Due) -> None:
    """Never end by itself."""
    note(due, "probe.endless.begun")
    await asyncio.sleep(LONG_SECONDS)


if __name__ == "__main__":
    worker.main()
