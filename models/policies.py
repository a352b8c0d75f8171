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

_ISOLATION = "workspace_id = (SELECT nullif(current_setting('app.workspace', true), '')::uuid)"


def functions() -> list[str]:
    """The functions, in the order they are made; before any table."""
    return [FOLD.strip(), EVENT_CHANGES.strip(), SEARCH_IDS.strip()]


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
        "ALTER FUNCTION search_ids(text, text[]) OWNER TO coeffection_search",
        "REVOKE CREATE ON SCHEMA public FROM coeffection_search",
    ]
