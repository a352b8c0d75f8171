"""A worker process of the relay's tests: its consumer notes each record, and fails when told to.

`python -m tests.jobs.relaying FILE DIE_AT TYPE`: every event of the type that was taken in is a
line of FILE; at the line DIE_AT the process ends as by kill -9, after the effect and before the
commit.
"""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from core.events import Event
from core.writes import Transaction
from jobs import worker
from jobs.consumers import consumer
from services import effects

SEEN = Path(sys.argv[1])
DIE_AT = int(sys.argv[2])


@consumer("probe", of=(sys.argv[3],))
async def take_in(act: Transaction, events: Sequence[Event]) -> None:
    """Note the records; one called Poison cannot be taken in while the file says so."""
    for event in events:
        name = event.changes.get("last_name", event.changes.get("name"))["after"]
        if name == "Poison" and not SEEN.with_suffix(".mended").exists():
            message = "poison"
            raise ValueError(message)
        assert await effects.first(act, f"probe:{event.position}")
        with SEEN.open("a") as lines:
            lines.write(f"{act.workspace} {event.position} {name}\n")
        if DIE_AT and len(SEEN.read_text().splitlines()) == DIE_AT:
            os.kill(os.getpid(), signal.SIGKILL)


worker.main()
