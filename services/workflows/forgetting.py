"""What is kept of runs: those that did something for 90 days, those that were skipped for 7."""

from datetime import timedelta

from core.writes import Transaction
from models import metadata
from models.automation_enums import WorkflowRunStatus as Status
from services import sweeps

DAYS = 90
SKIPPED_DAYS = 7
_AT_ONCE = 5_000
_RUN = metadata.tables["workflow_run"]
_FORGET = """
DELETE FROM workflow_run WHERE workspace_id = $1 AND id IN (
  SELECT id FROM workflow_run
  WHERE workspace_id = $1 AND finished_at < $2 AND ($3::text IS NULL OR status = $3) LIMIT $4)
RETURNING id
"""
ASKED = sweeps.question(
    *(
        sweeps.rows(_RUN, *conditions, _RUN.c.finished_at < sweeps.before(timedelta(days=days)))
        for days, conditions in ((SKIPPED_DAYS, [_RUN.c.status == Status.SKIPPED]), (DAYS, []))
    )
)
"""Whether a run is old enough to go."""


async def forget(act: Transaction) -> bool:
    """Remove a number of old runs with their steps; whether there may be more."""
    more = False
    for status, days in ((Status.SKIPPED, SKIPPED_DAYS), (None, DAYS)):
        before = act.now - timedelta(days=days)
        gone = await act.fetch_text(_FORGET, act.workspace, before, status, _AT_ONCE)
        more = more or len(gone) == _AT_ONCE
    return more
