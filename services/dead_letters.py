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
    if letter.position is None:
        await due_work.enqueue(ctx.act, letter.kind, str(letter.subject_id))
    elif not await log_keeping.keeps(ctx.act, letter.position):
        message = "The event is too old to be kept; discard the letter."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    else:
        await due_work.enqueue(ctx.act, REPLAY, letter.id)
    return await _settle(ctx, letter, DeadLetterState.REPLAYED)


async def discard(ctx: Context, letter_id: str) -> Any:
    """Let the work go."""
    return await _settle(ctx, await _waiting(ctx, letter_id), DeadLetterState.DISCARDED)


async def _waiting(ctx: Context, letter_id: str) -> DeadLetter:
    ctx.require(Category.ADMIN)
    letter = await ctx.get(DeadLetter, letter_id, lock=True)
    if letter.state != DeadLetterState.WAITING:
        message = f"This was {letter.state.lower()} already; only what waits can be seen to."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    return letter


async def _settle(ctx: Context, letter: DeadLetter, state: DeadLetterState) -> Any:
    where = _is(ctx.workspace_id, letter.id)
    return (await ctx.act.update(LETTER, where, {"state": state}))[0]


def _is(workspace: str, letter_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(LETTER.c.workspace_id == workspace, LETTER.c.id == letter_id)
