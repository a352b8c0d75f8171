"""Dead letters: work that was given up, kept until somebody replays it or lets it go."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from core.writes import Transaction
from models import metadata
from models.background import DeadLetter
from models.enums import DeadLetterState
from services import due_work, log_keeping

REPLAY = "replay"
"""The kind of work that hands an event to the consumer that could not take it in."""
LETTER = metadata.tables["dead_letter"]
MOST_AT_ONCE = 500
"""Letters that one act begins again."""
_LONGEST_ERROR = 500


async def bury(
    act: Transaction,
    *,
    kind: str,
    attempts: int,
    error: str,
    subject: str | None = None,
    position: int | None = None,
) -> None:
    """Keep work that was given up: a job with its subject, or an event with its position."""
    values = {
        "kind": kind,
        "subject_id": subject,
        "position": position,
        "attempts": attempts,
        "error": error[:_LONGEST_ERROR],
    }
    await act.insert(LETTER, values)


async def read(act: Transaction, letter_id: str) -> Any:
    """A dead letter's row."""
    rows = await act.fetch(sa.select(LETTER).where(_is(act.workspace, letter_id)))
    return rows[0]


async def was_replayed(act: Transaction, kind: str, subject: str, since: datetime) -> bool:
    """Whether somebody has begun work again since a moment that was given up."""
    rows = await act.fetch(
        sa.select(LETTER.c.id)
        .where(
            LETTER.c.workspace_id == act.workspace,
            LETTER.c.kind == kind,
            LETTER.c.subject_id == subject,
            LETTER.c.state == DeadLetterState.REPLAYED,
            LETTER.c.updated_at >= since,
        )
        .limit(1)
    )
    return bool(rows)


async def settle(act: Transaction, kind: str, subject: str) -> None:
    """Note that work that was given up was begun again by another way."""
    where = sa.and_(
        LETTER.c.kind == kind,
        LETTER.c.subject_id == subject,
        LETTER.c.state == DeadLetterState.WAITING,
    )
    await act.update(LETTER, where, {"state": DeadLetterState.REPLAYED})


async def replay(ctx: Context, letter_id: str) -> Any:
    """Begin the work again, once."""
    letter = await _waiting(ctx, letter_id)
    if not await _is_kept(ctx, letter):
        message = "The event is too old to be kept; discard the letter."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    return await _begin_again(ctx, letter)


async def replay_all(ctx: Context, kind: str) -> tuple[int, int]:
    """Begin all work of a kind again, the oldest first; how much was, and how much is left.

    What is left are events too old to be kept, or what is more than can be begun by one act.
    """
    ctx.require(Category.ADMIN)
    wanted = [
        LETTER.c.workspace_id == ctx.workspace_id,
        LETTER.c.kind == kind,
        LETTER.c.state == DeadLetterState.WAITING,
    ]
    begun = 0
    oldest = sa.select(LETTER).where(*wanted).order_by(LETTER.c.id).limit(MOST_AT_ONCE)
    for letter in await ctx.act.fetch(oldest.with_for_update()):
        if await _is_kept(ctx, letter):
            await _begin_again(ctx, letter)
            begun += 1
    left = await ctx.act.fetch(sa.select(sa.func.count()).select_from(LETTER).where(*wanted))
    return begun, left[0][0]


async def _is_kept(ctx: Context, letter: Any) -> bool:
    position = letter["position"]
    return position is None or await log_keeping.keeps(ctx.act, position)


async def _begin_again(ctx: Context, letter: Any) -> Any:
    if letter["position"] is None:
        await due_work.enqueue(ctx.act, letter["kind"], str(letter["subject_id"]))
    else:
        await due_work.enqueue(ctx.act, REPLAY, str(letter["id"]))
    return await _settle(ctx, str(letter["id"]), DeadLetterState.REPLAYED)


async def discard(ctx: Context, letter_id: str) -> Any:
    """Let the work go."""
    await _waiting(ctx, letter_id)
    return await _settle(ctx, letter_id, DeadLetterState.DISCARDED)


async def _waiting(ctx: Context, letter_id: str) -> Any:
    ctx.require(Category.ADMIN)
    letter = await ctx.get(DeadLetter, letter_id, lock=True)
    if letter.state != DeadLetterState.WAITING:
        message = f"This was {letter.state.lower()} already; only what waits can be seen to."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    return await read(ctx.act, letter_id)


async def _settle(ctx: Context, letter_id: str, state: DeadLetterState) -> Any:
    where = _is(ctx.workspace_id, letter_id)
    return (await ctx.act.update(LETTER, where, {"state": state}))[0]


def _is(workspace: str, letter_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(LETTER.c.workspace_id == workspace, LETTER.c.id == letter_id)
