"""The SQL of the search: for each searched table a function that looks into it, and no more."""

from typing import Any

import sqlalchemy as sa

ROLE = "coeffection_search"
"""Owns the functions and may only read; what they find is read again under the viewer's policy."""

FUZZY, OLDER = 5, 6
"""The tiers of what only resembles what was typed, and of what fits and was not weighed."""
_BIG = 20_000
"""Rows from which on a table is not looked through without thinking first."""

# What fits in a list: by the trigram index alone, because estimates for patterns are too high.
SEARCH_IDS = """
CREATE FUNCTION search_ids(entity text, patterns text[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off AS $$
BEGIN
  RETURN QUERY EXECUTE format(
    'SELECT id FROM %I WHERE workspace_id = $1 AND deleted_at IS NULL', entity
  ) || (SELECT string_agg(format(' AND search_key LIKE %L', searchable(one)), '')
        FROM unnest(patterns) AS one)
  USING nullif(current_setting('app.workspace', true), '')::uuid;
END $$
"""

_PATTERNS = """phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[], resembled text,
  owners uuid[], after_tier int, after_id uuid, most int, weighed int"""
_TYPES = (
    "text, text[], text[], text[], text[], text[], text, text[], text[], text[], text[], text,"
    " uuid[], int, uuid, int, int"
)
_SETTINGS = """SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_indexscan = off SET enable_bitmapscan = on
SET max_parallel_workers_per_gather = 0
SET pg_trgm.word_similarity_threshold = 0.6"""

# A slip of one letter takes five trigrams of a word at most: those it is in, and its last.
_RESEMBLED = """PERFORM set_config('pg_trgm.word_similarity_threshold',
      (0.99 - 5.0 / cardinality(show_trgm(resembled)))::text, true);"""

# A word is common in a big table if it is among the newest rows: then going through these finds
# enough soon, while the index would first give all there are. A workspace that has most of a table
# is no condition for the index: it would be read along from end to end.
SEARCH_BIG = f"""
CREATE FUNCTION search_big(
  entity text, titled boolean, bodied boolean,
  {_PATTERNS}
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
{_SETTINGS} AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  live CONSTANT text := ' AND item.deleted_at IS NULL';
  newest text := ' FROM (SELECT item.id, item.search_key FROM %I AS item'
    ' WHERE item.workspace_id = $1' || live;
  indexed text := newest
    || CASE WHEN owners IS NULL THEN '' ELSE ' AND item.owner_id = ANY ($2)' END;
  ending CONSTANT text := ' ORDER BY item.id DESC LIMIT %s) AS item';
  fitting CONSTANT text := ' AND (item.search_key LIKE $3 AND item.search_key LIKE $4'
    ' AND item.search_key LIKE $5 AND item.search_key LIKE ALL ($6) OR item.search_key LIKE $7)';
  weight CONSTANT text := CASE WHEN titled THEN 'CASE WHEN item.search_key LIKE $8 THEN 0'
    ' WHEN item.search_key LIKE ALL ($9) THEN 1 WHEN item.search_key LIKE ALL ($10) THEN 2'
    ' WHEN ' || CASE WHEN bodied THEN 'item.search_key LIKE ALL ($11) OR item.search_key LIKE $7'
      ELSE 'true' END || ' THEN 3 ELSE 4 END' ELSE '4' END;
  crowded boolean;
  common boolean;
  before uuid;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  EXECUTE format('SELECT avg((item.workspace_id = $1)::int) > 0.1 FROM generate_series(0, 39)'
      ' AS place (number), pg_class AS kind, %I AS item WHERE kind.oid = %L::regclass'
      ' AND item.ctid = format(''(%%s,1)'', place.number * kind.relpages / 40)::tid',
      entity, quote_ident(entity))
    INTO crowded USING workspace;
  IF crowded THEN
    indexed := replace(indexed, 'item.workspace_id = $1', '(item.workspace_id = $1) IS TRUE');
  END IF;
  IF owners IS NOT NULL THEN
    newest := ' FROM unnest($2) AS own (id) CROSS JOIN LATERAL ('
      || substr(newest, 8) || ' AND item.owner_id = own.id';
  END IF;
  PERFORM set_config('enable_indexscan', 'on', true), set_config('enable_bitmapscan', 'off', true);
  EXECUTE format('SELECT count(*) < 200 OR count(*) FILTER (WHERE true%s) > 2' || newest || ending,
      fitting, entity, 200)
    INTO common USING workspace, owners, keys[1], keys[2], keys[3], fits, digits;
  IF NOT common THEN
    newest := indexed;
    PERFORM set_config('enable_indexscan', 'off', true),
      set_config('enable_bitmapscan', 'on', true);
  END IF;
  newest := newest || fitting;
  EXECUTE format('SELECT array_agg(one.id), array_agg(one.tier) FROM (SELECT item.id, ' || weight
      || ' AS tier' || newest || ending || ' ORDER BY item.id DESC LIMIT %s) AS one',
      entity, weighed + 1, weighed + 1)
    INTO ids, tiers USING workspace, owners, keys[1], keys[2], keys[3], fits, digits,
      phrase, words, beginnings, parts;
{{given}}
  IF cardinality(ids) > weighed THEN
    before := least(ids[weighed], CASE WHEN after_tier = {OLDER} THEN after_id END);
    RETURN QUERY EXECUTE format('SELECT item.id, {OLDER}' || newest || ' AND item.id < $8' || ending
        || ' ORDER BY item.id DESC LIMIT %s', entity, most - given, most - given)
      USING workspace, owners, keys[1], keys[2], keys[3], fits, digits, before;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= {FUZZY} THEN
    PERFORM set_config('enable_indexscan', 'off', true),
      set_config('enable_bitmapscan', 'on', true);
    IF resembled IS NULL THEN
      indexed := indexed || ' AND item.search_key LIKE ANY ($3)';
    ELSE
      {_RESEMBLED}
      indexed := indexed || ' AND item.search_key %%> $9 AND item.search_key || '''' LIKE ANY ($3)';
    END IF;
    RETURN QUERY EXECUTE format('SELECT item.id, {FUZZY}' || indexed
        || CASE WHEN slips2 IS NULL THEN '' ELSE ' AND item.search_key || '''' LIKE ANY ($4)' END
        || CASE WHEN slips3 IS NULL THEN '' ELSE ' AND item.search_key || '''' LIKE ANY ($5)' END
        || ' AND item.search_key LIKE ALL ($6) AND item.id <> ALL ($7)'
        || CASE WHEN after_tier = {FUZZY} THEN ' AND item.id < $8' ELSE '' END || ending,
        entity, most - given)
      USING workspace, owners, slips, slips2, slips3, others, coalesce(ids, '{{{{}}}}'), after_id,
        resembled;
  END IF;
END $$
"""
_GIVEN = """  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;"""
SEARCH_BIG = SEARCH_BIG.format(given=_GIVEN)

# The statements keep their plans, which read the trigram index whatever was typed: to plan anew
# costs more than to look.
_LOOK = f"""
CREATE FUNCTION search_{{table}}(
  {_PATTERNS}
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
{_SETTINGS} AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF (SELECT reltuples > {_BIG} FROM pg_class WHERE oid = '"{{table}}"'::regclass) THEN
    RETURN QUERY SELECT * FROM search_big('{{table}}', {{titled}}, {{bodied}},
      phrase, words, beginnings, parts, keys, fits, digits, slips, slips2, slips3, others,
      resembled, owners, after_tier, after_id, most, weighed);
    RETURN;
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, {{tier}} AS tier FROM "{{table}}" AS item WHERE {{fits}}
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
{{given}}
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, {OLDER} FROM "{{table}}" AS item WHERE {{fits}}
      AND item.id < least(ids[weighed], CASE WHEN after_tier = {OLDER} THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NULL OR after_tier > {FUZZY} THEN
    RETURN;
  ELSIF resembled IS NULL THEN
    RETURN QUERY SELECT item.id, {FUZZY} FROM "{{table}}" AS item WHERE {{own}}
      AND item.search_key LIKE ANY (slips){{forgiven}}
      ORDER BY item.id DESC LIMIT most - given;
  ELSE
    {_RESEMBLED}
    RETURN QUERY SELECT item.id, {FUZZY} FROM "{{table}}" AS item WHERE {{own}}
      AND item.search_key %> resembled
      AND item.search_key || '' LIKE ANY (slips){{forgiven}}
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$
"""
_OWN = "(item.workspace_id = workspace) IS TRUE AND item.deleted_at IS NULL"
_OWNED = " AND (owners IS NULL OR item.owner_id = ANY (owners))"
_FITS = """ AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)"""
_TIER = """CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN {of_title} THEN 3 ELSE 4 END"""
_OF_TITLE = "item.search_key LIKE ALL (parts) OR item.search_key LIKE digits"
_FORGIVEN = """
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others) AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM 5 OR item.id < after_id)"""


def functions() -> list[str]:
    """What looks into any table."""
    return [SEARCH_IDS.strip(), SEARCH_BIG.strip()]


def owners() -> list[str]:
    """Hand these to the role that may only read."""
    return owned("search_ids(text, text[])", f"search_big(text, boolean, boolean, {_TYPES})")


def look(table: sa.Table) -> list[str]:
    """What makes the function of a table, owned by the role that may only read."""
    own = _OWN + (_OWNED if "owner_id" in table.c else "")
    info = table.c.search_key.info
    text = _LOOK.strip().format(
        table=table.name,
        titled=str(bool(info["title"])).lower(),
        bodied=str(bool(info["body"])).lower(),
        own=own,
        fits=own + _FITS,
        tier=_tier(info),
        given=_GIVEN,
        forgiven=_FORGIVEN,
    )
    return [text, *owned(f"search_{table.name}({_TYPES})")]


def owned(*functions: str) -> list[str]:
    """Hand functions to the role that may only read."""
    return [
        f"GRANT CREATE ON SCHEMA public TO {ROLE}",
        *(f"ALTER FUNCTION {one} OWNER TO {ROLE}" for one in functions),
        f"REVOKE CREATE ON SCHEMA public FROM {ROLE}",
    ]


def _tier(info: Any) -> str:
    """How well a row fits; where there is no title, or nothing else, that need not be asked."""
    if not info["title"]:
        return "4"
    return _TIER.format(of_title=_OF_TITLE if info["body"] else "true")
