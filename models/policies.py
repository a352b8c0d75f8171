"""What the database itself enforces beyond tables: functions, isolation policies, grants."""

import sqlalchemy as sa

from models import event_log

NO_POLICY = frozenset({"credential", "login", "event_head", "due_work"})
"""Read before a workspace is known; they hold no customer data."""

WITHOUT_WORKSPACE = frozenset({"test_clock", "alembic_version"})

NOT_REMEMBERED = frozenset(
    {
        "consumer_offset",
        "counter",
        "custom_value",
        "effect",
        "event",
        "idempotency_key",
        "import_progress",
        "import_row_error",
        "metric_snapshot",
        "session",
        "undo_row",
        "undone_act",
        "upload",
    }
)
"""Technical tables whose rows no undo brings back: bookkeeping, and what is derived."""

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

# Sorts as the numbers do: a sign, then as many digits for all; those of a negative one turned.
CUSTOM_NUMBER = """
CREATE FUNCTION custom_number(value numeric) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN value < 0
  THEN '0' || translate(
    lpad(trunc(-value * 1000000)::text, 24, '0'), '0123456789', '9876543210')
  ELSE '1' || lpad(trunc(value * 1000000)::text, 24, '0')
END
"""

# A key is cut to what an index page takes; texts to look for are shorter.
CUSTOM_KEYS = """
CREATE FUNCTION custom_keys(kind text, options jsonb, value jsonb)
RETURNS TABLE (ord smallint, text_key text, currency text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT 0::smallint, CASE kind
      WHEN 'NUMBER' THEN public.custom_number((value #>> '{}')::numeric)
      WHEN 'CURRENCY' THEN public.custom_number((value ->> 'amount')::numeric)
      WHEN 'TEXT' THEN left(public.fold(value #>> '{}'), 600)
      WHEN 'URL' THEN left(public.fold(value #>> '{}'), 600)
      WHEN 'EMAIL' THEN public.fold(value #>> '{}')
      ELSE value #>> '{}'
    END, CASE kind WHEN 'CURRENCY' THEN value ->> 'currency' END
  WHERE kind NOT IN ('SELECT', 'MULTI_SELECT')
  UNION ALL
  SELECT 0::smallint, lpad(one.at::text, 4, '0') || (one.option ->> 'id'), NULL
  FROM jsonb_array_elements(options) WITH ORDINALITY AS one (option, at)
  WHERE kind = 'SELECT' AND one.option -> 'id' = value
  UNION ALL
  SELECT one.at::smallint, one.id, NULL
  FROM jsonb_array_elements_text(CASE kind WHEN 'MULTI_SELECT' THEN value ELSE '[]' END)
    WITH ORDINALITY AS one (id, at)
$$
"""

CUSTOM_UNIQUE = """
CREATE FUNCTION custom_unique(kind text, value jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN kind IN ('TEXT', 'URL')
  THEN encode(sha256(convert_to(public.fold(value #>> '{}'), 'UTF8')), 'hex')
  ELSE (SELECT text_key FROM public.custom_keys(kind, '[]', value))
END
"""

CUSTOM_VALUES = """
CREATE FUNCTION keep_custom_values() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM custom_value WHERE workspace_id = OLD.workspace_id AND record_id = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO custom_value
      (workspace_id, field_id, record_id, ord, text_key, currency, unique_key)
    SELECT NEW.workspace_id, field.id, NEW.id, keys.ord, keys.text_key, keys.currency,
           CASE WHEN field.is_unique AND NEW.deleted_at IS NULL
             THEN custom_unique(field.type, given.value) END
    FROM jsonb_each(NEW.custom) AS given (key, value)
    JOIN custom_field AS field ON field.workspace_id = NEW.workspace_id
      AND field.entity = upper(TG_TABLE_NAME) AND field.key = given.key
    CROSS JOIN LATERAL custom_keys(field.type, field.options, given.value) AS keys;
  END IF;
  RETURN NULL;
END $$
"""

# The operation is set with the workspace: whoever writes in an act, by whatever SQL, is seen.
REMEMBER = """
CREATE FUNCTION remember() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  operation uuid := nullif(current_setting('app.operation', true), '')::uuid;
BEGIN
  IF operation IS NULL THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO undo_row (workspace_id, operation_id, table_name, after)
    SELECT workspace_id, operation, TG_TABLE_NAME, to_jsonb(made) FROM made;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO undo_row (workspace_id, operation_id, table_name, before)
    SELECT workspace_id, operation, TG_TABLE_NAME, to_jsonb(gone) FROM gone;
  ELSE
    INSERT INTO undo_row (workspace_id, operation_id, table_name, before, after)
    VALUES (OLD.workspace_id, operation, TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW));
  END IF;
  RETURN NULL;
END $$
"""

_CHANGED = (
    "OLD.custom IS DISTINCT FROM NEW.custom"
    " OR (OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.deleted_at IS NULL)"
)
_KEPT_WHEN = {
    "INSERT": "NEW.custom <> '{}'",
    "UPDATE": _CHANGED,
    "DELETE": "OLD.custom <> '{}'",
}
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

_REMEMBERED = {
    "insert": "AFTER INSERT ON {} REFERENCING NEW TABLE AS made FOR EACH STATEMENT",
    "delete": "AFTER DELETE ON {} REFERENCING OLD TABLE AS gone FOR EACH STATEMENT",
    "update": "AFTER UPDATE ON {} FOR EACH ROW",
}

_ISOLATION = "workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)"


def functions() -> list[str]:
    """The functions, in the order they are made; before any table."""
    made = (FOLD, SEARCHABLE, EVENT_CHANGES, SEARCH_HITS, SEARCH_IDS, REMEMBER)
    of_log = (event_log.EXTEND, event_log.CUT)
    return [*(one.strip() for one in (*made, *of_log)), *custom_functions()]


def custom_functions() -> list[str]:
    """What derives the keys of custom fields' values."""
    return [one.strip() for one in (CUSTOM_NUMBER, CUSTOM_KEYS, CUSTOM_UNIQUE, CUSTOM_VALUES)]


def triggers(table: sa.Table) -> list[str]:
    """What keeps the values of custom fields in their keys, whoever writes and however."""
    if "custom" not in table.c:
        return []
    return [
        f'CREATE TRIGGER custom_values_{act.lower()} AFTER {act} ON "{table.name}"'
        f" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION keep_custom_values()"
        for act, when in _KEPT_WHEN.items()
    ]


def memory(table: sa.Table) -> list[str]:
    """What undo needs of a table and no event tells, kept by the database itself.

    Of a record that is its row when it is deleted for good; of technical rows it is everything.
    """
    if table.name in NOT_REMEMBERED | NO_POLICY or "workspace_id" not in table.c:
        return []
    acts = ("delete",) if "version" in table.c else tuple(_REMEMBERED)
    name = f'"{table.name}"'
    return [
        f"CREATE TRIGGER remember_{act} {_REMEMBERED[act].format(name)} EXECUTE FUNCTION remember()"
        for act in acts
    ]


def isolation(table: sa.Table) -> list[str]:
    """Row-level security of one table, forced even on its owner."""
    if table.name in NO_POLICY or "workspace_id" not in table.c:
        return []
    name = f'"{table.name}"'
    statements = _isolated(name)
    if table.name == event_log.TABLE:
        statements += _isolated(f'"{event_log.REST}"')
    if "search_key" in table.c:
        # A policy of plain `true` leaves no barrier, so the search role may use trigram indexes.
        statements += [
            f"CREATE POLICY search ON {name} FOR SELECT TO coeffection_search USING (true)",
            f"GRANT SELECT ON {name} TO coeffection_search",
        ]
    return statements


def _isolated(name: str) -> list[str]:
    return [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY isolation ON {name} USING ({_ISOLATION}) WITH CHECK ({_ISOLATION})",
    ]


def grants(table: sa.Table, app_role: str) -> str:
    """What the application's role may do with one table; the event log only grows."""
    rights = {
        "event": "SELECT, INSERT",
        "test_clock": "SELECT",
        "undo_row": "SELECT, INSERT, DELETE",
    }.get(table.name, "SELECT, INSERT, UPDATE, DELETE")
    return f'GRANT {rights} ON "{table.name}" TO "{app_role}"'


def search_owner() -> list[str]:
    """Hand the search function to a role that may only read."""
    return [
        "GRANT CREATE ON SCHEMA public TO coeffection_search",
        f"ALTER FUNCTION {SEARCH_DOOR} OWNER TO coeffection_search",
        "REVOKE CREATE ON SCHEMA public FROM coeffection_search",
    ]
