"""Schedules: the next time of a workflow is due work, and each time sets it off once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import asyncpg
import sqlalchemy as sa

from auth import rights
from auth.actor import Actor
from auth.policy import visible
from core.errors import Denied, UserError
from core.log import logger
from core.writes import Transaction
from models import metadata
from models.automation_enums import WorkflowTrigger as Trigger
from models.enums import CoreEntity
from services import due_work, stored_filters
from services.custom_values import entity_of
from services.rules import schedules
from services.workflows import matching, queueing
from services.workflows.queueing import Queued

DUE = "workflow_schedule"
"""The kind of work that sets a workflow off at its times."""
MOST_RECORDS = 1_000
"""What one time sets off; the others come the next time, if they fit then."""
_TIMES = UUID("0d7f0a43-5a17-4a2e-9f0b-2f0c3d1be7a4")
_WORKFLOW, _WORKSPACE = metadata.tables["workflow"], metadata.tables["workspace"]
_LOG = logger("workflows")


async def plan(act: Transaction, *workflows: Any) -> None:
    """Ask for the next time of each workflow, and for none of those it had before."""
    rows = [_row(one) for one in workflows]
    await due_work.cancel(act, DUE, [row["id"] for row in rows])
    listening = [row for row in rows if row["active"] and row["trigger"] == Trigger.SCHEDULED]
    await _plan(act, listening, act.now)


async def plan_all(act: Transaction) -> None:
    """Ask for the next time of every workflow anew: the clock on the wall is another one."""
    rows = await act.fetch(
        sa.select(_WORKFLOW)
        .where(
            _WORKFLOW.c.workspace_id == act.workspace,
            _WORKFLOW.c.active,
            _WORKFLOW.c.trigger == Trigger.SCHEDULED,
        )
        .order_by(_WORKFLOW.c.id)
    )
    await plan(act, *rows)


async def fire(act: Transaction, workflow_id: str, due_id: str) -> None:
    """Set a workflow off at the time its work was due, once, and ask for the next."""
    row = await _listening(act, workflow_id)
    moment = await due_work.moment(act, due_id)
    if row is None or moment is None:
        return
    actor = await rights.of_workflow_in(act, row["owner_id"], id=workflow_id)
    try:
        async with act.savepoint():
            found = await records(act, actor, row)
    except (UserError, Denied, asyncpg.DataError) as error:
        await matching.break_off(act, actor, row, str(error))
    else:
        await queueing.add(act, [_run(row, moment, record) for record in found])
    # Times that were missed are one; the clock may have been put back behind this one.
    await _plan(act, [row], max(act.now, moment))


async def skip(act: Transaction, workflow_id: str, due_id: str) -> None:
    """Ask for the next time behind one that was given up."""
    row = await _listening(act, workflow_id)
    moment = await due_work.moment(act, due_id)
    if row is not None and moment is not None:
        await _plan(act, [row], max(act.now, moment))


def moments(
    settings: Mapping[str, Any], after: datetime, zone: str, start: datetime | None
) -> Iterator[datetime]:
    """The times of a schedule, one after the other; ValueError says what is wrong."""
    place = ZoneInfo(zone)
    if settings.get("cron"):
        return schedules.cron_moments(after, settings["cron"], place)
    return schedules.rrule_moments(after, settings["rrule"], place, start)


async def _plan(act: Transaction, rows: Sequence[Mapping[str, Any]], after: datetime) -> None:
    if not rows:
        return
    # Kept until the end: whoever changes the time zone then finds what is asked for here.
    (workspace,) = await act.fetch(
        sa.select(_WORKSPACE.c.time_zone)
        .where(_WORKSPACE.c.workspace_id == act.workspace)
        .with_for_update(read=True)
    )
    times = {}
    for row in rows:
        moment = _next(row, after, workspace["time_zone"])
        if moment is not None:
            # Asked for twice it is one: two workers may come to the same time.
            due_id = str(uuid5(_TIMES, f"{row['id']} {moment.isoformat()}"))
            times[due_id] = (row["id"], moment)
    await due_work.enqueue_once(act, DUE, times)


def _next(row: Mapping[str, Any], after: datetime, zone: str) -> datetime | None:
    try:
        return next(moments(row["settings"], after, zone, row["activated_at"]), None)
    except ValueError as error:
        _LOG.warning("workflow has no next time", workflow=row["id"], reason=str(error))
        return None


async def _listening(act: Transaction, workflow_id: str) -> Mapping[str, Any] | None:
    rows = await act.fetch(
        sa.select(_WORKFLOW).where(
            _WORKFLOW.c.workspace_id == act.workspace,
            _WORKFLOW.c.id == workflow_id,
            _WORKFLOW.c.active,
            _WORKFLOW.c.trigger == Trigger.SCHEDULED,
            _WORKFLOW.c.problem.is_(None),
        )
    )
    return dict(rows[0]) if rows else None


async def records(act: Transaction, actor: Actor, row: Mapping[str, Any]) -> Sequence[str | None]:
    """The records a time is about; nothing in particular where the workflow is about none."""
    if row["record_type"] is None:
        return [None]
    entity = entity_of(CoreEntity[row["record_type"]])
    rows = entity.table.alias()
    given = row["conditions"] or {}
    condition = stored_filters.condition(actor, act.now, entity, rows, given)
    found = await act.fetch(
        sa.select(rows.c.id)
        .where(visible(entity, actor, rows), condition)
        .order_by(rows.c.id)
        .limit(MOST_RECORDS),
        actor.bound,
    )
    return [one["id"] for one in found]


def _run(row: Mapping[str, Any], moment: datetime, record: str | None) -> Queued:
    kind = row["record_type"]
    return Queued(
        workflow_id=row["id"],
        revision=row["revision"],
        key=f"schedule:{moment.isoformat()}" + (f":{record}" if record else ""),
        event_type="workflow.scheduled",
        record_kind=None if kind is None else kind.lower(),
        record_id=record,
        payload={"moment": moment.isoformat()},
    )


def _row(workflow: Any) -> Mapping[str, Any]:
    names = ("id", "active", "trigger", "settings", "activated_at")
    is_row = hasattr(workflow, "trigger")
    return {name: getattr(workflow, name) if is_row else workflow[name] for name in names}
