"""Leads: their signals are counted as they come, their scores fade day by day."""

from collections.abc import Sequence

from core.events import Event
from core.writes import Transaction
from jobs.consumers import consumer
from jobs.due import Process, job
from jobs.housekeeping import in_each_workspace, leave
from jobs.ledger import Due
from jobs.priorities import Priority
from services import lead_scores, lead_signals


@consumer("lead_signals", of=lead_signals.EVENTS)
async def count(act: Transaction, events: Sequence[Event]) -> None:
    """Count what leads do, and write the scores that follow."""
    await lead_signals.take_in(act, events)


@consumer("lead_scores", of=(lead_signals.SCORED,))
async def follow(act: Transaction, events: Sequence[Event]) -> None:
    """Alert whoever has a lead whose score is high now, and give away what nobody has."""
    await lead_signals.follow(act, events)


@job(lead_scores.DUE, give_up=leave, priority=Priority.BULK)
async def refresh(process: Process, due: Due) -> None:
    """Write the scores of a workspace anew: its weights have changed."""
    async with process.acting(due.workspace, due.id) as act:
        await lead_scores.refresh(act)


@job("lead_scores_fade", give_up=leave, priority=Priority.BULK)
async def fade(process: Process, due: Due) -> None:
    """Write the scores of all leads anew: signals count less the older they are."""
    await in_each_workspace(process, due, lead_scores.refresh, where=lead_scores.FADING)
