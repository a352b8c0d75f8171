"""What the database itself enforces beyond tables: functions, isolation policies, grants."""

import sqlalchemy as sa

NO_POLICY = frozenset({"credential", "login", "event_head", "due_work"})
"""Read before a workspace is known; they hold no customer data."""

WITHOUT_WORKSPACE = frozenset({"test_clock", "alembic_version"})

EXTENSIONS = ("unaccent", "pg_trgm", "btree_gin", "btree_gist")

FOLD = """
CREATE FUNCTION fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN public.unaccent('public.unaccent'::regdictionary, casefold(value COLLATE pg_c_utf8))
"""

EVENT_CHANGES = """
CREATE FUNCTION event_changes(before jsonb, after jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
  SELECT coalesce(
    jsonb_object_agg(
      k.name, jsonb_build_object('before', before -> k.name, 'after', after -> k.name)
    ), '{}')
  FROM jsonb_object_keys(coalesce(after, before)) AS k(name)
  WHERE k.name <> ALL (ARRAY['workspace_id', 'id', 'version', 'created_at', 'updated_at'])
    AND k.name !~ '_(key|milli)$'
    AND coalesce(before -> k.name, 'null') IS DISTINCT FROM coalesce(after -> k.name, 'null')
)
"""

SEARCHABLE = r"""
CREATE FUNCTION searchable(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
  WHEN octet_length(value) = length(value)
    THEN translate(lower(value COLLATE "C"), E'\t\n\r', '   ')
  WHEN value COLLATE "C" ~ '[\u0300-\u036f\u0600-\u06ff\u3040-\u30ff\u3400-\u9fff\uf900-\uffef]'
    THEN regexp_replace(
      regexp_replace(
        translate(fold(normalize(value, NFC)), E'أإآٱىة\t\n\r', 'اااايه   ') COLLATE "C",
        '[\u0300-\u036f\u0640\u064b-\u065f\u0670]+', '', 'g'),
      '([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])', ' \1', 'g')
  ELSE translate(fold(value), E'\t\n\r', '   ')
END
"""

# One LIKE a pattern: PostgreSQL has no index for LIKE ALL. Of few hits all are graded together; of
# many, and of those that only resemble what was typed, the newest of each tier are read in turn.
# Where hits may be rare only the trigram index may be read: thirty patterns are estimated too high,
# and the table would be read in the order of its ids for rows that are not there. What is switched
# off inside is on again outside, because the function names the settings.
SEARCH_HITS = """
CREATE FUNCTION search_hits(
  entity text, tiers jsonb, strict int, owners uuid[], after_tier int, after_id uuid, most int
) RETURNS TABLE (id uuid, tier int)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = on SET enable_indexscan = on AS $$
DECLARE
  workspace CONSTANT uuid := nullif(current_setting('app.workspace', true), '')::uuid;
  few CONSTANT int := 2000;
  first int := coalesce(after_tier, 0);
  conditions text[];
  source text;
  ids uuid[];
  grades int[];
  given int;
BEGIN
  SELECT array_agg(fits ORDER BY place) INTO conditions FROM (
    SELECT place, string_agg(
      (SELECT CASE WHEN count(*) = 1 THEN format('search_key LIKE %L', min(searchable(pattern)))
         ELSE format('search_key LIKE ANY (%L::text[])', array_agg(searchable(pattern))) END
       FROM jsonb_array_elements_text(word) AS pattern), ' AND ') AS fits
    FROM jsonb_array_elements(tiers) WITH ORDINALITY AS t(words, place),
      jsonb_array_elements(words) AS word
    GROUP BY place
  ) AS made;
  source := format(' FROM %I WHERE workspace_id = $1 AND deleted_at IS NULL', entity);
  IF owners IS NOT NULL THEN
    source := source || ' AND owner_id = ANY ($2)';
  END IF;
  IF first < strict AND most > 0 THEN
    PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true);
    EXECUTE 'SELECT array_agg(id), array_agg(grade) FROM (SELECT id, CASE'
      || (SELECT string_agg(format(' WHEN %s THEN %s', conditions[at + 1], at), '' ORDER BY at)
          FROM generate_series(0, strict - 1) AS at)
      || format(' END AS grade%s AND %s LIMIT %s) AS few', source, conditions[strict], few + 1)
      INTO ids, grades USING workspace, owners;
    IF coalesce(cardinality(ids), 0) <= few THEN
      RETURN QUERY SELECT hit.id, grade FROM unnest(ids, grades) AS hit(id, grade)
        WHERE after_id IS NULL OR grade > after_tier OR grade = after_tier AND hit.id < after_id
        ORDER BY grade, hit.id DESC LIMIT most;
      GET DIAGNOSTICS given = ROW_COUNT;
      most := most - given;
      first := strict;
    END IF;
    PERFORM set_config('enable_seqscan', 'on', true), set_config('enable_indexscan', 'on', true);
  END IF;
  FOR at IN 0 .. cardinality(conditions) - 1 LOOP
    EXIT WHEN most <= 0;
    IF at >= first THEN
      IF at >= strict THEN
        PERFORM set_config('enable_seqscan', 'off', true);
        PERFORM set_config('enable_indexscan', 'off', true);
      END IF;
      RETURN QUERY EXECUTE format('SELECT id, %s%s AND %s', at, source, conditions[at + 1])
        || CASE WHEN after_id IS NOT NULL AND at = after_tier THEN ' AND id < $3' ELSE '' END
        || format(' ORDER BY id DESC LIMIT %s', most)
        USING workspace, owners, after_id;
      GET DIAGNOSTICS given = ROW_COUNT;
      most := most - given;
    END IF;
    IF at < strict THEN
      CONTINUE WHEN at < strict - 1 AND first >= strict;
      source := source || format(' AND NOT (%s)', conditions[at + 1]);
    END IF;
  END LOOP;
END $$
"""

SEARCH_IDS = """
CREATE FUNCTION search_ids(entity text, patterns text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE ROWS 20 AS $$
  SELECT hit.id FROM search_hits(
    entity, (SELECT jsonb_build_array(jsonb_agg(jsonb_build_array(one))) FROM unnest(patterns) one),
    1, NULL, NULL, NULL, 2147483647
  ) AS hit
$$
"""

SEARCH_DOOR = "search_hits(text, jsonb, int, uuid[], int, uuid, int)"
"""The one function that looks into all tables, as a role of its own."""

_ISOLATION = "workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)"


def functions() -> list[str]:
    """The functions, in the order they are made; before any table."""
    made = (FOLD, SEARCHABLE, EVENT_CHANGES, SEARCH_HITS, SEARCH_IDS)
    return [one.strip() for one in made]


def isolation(table: sa.Table) -> list[str]:
    """Row-level security of one table, forced even on its owner."""
    if table.name in NO_POLICY or "workspace_id" not in table.c:
        return []
    name = f'"{table.name}"'
    statements = [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY isolation ON {name} USING ({_ISOLATION}) WITH CHECK ({_ISOLATION})",
    ]
    if "search_key" in table.c:
        # A policy of plain `true` leaves no barrier, so the search role may use trigram indexes.
        statements += [
            f"CREATE POLICY search ON {name} FOR SELECT TO coeffection_search USING (true)",
            f"GRANT SELECT ON {name} TO coeffection_search",
        ]
    return statements


def grants(table: sa.Table, app_role: str) -> str:
    """What the application's role may do with one table; the event log only grows."""
    rights = {"event": "SELECT, INSERT", "test_clock": "SELECT"}.get(
        table.name, "SELECT, INSERT, UPDATE, DELETE"
    )
    return f'GRANT {rights} ON "{table.name}" TO "{app_role}"'


def search_owner() -> list[str]:
    """Hand the search function to a role that may only read."""
    return [
        "GRANT CREATE ON SCHEMA public TO coeffection_search",
        f"ALTER FUNCTION {SEARCH_DOOR} OWNER TO coeffection_search",
        "REVOKE CREATE ON SCHEMA public FROM coeffection_search",
    ]
