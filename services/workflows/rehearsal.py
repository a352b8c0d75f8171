"""Rehearsals: what a workflow would have done with the events of the last days. Nothing is written.

The events are those of the log; records, and whether they fit, are as they are now.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa

from auth import rights
from auth.context import Context
from auth.roles import Category
from core.codes import DenialCode
from core.errors import Denied, Refusals, UserError
from core.events import Author, Event
from models import metadata
from models.automation_enums import WorkflowAction as Action
from models.automation_enums import WorkflowTrigger as Trigger
from models.workflows import Workflow
from services.rules import payload_conditions, schedules
from services.workflows import branching, matching, scheduling, triggers
from services.workflows.actions import telling
from services.workflows.actions.doing import Doing
from services.workflows.definition import Definition, entered, first, following, parse
from services.workflows.definition import at as step_at

MOST_DAYS = 30
MOST_EVENTS = 500
"""So many are shown; the others are counted."""
MOST_READ = 20_000
"""So many events are looked at, the latest first."""
MOST_TIMES = 750
"""So many times of a schedule, the latest: a month of one that comes every hour has 720."""
MOST_DELIVERIES = 500
_MOST_DELIVERED = 4_000_000
"""Characters that the payloads of these deliveries have together."""
_MOST_TOLD = 50
"""For so many records is shown what each step would do."""
_MOST_STEPS = 100
_TEXTS = (
    "subject",
    "title",
    "name",
    "description",
    "text",
    "url",
    "channel",
    "amount",
)
_DELIVERED = ("created_at", "event_type", "record_kind", "record_id", "payload")
_RUN = metadata.tables["workflow_run"]
_WORKSPACE = metadata.tables["workspace"]
# Read from the end, and only as far as the days go: what is older is not looked at.
_EVENTS = """
SELECT position, at, type, entity, record_id, actor_kind, actor_id, request_id, operation_id,
       import_id, changes, data
FROM event
WHERE workspace_id = $1 AND at > $2 AND entity = $3
  AND ($4::text IS NULL OR type = $4)
ORDER BY position DESC LIMIT $5
"""
_READ_ONLY = "SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = '8s'"


@dataclass(slots=True)
class Told:
    """What a step would do."""

    path: str
    action: Action
    after_minutes: int
    """How long after the event, by the waits before it."""
    input: Mapping[str, Any]
    problem: str | None = None


@dataclass(slots=True)
class Rehearsed:
    """One time the workflow would have been set off."""

    at: datetime
    event_type: str
    record_kind: str | None
    record_id: str | None
    payload: Mapping[str, Any]
    fits: bool = True
    steps: list[Told] = field(default_factory=list)


@dataclass(slots=True)
class Rehearsal:
    """What a workflow would have done."""

    since: datetime
    looked_at: int
    """How many events it was held against."""
    complete: bool
    """Whether those were all; else they were the latest."""
    set_off: int
    fitting: int
    events: list[Rehearsed]


async def rehearse(ctx: Context, workflow_id: str, *, days: int = MOST_DAYS) -> Rehearsal:
    """Hold a workflow, active or not, against what has happened; the act can write nothing."""
    ctx.require(Category.ADMIN)
    days = max(1, min(days, MOST_DAYS))
    await ctx.act.execute(_READ_ONLY)
    found = await ctx.find(Workflow, [workflow_id])
    if not found:
        raise Denied(DenialCode.BAD_USER_INPUT, "There is no such workflow.")
    workflow = found[0]
    actor = await rights.of_workflow_in(ctx.act, workflow.owner_id, id=workflow.id)
    work = _Rehearsing(Context(actor, ctx.act, reads_only=True), workflow, parse(workflow))
    return await work.done(ctx.now - timedelta(days=days))


@dataclass(slots=True)
class _Rehearsing:
    ctx: Context
    workflow: Workflow
    definition: Definition

    async def done(self, since: datetime) -> Rehearsal:
        looked_at, complete, found = await self._found(since)
        fitting = await self._fitting(found)
        for one in found:
            one.fits = self._fits(one, fitting)
        shown = found[:MOST_EVENTS]
        for one in [one for one in shown if one.fits][:_MOST_TOLD]:
            one.steps = [told async for told in self._steps(one)]
        return Rehearsal(
            since=since,
            looked_at=looked_at,
            complete=complete,
            set_off=len(found),
            fitting=sum(one.fits for one in found),
            events=shown,
        )

    async def _found(self, since: datetime) -> tuple[int, bool, list[Rehearsed]]:
        """What would have set it off, the latest first, of how much that was looked at.

        Says too whether that was all there is.
        """
        if self.definition.trigger is Trigger.SCHEDULED:
            complete, found = await self._times(since)
            return len(found), complete, found
        if self.definition.trigger is Trigger.WEBHOOK_RECEIVED:
            complete, found = await self._deliveries(since)
            return len(found), complete, found
        events = await self._events(since)
        return len(events), len(events) < MOST_READ, list(await self._matched(events))

    async def _events(self, since: datetime) -> list[Event]:
        table = str(self.definition.record_type).lower()
        created = self.definition.trigger is Trigger.RECORD_CREATED
        rows = await self.ctx.act.fetch_text(
            _EVENTS,
            self.ctx.workspace_id,
            since,
            table,
            f"{table}.created" if created else None,
            MOST_READ,
        )
        return [_event(row) for row in rows]

    async def _matched(self, events: Sequence[Event]) -> Iterator[Rehearsed]:
        row = {name: getattr(self.workflow, name) for name in ("trigger", "settings")}
        known = await matching.known(self.ctx.act, [row], events)
        trigger, kind = self.definition.trigger, str(self.definition.record_type)
        return (
            Rehearsed(
                at=event.at,
                event_type=event.type,
                record_kind=event.entity,
                record_id=event.record_id,
                payload={"changes": dict(event.changes), "data": dict(event.data)},
            )
            for event in events
            if trigger in set(triggers.set_off(event))
            and triggers.fits(trigger, kind, self.definition.settings, event, known)
        )

    async def _times(self, since: datetime) -> tuple[bool, list[Rehearsed]]:
        """The times of its schedule, each with the records that fit now."""
        (row,) = await self.ctx.act.fetch(
            sa.select(_WORKSPACE.c.time_zone).where(
                _WORKSPACE.c.workspace_id == self.ctx.workspace_id
            )
        )

        def following(after: datetime) -> Iterator[datetime]:
            start = self.workflow.activated_at
            return scheduling.moments(self.definition.settings, after, row["time_zone"], start)

        moments = schedules.latest(following, since, self.ctx.now, MOST_TIMES + 1)
        values = {
            "id": self.workflow.id,
            "record_type": self.workflow.record_type,
            "conditions": self.workflow.conditions,
        }
        records = await scheduling.records(self.ctx.act, self.ctx.actor, values)
        kind = None if self.workflow.record_type is None else self.workflow.record_type.lower()
        # Of one time only the records are of interest that it would be about: they are the same.
        each = (
            Rehearsed(moment, "workflow.scheduled", kind, record, {"moment": moment.isoformat()})
            for moment in moments[:MOST_TIMES]
            for record in records
        )
        found = list(islice(each, MOST_READ))
        return len(found) == len(moments) * len(records), found

    async def _deliveries(self, since: datetime) -> tuple[bool, list[Rehearsed]]:
        """What came to its address, as its runs have kept it."""
        latest = (
            sa.select(_RUN)
            .where(
                _RUN.c.workspace_id == self.ctx.workspace_id,
                _RUN.c.workflow_id == self.workflow.id,
                _RUN.c.created_at > since,
            )
            .order_by(_RUN.c.id.desc())
            .limit(MOST_DELIVERIES + 1)
            .subquery()
        )
        length = sa.func.length(sa.cast(latest.c.payload, sa.Text))
        measured = sa.select(
            *(latest.c[name] for name in _DELIVERED),
            sa.func.sum(length).over(order_by=latest.c.id.desc()).label("length"),
            sa.func.row_number().over(order_by=latest.c.id.desc()).label("place"),
            sa.func.count().over().label("all"),
        ).subquery()
        rows = await self.ctx.act.fetch(
            sa.select(measured)
            .where(measured.c.length <= _MOST_DELIVERED, measured.c.place <= MOST_DELIVERIES)
            .order_by(measured.c.place)
        )
        found = [
            Rehearsed(
                at=row["created_at"],
                event_type=row["event_type"],
                record_kind=row["record_kind"],
                record_id=row["record_id"],
                payload=row["payload"],
            )
            for row in rows
        ]
        return not rows or len(rows) == rows[0]["all"], found

    async def _fitting(self, found: Sequence[Rehearsed]) -> frozenset[str] | None:
        """The records that fit the conditions now; None where there are none to fit."""
        ids = {one.record_id for one in found if one.record_id is not None}
        if self.definition.conditions is None or not ids:
            return None
        return await matching.fitting(
            self.ctx.act,
            self.ctx.actor,
            str(self.definition.record_type),
            self.definition.conditions,
            ids,
        )

    def _fits(self, one: Rehearsed, fitting: frozenset[str] | None) -> bool:
        if not payload_conditions.fits(self.definition.payload_conditions, one.payload):
            return False
        return fitting is None or one.record_id in fitting

    async def _steps(self, one: Rehearsed) -> Any:
        """What each step would do, along the way the run would take now."""
        path, after = first(self.definition.steps), 0
        for _ in range(_MOST_STEPS):
            if path is None:
                return
            step = step_at(self.definition.steps, path) or {}
            doing = self._doing(one, path, step)
            kind, problem, fits = Action[step["kind"]], None, False
            try:
                fits = await self._gone_through(doing)
            except (UserError, Refusals, Denied) as refused:
                problem = str(refused)
            way = {"fits": fits} if _is_way(kind) else {}
            yield Told(path, kind, after, doing.input() | way, problem)
            after += int(step.get("minutes") or 0)
            if _is_way(kind):
                path = entered(self.definition.steps, path, fits=fits)
            else:
                path = following(self.definition.steps, path)

    def _doing(self, one: Rehearsed, path: str, step: Mapping[str, Any]) -> Doing:
        run = {
            "id": None,
            "workflow_id": self.workflow.id,
            "record_kind": one.record_kind,
            "record_id": one.record_id,
            "payload": one.payload,
            "event_type": one.event_type,
        }
        return Doing(ctx=self.ctx, run=run, definition=self.definition, path=path, step=step)

    async def _gone_through(self, doing: Doing) -> bool:
        """Fill in the texts of a step; of a branch, whether the record and the payload fit."""
        step = doing.step
        if _is_way(step["kind"]):
            return await branching.fits(doing)
        await doing.owner()
        for name in _TEXTS:
            await doing.text(name)
        if step["kind"] == Action.SEND_EMAIL:
            await doing.text("body", html=True)
            doing.said["address"] = await telling.address(doing, await doing.owner())
        elif step["kind"] == Action.SEND_SMS:
            await telling.number(doing)
        elif step["kind"] == Action.UPDATE_FIELD and isinstance(step.get("value"), str):
            await doing.text("value")
        elif step["kind"] == Action.CALL_WEBHOOK:
            await doing.text("body")
        return False


def _is_way(kind: str) -> bool:
    return kind == Action.BRANCH


def _event(row: Mapping[str, Any]) -> Event:
    known = dict(row)
    author = Author(known.pop("actor_kind"), known.pop("actor_id"))
    return Event(author=author, **known)
