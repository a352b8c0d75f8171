"""What changed since a place in the event log, for those who keep a copy: with tombstones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth.policy import WORKSPACE, in_reach, readable, visible
from core.ids import encode
from core.sql import Remembered, Rendered
from models.base import Uuid
from models.enums import ChangeKind, ResyncReason
from models.registry import Entity, Pointer

WINDOW = 10_000
"""So much of the log is looked through for one page, however rare what is asked for."""

_STATEMENTS = Remembered(256)
_KEPT = "SELECT kept_after FROM event_head WHERE workspace_id = $1"
# The limit within keeps even a plan for any values from sorting what it could read in order.
_EVENTS = f"""
SELECT position, at, entity, record_id, act, operation_id,
       changes -> 'owner_id' ->> 'before' AS owner_before
FROM (
  SELECT * FROM event WHERE workspace_id = $1 AND position > $2 ORDER BY position LIMIT {WINDOW}
) AS next
WHERE position <= $3 AND entity = ANY ($4::text[])
ORDER BY position LIMIT {{first}}
"""


@dataclass(frozen=True, slots=True)
class _Met:
    """How a changed record stands to the viewer now."""

    seen: bool
    deleted: bool
    in_reach: bool


async def page(reading: Any, kinds: Sequence[Entity], after: int, first: int) -> dict[str, Any]:
    """The records changed behind a position, each once, and where to go on."""
    await reading.begin()
    workspace, head = reading.actor.workspace_id, reading.position
    by_table = {entity.table.name: entity for entity in kinds if readable(entity, reading.actor)}
    values = {
        "workspace": workspace,
        "after": after,
        "until": min(after + WINDOW, head),
        "tables": list(by_table),
    }
    rows = await reading.run(Rendered(_EVENTS.format(first=first), tuple(values), {}), values)
    if after > head or await _is_given_up(reading, after):
        reason = ResyncReason.CURSOR_EXPIRED
        return {"changes": [], "cursor": str(head), "has_more": False, "resync": reason}
    cursor = rows[-1]["position"] if first and len(rows) == first else values["until"]
    cursor = cursor if first else after
    latest = {(row["entity"], row["record_id"]): row for row in rows}
    reading.returned(len(rows), len(latest))
    met = await _met(reading, by_table, latest)
    owners = _owners(rows)
    chosen = (
        _change(reading, by_table[key[0]], row, met.get(key), owners[key])
        for key, row in latest.items()
    )
    changes = sorted((one for one in chosen if one), key=lambda one: int(one["cursor"]))
    return {
        "changes": changes,
        "cursor": str(cursor),
        "has_more": cursor < head,
        "resync": None,
    }


async def _is_given_up(reading: Any, after: int) -> bool:
    """Whether events behind a position may be missing; asked after they were read."""
    values = {"workspace": reading.actor.workspace_id}
    rows = await reading.run(Rendered(_KEPT, tuple(values), {}), values)
    return bool(rows) and after < rows[0]["kept_after"]


def _owners(rows: Sequence[Any]) -> dict[tuple[str, str], set[str]]:
    """Who owned each record before one of its changes."""
    owners: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        known = owners.setdefault((row["entity"], row["record_id"]), set())
        if row["owner_before"]:
            known.add(row["owner_before"])
    return owners


async def _met(
    reading: Any, by_table: Mapping[str, Entity], keys: Mapping[tuple[str, str], Any]
) -> dict[tuple[str, str], _Met]:
    """Those of the records that are there: one statement for all kinds of them."""
    ids: dict[str, list[str]] = {}
    for table, record in keys:
        ids.setdefault(table, []).append(record)
    if not ids:
        return {}
    kinds = [by_table[name] for name in sorted(ids)]
    form = (tuple(sorted(ids)), reading.actor.permission_set)
    statement = _STATEMENTS.of(form, lambda: _standing(kinds, reading.actor))
    rows = await reading.fetch(statement.with_values(**{f"ids_{name}": ids[name] for name in ids}))
    return {
        (row["kind"], row["id"]): _Met(row["seen"], row["deleted"], row["in_reach"]) for row in rows
    }


def _standing(kinds: Sequence[Entity], actor: Any) -> Any:
    return sa.union_all(*(_stands(entity, actor) for entity in kinds))


def _stands(entity: Entity, actor: Any) -> sa.Select[Any]:
    rows = entity.table
    reach = in_reach(entity, actor, rows)
    deleted = rows.c.deleted_at.is_not(None) if entity.restorable else sa.false()
    ids = sa.bindparam(f"ids_{rows.name}", None, type_=sa.ARRAY(Uuid))
    return sa.select(
        sa.literal_column(f"'{rows.name}'", sa.Text).label("kind"),
        rows.c[entity.key].label("id"),
        sa.func.coalesce(visible(entity, actor, rows), sa.false()).label("seen"),
        deleted.label("deleted"),
        sa.func.coalesce(sa.true() if reach is None else reach, sa.false()).label("in_reach"),
    ).where(rows.c.workspace_id == WORKSPACE, rows.c[entity.key] == sa.any_(ids))


def _change(
    reading: Any, entity: Entity, row: Mapping[str, Any], met: _Met | None, owners: set[str]
) -> dict[str, Any] | None:
    kind = next(_kinds(reading.actor, met, owners), None)
    if kind is None:
        return None
    seen = kind is ChangeKind.CHANGED
    return {
        "cursor": str(row["position"]),
        "at": row["at"],
        "kind_of_change": kind,
        "type": entity.name,
        "id": encode(entity.prefix, row["record_id"]),
        "record": Pointer(entity, row["record_id"]) if seen else None,
        "act": row["act"],
        "operation_id": encode("op", row["operation_id"]),
    }


def _kinds(actor: Any, met: _Met | None, owners: set[str]) -> Iterator[ChangeKind]:
    """What is told of a record; nothing of one the viewer has never seen."""
    was_seen = actor.owners is None or bool(owners & set(actor.owners))
    if met is None:
        # Nothing is known of it any more but its id.
        yield ChangeKind.DELETED
    elif met.seen:
        yield ChangeKind.CHANGED
    elif met.deleted and (met.in_reach or was_seen):
        yield ChangeKind.DELETED
    elif was_seen:
        yield ChangeKind.OUT_OF_SIGHT
