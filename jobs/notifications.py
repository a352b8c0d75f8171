"""Notifications in the background: by mail at once, in the digest, and of tasks that are late."""

from collections.abc import Sequence

from core.events import Event
from core.writes import Transaction
from jobs.consumers import consumer
from jobs.due import Process, job
from jobs.housekeeping import in_each_workspace, leave
from jobs.ledger import Due
from services import notification_mail, overdue_tasks

"""Somewhere it is eight at every quarter of an hour."""


@consumer("notification_mail", of=("notification.created",))
async def mail(act: Transaction, events: Sequence[Event]) -> None:
    """Mail what users want to be told at once."""
    await notification_mail.at_once(act, events)


@job("digest", give_up=leave)
async def send_digests(process: Process, due: Due) -> None:
    """Send the digests of the day where it is time for them."""
    await in_each_workspace(
        process, due, notification_mail.send_digests, where=notification_mail.ASKED
    )


@job("overdue_tasks", give_up=leave)
async def find_overdue_tasks(process: Process, due: Due) -> None:
    """Find the tasks that were not done in time."""
    await in_each_workspace(process, due, overdue_tasks.find, where=overdue_tasks.ASKED)
