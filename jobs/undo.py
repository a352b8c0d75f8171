"""Undo of acts on thousands of records, in the background."""

from jobs.due import Process, job
from jobs.ledger import Due
from services.undo import acts, run


async def give_up(process: Process, due: Due) -> None:
    """Let the act be undone by who asks again."""
    await run.release(process.database, due.workspace, due.subject)


@job(acts.DUE, give_up=give_up, seconds=3600.0)
async def run_undo(process: Process, due: Due) -> None:
    """Undo an act that was claimed."""
    await run.run(process.database, due.workspace, due.subject, now=process.now, request_id=due.id)
