"""Mail in the background."""

from jobs.due import Process, job
from jobs.ledger import Due
from jobs.priorities import Priority
from services import mailing, outbox


async def give_up(process: Process, due: Due) -> None:
    """Show the mail as failed after the last try."""
    reason = due.last_error or "The worker ended in the middle of it."
    await mailing.give_up(process, due.workspace, due.subject, due.id, reason)


@job(outbox.DUE, give_up=give_up, priority=Priority.URGENT, seconds=120.0)
async def send_mail(process: Process, due: Due) -> None:
    """Hand a mail of the outbox to the mail server."""
    await mailing.deliver(process, due.workspace, due.subject, due.id)
