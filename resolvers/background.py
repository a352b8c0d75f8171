"""Background work that was given up: begun again or let go."""

from typing import Any

from auth.context import Context
from resolvers.mutation import mutation
from schema import background as given
from schema.background import DeadLetter
from services import dead_letters


@mutation(dead_letter=DeadLetter)
async def dead_letter_replay(ctx: Context, input: given.DeadLetterReplayInput) -> Any:
    """Begin work again that was given up, once what kept it from succeeding is mended."""
    return await dead_letters.replay(ctx, input.id)


@mutation(dead_letter=DeadLetter)
async def dead_letter_discard(ctx: Context, input: given.DeadLetterDiscardInput) -> Any:
    """Let work go that was given up."""
    return await dead_letters.discard(ctx, input.id)
