"""Background work: what there is, and what was given up, begun again or let go."""

from collections.abc import Mapping, Sequence
from typing import Any

from auth.context import Context
from auth.roles import Category, Level
from resolvers.mutation import extra, mutation
from resolvers.queries import valued
from resolvers.reading import Reading
from schema import background as given
from schema.background import DeadLetter, JobQueue
from schema.types import Answered
from services import dead_letters, job_queues


@valued(
    "job_queues",
    Answered(list[JobQueue], "The workspace's background work by its kind; for Admins."),
)
async def queues(reading: Reading, _arguments: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """What waits, runs and was given up lately."""
    reading.actor.require(Category.ADMIN, Level.READ)
    return await job_queues.of(reading.database, reading.actor.workspace_id, reading.now)


@mutation(dead_letter=DeadLetter)
async def dead_letter_replay(ctx: Context, input: given.DeadLetterReplayInput) -> Any:
    """Begin work again that was given up, once what kept it from succeeding is mended."""
    return await dead_letters.replay(ctx, input.id)


@mutation(dead_letter=DeadLetter)
async def dead_letter_discard(ctx: Context, input: given.DeadLetterDiscardInput) -> Any:
    """Let work go that was given up."""
    return await dead_letters.discard(ctx, input.id)


@mutation(
    replayed=extra(int, "How much was begun again: at most 500."),
    left=extra(int, "How much is left: send it again, or discard events too old to be kept."),
)
async def dead_letter_replay_all(
    ctx: Context, input: given.DeadLetterReplayAllInput
) -> dict[str, int]:
    """Begin all work of a kind again that was given up, once its cause is mended."""
    replayed, left = await dead_letters.replay_all(ctx, input.kind)
    return {"replayed": replayed, "left": left}
