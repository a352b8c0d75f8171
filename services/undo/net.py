"""What an act changed in the end: one row a record, however often it was changed on the way."""

from collections.abc import Sequence
from typing import Any

from auth.context import Context
from core.writes import long_texts
from services.undo import tables

_NET = """
CREATE TEMPORARY TABLE undo_net ON COMMIT DROP AS
WITH told AS (
  SELECT entity, record_id, position, type LIKE '%.created' AS made, changes,
         count(*) OVER (PARTITION BY entity, record_id) AS times
  FROM event WHERE workspace_id = $1 AND operation_id = $2
)
SELECT entity, record_id, made,
  coalesce((SELECT jsonb_object_agg(key, value -> 'before') FROM jsonb_each(changes)), '{}')
    AS before,
  coalesce((SELECT jsonb_object_agg(key, value -> 'after') FROM jsonb_each(changes)), '{}')
    AS after
FROM told WHERE times = 1
UNION ALL
SELECT entity, record_id, bool_or(made), jsonb_object_agg(key, before), jsonb_object_agg(key, after)
FROM (
  SELECT DISTINCT entity, record_id, key, first_value(value -> 'before') OVER changed AS before,
    last_value(value -> 'after') OVER changed AS after,
    bool_or(made) OVER (PARTITION BY entity, record_id) AS made
  FROM told, jsonb_each(changes) WHERE times > 1
  WINDOW changed AS (PARTITION BY entity, record_id, key ORDER BY position
                     ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
) AS each GROUP BY entity, record_id
"""
# The log has the beginnings of long texts; they are remembered whole, a row for each change.
_TEXTS = """
WITH told AS (
  SELECT kept.table_name AS entity, (kept.after ->> 'id')::uuid AS record_id, key,
    (array_agg(kept.before -> key ORDER BY ord))[1] AS before,
    (array_agg(kept.after -> key ORDER BY ord DESC))[1] AS after
  FROM undo_row AS kept CROSS JOIN LATERAL jsonb_object_keys(kept.after) AS key
  WHERE kept.workspace_id = $1 AND kept.operation_id = $2
    AND kept.table_name = ANY ($3::text[]) AND kept.after IS NOT NULL AND key <> 'id'
  GROUP BY 1, 2, 3
), whole AS (
  SELECT net.entity, net.record_id,
    jsonb_object_agg(key, told.before) FILTER (WHERE net.before -> key -> 'cut' IS NOT NULL)
      AS before,
    jsonb_object_agg(key, told.after) FILTER (WHERE net.after -> key -> 'cut' IS NOT NULL)
      AS after
  FROM undo_net AS net JOIN told USING (entity, record_id) GROUP BY 1, 2
)
UPDATE undo_net AS n SET before = n.before || coalesce(whole.before, '{}'),
  after = n.after || coalesce(whole.after, '{}')
FROM whole WHERE n.entity = whole.entity AND n.record_id = whole.record_id
"""
_GONE = """
CREATE TEMPORARY TABLE undo_gone ON COMMIT DROP AS
SELECT kept.table_name AS entity, (kept.before ->> 'id')::uuid AS record_id, kept.before
FROM undo_row AS kept
WHERE kept.workspace_id = $1 AND kept.operation_id = $2 AND kept.table_name = ANY ($3::text[])
  AND kept.after IS NULL AND NOT EXISTS (
    SELECT FROM undo_net AS net WHERE net.made AND net.entity = kept.table_name
      AND net.record_id = (kept.before ->> 'id')::uuid)
"""
# An update that changes the key is a row that went and another that came.
_LOOSE = """
CREATE TEMPORARY TABLE undo_loose ON COMMIT DROP AS
WITH pair AS (
  SELECT table_name, ord, before, after,
         coalesce(before @> keyed.key AND after @> keyed.key, true) AS same
  FROM undo_row JOIN unnest($3::text[], $4::text[]) AS known (name, keys) ON name = table_name
  CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(k, coalesce(after, before) -> k) AS key
    FROM unnest(string_to_array(known.keys, ',')) AS k) AS keyed
  WHERE workspace_id = $1 AND operation_id = $2
), each AS (
  SELECT table_name, ord, before, after FROM pair WHERE same
  UNION ALL SELECT table_name, ord, before, NULL FROM pair WHERE NOT same
  UNION ALL SELECT table_name, ord, NULL, after FROM pair WHERE NOT same
)
SELECT table_name, (array_agg(before ORDER BY ord))[1] AS before,
       (array_agg(after ORDER BY ord DESC))[1] AS after
FROM each JOIN unnest($3::text[], $4::text[]) AS known (name, keys) ON name = table_name
CROSS JOIN LATERAL (
  SELECT jsonb_object_agg(k, coalesce(after, before) -> k) AS key
  FROM unnest(string_to_array(known.keys, ',')) AS k) AS keyed
GROUP BY table_name, key
"""
_KINDS = """
SELECT entity AS name FROM undo_net
UNION SELECT entity FROM undo_gone
UNION SELECT table_name FROM undo_loose
"""


async def gather(ctx: Context, operation_id: str) -> set[str]:
    """Put it into temporary tables of the transaction; the names of the tables it is about.

    `undo_net` has the records events tell of, `undo_gone` those deleted for good, and
    `undo_loose` rows that are no records.
    """
    about = (ctx.workspace_id, operation_id)
    own = [table for table in tables.remembered() if tables.versioned(table)]
    loose = [table for table in tables.remembered() if not tables.versioned(table)]
    # What undo does itself is no act to remember.
    await ctx.act.execute("SELECT set_config('app.operation', '', true)")
    await ctx.act.fetch_text(_NET, *about)
    await ctx.act.execute("ALTER TABLE undo_net ADD PRIMARY KEY (entity, record_id)")
    await ctx.act.fetch_text(_TEXTS, *about, [one.name for one in own if long_texts(one)])
    await ctx.act.fetch_text(_GONE, *about, [table.name for table in own])
    keys = [",".join(column.name for column in table.primary_key) for table in loose]
    await ctx.act.fetch_text(_LOOSE, *about, [table.name for table in loose], keys)
    await ctx.act.execute("ANALYZE undo_net; ANALYZE undo_gone; ANALYZE undo_loose")
    known = {table.name for table in tables.remembered()}
    return {row["name"] for row in await ctx.act.fetch_text(_KINDS)} & known


async def one(ctx: Context, text: str, *arguments: Any) -> Sequence[Any]:
    """The rows of a statement about the workspace."""
    return await ctx.act.fetch_text(text, ctx.workspace_id, *arguments)
