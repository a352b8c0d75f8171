"""Signatures: envelopes handed to their provider, withdrawn there, and their copies fetched."""

from jobs.due import Process, job
from jobs.ledger import Due
from services.contracts import envelopes


async def give_up(process: Process, due: Due) -> None:
    """Say on the contract that its provider does not take it."""
    async with process.acting(due.workspace, due.id) as act:
        reason = due.last_error or "The worker ended in the middle of it."
        await envelopes.give_up(act, due.subject, reason)


@job(envelopes.DUE, give_up=give_up)
async def carry_envelope(process: Process, due: Due) -> None:
    """Bring a provider and an envelope into line."""
    await envelopes.carry(
        process,
        due.workspace,
        due.subject,
        now=await process.now(due.workspace),
        request_id=due.id,
    )
