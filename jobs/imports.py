"""Imports in the background."""

from jobs.due import Process, job
from jobs.ledger import Due
from jobs.priorities import Priority
from services.imports import acts, run


async def give_up(process: Process, due: Due) -> None:
    """Show the import as failed after its last try."""
    reason = "The import was tried several times and could not be finished; ask support."
    await run.fail(_around(process), due.workspace, due.subject, due.id, reason)


@job(acts.DUE, give_up=give_up, priority=Priority.BULK, seconds=24 * 3600.0)
async def run_import(process: Process, due: Due) -> None:
    """Bring in what is left of an import."""
    await run.run(_around(process), due.workspace, due.subject, due.id)


def _around(process: Process) -> run.Surroundings:
    return run.Surroundings(
        database=process.database,
        files=process.files,
        now=process.now,
        stopping=lambda: process.stopping,
    )
