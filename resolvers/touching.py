"""Touching: records that show something of others, and change when those do."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from models.base import Uuid
from models.registry import REGISTRY, Entity
from resolvers.feeds import Batch
from resolvers.reading import Reading
from schema.live import TOUCHED


def touching(entity: Entity) -> set[str]:
    """The tables whose records the ones of an entity show something of."""
    return {REGISTRY[name].table.name for name, _, _ in TOUCHED.get(entity.name, ())}


async def touched(
    reading: Reading,
    entity: Entity,
    batch: Batch,
    changes: dict[str, set[str]],
    by: dict[str, Any],
) -> tuple[dict[str, set[str]], dict[str, Any]]:
    """Add the records of an entity that others' events touch, with what that changes of them."""
    for name, link, fields in TOUCHED.get(entity.name, ()):
        other = REGISTRY[name]
        column = other.fields[link].columns[0]
        own = {one["record_id"]: one for one in batch.events if one["entity"] == other.table.name}
        if not own:
            continue
        for record, event in await _linked(reading, other, column, own):
            changes.setdefault(record, set()).update(fields)
            by[record] = max(by.get(record, event), event, key=lambda one: one["position"])
    return changes, by


async def _linked(
    reading: Reading, other: Entity, column: str, own: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    """The records that changed ones point at, or pointed at."""
    found = []
    for event in own.values():
        change = event["changes"].get(column) or {}
        found += [(one, event) for one in change.values() if one]
    wanted = sa.bindparam("wanted", list(own), type_=sa.ARRAY(Uuid))
    table = other.table
    rows = await reading.fetch(
        sa.select(table.c.id, table.c[column]).where(
            table.c.workspace_id == reading.actor.workspace_id, table.c.id == sa.any_(wanted)
        )
    )
    return found + [(row[1], own[row[0]]) for row in rows if row[1]]
