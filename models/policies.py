"""What the database itself enforces beyond tables: functions, isolation policies, grants."""

import sqlalchemy as sa

NO_POLICY = frozenset({"credential", "login", "event_head", "due_work"})
"""Read before a workspace is known; they hold no customer data."""

WITHOUT_WORKSPACE = frozenset({"test_clock", "alembic_version"})

NOT_REMEMBERED = frozenset(
    {
        "counter",
        "custom_value",
        "event",
        "idempotency_key",
        "import_progress",
        "import_row_error",
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

# One LIKE a pattern: PostgreSQL has no index for LIKE ALL.
SEARCH_IDS = """
CREATE FUNCTION search_ids(entity text, patterns text[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY EXECUTE format('SELECT id FROM %I WHERE workspace_id = $1', entity)
    || (SELECT string_agg(format(' AND search_key LIKE %L', pattern), '')
        FROM unnest(patterns) pattern)
    USING nullif(current_setting('app.workspace', true), '')::uuid;
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

_REMEMBERED = {
    "insert": "AFTER INSERT ON {} REFERENCING NEW TABLE AS made FOR EACH STATEMENT",
    "delete": "AFTER DELETE ON {} REFERENCING OLD TABLE AS gone FOR EACH STATEMENT",
    "update": "AFTER UPDATE ON {} FOR EACH ROW",
}

_ISOLATION = "workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)"


def functions() -> list[str]:
    """The functions, in the order they are made; before any table."""
    return [FOLD.strip(), EVENT_CHANGES.strip(), SEARCH_IDS.strip(), REMEMBER.strip()]


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
        "ALTER FUNCTION search_ids(text, text[]) OWNER TO coeffection_search",
        "REVOKE CREATE ON SCHEMA public FROM coeffection_search",
    ]
