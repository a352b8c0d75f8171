"""Feeds of single records: what happens to those that are named, as far as they are seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.codes import DenialCode
from core.errors import Denied
from core.ids import encode
from models.enums import ResyncReason
from models.registry import REGISTRY, Entity, pointer
from resolvers.board_events import changes_of, named_changes, reason
from resolvers.executor import named
from resolvers.feeds import Batch, Told, events, origin, resync
from resolvers.leanings import leans_on
from resolvers.reading import Reading
from resolvers.touching import touched, touching
from resolvers.transitions import Transition, Watched
from schema.live import MAX_RECORDS, RECORD_EVENTS


@dataclass(slots=True)
class _Kind:
    """The records of one kind that are followed."""

    watched: Watched
    ids: frozenset[str]
    leaning: frozenset[str]
    known: dict[str, Any] | None = None


@dataclass(slots=True)
class RecordEvents:
    """The feed of some records."""

    kinds: list[_Kind]
    entities: frozenset[str] | None = field(init=False)

    def __post_init__(self) -> None:
        """Gather whose events concern it."""
        tables: set[str] = set()
        for kind in self.kinds:
            entity = kind.watched.entity
            tables |= {entity.table.name, *kind.leaning, *touching(entity)}
        self.entities = frozenset(tables)

    async def round(self, reading: Reading, batch: Batch) -> list[Told]:
        """What a batch of events comes to, in the order of the log."""
        told = []
        for kind in self.kinds:
            told += await _of_kind(kind, reading, batch)
        return sorted(told, key=lambda one: one.position)


async def _of_kind(kind: _Kind, reading: Reading, batch: Batch) -> list[Told]:
    entity, last = kind.watched.entity, batch.events[-1]
    own = [one for one in batch.events if one["entity"] == entity.table.name]
    changes, by = await touched(reading, entity, batch, *changes_of(own))
    left: set[str] = set()
    if any(one["entity"] in kind.leaning for one in batch.events):
        if kind.known is None or not batch.live:
            return [resync(ResyncReason.BULK_CHANGE, batch.to, last["at"])]
        fresh = await kind.watched.all(reading)
        left = set(kind.known) - set(fresh)
        for record in fresh.keys() ^ kind.known.keys():
            changes.setdefault(record, set())
            by.setdefault(record, last)
        kind.known = fresh
    changes = {record: names for record, names in changes.items() if record in kind.ids}
    if not changes:
        return []
    found = await kind.watched.transitions(reading, list(changes), batch.since)
    told = []
    for record, names in changes.items():
        became, event = found[record], by[record]
        if became.now:
            told.append(_changed(entity, record, event, names))
        elif became.was or record in left:
            told.append(_removed(entity, became, event))
    return told


def _changed(entity: Entity, record: str, event: Mapping[str, Any], names: set[str]) -> Told:
    shown, place = pointer(entity.name, record), event["position"]
    value = {"kind": "RecordChanged", **origin(event), "record": shown}
    return Told(value | {"changed": named_changes(entity, names)}, place, place, shown)


def _removed(entity: Entity, became: Transition, event: Mapping[str, Any]) -> Told:
    wire_id, place = encode(entity.prefix, became.id), event["position"]
    value = {"kind": "RecordRemoved", **origin(event), "record_id": wire_id}
    return Told(value | {"reason": reason(became, event)}, place, place)


def _kinds(arguments: Mapping[str, Any]) -> list[tuple[Entity, Mapping[str, Any] | None]]:
    return [(named(one)[0], None) for one in arguments["ids"]]


@events("record_events", RECORD_EVENTS, _kinds)
async def opening(reading: Reading, arguments: Mapping[str, Any]) -> RecordEvents:
    """Follow the records behind the ids."""
    ids = arguments["ids"]
    if not 1 <= len(ids) <= MAX_RECORDS:
        message = f"`recordEvents` takes 1 to {MAX_RECORDS} ids."
        raise Denied(DenialCode.LIMIT_EXCEEDED, message)
    wanted: dict[str, set[str]] = {}
    for entity, record in map(named, ids):
        if entity.key != "id" or "version" not in entity.table.c:
            message = f"A {entity.name} has no events of its own."
            raise Denied(DenialCode.INVALID_ID, message)
        wanted.setdefault(entity.name, set()).add(record)
    await reading.begin()
    return RecordEvents([await _kind(reading, name, own) for name, own in sorted(wanted.items())])


async def _kind(reading: Reading, name: str, own: set[str]) -> _Kind:
    entity, ids = REGISTRY[name], sorted(own)
    watched = Watched(entity, lambda rows: rows.c.id.in_(ids))
    leaning = leans_on(entity, reading.actor, None)
    known = await watched.all(reading) if leaning else None
    return _Kind(watched, frozenset(ids), leaning, known)
