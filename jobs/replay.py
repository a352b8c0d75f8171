"""Events that were given up, handed to their consumer again."""

from jobs.consumers import CONSUMERS
from jobs.due import Process, job
from jobs.ledger import Due
from jobs.offsets import Offsets
from services import dead_letters, effects


async def give_up(_process: Process, _due: Due) -> None:
    """What cannot be replayed is a dead letter again."""


@job(dead_letters.REPLAY, give_up=give_up)
async def replay_event(process: Process, due: Due) -> None:
    """Let the consumer take the event in, once."""
    offsets = Offsets(process.database)
    async with process.acting(due.workspace, due.id) as act:
        letter = await dead_letters.read(act, due.subject)
        if await effects.first(act, f"{dead_letters.REPLAY}:{due.id}"):
            events = await offsets.events(due.workspace, letter["position"] - 1, 1)
            if [event.position for event in events] != [letter["position"]]:
                message = "the event is not kept any more"
                raise LookupError(message)
            await CONSUMERS[letter["kind"]].take_in(act, events)
