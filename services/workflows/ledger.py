"""The ledger of runs: where each stands, and a line for every try of every step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.ids import new_id
from core.writes import Transaction
from models import metadata
from models.automation_enums import WorkflowAction, WorkflowRunStatus, WorkflowStepStatus

RUN, STEP = metadata.tables["workflow_run"], metadata.tables["workflow_step"]
_WORKFLOW, _REVISION = metadata.tables["workflow"], metadata.tables["workflow_revision"]

OPEN = (WorkflowRunStatus.QUEUED, WorkflowRunStatus.RUNNING, WorkflowRunStatus.WAITING)
"""What a run is until it is over."""
ENDED = tuple(one for one in WorkflowRunStatus if one not in OPEN)

_WRITE = """
INSERT INTO workflow_step (workspace_id, id, run_id, path, action, attempt, status, input, output,
                           error, started_at, finished_at, created_at, updated_at)
SELECT $1, $2, $3, $4, $5, (
  SELECT coalesce(max(attempt), 0) + 1 FROM workflow_step
  WHERE workspace_id = $1 AND run_id = $3 AND path = $4
), $6, $7, $8, $9, $10, $11, $12, $12
"""
_SUCCESSES = """
SELECT count(*) FROM workflow_step
WHERE workspace_id = $1 AND run_id = $2 AND path = $3 AND status = 'SUCCEEDED'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One try of one step."""

    path: str
    action: WorkflowAction
    status: WorkflowStepStatus
    input: Mapping[str, Any]
    output: Mapping[str, Any]
    error: str | None
    started_at: datetime
    finished_at: datetime


def of_run(workspace: str, run_id: str) -> sa.Select[Any]:
    """A run with the definition it goes by, which is that of the day it was set off."""
    return (
        sa.select(
            RUN,
            _REVISION.c.definition,
            _WORKFLOW.c.owner_id,
            _WORKFLOW.c.archived_at,
        )
        .select_from(RUN)
        .join(
            _WORKFLOW,
            sa.and_(
                _WORKFLOW.c.workspace_id == RUN.c.workspace_id,
                _WORKFLOW.c.id == RUN.c.workflow_id,
            ),
        )
        .join(
            _REVISION,
            sa.and_(
                _REVISION.c.workspace_id == RUN.c.workspace_id,
                _REVISION.c.workflow_id == RUN.c.workflow_id,
                _REVISION.c.revision == RUN.c.revision,
            ),
        )
        .where(RUN.c.workspace_id == workspace, RUN.c.id == run_id)
    )


def is_open(run_id: str) -> sa.ColumnElement[bool]:
    """The run as long as it is not over."""
    return sa.and_(RUN.c.id == run_id, RUN.c.status.in_(OPEN))


async def take(act: Transaction, run: Mapping[str, Any]) -> bool:
    """Keep a run from others, if it is where it was read; whether it is."""
    rows = await act.fetch(
        sa.select(RUN.c.id)
        .where(
            RUN.c.workspace_id == act.workspace,
            is_open(run["id"]),
            RUN.c.next_step == run["next_step"],
            RUN.c.tries == run["tries"],
        )
        .with_for_update()
    )
    return bool(rows)


async def write(act: Transaction, run_id: str, line: Line) -> None:
    """Write the line of a try."""
    await act.fetch_text(
        _WRITE,
        act.workspace,
        new_id(),
        run_id,
        line.path,
        line.action,
        line.status,
        dict(line.input),
        dict(line.output),
        line.error,
        line.started_at,
        line.finished_at,
        act.now,
    )


async def successes(act: Transaction, run_id: str, path: str) -> int:
    """How often a step has succeeded: a replay is another effect than the first."""
    rows = await act.fetch_text(_SUCCESSES, act.workspace, run_id, path)
    return int(rows[0][0])


async def go_on(act: Transaction, run_id: str, next_step: str, *, tries: int = 0) -> None:
    """Note that a run is at a step."""
    await _set(
        act,
        run_id,
        status=WorkflowRunStatus.RUNNING,
        next_step=next_step,
        tries=tries,
        resume_at=None,
        error=None,
        started_at=sa.func.coalesce(RUN.c.started_at, act.now),
    )


async def wait(
    act: Transaction,
    run_id: str,
    next_step: str | None,
    until: datetime,
    *,
    tries: int = 0,
    error: str | None = None,
) -> None:
    """Note that a run goes on at a moment."""
    await _set(
        act,
        run_id,
        status=WorkflowRunStatus.WAITING,
        next_step=next_step,
        tries=tries,
        resume_at=until,
        error=error,
        started_at=sa.func.coalesce(RUN.c.started_at, act.now),
    )


async def reopen(act: Transaction, run_id: str, next_step: str | None = None) -> bool:
    """Let a run that is over go on at the step it failed at, or at another one."""
    values: dict[str, Any] = {
        "status": WorkflowRunStatus.QUEUED,
        "tries": 0,
        "resume_at": None,
        "finished_at": None,
        "error": None,
    }
    if next_step is not None:
        values["next_step"] = next_step
    over = sa.and_(RUN.c.id == run_id, RUN.c.status.in_(ENDED))
    return bool(await act.update(RUN, over, values, event="retried"))


async def end(
    act: Transaction,
    which: sa.ColumnElement[bool],
    status: WorkflowRunStatus,
    reason: str | None,
) -> list[Any]:
    """Let runs be over; those that failed remember the step they failed at."""
    values = {
        "status": status,
        "resume_at": None,
        "error": reason,
        "started_at": sa.func.coalesce(RUN.c.started_at, act.now),
        "finished_at": act.now,
    }
    if status == WorkflowRunStatus.SUCCEEDED:
        values["next_step"] = None
    return await act.update(RUN, which, values, event=status.lower())


async def _set(act: Transaction, run_id: str, **values: Any) -> None:
    # No event: what a step does is told by its own, and how the run ends by that of its end.
    mine = (RUN.c.workspace_id == act.workspace, RUN.c.id == run_id)
    version = RUN.c.version + 1
    await act.fetch(
        sa.update(RUN).where(*mine).values(**values, version=version, updated_at=act.now)
    )
