"""What a merge would do, told before it is done."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from auth.policy import WORKSPACE, visible
from auth.roles import Category, Level
from core.codes import DenialCode
from core.errors import Denied, UserError
from models.base import Uuid
from models.registry import REGISTRY, Entity, Field, Kind, pointer
from services import merging, pointers, redirects, repointing
from services import survival as rules
from services.custom_fields import kept_of
from services.custom_values import shown

Row = Mapping[str, Any]
_ENTITY_TABLES: dict[str, Entity] = {}


def kinds(entity: Entity) -> list[str]:
    """The tables whose rows a merge moves."""
    own = [one.table.name for one in repointing.pointing(entity.table.name)]
    return [*own, *sorted(table.name for table in pointers.attached())]


async def preview(reading: Any, entity: Entity, wanted: merging.Wanted) -> dict[str, Any] | None:
    """What moves, and field by field which value survives; None where a record is out of sight."""
    reading.actor.require(Category(entity.category), Level.WRITE)
    rows = await _rows(reading, entity, wanted)
    if rows is None:
        return None
    try:
        if wanted.primary is not None or len(wanted.others) > 1:
            merging.check_size(wanted)
        chosen = merging.chosen_of(entity, wanted, rows)
    except UserError as error:
        raise Denied(DenialCode.BAD_USER_INPUT, error.message) from error
    primary, *others = rows
    sources = rules.sources(rules.fields(entity), rows, chosen)
    return {
        "primary": pointer(entity.name, primary["id"]),
        "duplicates": [pointer(entity.name, row["id"]) for row in others],
        "custom_fields": list(_own(reading, entity, rows)),
        "moves": await _moves(reading, entity, [row["id"] for row in others]),
        "fields": [
            {
                "field": field.name.upper(),
                **_shown(entity, field, sources[field.name]),
                "alternatives": [
                    _shown(entity, field, row)
                    for row in rules.alternatives(field, rows, sources[field.name])
                ],
            }
            for field in rules.fields(entity)
        ],
    }


def _own(reading: Any, entity: Entity, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Which values the workspace's own fields would have, and which would be given up."""
    fields = reading.actor.custom.of(entity.table.name)
    values = [row["custom"] for row in rows]
    for key, at in kept_of(fields, values).items():
        told = [
            one for row in values if key in row for one in shown(fields, {key: row[key]}, (key,))
        ]
        yield {
            "value": told[0],
            "source": pointer(entity.name, rows[at]["id"]),
            "alternatives": [one for one in told[1:] if one != told[0]],
        }


async def _rows(reading: Any, entity: Entity, wanted: merging.Wanted) -> list[Row] | None:
    asked = [*([wanted.primary] if wanted.primary else []), *wanted.others]
    seen = await _seen(reading, entity, asked[: merging.MOST + 1])
    if missing := [one for one in asked if one not in seen]:
        led = await redirects.read(reading, missing)
        seen |= await _seen(reading, entity, list(led.values()))
        asked = [led.get(one, one) for one in asked]
    if not all(one in seen for one in asked[: merging.MOST + 1]):
        return None
    rows = [seen[one] for one in dict.fromkeys(asked) if one in seen]
    if wanted.primary is None:
        oldest = min(rows, key=lambda row: (row["created_at"], row["id"]))
        rows = [oldest, *(row for row in rows if row is not oldest)]
    return rows


async def _seen(reading: Any, entity: Entity, ids: Sequence[str]) -> dict[str, Row]:
    found = await asyncio.gather(*(reading.record(entity, one) for one in ids))
    return {one.row["id"]: one.row for one in found if one is not None}


async def _moves(reading: Any, entity: Entity, ids: Sequence[str]) -> list[dict[str, Any]]:
    """How many records of each kind move, of those in sight; one statement for all of them."""
    if not ids:
        return []
    names = kinds(entity)
    counting = list(_counting(reading.actor, entity, ids))
    rows = await reading.fetch(sa.union_all(*counting))
    found = {row["place"]: row["found"] for row in rows}
    return [
        {"kind": name.upper(), "count": found[place]}
        for place, name in enumerate(names)
        if found[place]
    ]


def _counting(actor: Any, entity: Entity, ids: Sequence[str]) -> Iterator[Any]:
    among = sa.bindparam("merged_ids", list(ids), type_=sa.ARRAY(Uuid))
    belonging = [(one.table, one.columns) for one in repointing.pointing(entity.table.name)] + [
        (one, ("record_id",)) for one in sorted(pointers.attached(), key=lambda one: one.name)
    ]
    for place, (table, columns) in enumerate(belonging):
        item = table.alias()
        seen = item.c.workspace_id == WORKSPACE
        known = _entity_of(table.name)
        if known is not None:
            seen = visible(known, actor, item)
        yield (
            sa.select(sa.literal_column(str(place)).label("place"), sa.func.count().label("found"))
            .select_from(item)
            .where(seen, sa.or_(*(item.c[name] == sa.any_(among) for name in columns)))
        )


def _entity_of(table: str) -> Entity | None:
    if not _ENTITY_TABLES:
        _ENTITY_TABLES.update({entity.table.name: entity for entity in REGISTRY.values()})
    return _ENTITY_TABLES.get(table)


def _shown(entity: Entity, field: Field, row: Row) -> dict[str, Any]:
    """A value and whose it is; a link's as the record it leads to."""
    found = rules.value(field, row)
    shown = {"value": None, "record": None, "source": pointer(entity.name, row["id"])}
    if found is None:
        return shown
    if field.kind is Kind.LINK:
        return shown | {"record": pointer(field.target, found[0])}
    return shown | {"value": " ".join(str(one) for one in found)}
