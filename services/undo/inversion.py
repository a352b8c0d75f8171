"""The inverse of an act, table by table: as many statements for one record as for thousands."""

from collections.abc import Sequence

import sqlalchemy as sa

from auth.context import Context
from services.rules import ranks
from services.undo import tables
from services.undo.collisions import same_key

_SET = """
UPDATE "{name}" AS t SET ({columns}) = (
    SELECT {values} FROM jsonb_populate_record(t, n.before) AS p),{about}
  version = t.version + 1, updated_at = $2
FROM undo_net AS n
WHERE n.entity = '{name}' AND NOT n.made AND n.before <> '{{}}' AND {which}
  AND t.workspace_id = $1 AND t.id = n.record_id
"""
_ABOUT = """
  "{column}" = CASE WHEN n.before ? '{of}'
    THEN (jsonb_populate_record(NULL::"{name}", n.before))."{column}" ELSE t."{column}" END,"""
_REMOVE = """
UPDATE "{name}" AS t SET deleted_at = $2, version = t.version + 1, updated_at = $2
FROM undo_net AS n
WHERE n.entity = '{name}' AND n.made AND t.workspace_id = $1 AND t.id = n.record_id
  AND t.deleted_at IS NULL
"""
_DELETE = """
DELETE FROM "{name}" AS t USING undo_net AS n
WHERE n.entity = '{name}' AND n.made AND t.workspace_id = $1 AND t.id = n.record_id {apart}
"""
_APART = """
AND NOT EXISTS (SELECT FROM undo_net AS w WHERE w.made AND w.entity = '{whole}'
                AND w.record_id = t."{column}")
"""
_BRING_BACK = """
INSERT INTO "{name}" ({columns}, version, updated_at)
SELECT {values}, p.version + 1, $2
FROM undo_gone AS g CROSS JOIN LATERAL jsonb_populate_record(NULL::"{name}", g.before) AS p
WHERE g.entity = '{name}' AND p.workspace_id = $1
"""
_LOOSE = """
WITH changed AS (
  SELECT p.*, o.before AS was, o.after AS became FROM undo_loose AS o
  CROSS JOIN LATERAL jsonb_populate_record(NULL::"{name}", coalesce(o.{from_}, o.{other})) AS p
  WHERE o.table_name = '{name}'
)
{dml}
"""
_TAKEN = """
SELECT n.record_id, p."{column}"::text AS place
FROM undo_net AS n JOIN "{name}" AS t ON t.workspace_id = $1 AND t.id = n.record_id
CROSS JOIN LATERAL jsonb_populate_record(t, n.before) AS p
WHERE n.entity = '{name}' AND NOT n.made AND p.deleted_at IS NULL AND EXISTS (
  SELECT FROM "{name}" AS o WHERE o.workspace_id = $1 AND o."{column}" = p."{column}"
    AND o.rank = p.rank AND o.deleted_at IS NULL AND o.id <> t.id AND NOT EXISTS (
      SELECT FROM undo_net AS m WHERE m.entity = '{name}' AND m.record_id = o.id))
ORDER BY p.rank DESC
"""
_COLUMNS = """
SELECT pg_advisory_xact_lock(hashtextextended(place, 0)) FROM (
  SELECT DISTINCT $1 || ':{name}:' || p."{column}"::text AS place
  FROM undo_net AS n JOIN "{name}" AS t ON t.workspace_id = $1::uuid AND t.id = n.record_id
  CROSS JOIN LATERAL jsonb_populate_record(t, n.before) AS p
  WHERE n.entity = '{name}' AND NOT n.made ORDER BY 1) AS places
"""
_TOPS = """
SELECT place, (
  SELECT min(o.rank) FROM "{name}" AS o WHERE o.workspace_id = $1 AND o.deleted_at IS NULL
    AND o."{column}" = place::{kind}) AS rank
FROM unnest($2::text[]) AS place
"""
_PLACED = """
UPDATE undo_net AS n SET before = n.before || jsonb_build_object('rank', given.rank)
FROM unnest($2::uuid[], $3::text[]) AS given (id, rank)
WHERE n.entity = $1 AND n.record_id = given.id
"""

_STAYS = "NOT n.before ? 'deleted_at'"
_COMES_BACK = "n.before -> 'deleted_at' = 'null'"
_GOES_AGAIN = "n.before -> 'deleted_at' <> 'null'"


async def lock_boards(ctx: Context, names: set[str]) -> None:
    """Keep the columns cards go back to from others, before any card is locked."""
    for table, column in _boards(names):
        text = _COLUMNS.format(name=table.name, column=column)
        await ctx.act.fetch_text(text, ctx.workspace_id)


async def apply(ctx: Context, names: set[str]) -> None:
    """Put everything back: nothing is left that points at what is gone, nothing is twice."""
    chosen = [table for table in tables.remembered() if table.name in names]
    own = [table for table in chosen if tables.versioned(table)]
    loose = [table for table in chosen if not tables.versioned(table)]
    await _find_places(ctx, names)
    for table in reversed(loose):
        await _loose(ctx, table, "after", "before", _delete_loose(table))
    early = [table for table in own if not _pointed_at(table, own)]
    for table in reversed(early):
        await _remove(ctx, table)
    for table in own:
        await _bring_back(ctx, table)
    for which, event in ((_STAYS, "updated"), (_GOES_AGAIN, "deleted")):
        for table in own:
            await _set(ctx, table, which, event)
    for table in reversed(own):
        if table not in early:
            await _remove(ctx, table)
    for table in own:
        await _set(ctx, table, _COMES_BACK, "restored")
    for table in loose:
        await _loose(ctx, table, "before", "after", _insert_loose(table))
        await _loose(ctx, table, "before", "after", _update_loose(table))


def _pointed_at(table: sa.Table, own: Sequence[sa.Table]) -> bool:
    """Whether a row of the act may point at its rows until it is what it was."""
    if tables.restorable(table):
        return False
    return any(one.target == table.name and one.table in own for one in tables.references())


async def _set(ctx: Context, table: sa.Table, which: str, event: str) -> None:
    if not tables.restorable(table) and which != _STAYS:
        return
    columns = tables.changeable(table)
    about = tables.ABOUT.get(table.name, {}).items()
    text = _SET.format(
        name=table.name,
        which=which,
        columns=", ".join(f'"{name}"' for name in columns),
        values=", ".join(f'p."{name}"' for name in columns),
        about="".join(_ABOUT.format(name=table.name, column=one, of=of) for one, of in about),
    )
    await ctx.act.write_set(table, f"{table.name}.{event}", text, ctx.workspace_id, ctx.now)


async def _remove(ctx: Context, table: sa.Table) -> None:
    """What the act made goes: softly where it can be restored, and its parts stay with it."""
    event = f"{table.name}.deleted"
    if tables.restorable(table):
        text = _REMOVE.format(name=table.name)
        await ctx.act.write_set(table, event, text, ctx.workspace_id, ctx.now)
        return
    wholes = [
        one for one in tables.parents(table) if tables.restorable(table.metadata.tables[one.target])
    ]
    apart = "".join(_APART.format(whole=one.target, column=one.column) for one in wholes)
    text = _DELETE.format(name=table.name, apart=apart)
    await ctx.act.write_set(table, event, text, ctx.workspace_id)


async def _bring_back(ctx: Context, table: sa.Table) -> None:
    columns = [name for name in tables.stored(table) if name not in {"version", "updated_at"}]
    text = _BRING_BACK.format(
        name=table.name,
        columns=", ".join(f'"{name}"' for name in columns),
        values=", ".join(f'p."{name}"' for name in columns),
    )
    event = f"{table.name}.created"
    await ctx.act.write_set(table, event, text, ctx.workspace_id, ctx.now)


async def _loose(ctx: Context, table: sa.Table, from_: str, other: str, dml: str) -> None:
    text = _LOOSE.format(name=table.name, from_=from_, other=other, dml=dml)
    await ctx.act.fetch_text(text, ctx.workspace_id)


def _delete_loose(table: sa.Table) -> str:
    kept = ""
    if tables.attached(table):
        # It belongs to what the act made, and goes to the trash and comes back with that.
        kept = """AND NOT EXISTS (SELECT FROM undo_net AS w WHERE w.made
          AND w.entity = p.record_kind AND w.record_id = p.record_id)"""
    return f"""DELETE FROM "{table.name}" AS t USING changed AS p
      WHERE p.was IS NULL AND p.became IS NOT NULL AND t.workspace_id = $1
        AND {same_key(table)} {kept}"""


def _insert_loose(table: sa.Table) -> str:
    columns = ", ".join(f'"{name}"' for name in tables.stored(table))
    return f"""INSERT INTO "{table.name}" ({columns})
      SELECT {columns} FROM changed AS p
      WHERE p.was IS NOT NULL AND p.became IS NULL AND p.workspace_id = $1"""


def _update_loose(table: sa.Table) -> str:
    columns = [name for name in tables.stored(table) if name != "workspace_id"]
    values = ", ".join(f'"{name}" = p."{name}"' for name in columns)
    return f"""UPDATE "{table.name}" AS t SET {values} FROM changed AS p
      WHERE p.was IS NOT NULL AND p.became IS NOT NULL AND t.workspace_id = $1
        AND {same_key(table)}"""


async def _find_places(ctx: Context, names: set[str]) -> None:
    """Cards whose place was given to another meanwhile come to the top of their column."""
    for table, column in _boards(names):
        form = {"name": table.name, "column": column, "kind": _kind(table.c[column])}
        taken = await ctx.act.fetch_text(_TAKEN.format(**form), ctx.workspace_id)
        if not taken:
            continue
        places = sorted({row["place"] for row in taken})
        tops = await ctx.act.fetch_text(_TOPS.format(**form), ctx.workspace_id, places)
        first = {row["place"]: row["rank"] or "" for row in tops}
        given = []
        for row in taken:
            first[row["place"]] = ranks.between("", first[row["place"]])
            given.append(first[row["place"]])
        ids = [row["record_id"] for row in taken]
        await ctx.act.fetch_text(_PLACED, table.name, ids, given)


def _kind(column: sa.Column[object]) -> str:
    return "uuid" if isinstance(column.type, sa.Uuid) else "text"


def _boards(names: set[str]) -> list[tuple[sa.Table, str]]:
    chosen = [table for table in tables.remembered() if table.name in names]
    found = [(table, tables.column_of_board(table)) for table in chosen]
    return [(table, column) for table, column in found if column is not None]
