"""Notifications in the background: by mail at once, in the digest, and of tasks that are late."""

from collections.abc import Sequence
from datetime import timedelta

from core.events import Event
from core.writes import Transaction
from jobs.consumers import consumer
from jobs.due import Process, job
from jobs.housekeeping import in_each_workspace, leave
from jobs.ledger import Due, Recurrence
from services import notification_mail, overdue_tasks

_OFTEN = timedelta(minutes=5)
_QUARTER = timedelta(minutes=15)
"""Somewhere it is eight at every quarter of an hour."""


@consumer("notification_mail", of=("notification.created",))
async def mail(act: Transaction, events: Sequence[Event]) -> None:
    """Mail what users want to be told at once."""
    await notification_mail.at_once(act, events)


@job("digest", give_up=leave, recurs=Recurrence(_QUARTER, timedelta(seconds=20)))
async def send_digests(process: Process, due: Due) -> None:
    """Send the digests of the day where it is time for them."""
    await in_each_workspace(process, due, notification_mail.send_digests)


@job("overdue_tasks", give_up=leave, recurs=Recurrence(_OFTEN, timedelta(seconds=40)))
async def find_overdue_tasks(process: Process, due: Due) -> None:
    """Find the tasks that were not done in time."""
    await in_each_workspace(process, due, overdue_tasks.find)
