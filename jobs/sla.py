"""SLA clocks in the background: cases turn amber and red without anybody looking."""

from collections.abc import Sequence

from core.events import Event
from core.writes import Transaction
from jobs.consumers import consumer
from jobs.due import Process, job
from jobs.housekeeping import leave
from jobs.ledger import Due
from jobs.priorities import Priority
from services import sla_clocks


@consumer("sla_clocks", about=("case",))
async def follow(act: Transaction, events: Sequence[Event]) -> None:
    """Have the clocks of cases looked at when they turn next."""
    await sla_clocks.follow(act, events)


@job(sla_clocks.DUE, give_up=leave, priority=Priority.URGENT)
async def look(process: Process, due: Due) -> None:
    """Look at the clocks of a case."""
    async with process.acting(due.workspace, due.id) as act:
        await sla_clocks.look(act, due.subject)
