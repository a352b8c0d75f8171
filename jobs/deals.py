"""Deals in the background: those that have stalled are found, told, and let go on."""

from collections.abc import Sequence

from core.events import Event
from core.writes import Transaction
from jobs.consumers import consumer
from jobs.due import Process, job
from jobs.housekeeping import in_each_workspace, leave
from jobs.ledger import Due
from services import stalled_deals


@consumer("stalled_deals", of=(stalled_deals.STALLED,))
async def tell(act: Transaction, events: Sequence[Event]) -> None:
    """Tell the owners of deals that have stalled."""
    await stalled_deals.tell(act, events)


@consumer("resumed_deals", about=stalled_deals.ABOUT)
async def resume(act: Transaction, events: Sequence[Event]) -> None:
    """Let deals go on to which something happens."""
    await stalled_deals.resume(act, events)


@job("stalled_deals", give_up=leave)
async def find(process: Process, due: Due) -> None:
    """Find the deals that have stalled."""
    await in_each_workspace(process, due, stalled_deals.find, where=stalled_deals.ASKED)
