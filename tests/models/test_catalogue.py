"""Rules of the database that a catalogue query answers: each must return no row."""

import asyncpg
import pytest

from models.policies import NO_POLICY, WITHOUT_WORKSPACE

OUTSIDE = [*WITHOUT_WORKSPACE]
BEFORE_A_WORKSPACE = ["credential", "due_work", "event_head", "login"]
"""What `architecture.md` names, and no more: read before a workspace is known."""

TABLES = """
FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND c.relname <> ALL ($1::text[])
"""

INDEXES = TABLES.replace("WHERE", "JOIN pg_index AS x ON x.indrelid = c.oid WHERE")
KEYS = TABLES.replace("WHERE", "JOIN pg_constraint AS k ON k.conrelid = c.oid WHERE")
POLICIES = TABLES.replace("WHERE", "JOIN pg_policy AS p ON p.polrelid = c.oid WHERE")

COLUMN_OF = """
CREATE FUNCTION pg_temp.column_at(relation oid, at smallint) RETURNS name
LANGUAGE sql STABLE RETURN (
  SELECT attname FROM pg_attribute WHERE attrelid = relation AND attnum = at)
"""

RULES = {
    "a table without the workspace": f"""
        SELECT c.relname {TABLES} AND NOT EXISTS (
          SELECT FROM pg_attribute AS a
          WHERE a.attrelid = c.oid AND a.attname = 'workspace_id' AND a.attnotnull)""",
    "a primary key without the workspace": f"""
        SELECT c.relname {TABLES} AND NOT EXISTS (
          SELECT FROM pg_constraint AS k
          WHERE k.conrelid = c.oid AND k.contype = 'p' AND 'workspace_id' IN (
            SELECT pg_temp.column_at(c.oid, n) FROM unnest(k.conkey) AS n))""",
    "a unique index without the workspace": f"""
        SELECT x.indexrelid::regclass {INDEXES}
          AND x.indisunique
          AND 'workspace_id' NOT IN (
            SELECT pg_temp.column_at(c.oid, n) FROM unnest(x.indkey) AS n)""",
    "a foreign key without the workspace on both sides": f"""
        SELECT k.conname {KEYS}
          AND k.contype = 'f' AND NOT EXISTS (
            SELECT FROM unnest(k.conkey, k.confkey) AS pair(own, other)
            WHERE pg_temp.column_at(k.conrelid, own) = 'workspace_id'
              AND pg_temp.column_at(k.confrelid, other) = 'workspace_id')""",
    "a SET NULL that would empty the workspace": f"""
        SELECT k.conname {KEYS}
          AND k.contype = 'f' AND k.confdeltype IN ('n', 'd') AND (k.confdelsetcols IS NULL
            OR 'workspace_id' IN (
              SELECT pg_temp.column_at(c.oid, n) FROM unnest(k.confdelsetcols) AS n))""",
    "a foreign key without an index that begins with its columns": f"""
        SELECT k.conname {KEYS}
          AND k.contype = 'f' AND NOT EXISTS (
            SELECT FROM pg_index AS x WHERE x.indrelid = c.oid
              AND (x.indkey::smallint[])[0:1] <@ k.conkey
              AND (x.indkey::smallint[])[0:1] @> (
                SELECT array_agg(n) FROM unnest(k.conkey) AS n
                WHERE n = ANY ((x.indkey::smallint[])[0:1]))
              AND (SELECT count(*) FROM unnest((x.indkey::smallint[])[0:1]) AS n
                   WHERE n = ANY (k.conkey)) = 2)""",
    "an index that does not lead with the workspace": f"""
        SELECT x.indexrelid::regclass {INDEXES}
          AND c.relname <> ALL ($2::text[])
          AND pg_temp.column_at(c.oid, x.indkey[0]) IS DISTINCT FROM 'workspace_id'""",
    "a table whose rows are not isolated, its owner's included": f"""
        SELECT c.relname {TABLES} AND c.relname <> ALL ($2::text[])
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity)""",
    "a table without the isolating policy for all acts and everybody": f"""
        SELECT c.relname {TABLES} AND c.relname <> ALL ($2::text[]) AND NOT EXISTS (
          SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid AND p.polpermissive
            AND p.polcmd = '*' AND p.polroles = '{{0}}'
            AND pg_get_expr(p.polqual, c.oid) LIKE '%workspace_id = %app.workspace%'
            AND pg_get_expr(p.polwithcheck, c.oid) = pg_get_expr(p.polqual, c.oid))""",
    "a policy that lets more through than the workspace": f"""
        SELECT p.polname, c.relname {POLICIES}
          AND p.polname <> 'isolation' AND NOT (
            p.polcmd = 'r' AND p.polroles = ARRAY['coeffection_search'::regrole::oid])""",
    "an exception that has a policy, or is not there": """
        SELECT name FROM unnest($2::text[]) AS name
        WHERE NOT EXISTS (SELECT FROM pg_class WHERE relname = name AND NOT relrowsecurity)""",
}


@pytest.fixture
async def owner(server):
    """A connection of the database's owner, with a function to name columns."""
    connection = await asyncpg.connect(server.ready["databaseUrl"])
    await connection.execute(COLUMN_OF)
    yield connection
    await connection.close()


@pytest.mark.parametrize("rule", RULES)
async def test_sec_06_no_table_breaks_the_rules_of_isolation(owner, rule):
    query = RULES[rule]
    given = [OUTSIDE, BEFORE_A_WORKSPACE] if "$2" in query else [OUTSIDE]
    if "$1" not in query:
        query = f"{query} AND name <> ALL ($1::text[])"

    assert [tuple(row) for row in await owner.fetch(query, *given)] == []


def test_sec_06_the_exceptions_are_the_four_of_the_architecture():
    assert sorted(NO_POLICY) == BEFORE_A_WORKSPACE


async def test_sec_06_the_rules_find_what_breaks_them(owner):
    found = set()
    transaction = owner.transaction()
    await transaction.start()
    await owner.execute(
        """CREATE TABLE stray (id uuid PRIMARY KEY, contact_id uuid UNIQUE, other uuid,
             FOREIGN KEY (other) REFERENCES stray (id) ON DELETE SET NULL);
           CREATE TABLE loose (workspace_id uuid NOT NULL, id uuid, contact_id uuid,
             PRIMARY KEY (id, workspace_id), FOREIGN KEY (workspace_id, contact_id)
               REFERENCES contact (workspace_id, id));
           CREATE POLICY everybody ON loose USING (true);
           ALTER TABLE login ENABLE ROW LEVEL SECURITY"""
    )
    for rule, query in RULES.items():
        given = [OUTSIDE, BEFORE_A_WORKSPACE] if "$2" in query else [OUTSIDE]
        whole = query if "$1" in query else f"{query} AND name <> ALL ($1::text[])"
        if await owner.fetch(whole, *given):
            found.add(rule)
    await transaction.rollback()

    assert found == set(RULES)


async def test_sec_06_the_apis_role_owns_nothing_and_bypasses_nothing(owner, server):
    role = server.ready["appRole"]
    rights = await owner.fetchrow("SELECT * FROM pg_roles WHERE rolname = $1", role)
    owned = await owner.fetch(
        """SELECT relname FROM pg_class WHERE relowner = $1::regrole
           UNION SELECT proname FROM pg_proc WHERE proowner = $1::regrole
           UNION SELECT nspname FROM pg_namespace WHERE nspowner = $1::regrole""",
        role,
    )
    member = await owner.fetch("SELECT FROM pg_auth_members WHERE member = $1::regrole", role)
    granted = await owner.fetch(
        """SELECT table_name, privilege_type FROM information_schema.role_table_grants
           WHERE grantee = $1 AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')""",
        role,
    )

    assert rights_beyond(rights, "rolsuper", "rolbypassrls", "rolcreaterole") == []
    assert (owned, member, granted) == ([], [], [])


def rights_beyond(rights, *names):
    return [name for name in names if rights[name]]


async def test_sec_06_the_event_log_only_grows(owner, server):
    granted = await owner.fetch(
        """SELECT privilege_type FROM information_schema.role_table_grants
           WHERE grantee = $1 AND table_name = 'event' ORDER BY 1""",
        server.ready["appRole"],
    )

    assert [row[0] for row in granted] == ["INSERT", "SELECT"]


async def test_sec_06_the_logs_partitions_are_reached_through_the_log_only(owner, server):
    rights = await owner.fetch(
        """SELECT relname, has_table_privilege($1, oid, 'SELECT, INSERT, UPDATE, DELETE') AS may
           FROM pg_class WHERE relispartition AND relkind = 'r'""",
        server.ready["appRole"],
    )

    assert len(rights) > 3
    assert [row["relname"] for row in rights if row["may"]] == []


async def test_sec_06_the_search_role_only_reads_and_nobody_signs_in_as_it(owner):
    role = "coeffection_search"
    rights = await owner.fetchrow("SELECT * FROM pg_roles WHERE rolname = $1", role)
    granted = await owner.fetch(
        """SELECT DISTINCT privilege_type FROM information_schema.role_table_grants
           WHERE grantee = $1""",
        role,
    )
    definers = await owner.fetch(
        """SELECT proname, proowner::regrole::text, provolatile, proconfig FROM pg_proc
           WHERE pronamespace = 'public'::regnamespace AND prosecdef"""
    )

    assert rights_beyond(rights, "rolcanlogin", "rolsuper", "rolbypassrls") == []
    assert [row[0] for row in granted] == ["SELECT"]
    reading = [row for row in definers if row["proowner"] == role]
    others = {row["proname"] for row in definers if row["proowner"] != role}
    assert others == {"extend_event_log", "cut_event_log"}
    assert {row["proname"].partition("_")[0] for row in reading} == {"search"}
    # What is stable writes nothing.
    assert {row["provolatile"] for row in reading} == {b"s"}
    assert {row["proconfig"][0] for row in definers} == {"search_path=public, pg_temp"}


async def test_sec_06_the_apis_role_sees_no_row_without_a_workspace(owner, server):
    tables = [
        row[0]
        for row in await owner.fetch(
            f"SELECT c.relname {TABLES} AND c.relname <> ALL ($2::text[]) AND NOT relispartition",
            OUTSIDE,
            BEFORE_A_WORKSPACE,
        )
    ]
    app = await asyncpg.connect(server.ready["appDatabaseUrl"])

    seen = {table: await app.fetchval(f'SELECT count(*) FROM "{table}"') for table in tables}
    await app.close()

    assert await owner.fetchval("SELECT count(*) FROM contact") > 0
    assert len(tables) > 20
    assert set(seen.values()) == {0}
