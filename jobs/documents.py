"""Papers in the background: records that changed are printed anew."""

from collections.abc import Sequence

from core.events import Event
from core.writes import Transaction
from jobs.consumers import consumer
from jobs.due import Process, job
from jobs.ledger import Due
from services.documents import asking, rendering


@consumer("documents", about=asking.PRINTED)
async def take_in(act: Transaction, events: Sequence[Event]) -> None:
    """Ask for the papers of the records that changed."""
    await asking.take_in(act, events)


async def give_up(process: Process, due: Due) -> None:
    """Show the reason beside the record after the last try."""
    reason = due.last_error or "The worker ended in the middle of it."
    await rendering.give_up(process, due.workspace, due.subject, due.id, reason)


@job(rendering.DUE, give_up=give_up)
async def render_document(process: Process, due: Due) -> None:
    """Print a record as it is."""
    await rendering.render(process, due.workspace, due.subject, due.id)
