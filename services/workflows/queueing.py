"""Runs as they begin: written once by what sets them off, with the work that carries them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from core.ids import new_id
from core.writes import Transaction
from models.automation_enums import WorkflowRunStatus as Status
from services import due_work

DUE = "workflow_run"
"""The kind of work that carries a run out."""
FIRST = "0"
"""The path of the first step."""

_INSERT = """
INSERT INTO workflow_run
  (workspace_id, id, workflow_id, revision, key, status, position, event_type, record_kind,
   record_id, payload, chain, error, next_step, finished_at, created_at, updated_at)
SELECT $1, id, workflow_id, revision, key, status, position, event_type, record_kind, record_id,
       payload, chain, error, CASE WHEN error IS NULL THEN $3 END,
       CASE WHEN error IS NOT NULL THEN $2::timestamptz END, $2, $2
FROM unnest($4::uuid[], $5::uuid[], $6::int[], $7::text[], $8::text[], $9::bigint[], $10::text[],
            $11::text[], $12::uuid[], $13::jsonb[], $14::jsonb[], $15::text[])
  AS run (id, workflow_id, revision, key, status, position, event_type, record_kind, record_id,
          payload, chain, error)
ON CONFLICT (workspace_id, workflow_id, key) DO NOTHING
RETURNING id, status
"""


@dataclass(slots=True, kw_only=True)
class Queued:
    """A run that is about to be written."""

    workflow_id: str
    revision: int
    key: str
    """What sets it off; a second time it is the same run."""
    position: int | None = None
    event_type: str | None = None
    record_kind: str | None = None
    record_id: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    chain: Sequence[Mapping[str, Any]] = ()
    by_person: bool = False
    """Whether somebody did by hand what sets it off."""
    id: str = field(default_factory=new_id)
    status: Status = Status.QUEUED
    error: str | None = None

    def end(self, status: Status, reason: str) -> None:
        """Let it be over before it begins."""
        self.status, self.error = status, reason


async def add(act: Transaction, runs: Sequence[Queued]) -> frozenset[str]:
    """Write runs that are not there yet, and ask for the work of those that wait; their ids."""
    if not runs:
        return frozenset()
    written = await act.fetch_text(
        _INSERT,
        act.workspace,
        act.now,
        FIRST,
        [one.id for one in runs],
        [one.workflow_id for one in runs],
        [one.revision for one in runs],
        [one.key for one in runs],
        [one.status for one in runs],
        [one.position for one in runs],
        [one.event_type for one in runs],
        [one.record_kind for one in runs],
        [one.record_id for one in runs],
        [dict(one.payload) for one in runs],
        # A list among arguments would be read as one more dimension of the array.
        [orjson.Fragment(orjson.dumps(list(one.chain))) for one in runs],
        [one.error for one in runs],
    )
    waiting = [row["id"] for row in written if row["status"] == Status.QUEUED]
    await due_work.enqueue_many(act, DUE, dict.fromkeys(waiting))
    return frozenset(row["id"] for row in written)
