"""What a database is like, read before anything in it is touched."""

from dataclasses import dataclass

import asyncpg

OLDEST = 180_000
EXTENSIONS = ("unaccent", "pg_trgm", "btree_gin", "btree_gist")

_FACTS = """
SELECT
  current_database() AS database,
  current_user AS owner,
  current_setting('server_version') AS version,
  current_setting('server_version_num')::int AS version_number,
  pg_encoding_to_char(d.encoding) AS encoding,
  d.datcollate AS collation,
  d.datctype AS character_type,
  lower('Ж' COLLATE "default") = 'ж' AS knows_letters,
  (SELECT count(*) FROM pg_tables WHERE schemaname = 'public')::int AS tables,
  to_regclass('public.alembic_version') IS NOT NULL AS migrated,
  has_schema_privilege('public', 'CREATE') AS may_create,
  r.rolsuper AS is_superuser,
  r.rolcreaterole OR r.rolsuper AS may_create_roles,
  r.rolbypassrls OR r.rolsuper AS sees_all_rows,
  ARRAY(
    SELECT name FROM unnest($1::text[]) AS name
    WHERE name NOT IN (SELECT e.name FROM pg_available_extensions AS e)
  ) AS missing_extensions
FROM pg_database AS d, pg_roles AS r
WHERE d.datname = current_database() AND r.rolname = current_user
"""


class DatabaseRefused(Exception):
    """The database cannot be used; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Facts:
    """A database, its server and its owner."""

    database: str
    owner: str
    version: str
    collation: str
    character_type: str
    tables: int
    is_superuser: bool
    may_create_roles: bool
    sees_all_rows: bool
    revision: str | None
    complaint: str
    """Why it cannot serve, as a sentence; empty when it can."""


async def read(owner: asyncpg.Connection) -> Facts:
    """Look at the database as its owner."""
    if complaint := await _too_old(owner):
        return _unfit(complaint)
    row = await owner.fetchrow(_FACTS, list(EXTENSIONS))
    revision = None
    if row["migrated"]:
        revision = await owner.fetchval("SELECT version_num FROM public.alembic_version")
    shown = {name: row[name] for name in Facts.__annotations__ if name in dict(row)}
    return Facts(**shown, revision=revision, complaint=_complaint(row))


async def _too_old(owner: asyncpg.Connection) -> str:
    number, version = await owner.fetchrow(
        "SELECT current_setting('server_version_num')::int, current_setting('server_version')"
    )
    if number >= OLDEST:
        return ""
    return f"DATABASE_URL is PostgreSQL {version}; PostgreSQL 18 or newer is needed."


def _unfit(complaint: str) -> Facts:
    return Facts(
        database="",
        owner="",
        version="",
        collation="",
        character_type="",
        tables=0,
        is_superuser=False,
        may_create_roles=False,
        sees_all_rows=False,
        revision=None,
        complaint=complaint,
    )


def _complaint(row: asyncpg.Record) -> str:
    if row["encoding"] != "UTF8" or not row["knows_letters"]:
        return (
            f"The database {row['database']} ({row['encoding']}, {row['character_type']}) knows"
            f" only the letters of English: CREATE DATABASE {row['database']} TEMPLATE template0"
            " ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'."
        )
    if not row["may_create"]:
        return (
            f"{row['owner']} may not create tables in {row['database']}:"
            f" ALTER DATABASE {row['database']} OWNER TO {row['owner']}."
        )
    if row["missing_extensions"]:
        names = ", ".join(row["missing_extensions"])
        return f"The server lacks {names}: install PostgreSQL's contrib package there."
    return ""
