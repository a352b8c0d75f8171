"""The feed of a timeline: what came into it, changed in it and left it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from auth.policy import WORKSPACE, readable, visible
from core.codes import DenialCode
from core.errors import Denied
from core.ids import encode
from models import metadata
from models.base import Uuid
from models.enums import ResyncReason, TimelineKind
from models.registry import REGISTRY, Entity, pointer
from resolvers.board_events import MOST_CARDS, changes_of, named_changes
from resolvers.executor import named
from resolvers.feeds import Batch, Told, events, origin, resync
from resolvers.leanings import leans_on
from resolvers.plans.rendering import rendered
from resolvers.reading import Reading
from resolvers.timelines import ACTIVITIES, RECORDS, RELATED, Source, asked, logged, related
from resolvers.transitions import Transition, Watched
from schema.live import ACTIVITY_EVENTS, ActivityRemovedReason
from services.rules.undo import UNDO

_ENTRY = metadata.tables["timeline_entry"]
_MEMORY, _UNDONE = metadata.tables["undo_row"], metadata.tables["undone_act"]
_BECAME = ("converted_contact_id", "converted_company_id", "converted_deal_id")


@dataclass(slots=True)
class _Related:
    """The records of one kind that point at the record."""

    kind: TimelineKind
    watched: Watched
    leaning: frozenset[str]
    known: dict[str, Any] | None


@dataclass(slots=True)
class ActivityEvents:
    """The feed of one record's timeline."""

    record: str
    watched: Watched
    kinds: frozenset[TimelineKind]
    related: list[_Related]
    seen: bool
    """Whether the record is in sight, as far as is known."""
    heirs: frozenset[str]
    """The leads that became it: what was done to them is in its timeline, too."""
    leaning: frozenset[str]
    """The tables that decide, besides its own row, whether it is in sight."""
    entities: frozenset[str] | None = field(init=False)

    def __post_init__(self) -> None:
        """Gather whose events concern it."""
        own = self.watched.entity.table.name
        tables = {
            own,
            "lead",
            *(REGISTRY[RECORDS[one]].table.name for one in self.kinds & _RECORDS),
        }
        self.entities = frozenset(tables.union(*(one.leaning for one in self.related)))

    async def round(self, reading: Reading, batch: Batch) -> list[Told]:
        """What a batch of events comes to, in the order of the log."""
        reason = await self._upset(reading, batch)
        if reason is not None:
            return [resync(reason, batch.to, batch.events[-1]["at"])]
        if not self.seen:
            return []
        told = [*await self._logged(reading, batch), *await self._attached(reading, batch)]
        for one in self.related:
            found = await _begun(one, reading, batch)
            if found is None:
                return [resync(ResyncReason.BULK_CHANGE, batch.to, batch.events[-1]["at"])]
            told += found
        if len(told) > MOST_CARDS:
            return [resync(ResyncReason.BULK_CHANGE, batch.to, batch.events[-1]["at"])]
        return sorted(told, key=lambda one: one.position)

    async def _upset(self, reading: Reading, batch: Batch) -> ResyncReason | None:
        """Why the whole timeline is another one now, if it is."""
        if any(self._decides(one) for one in batch.events):
            found = await self.watched.transitions(reading, [self.record], batch.since)
            now, was = found[self.record].now, found[self.record].was
            if batch.live:
                was, self.seen = self.seen, now
            if was != now:
                return ResyncReason.PERMISSIONS_CHANGED
        if self.seen and (
            any(self._whole(one) for one in batch.events) or await self._undone(reading, batch)
        ):
            self.heirs = await _heirs(reading, self.watched.entity, self.record)
            return ResyncReason.BULK_CHANGE
        return None

    def _decides(self, event: Mapping[str, Any]) -> bool:
        """Whether an event may have brought the record into sight or out of it."""
        return event["record_id"] == self.record or event["entity"] in self.leaning

    def _whole(self, event: Mapping[str, Any]) -> bool:
        """Whether an event may have brought more along than itself, or taken it away."""
        if event["record_id"] == self.record:
            return bool(event["type"].endswith((".merged", ".converted")))
        changes = (event["changes"].get(name) or {} for name in _BECAME)
        return event["entity"] == "lead" and any(self.record in one.values() for one in changes)

    async def _undone(self, reading: Reading, batch: Batch) -> bool:
        """Whether what was undone moved activities: no event tells of these, the memory does."""
        acts = list({one["operation_id"] for one in batch.events if one["act"] == UNDO})
        if not acts:
            return False
        entry = sa.func.coalesce(_MEMORY.c.after, _MEMORY.c.before, type_=JSONB)
        same = sa.and_(
            _MEMORY.c.workspace_id == _UNDONE.c.workspace_id,
            _MEMORY.c.operation_id == _UNDONE.c.operation_id,
        )
        moved = (
            sa.select(_MEMORY.c.ord)
            .select_from(_UNDONE.join(_MEMORY, same))
            .where(
                _UNDONE.c.workspace_id == WORKSPACE,
                _UNDONE.c.by_operation_id == sa.any_(sa.literal(acts, sa.ARRAY(Uuid))),
                _MEMORY.c.table_name == _ENTRY.name,
                entry["record_id"].astext == self.record,
            )
        )
        return bool(await reading.fetch(rendered(moved.limit(1))))

    async def _logged(self, reading: Reading, batch: Batch) -> list[Told]:
        if TimelineKind.EVENT not in self.kinds:
            return []
        records = {self.record, *self.heirs}
        own = {one["position"]: one for one in batch.events if one["record_id"] in records}
        shown = await logged(reading, list(own))
        return [_upserted(own[place], item, []) for place, item in shown.items()]

    async def _attached(self, reading: Reading, batch: Batch) -> list[Told]:
        told: list[Told] = []
        for kind in ACTIVITIES:
            entity = REGISTRY[RECORDS[kind]]
            own = [one for one in batch.events if one["entity"] == entity.table.name]
            if kind not in self.kinds or not own:
                continue
            changes, by = changes_of(own)
            there = await _there(reading, entity, self.record, list(changes))
            for item, names in changes.items():
                if there.get(item):
                    shown = pointer(entity.name, item)
                    told.append(_upserted(by[item], shown, named_changes(entity, names)))
                elif item in there:
                    told.append(_removed(by[item], entity, item, ActivityRemovedReason.DELETED))
            left = {
                one["record_id"]: one
                for one in own
                if self.record in one["data"].get("unlinked", ()) and one["record_id"] not in there
            }
            told += [
                _removed(one, entity, item, ActivityRemovedReason.UNLINKED)
                for item, one in left.items()
            ]
        return told


_RECORDS = frozenset(RECORDS)


def _upserted(event: Mapping[str, Any], item: Any, changed: list[str]) -> Told:
    value = {"kind": "ActivityUpserted", **origin(event), "item": item, "changed": changed}
    place = event["position"]
    return Told(value, place, place, None if isinstance(item, dict) else item)


def _removed(
    event: Mapping[str, Any], entity: Entity, item: str, reason: ActivityRemovedReason
) -> Told:
    value = {"kind": "ActivityRemoved", **origin(event), "item_id": encode(entity.prefix, item)}
    return Told(value | {"reason": reason}, event["position"], event["position"])


async def _there(
    reading: Reading, entity: Entity, record: str, items: Sequence[str]
) -> dict[str, bool]:
    """Those of some activities that have a place in the timeline, and whether they show there."""
    item = entity.table.alias("item")
    wanted = sa.literal(list(items), sa.ARRAY(Uuid))
    statement = (
        sa.select(_ENTRY.c.item_id, item.c.deleted_at.is_(None).label("shows"))
        .join(
            item,
            sa.and_(item.c.workspace_id == WORKSPACE, item.c.id == _ENTRY.c.item_id),
        )
        .where(
            _ENTRY.c.workspace_id == WORKSPACE,
            _ENTRY.c.record_id == sa.literal(record, Uuid),
            _ENTRY.c.item_id == sa.any_(wanted),
        )
    )
    return {row["item_id"]: row["shows"] for row in await reading.fetch(rendered(statement))}


async def _begun(one: _Related, reading: Reading, batch: Batch) -> list[Told] | None:
    """What happened to the deals, cases or tasks of the record; None where that is not known."""
    entity, last = one.watched.entity, batch.events[-1]
    changes, by = changes_of([it for it in batch.events if it["entity"] == entity.table.name])
    left: set[str] = set()
    if any(it["entity"] in one.leaning for it in batch.events):
        if one.known is None or not batch.live:
            return None
        fresh = await one.watched.all(reading)
        left = one.known.keys() - fresh.keys()
        for record in fresh.keys() ^ one.known.keys():
            changes.setdefault(record, set())
            by.setdefault(record, last)
        one.known = fresh
    if not changes:
        return []
    found = await one.watched.transitions(reading, list(changes), batch.since)
    begun = await _begun_at(reading, entity, [record for record in changes if found[record].now])
    told = []
    for record, names in changes.items():
        if record in begun:
            shown = related((begun[record], one.kind, record))
            told.append(_upserted(by[record], shown, named_changes(entity, names)))
        elif found[record].was or record in left:
            told.append(_removed(by[record], entity, record, _why(found[record])))
    return told


def _why(found: Transition) -> ActivityRemovedReason:
    if found.deleted:
        return ActivityRemovedReason.DELETED
    if not found.seen:
        return ActivityRemovedReason.NO_LONGER_VISIBLE
    return ActivityRemovedReason.UNLINKED


async def _begun_at(reading: Reading, entity: Entity, ids: Sequence[str]) -> dict[str, Any]:
    if not ids:
        return {}
    rows = entity.table.alias("item")
    wanted = sa.literal(list(ids), sa.ARRAY(Uuid))
    statement = sa.select(rows.c.id, rows.c.created_at).where(
        rows.c.workspace_id == WORKSPACE, rows.c.id == sa.any_(wanted)
    )
    return {row["id"]: row["created_at"] for row in await reading.fetch(rendered(statement))}


async def _heirs(reading: Reading, entity: Entity, record: str) -> frozenset[str]:
    """The leads in sight whose history is in the timeline of what they became."""
    lead = REGISTRY["Lead"]
    became = f"converted_{entity.table.name}_id"
    if became not in _BECAME[:2] or not readable(lead, reading.actor):
        return frozenset()
    rows = lead.table.alias("item")
    conditions = [visible(lead, reading.actor, rows), rows.c[became] == sa.literal(record, Uuid)]
    if became == _BECAME[1]:
        conditions.append(rows.c.converted_contact_id.is_(None))
    found = await reading.fetch(rendered(sa.select(rows.c.id).where(*conditions)))
    return frozenset(row["id"] for row in found)


def _kinds(arguments: Mapping[str, Any]) -> list[tuple[Entity, Mapping[str, Any] | None]]:
    return [(named(arguments["recordId"])[0], None)]


@events("activity_events", ACTIVITY_EVENTS, _kinds)
async def opening(reading: Reading, arguments: Mapping[str, Any]) -> ActivityEvents:
    """Follow the timeline of a record."""
    entity, record = named(arguments["recordId"])
    if not entity.core:
        message = f"A {entity.name} has no timeline."
        raise Denied(DenialCode.INVALID_ID, message)
    await reading.begin()
    record = await reading.led(record) or record
    source = Source(entity.name, entity)
    kinds = asked(reading, source, {"kinds": arguments.get("kinds")}).kinds
    watched = Watched(entity, lambda rows: rows.c.id == sa.literal(record, Uuid))
    return ActivityEvents(
        record,
        watched,
        frozenset(kinds),
        [await _related(reading, source, kind, record) for kind in kinds if kind in RELATED],
        record in await watched.all(reading),
        await _heirs(reading, entity, record),
        leans_on(entity, reading.actor, None),
    )


async def _related(reading: Reading, source: Source, kind: TimelineKind, record: str) -> _Related:
    entity, column = REGISTRY[RECORDS[kind]], source.points(kind) or ""
    watched = Watched(entity, lambda rows: rows.c[column] == sa.literal(record, Uuid))
    leaning = leans_on(entity, reading.actor, None)
    return _Related(kind, watched, leaning, await watched.all(reading) if leaning else None)
