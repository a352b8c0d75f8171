"""What the database itself enforces beyond tables: functions, isolation policies, grants."""

import sqlalchemy as sa

from core.writes import LONG, long_texts
from models import event_log, searching

NO_POLICY = frozenset({"credential", "login", "event_head", "due_work"})
"""Read before a workspace is known; they hold no customer data."""

WITHOUT_WORKSPACE = frozenset({"test_clock", "alembic_version"})

NOT_REMEMBERED = frozenset(
    {
        "consumer_offset",
        "counter",
        "custom_value",
        "document",
        "effect",
        "envelope",
        "event",
        "idempotency_key",
        "import_progress",
        "import_row_error",
        "inbound_mail",
        "lead_signal",
        "metric_snapshot",
        "page_visit",
        "quote_visitor",
        "render_failure",
        "session",
        "signature_event",
        "undo_row",
        "undone_act",
        "upload",
        "workflow_run",
        "workflow_step",
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

# The log keeps the beginning of a long text; what undo needs of it is kept as long as undo lasts.
REMEMBER_TEXTS = """
CREATE FUNCTION remember_texts() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  operation uuid := nullif(current_setting('app.operation', true), '')::uuid;
  names text[] := array_prepend('id', TG_ARGV::text[]);
BEGIN
  IF operation IS NOT NULL THEN
    INSERT INTO undo_row (workspace_id, operation_id, table_name, before, after)
    SELECT NEW.workspace_id, operation, TG_TABLE_NAME,
           jsonb_object_agg(name, was.row -> name), jsonb_object_agg(name, became.row -> name)
    FROM unnest(names) AS name, (SELECT to_jsonb(OLD) AS row) AS was,
      (SELECT to_jsonb(NEW) AS row) AS became;
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
_REMEMBERED = {
    "insert": "AFTER INSERT ON {} REFERENCING NEW TABLE AS made FOR EACH STATEMENT",
    "delete": "AFTER DELETE ON {} REFERENCING OLD TABLE AS gone FOR EACH STATEMENT",
    "update": "AFTER UPDATE ON {} FOR EACH ROW",
}

_ISOLATION = "workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)"


def functions() -> list[str]:
    """The functions, in the order they are made; before any table."""
    made = (FOLD, SEARCHABLE, EVENT_CHANGES, REMEMBER, REMEMBER_TEXTS)
    log = (event_log.EXTEND, event_log.CUT)
    own = [one.strip() for one in (*made, *log)]
    return [*own, *searching.functions(), *custom_functions()]


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
    ] + _of_texts(table)


def _of_texts(table: sa.Table) -> list[str]:
    """What keeps the long texts of a record that is made or changed."""
    names = long_texts(table)
    if not names:
        return []
    conditions = {
        "insert": " OR ".join(f"length(NEW.{one}) > {LONG}" for one in names),
        "update": " OR ".join(
            f"OLD.{one} IS DISTINCT FROM NEW.{one}"
            f" AND (length(OLD.{one}) > {LONG} OR length(NEW.{one}) > {LONG})"
            for one in names
        ),
    }
    given = ", ".join(f"'{one}'" for one in names)
    return [
        f'CREATE TRIGGER remember_texts_{act} AFTER {act.upper()} ON "{table.name}"'
        f" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION remember_texts({given})"
        for act, when in conditions.items()
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
            *searching.look(table),
        ]
    return statements


def _isolated(name: str) -> list[str]:
    return [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY isolation ON {name} USING ({_ISOLATION}) WITH CHECK ({_ISOLATION})",
    ]


def estimates(table: sa.Table) -> list[str]:
    """Have statements planned for the largest workspace, whichever one they are run for."""
    if table.name in NO_POLICY | {event_log.TABLE} or "workspace_id" not in table.c:
        return []
    return [f'ALTER TABLE "{table.name}" ALTER COLUMN workspace_id SET (n_distinct = 1)']


def grants(table: sa.Table, app_role: str) -> str:
    """What the application's role may do with one table; the event log only grows."""
    rights = {
        "event": "SELECT, INSERT",
        "test_clock": "SELECT",
        "undo_row": "SELECT, INSERT, DELETE",
    }.get(table.name, "SELECT, INSERT, UPDATE, DELETE")
    return f'GRANT {rights} ON "{table.name}" TO "{app_role}"'


def search_owner() -> list[str]:
    """Hand the search to a role that may only read."""
    return searching.owners()
