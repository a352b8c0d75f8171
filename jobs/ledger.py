"""The ledger of due work: who may do what is due, for how long, and how it went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from core.db import Database, Writing
from core.writes import Transaction

MOST_ATTEMPTS = 5
SENT_SECONDS = 20
"""How long a message may be on its way before the work is sent again."""
RUN_SECONDS = 10
"""How long a worker may be silent before the work is given to another."""
BEAT_SECONDS = 3
NOWHERE = "00000000-0000-0000-0000-000000000000"
"""Stands where a workspace would for work that is nobody's in particular."""
_RECURRING = UUID("5b2a6f53-6f5b-4d0e-9a0e-3a6a4c5d7e01")
_LONGEST_ERROR = 500

# Leases use the database's clock only: the clocks of workers may differ. What is due at a moment
# follows the test clock too, where it is honoured; it never waits for a clock that was put back.
_OFFSET = "make_interval(secs => greatest(0, coalesce((SELECT offset_seconds FROM test_clock), 0)))"
_CLAIM = f"""
UPDATE due_work AS d SET leased_until = now() + interval '{SENT_SECONDS} seconds'
FROM (
  SELECT workspace_id, id FROM due_work
  WHERE at <= now() + {{offset}} AND kind = ANY($1::text[])
    AND (leased_until IS NULL OR leased_until < now())
  ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
) AS free
WHERE d.workspace_id = free.workspace_id AND d.id = free.id
RETURNING d.workspace_id, d.id, d.kind, d.subject_id, d.attempts, d.last_error
"""
_MINE = "WHERE workspace_id = $1 AND id = $2 AND attempts = $3"
_BEGIN = f"""
UPDATE due_work SET attempts = attempts + 1,
                    leased_until = now() + interval '{RUN_SECONDS} seconds'
{_MINE} AND at <= now() + {{offset}} RETURNING attempts
"""
_BEAT = f"""
UPDATE due_work SET leased_until = now() + interval '{RUN_SECONDS} seconds' {_MINE} RETURNING 1
"""
_DONE = f"DELETE FROM due_work {_MINE} RETURNING 1"
_AGAIN = f"""
UPDATE due_work SET attempts = 0, last_error = NULL, leased_until = NULL, at = to_timestamp(
  (floor((extract(epoch FROM now() + {{offset}}) - $5::int) / $4::int) + 1) * $4::int + $5::int)
{_MINE} RETURNING 1
"""
_PLAN = """
INSERT INTO due_work (workspace_id, id, kind, subject_id, at)
SELECT $1, id, kind, $1, now() FROM unnest($2::uuid[], $3::text[]) AS wanted (id, kind)
ON CONFLICT DO NOTHING
"""
_PUT_BACK = f"""
UPDATE due_work SET attempts = attempts - 1, leased_until = NULL {_MINE} RETURNING 1
"""
_RELEASE = f"UPDATE due_work SET leased_until = NULL {_MINE} RETURNING 1"
_FAILED = f"""
UPDATE due_work SET last_error = $4,
                    leased_until = now() + interval '1 second' * power(2, attempts)
{_MINE} RETURNING 1
"""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Work that is due at every multiple of a time, or so long after it."""

    every: timedelta
    after: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Due:
    """Work on a record; `attempts` tells this try from earlier and later ones."""

    workspace: str
    id: str
    kind: str
    subject: str
    attempts: int
    last_error: str | None = None

    @property
    def exhausted(self) -> bool:
        """Whether it was tried often enough."""
        return self.attempts >= MOST_ATTEMPTS


class Ledger:
    """The rows of `due_work` as workers use them."""

    def __init__(self, database: Database, *, test_clock: bool) -> None:
        self._database = database
        self._offset = _OFFSET if test_clock else "interval '0'"

    async def claim(self, kinds: list[str], most: int) -> list[Due]:
        """Work that is due and nobody's, reserved until its message should have arrived."""
        async with self._database.writing(None) as writing:
            rows = await writing.fetch_text(self._moved(_CLAIM), kinds, most)
        return [Due(*row) for row in rows]

    async def begin(self, due: Due) -> Due | None:
        """Start a try; None when another worker started it, or it is done."""
        async with self._database.writing(None) as writing:
            rows = await writing.fetch_text(
                self._moved(_BEGIN), due.workspace, due.id, due.attempts
            )
        if not rows:
            return None
        return Due(due.workspace, due.id, due.kind, due.subject, rows[0]["attempts"])

    async def beat(self, due: Due) -> bool:
        """Say that the try goes on; False when it was given to another."""
        return await self._mine(_BEAT, due)

    async def plan(self, kinds: Iterable[str]) -> None:
        """Note recurring work that was never noted; it is due at once."""
        names = sorted(kinds)
        ids = [str(uuid5(_RECURRING, name)) for name in names]
        async with self._database.writing(None) as writing:
            await writing.fetch_text(_PLAN, NOWHERE, ids, names)

    async def done(self, due: Due, recurs: Recurrence | None = None) -> None:
        """Strike the work out, or note when it is due again."""
        if recurs is None:
            await self._mine(_DONE, due)
        else:
            seconds = (int(one.total_seconds()) for one in (recurs.every, recurs.after))
            await self._mine(self._moved(_AGAIN), due, *seconds)

    async def put_back(self, due: Due) -> None:
        """Leave the work to another process; the try does not count."""
        await self._mine(_PUT_BACK, due)

    async def release(self, due: Due) -> None:
        """Leave work that could not be sent to the next look."""
        await self._mine(_RELEASE, due)

    async def failed(self, due: Due, error: BaseException) -> None:
        """Remember why a try failed; the next one waits a little longer each time."""
        await self._mine(_FAILED, due, repr(error)[:_LONGEST_ERROR])

    async def strike(self, act: Transaction, due: Due) -> None:
        """Strike the work out with what an act does instead."""
        await act.fetch_text(_DONE, due.workspace, due.id, due.attempts)

    async def _mine(self, statement: str, due: Due, *more: Any) -> bool:
        writing: Writing
        async with self._database.writing(None) as writing:
            rows = await writing.fetch_text(statement, due.workspace, due.id, due.attempts, *more)
        return bool(rows)

    def _moved(self, statement: str) -> str:
        return statement.format(offset=self._offset)
