"""Sequences in the background: their steps when it is time, and what ends them early."""

from collections.abc import Sequence

from core.events import Event
from core.writes import Transaction
from jobs.consumers import consumer
from jobs.due import Process, job
from jobs.ledger import Due
from models.automation_enums import StopReason
from services import sequence_steps, sequences


async def give_up(process: Process, due: Due) -> None:
    """End an enrollment whose step could not be done, with the reason."""
    reason = due.last_error or "The worker ended in the middle of it."
    async with process.acting(due.workspace, due.id) as act:
        await sequences.end(act, due.subject, StopReason.FAILED, reason)


@job(sequences.DUE, give_up=give_up)
async def do_step(process: Process, due: Due) -> None:
    """Do the next step of an enrollment."""
    async with process.acting(due.workspace, due.id) as act:
        await sequence_steps.advance(act, due.subject)


@consumer("sequences", about=("contact", "lead", "email"))
async def follow(act: Transaction, events: Sequence[Event]) -> None:
    """End what goes on with those who answered, whose address is dead, or who are gone."""
    await sequence_steps.follow(act, events)
