"""Quote to cash: what follows from events, and what follows from the day."""

from collections.abc import Sequence

from core.events import Event
from core.writes import Transaction
from jobs.consumers import consumer
from jobs.due import Process, job
from jobs.housekeeping import in_each_workspace, leave
from jobs.ledger import Due
from services import quote_to_cash
from services.contracts import terms
from services.invoices import overdue


@consumer("quote_to_cash", of=quote_to_cash.EVENTS)
async def follow(act: Transaction, events: Sequence[Event]) -> None:
    """Send what was made, win and invoice what was signed, invoice what was won."""
    await quote_to_cash.follow(act, events)


@job("contract_terms", give_up=leave)
async def follow_terms(process: Process, due: Due) -> None:
    """Put contracts into force on their first day, and let them expire after their last."""
    await in_each_workspace(process, due, terms.follow, where=terms.ASKED)


@job("overdue", give_up=leave)
async def find_overdue(process: Process, due: Due) -> None:
    """Find the invoices that were not paid in time."""
    await in_each_workspace(process, due, overdue.find, where=overdue.ASKED)
