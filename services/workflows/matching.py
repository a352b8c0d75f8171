"""Matching: which workflows a batch of events sets off, each run noted once by its event."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg
import sqlalchemy as sa

from auth import rights
from auth.actor import Actor, ActorKind
from auth.context import Context
from auth.policy import visible
from core.errors import Denied, UserError
from core.events import Event
from core.writes import Transaction
from models import metadata
from models.automation_enums import WorkflowRunStatus as Status
from models.automation_enums import WorkflowTrigger as Trigger
from models.base import uuids
from models.enums import CoreEntity, NotificationKind
from services import notifications, stored_filters
from services.custom_values import entity_of
from services.workflows import chains, queueing, triggers
from services.workflows.queueing import Queued

WORKFLOW = metadata.tables["workflow"]
_WORKSPACE = metadata.tables["workspace"]
_STAGE, _IMPORT = metadata.tables["pipeline_stage"], metadata.tables["import"]
_RUN = metadata.tables["workflow_run"]

MOST_RUNS = 25
"""Of one workflow on one record within the minutes below, unless a person set them off."""
_MINUTES = timedelta(minutes=10)

# By the index of those that listen, pair by pair: others are not looked at, however many there
# are. As a join PostgreSQL would read them all, for it cannot know how few pairs there will be.
_LISTENING = """
SELECT w.* FROM (SELECT DISTINCT * FROM unnest($2::text[], $3::text[])) AS wanted (trigger, kind)
CROSS JOIN LATERAL (
  SELECT id, name, trigger, record_type, settings, conditions, revision, activated_after, owner_id
  FROM workflow
  WHERE workspace_id = $1 AND active AND trigger = wanted.trigger AND record_type = wanted.kind
    AND problem IS NULL
  OFFSET 0
) AS w ORDER BY w.id
"""
NOT_FITTING = "The record did not fit the conditions."


@dataclass(slots=True)
class _Fitting:
    """The events of a batch that a workflow looks for."""

    workflow: Mapping[str, Any]
    events: list[Event] = field(default_factory=list)


async def set_off(act: Transaction, events: Sequence[Event]) -> None:
    """Queue a run for each event a workflow looks for, or note that the record did not fit."""
    may = {event.position: frozenset(triggers.set_off(event)) for event in events}
    wanted = {(kind, event.entity.upper()) for event in events for kind in may[event.position]}
    if not wanted:
        return
    listening = await act.fetch_text(_LISTENING, act.workspace, *zip(*sorted(wanted), strict=True))
    if not listening:
        return
    heard = await _heard(act, events)
    facts = await known(act, listening, heard)
    found = [one for one in _matched(listening, heard, may, facts) if one.events]
    runs = await _runs(act, found)
    await queueing.add(act, runs)


async def _heard(act: Transaction, events: Sequence[Event]) -> list[Event]:
    """All but what imports brought in whose makers did not ask for workflows."""
    imports = {event.import_id for event in events if event.import_id is not None}
    if not imports:
        return list(events)
    rows = await act.fetch(
        sa.select(_IMPORT.c.id).where(
            _IMPORT.c.workspace_id == act.workspace,
            _IMPORT.c.id == _any(imports),
            _IMPORT.c.start_workflows,
        )
    )
    told = {None} | {row["id"] for row in rows}
    return [event for event in events if event.import_id in told]


async def known(
    act: Transaction, listening: Sequence[Mapping[str, Any]], events: Sequence[Event]
) -> triggers.Known:
    """What the triggers that listen look at besides the events."""
    threshold, pipelines = None, None
    if any(row["trigger"] == Trigger.LEAD_SCORE_THRESHOLD for row in listening):
        (row,) = await act.fetch(
            sa.select(_WORKSPACE.c.score_threshold).where(
                _WORKSPACE.c.workspace_id == act.workspace
            )
        )
        threshold = row["score_threshold"]
    if any(row["settings"].get("pipeline_id") for row in listening):
        stages = {
            event.changes["stage_id"]["after"] for event in events if "stage_id" in event.changes
        }
        rows = await act.fetch(
            sa.select(_STAGE.c.id, _STAGE.c.pipeline_id).where(
                _STAGE.c.workspace_id == act.workspace, _STAGE.c.id == _any(stages - {None})
            )
        )
        pipelines = {row["id"]: row["pipeline_id"] for row in rows}
    return triggers.Known(threshold, pipelines)


def _matched(
    listening: Sequence[Mapping[str, Any]],
    events: Sequence[Event],
    may: Mapping[int, frozenset[Trigger]],
    facts: triggers.Known,
) -> Iterator[_Fitting]:
    by_kind: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        for kind in may[event.position]:
            by_kind.setdefault((kind, event.entity.upper()), []).append(event)
    for row in listening:
        kind = row["record_type"]
        yield _Fitting(
            row,
            [
                event
                for event in by_kind.get((row["trigger"], kind), ())
                if event.position > (row["activated_after"] or 0)
                and triggers.fits(row["trigger"], kind, row["settings"], event, facts)
            ],
        )


async def _runs(act: Transaction, found: Sequence[_Fitting]) -> list[Queued]:
    """The runs that come of it: queued, skipped or stopped because they go in a circle."""
    if not found:
        return []
    led = await chains.of_events(act, [event for one in found for event in one.events])
    actors: dict[str | None, Actor] = {}
    runs = []
    for one in found:
        fitting = await _fitting(act, one, actors)
        if fitting is not None:
            runs += [_run(one.workflow, event, led, fitting) for event in one.events]
    await stop_floods(act, runs)
    return await chains.named(act, runs)


async def _fitting(
    act: Transaction, one: _Fitting, actors: dict[str | None, Actor]
) -> frozenset[str] | None:
    """The records that fit a workflow's conditions; None where it cannot be told any more."""
    row = one.workflow
    ids = {event.record_id for event in one.events}
    if row["conditions"] is None:
        return frozenset(ids)
    owner = row["owner_id"]
    if owner not in actors:
        actors[owner] = await rights.of_workflow_in(act, owner, id=row["id"])
    actor = actors[owner]
    try:
        async with act.savepoint():
            return await fitting(act, actor, row["record_type"], row["conditions"], ids)
    except (UserError, Denied, asyncpg.DataError) as error:
        await break_off(act, actor, row, str(error))
        return None


async def fitting(
    act: Any, actor: Actor, record_type: str, conditions: Any, ids: Iterable[str]
) -> frozenset[str]:
    """Those of some records that fit conditions now; UserError where the conditions do not."""
    entity = entity_of(CoreEntity[record_type])
    rows = entity.table.alias()
    condition = stored_filters.condition(actor, act.now, entity, rows, conditions)
    found = await act.fetch(
        sa.select(rows.c.id).where(visible(entity, actor, rows), rows.c.id == _any(ids), condition),
        actor.bound,
    )
    return frozenset(row["id"] for row in found)


async def break_off(
    act: Transaction, actor: Actor, workflow: Mapping[str, Any], reason: str
) -> None:
    """Leave a workflow out until it is changed, and tell its owner once."""
    broken = sa.and_(WORKFLOW.c.id == workflow["id"], WORKFLOW.c.problem.is_(None))
    if not await act.update(WORKFLOW, broken, {"problem": reason}, event="broken"):
        return
    text = f"The workflow “{workflow['name']}” does not run any more: {reason}"
    await notifications.notify(
        Context(actor, act), [actor.user_id], NotificationKind.WORKFLOW, text=text
    )


def _run(
    workflow: Mapping[str, Any],
    event: Event,
    led: Mapping[str | None, chains.Chain],
    fitting: frozenset[str],
) -> Queued:
    chain = led.get(chains.led_by(event), ())
    queued = Queued(
        workflow_id=workflow["id"],
        revision=workflow["revision"],
        key=f"event:{event.position}",
        position=event.position,
        event_type=event.type,
        record_kind=event.entity,
        record_id=event.record_id,
        payload={"changes": dict(event.changes), "data": dict(event.data)},
        chain=chain,
        by_person=event.author.kind == ActorKind.USER,
    )
    if event.record_id not in fitting:
        queued.end(Status.SKIPPED, NOT_FITTING)
    elif chains.goes_in_circles(chain, workflow["id"], event.record_id):
        queued.end(Status.LOOP_DETECTED, chains.CIRCLE)
    return queued


async def stop_floods(act: Transaction, runs: Sequence[Queued]) -> None:
    """Stop what sets itself off by ways that leave no chain, such as another system's answer."""
    of_machines = [
        one
        for one in runs
        if one.status == Status.QUEUED and one.record_id is not None and not one.by_person
    ]
    if not of_machines:
        return
    rows = await act.fetch(
        sa.select(_RUN.c.workflow_id, _RUN.c.record_id, sa.func.count().label("times"))
        .where(
            _RUN.c.workspace_id == act.workspace,
            _RUN.c.record_id == _any({str(one.record_id) for one in of_machines}),
            _RUN.c.workflow_id == _any({one.workflow_id for one in of_machines}),
            _RUN.c.created_at > act.now - _MINUTES,
            _RUN.c.status.not_in([Status.SKIPPED, Status.LOOP_DETECTED]),
        )
        .group_by(_RUN.c.workflow_id, _RUN.c.record_id)
    )
    times = Counter({(row["workflow_id"], row["record_id"]): row["times"] for row in rows})
    for one in of_machines:
        times[one.workflow_id, one.record_id] += 1
        if times[one.workflow_id, one.record_id] > MOST_RUNS:
            one.end(Status.LOOP_DETECTED, _FLOOD)


_FLOOD = (
    f"More than {MOST_RUNS} runs on one record in ten minutes: what the workflow does seems to set"
    " it off again."
)


def _any(ids: Iterable[str]) -> Any:
    return sa.any_(uuids(ids))
