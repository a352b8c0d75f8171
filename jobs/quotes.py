"""Recurring work on quotes: those whose last day has passed expire."""

from jobs.due import Process, job
from jobs.housekeeping import in_each_workspace, leave
from jobs.ledger import Due
from services.quotes import expiring


@job("quotes.expire", give_up=leave)
async def expire(process: Process, due: Due) -> None:
    """Let quotes expire in each workspace, by the day it is there."""
    await in_each_workspace(process, due, expiring.expire, where=expiring.ASKED)
