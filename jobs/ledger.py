"""The ledger of due work: who may do what is due, for how long, and how it went."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from core.db import Database
from core.writes import Transaction
from jobs.priorities import Priority
from jobs.schedule import Recurrence

SENT_SECONDS = 20
"""How long a message may be on its way before the work is sent again."""
RUN_SECONDS = 10
"""How long a worker may be silent before the work is given to another."""
BEAT_SECONDS = 3
NOWHERE = "00000000-0000-0000-0000-000000000000"
"""Stands where a workspace would for work that is nobody's in particular."""
_RECURRING = UUID("5b2a6f53-6f5b-4d0e-9a0e-3a6a4c5d7e01")
_LONGEST_ERROR = 500
_MOST_SORTED = 2000

# Leases use the database's clock only: the clocks of workers may differ. What is due at a moment
# follows the test clock too, where it is honoured; it never waits for a clock that was put back.
_OFFSET = "make_interval(secs => greatest(0, coalesce((SELECT offset_seconds FROM test_clock), 0)))"
# Rows get the lane of their kind when they are due, so that a look at a lane sees what may be done
# now and nothing else; one whose try failed leaves its lane until the next.
_SORT = """
UPDATE due_work AS d SET lane = wanted.lane
FROM (
  SELECT workspace_id, id, kind FROM due_work
  WHERE lane IS NULL AND at <= now() + {offset} AND kind = ANY($1::text[])
    AND (leased_until IS NULL OR leased_until < now())
  ORDER BY at LIMIT $3 FOR UPDATE SKIP LOCKED
) AS due JOIN unnest($1::text[], $2::smallint[]) AS wanted (kind, lane) USING (kind)
WHERE d.workspace_id = due.workspace_id AND d.id = due.id
RETURNING 1
"""
# From one workspace to the next by the index, and of each only the first so many: what is sent or
# done is among them, so a backlog costs neither time nor others their turn.
_CLAIM = f"""
WITH RECURSIVE place (workspace_id) AS (
  (SELECT workspace_id FROM due_work WHERE lane = $1 AND workspace_id >= $3
   ORDER BY workspace_id LIMIT 1)
  UNION ALL
  SELECT (SELECT d.workspace_id FROM due_work AS d
          WHERE d.lane = $1 AND d.workspace_id > place.workspace_id
          ORDER BY d.workspace_id LIMIT 1)
  FROM place WHERE place.workspace_id IS NOT NULL
)
UPDATE due_work AS d SET leased_until = now() + interval '{SENT_SECONDS} seconds'
FROM (
  SELECT free.workspace_id, free.id FROM place CROSS JOIN LATERAL (
    SELECT one.workspace_id, one.id FROM (
      SELECT workspace_id, id FROM due_work
      WHERE lane = $1 AND workspace_id = place.workspace_id ORDER BY at LIMIT $4
    ) AS head JOIN due_work AS one USING (workspace_id, id)
    WHERE one.kind = ANY($2::text[]) AND one.at <= now() + {{offset}}
      AND (one.leased_until IS NULL OR one.leased_until < now())
    ORDER BY one.at LIMIT $5 FOR UPDATE OF one SKIP LOCKED
  ) AS free LIMIT $6
) AS free
WHERE d.workspace_id = free.workspace_id AND d.id = free.id
RETURNING d.workspace_id, d.id, d.kind, d.subject_id, d.attempts, d.last_error
"""
# One or many of a workspace, told from earlier and later tries by their attempts.
_SENT = "unnest($2::uuid[], $3::int[]) AS sent (id, tried)"
_MINE = "d.workspace_id = $1 AND d.id = sent.id AND d.attempts = sent.tried"
_BEGIN = f"""
UPDATE due_work AS d SET attempts = attempts + 1,
                         leased_until = now() + interval '{RUN_SECONDS} seconds'
FROM {_SENT} WHERE {_MINE} AND at <= now() + {{offset}} RETURNING d.id
"""
_BEAT = f"""
UPDATE due_work AS d SET leased_until = now() + interval '{RUN_SECONDS} seconds'
FROM {_SENT} WHERE {_MINE} RETURNING 1
"""
_DONE = f"DELETE FROM due_work AS d USING {_SENT} WHERE {_MINE} RETURNING 1"
_AGAIN = f"""
UPDATE due_work AS d SET attempts = 0, last_error = NULL, leased_until = NULL, lane = NULL,
  at = to_timestamp(
    (floor((extract(epoch FROM now() + {{offset}}) - $5::int) / $4::int) + 1) * $4::int + $5::int)
FROM {_SENT} WHERE {_MINE} RETURNING 1
"""
_PLAN = """
INSERT INTO due_work (workspace_id, id, kind, subject_id, at)
SELECT $1, id, kind, $1, now() FROM unnest($2::uuid[], $3::text[]) AS wanted (id, kind)
ON CONFLICT DO NOTHING
"""
_PUT_BACK = f"""
UPDATE due_work AS d SET attempts = attempts - 1, leased_until = NULL
FROM {_SENT} WHERE {_MINE} RETURNING 1
"""
_RELEASE = f"UPDATE due_work AS d SET leased_until = NULL FROM {_SENT} WHERE {_MINE} RETURNING 1"
_FAILED = f"""
UPDATE due_work AS d SET last_error = $4, lane = NULL,
                         leased_until = now() + interval '1 second' * power(2, attempts)
FROM {_SENT} WHERE {_MINE} RETURNING 1
"""


@dataclass(frozen=True, slots=True)
class Due:
    """Work on a record; `attempts` tells this try from earlier and later ones."""

    workspace: str
    id: str
    kind: str
    subject: str
    attempts: int
    last_error: str | None = None


class Size(NamedTuple):
    """How much is claimed."""

    held: int
    """Of one workspace, with what is sent and done already."""
    each: int
    """Of one workspace now."""
    most: int
    """Of all together."""


class Ledger:
    """The rows of `due_work` as workers use them."""

    def __init__(self, database: Database, *, test_clock: bool) -> None:
        self._database = database
        self._offset = _OFFSET if test_clock else "interval '0'"

    async def sort(self, lanes: Mapping[str, Priority]) -> bool:
        """Give work that has become due the lane of its kind; whether there may be more."""
        given = list(lanes), list(lanes.values())
        return len(await self._write(self._moved(_SORT), *given, _MOST_SORTED)) == _MOST_SORTED

    async def claim(
        self, lane: Priority, kinds: list[str], size: Size, first: str = NOWHERE
    ) -> list[Due]:
        """Work of a lane that is nobody's, some of each workspace from the first on.

        It is reserved until its message should have arrived.
        """
        rows = await self._write(self._moved(_CLAIM), lane, kinds, first, *size)
        return [Due(*row) for row in rows]

    async def begin(self, sent: Sequence[Due]) -> list[Due]:
        """Start a try of each, without those that another worker started, or that are done."""
        rows = await self._mine(self._moved(_BEGIN), sent)
        begun = {row["id"] for row in rows}
        return [replace(due, attempts=due.attempts + 1) for due in sent if due.id in begun]

    async def beat(self, due: Due) -> bool:
        """Say that the try goes on; False when it was given to another."""
        return bool(await self._mine(_BEAT, [due]))

    async def plan(self, kinds: Iterable[str]) -> None:
        """Note recurring work that was never noted; it is due at once."""
        names = sorted(kinds)
        ids = [str(uuid5(_RECURRING, name)) for name in names]
        await self._write(_PLAN, NOWHERE, ids, names)

    async def done(self, these: Sequence[Due]) -> None:
        """Strike work out."""
        await self._mine(_DONE, these)

    async def again(self, due: Due, recurs: Recurrence) -> None:
        """Note when work that recurs is due again."""
        seconds = (int(one.total_seconds()) for one in (recurs.every, recurs.after))
        await self._mine(self._moved(_AGAIN), [due], *seconds)

    async def put_back(self, these: Sequence[Due]) -> None:
        """Leave work that was begun to another process; the try does not count."""
        await self._mine(_PUT_BACK, these)

    async def release(self, these: Sequence[Due]) -> None:
        """Leave work that was not begun to the next look."""
        await self._mine(_RELEASE, these)

    async def failed(self, due: Due, error: BaseException) -> None:
        """Remember why a try failed; the next one waits a little longer each time."""
        await self._mine(_FAILED, [due], repr(error)[:_LONGEST_ERROR])

    async def strike(self, act: Transaction, due: Due) -> None:
        """Strike the work out with what an act does instead."""
        await act.fetch_text(_DONE, due.workspace, [due.id], [due.attempts])

    async def _mine(self, statement: str, these: Sequence[Due], *more: Any) -> list[Any]:
        """Write what is of one workspace, where it is still as it is here."""
        if not these:
            return []
        ids, tried = [due.id for due in these], [due.attempts for due in these]
        return await self._write(statement, these[0].workspace, ids, tried, *more)

    async def _write(self, statement: str, *arguments: Any) -> list[Any]:
        return await self._database.write_outside(statement, *arguments)

    def _moved(self, statement: str) -> str:
        return statement.format(offset=self._offset)
