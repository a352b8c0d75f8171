"""Workflows in the background: matched with events, carried out, set off by the clock."""

from collections.abc import Sequence

from core.events import Event
from core.writes import Transaction
from jobs.consumers import consumer
from jobs.due import Process, job
from jobs.housekeeping import in_each_workspace, leave
from jobs.ledger import Due
from jobs.priorities import Priority
from services.workflows import forgetting, matching, queueing, running, scheduling, triggers


@consumer("workflows", about=triggers.TABLES)
async def take_in(act: Transaction, events: Sequence[Event]) -> None:
    """Queue what the events set off."""
    await matching.set_off(act, events)


async def give_up(process: Process, due: Due) -> None:
    """Show the run as failed after the last try."""
    async with process.acting(due.workspace, due.id) as act:
        reason = due.last_error or "The worker ended in the middle of it."
        await running.give_up(act, due.subject, reason)


@job(queueing.DUE, give_up=give_up, priority=Priority.URGENT)
async def carry_out(process: Process, due: Due) -> None:
    """Carry a run out as far as it goes now."""
    await running.advance(process, due.workspace, due.subject)


async def go_on(process: Process, due: Due) -> None:
    """Let a schedule go on after a time that could not be seen to."""
    async with process.acting(due.workspace, due.id) as act:
        await scheduling.skip(act, due.subject, due.id)


@job(scheduling.DUE, give_up=go_on, priority=Priority.URGENT)
async def fire(process: Process, due: Due) -> None:
    """Set a workflow off at a time of its schedule."""
    async with process.acting(due.workspace, due.id) as act:
        await scheduling.fire(act, due.subject, due.id)


@job("workflow_runs.forget", give_up=leave, priority=Priority.BULK)
async def forget(process: Process, due: Due) -> None:
    """Remove old runs in each workspace."""
    await in_each_workspace(process, due, forgetting.forget, where=forgetting.ASKED)
