"""The SQL of the search: for each searched table a function that looks into it, and no more."""

from typing import Any

import sqlalchemy as sa

ROLE = "coeffection_search"
"""Owns the functions and may only read; what they find is read again under the viewer's policy."""

FUZZY, OLDER = 5, 6
"""The tiers of what only resembles what was typed, and of what fits and was not weighed."""
_MANY = 20_000
"""Rows from which on it is worth planning anew for what was typed."""

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

# The statements keep their plans, which read the trigram index whatever was typed: planning would
# cost more than looking. Only in a big table a common word is better found by going through the
# newest rows, and PostgreSQL's statistics know which words are common.
_LOOK = """
CREATE FUNCTION search_{table}(
  phrase text, words text[], beginnings text[], parts text[], keys text[], fits text[],
  digits text, slips text[], slips2 text[], slips3 text[], others text[],
  owners uuid[], after_tier int, after_id uuid, most int, weighed int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  big CONSTANT boolean := reltuples > {many} FROM pg_class WHERE oid = '"{table}"'::regclass;
  ids uuid[];
  tiers int[];
  given int;
BEGIN
  IF big THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_indexscan', 'on', true);
  END IF;
  SELECT array_agg(one.id), array_agg(one.tier) INTO ids, tiers FROM (
    SELECT item.id, {tier} AS tier FROM "{table}" AS item WHERE {fits}
    ORDER BY item.id DESC LIMIT weighed + 1
  ) AS one;
  RETURN QUERY SELECT hit.id, hit.tier
    FROM unnest(ids[:weighed], tiers[:weighed]) AS hit (id, tier)
    WHERE after_id IS NULL OR hit.tier > after_tier OR hit.tier = after_tier AND hit.id < after_id
    ORDER BY hit.tier, hit.id DESC LIMIT most;
  GET DIAGNOSTICS given = ROW_COUNT;
  IF given = most THEN
    RETURN;
  END IF;
  IF cardinality(ids) > weighed THEN
    RETURN QUERY SELECT item.id, {older} FROM "{table}" AS item WHERE {fits}
      AND item.id < least(ids[weighed], CASE WHEN after_tier = {older} THEN after_id END)
      ORDER BY item.id DESC LIMIT most - given;
  ELSIF slips IS NOT NULL AND coalesce(after_tier, 0) <= {fuzzy} THEN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_indexscan', 'off', true);
    RETURN QUERY SELECT item.id, {fuzzy} FROM "{table}" AS item WHERE {own}
      AND item.search_key LIKE ANY (slips)
      AND (slips2 IS NULL OR item.search_key LIKE ANY (slips2))
      AND (slips3 IS NULL OR item.search_key LIKE ANY (slips3))
      AND item.search_key LIKE ALL (others)
      AND (ids IS NULL OR item.id <> ALL (ids))
      AND (after_tier IS DISTINCT FROM {fuzzy} OR item.id < after_id)
      ORDER BY item.id DESC LIMIT most - given;
  END IF;
END $$
"""
_TYPES = ("text", *["text[]"] * 5, "text", *["text[]"] * 4, "uuid[]", "int", "uuid", "int", "int")
_OWN = "item.workspace_id = workspace AND item.deleted_at IS NULL"
_OWNED = " AND (owners IS NULL OR item.owner_id = ANY (owners))"
_FITS = """ AND (item.search_key LIKE keys[1] AND item.search_key LIKE keys[2]
      AND item.search_key LIKE keys[3] AND item.search_key LIKE ALL (fits)
      OR item.search_key LIKE digits)"""
_TIER = """CASE WHEN item.search_key LIKE phrase THEN 0
      WHEN item.search_key LIKE ALL (words) THEN 1
      WHEN item.search_key LIKE ALL (beginnings) THEN 2
      WHEN {of_title} THEN 3 ELSE 4 END"""
_OF_TITLE = "item.search_key LIKE ALL (parts) OR item.search_key LIKE digits"


def look(table: sa.Table) -> list[str]:
    """What makes the function of a table, owned by the role that may only read."""
    own = _OWN + (_OWNED if "owner_id" in table.c else "")
    text = _LOOK.strip().format(
        table=table.name,
        own=own,
        fits=own + _FITS,
        tier=_tier(table.c.search_key.info),
        many=_MANY,
        older=OLDER,
        fuzzy=FUZZY,
    )
    return [text, *owned(f"search_{table.name}({', '.join(_TYPES)})")]


def owned(function: str) -> list[str]:
    """Hand a function to the role that may only read."""
    return [
        f"GRANT CREATE ON SCHEMA public TO {ROLE}",
        f"ALTER FUNCTION {function} OWNER TO {ROLE}",
        f"REVOKE CREATE ON SCHEMA public FROM {ROLE}",
    ]


def _tier(info: Any) -> str:
    """How well a row fits; where there is no title, or nothing else, that need not be asked."""
    if not info["title"]:
        return "4"
    return _TIER.format(of_title=_OF_TITLE if info["body"] else "true")
