"""What stands in the way of undoing an act: later changes, what was attached, what is gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from services.undo import tables

_TOLD = frozenset({"mail", "notification"})
"""What users and customers were told of a record is no part of it."""
MOST = 20
"""So many are told; one is enough to refuse."""

_LOCKED = """
SELECT count(*) FROM (
  SELECT FROM "{name}" AS t JOIN undo_net AS n ON n.record_id = t.id
  WHERE n.entity = '{name}' AND t.workspace_id = $1 ORDER BY t.id FOR UPDATE OF t) AS locked
"""
_CHANGED = """
SELECT '{name}' AS entity, n.record_id, t.id IS NULL AS gone, ARRAY(
    SELECT key FROM jsonb_each(n.after) AS a (key, value)
    WHERE key = ANY ($2) AND to_jsonb(t) -> key IS DISTINCT FROM value
    {since}) AS fields
FROM undo_net AS n LEFT JOIN "{name}" AS t ON t.workspace_id = $1 AND t.id = n.record_id
WHERE n.entity = '{name}' AND NOT EXISTS (
    SELECT FROM undo_gone AS g WHERE g.entity = n.entity AND g.record_id = n.record_id)
  AND (t.id IS NULL AND {missed} OR t.id IS NOT NULL AND (
    jsonb_populate_record(t, n.after - '{{{kept}}}'::text[]) IS DISTINCT FROM t {deleted}))
LIMIT {most}
"""
# Each custom field is a field of its own: those that the act left alone are as they are now.
_CUSTOM = """
UPDATE undo_net AS n SET
  before = n.before || jsonb_build_object('custom', apart.others || apart.before),
  after = n.after || jsonb_build_object('custom', apart.others || apart.after)
FROM "{name}" AS t, LATERAL (
  SELECT t.custom - array_agg(key) AS others,
    coalesce(jsonb_object_agg(key, b -> key) FILTER (WHERE b ? key), '{{}}') AS before,
    coalesce(jsonb_object_agg(key, a -> key) FILTER (WHERE a ? key), '{{}}') AS after
  FROM (SELECT coalesce(nullif(m.before -> 'custom', 'null'), '{{}}') AS b,
               coalesce(nullif(m.after -> 'custom', 'null'), '{{}}') AS a
        FROM undo_net AS m WHERE m.entity = '{name}' AND m.record_id = t.id) AS sides,
    LATERAL jsonb_object_keys(b || a) AS key
  WHERE b -> key IS DISTINCT FROM a -> key
) AS apart
WHERE n.entity = '{name}' AND NOT n.made AND n.after ? 'custom' AND apart.others IS NOT NULL
  AND t.workspace_id = $1 AND t.id = n.record_id
"""
# What lay in the trash already, an act may have changed as well: a merge does.
_DELETED = "t.deleted_at > $3 AND coalesce(n.after -> 'deleted_at', 'null') = 'null'"
_ATTACHED = """
SELECT n.entity, n.record_id, false AS gone, ARRAY['{other}'] AS fields
FROM undo_net AS n JOIN "{other}" AS r ON r.workspace_id = $1 AND r."{column}" = n.record_id
WHERE n.made AND n.entity = {target} {live} AND NOT EXISTS ({own})
"""
_OWN_RECORD = """
SELECT FROM undo_net AS o WHERE o.entity = '{other}' AND o.record_id = r.id AND o.after ? '{column}'
"""
_OWN_ROW = """
SELECT FROM undo_loose AS o WHERE o.table_name = '{other}' AND o.after = to_jsonb(r)
"""
_LOOSE = """
SELECT {entity} AS entity, {record} AS record_id, false AS gone, ARRAY['{name}'] AS fields
FROM undo_loose AS o CROSS JOIN LATERAL jsonb_populate_record(NULL::"{name}", o.after) AS p
LEFT JOIN "{name}" AS t ON t.workspace_id = $1 AND {same}
WHERE o.table_name = '{name}' AND o.after IS NOT NULL
  AND (t.workspace_id IS NOT NULL OR o.before IS NOT NULL) AND t IS DISTINCT FROM p
LIMIT {most}
"""


@dataclass(frozen=True, slots=True)
class Collision:
    """A record that is not as the act left it, and in what."""

    entity: str
    record_id: str
    fields: tuple[str, ...]
    gone: bool = False


async def found(ctx: Context, names: set[str], at: datetime) -> list[Collision]:
    """What collides with an act done `at`; the records stay as they are until the end."""
    rows: list[Any] = []
    chosen = [table for table in tables.remembered() if table.name in names]
    for table in chosen:
        if tables.versioned(table):
            await ctx.act.fetch_text(_LOCKED.format(name=table.name), ctx.workspace_id)
            if "custom" in table.c:
                await ctx.act.fetch_text(_CUSTOM.format(name=table.name), ctx.workspace_id)
    for table in chosen:
        if tables.versioned(table):
            kept = tables.KEPT.get(table.name, frozenset())
            text, columns = _changed(table), [one.name for one in table.c if one.name not in kept]
            given = (columns, at) if tables.restorable(table) else (columns,)
            rows += await ctx.act.fetch_text(text, ctx.workspace_id, *given)
        else:
            rows += await ctx.act.fetch_text(_of_loose(table), ctx.workspace_id)
    parts = list(_attached(names))
    if parts:
        union = " UNION ALL ".join(parts)
        rows += await ctx.act.fetch_text(f"{union} LIMIT {MOST}", ctx.workspace_id)
    return [
        Collision(row["entity"], row["record_id"], tuple(row["fields"]), row["gone"])
        for row in rows[:MOST]
    ]


def _changed(table: sa.Table) -> str:
    restorable = tables.restorable(table)
    return _CHANGED.format(
        name=table.name,
        most=MOST,
        kept=",".join(sorted(tables.KEPT.get(table.name, ()))),
        # A part that is gone already is what undoing its creation wants.
        missed="true" if restorable else "NOT n.made",
        deleted=f"OR {_DELETED}" if restorable else "",
        since=f"UNION SELECT 'deleted_at' WHERE {_DELETED}" if restorable else "",
    )


def _attached(names: set[str]) -> Iterator[str]:
    """The rows that point at what the act made, and that it did not make itself."""
    for one in tables.references():
        if one.target in names and one.table.name not in _TOLD:
            yield _pointing(one.table, one.column, f"'{one.target}'")
    for table in tables.remembered():
        if tables.attached(table):
            yield _pointing(table, "record_id", "r.record_kind")


def _pointing(table: sa.Table, column: str, target: str) -> str:
    own = _OWN_RECORD if tables.versioned(table) else _OWN_ROW
    return _ATTACHED.format(
        other=table.name,
        column=column,
        target=target,
        live="AND r.deleted_at IS NULL" if tables.restorable(table) else "",
        own=own.format(other=table.name, column=column),
    )


def _of_loose(table: sa.Table) -> str:
    attached = tables.attached(table)
    return _LOOSE.format(
        name=table.name,
        entity="p.record_kind" if attached else f"'{table.name}'",
        record="p.record_id" if attached else "NULL::uuid",
        same=same_key(table),
        most=MOST,
    )


def same_key(table: sa.Table) -> str:
    """The condition that a row `t` has the key of `p`."""
    keys = [column.name for column in table.primary_key if column.name != "workspace_id"]
    return " AND ".join(f't."{name}" = p."{name}"' for name in keys) or "true"
