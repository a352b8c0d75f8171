"""Bulk acts: the same act on many records, all of them or each on its own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import Refusals, UserError

MAX_ROWS = 500

Act = Callable[[Any], Awaitable[Any]]
Explain = Callable[[asyncpg.PostgresError], UserError | None]
Follow = Callable[[Context, Any, UserError], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: its record, or why it was refused."""

    record: Any
    errors: list[UserError]


def kept(outcome: Outcome, record_id: str | None) -> dict[str, Any]:
    """An outcome as it is remembered for a retry."""
    errors = [[one.code.value, one.message, list(one.path)] for one in outcome.errors]
    return {"id": record_id, "errors": errors}


def told_again(remembered: Mapping[str, Any]) -> Outcome:
    """The outcome that was remembered; the record is read as it is now."""
    return Outcome(
        remembered["id"],
        [
            UserError(UserErrorCode[code], message, tuple(path))
            for code, message, path in remembered["errors"]
        ],
    )


class Rejected(Exception):
    """Some rows were refused and nothing was to be done then."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        super().__init__("rejected")
        self.outcomes = outcomes


async def run(
    ctx: Context,
    rows: Sequence[Any],
    act: Act,
    *,
    explain: Explain,
    follow: Follow,
    reject_all: bool,
    path: str,
) -> list[Outcome]:
    """Do an act for each row; a refused row leaves no trace, or none of them does.

    A row is done once more where `follow` says that it names now what was not found.
    """
    if len(rows) > MAX_ROWS:
        message = f"At most {MAX_ROWS} records a call; these are {len(rows)}."
        raise UserError(UserErrorCode.TOO_MANY, message, (path,))
    outcomes = [await _one(ctx, row, act, explain, follow) for row in rows]
    if reject_all and any(outcome.errors for outcome in outcomes):
        raise Rejected([Outcome(None, outcome.errors) for outcome in outcomes])
    return outcomes


async def _one(
    ctx: Context, row: Any, act: Act, explain: Explain, follow: Follow | None
) -> Outcome:
    try:
        async with ctx.act.savepoint():
            return Outcome(await act(row), [])
    except UserError as error:
        if follow is not None and await follow(ctx, row, error):
            return await _one(ctx, row, act, explain, None)
        return Outcome(None, [error])
    except Refusals as several:
        return Outcome(None, several.errors)
    except asyncpg.IntegrityConstraintViolationError as error:
        refusal = explain(error)
        if refusal is None:
            raise
        return Outcome(None, [refusal])
