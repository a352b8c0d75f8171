"""The database's roles: the API's, which owns nothing, and the one that may search."""

import asyncpg

from models.database_facts import DatabaseRefused, Facts

SEARCH = "coeffection_search"

_ROLE = """
SELECT
  rolcanlogin AS may_login,
  rolsuper OR rolbypassrls AS bypasses,
  pg_has_role(oid, current_user, 'MEMBER') AS is_owner,
  EXISTS (
    SELECT FROM pg_class
    WHERE relowner = pg_roles.oid AND relnamespace = 'public'::regnamespace
  ) AS owns_tables,
  has_database_privilege(oid, current_database(), 'CONNECT') AS may_connect,
  has_schema_privilege(oid, 'public', 'USAGE') AS may_use,
  pg_has_role(current_user, oid, 'SET') AS settable
FROM pg_roles WHERE rolname = $1
"""


async def ensure(owner: asyncpg.Connection, facts: Facts, *, role: str, password: str) -> None:
    """Make the roles that are missing and refuse an application's role that may too much."""
    if not role or role == facts.owner:
        raise DatabaseRefused(
            "DATABASE_APP_URL must name a role of its own, other than the owner of DATABASE_URL."
        )
    app = await _made(owner, facts, role, f"LOGIN PASSWORD {_text(password)}")
    _refuse_strong(role, app)
    search = await _made(owner, facts, SEARCH, "NOLOGIN")
    if not search["settable"]:
        await _execute(
            owner, f"GRANT {SEARCH} TO {_name(facts.owner)} WITH SET TRUE, INHERIT FALSE"
        )
    for name, row in ((role, app), (SEARCH, search)):
        await _let_in(owner, facts, name, row)


async def missing(owner: asyncpg.Connection, role: str) -> list[str]:
    """Which of the two roles are not there."""
    rows = await owner.fetch(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)", [role, SEARCH]
    )
    there = {row["rolname"] for row in rows}
    return [name for name in (role, SEARCH) if name not in there]


async def set_password(owner: asyncpg.Connection, role: str, password: str) -> None:
    """Give the application's role the password its address holds."""
    await _execute(owner, f"ALTER ROLE {_name(role)} LOGIN PASSWORD {_text(password)}")


async def _made(owner: asyncpg.Connection, facts: Facts, role: str, options: str) -> asyncpg.Record:
    if found := await owner.fetchrow(_ROLE, role):
        return found
    limits = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
    statement = f"CREATE ROLE {_name(role)} {options} {limits}"
    if not facts.may_create_roles:
        said = statement.split(" PASSWORD ", maxsplit=1)[0]
        raise DatabaseRefused(
            f"{facts.owner} may not create roles; let a superuser run: {said};"
            + (f" GRANT {role} TO {facts.owner} WITH SET TRUE;" if role == SEARCH else "")
        )
    await _execute(owner, statement)
    return await owner.fetchrow(_ROLE, role)


def _refuse_strong(role: str, found: asyncpg.Record) -> None:
    name = _name(role)
    sentences = {
        "bypasses": f"bypasses row-level security: ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS.",
        "is_owner": "is a member of the owner's role: REVOKE that membership.",
        "owns_tables": "owns tables of the database: give it a role that owns nothing.",
    }
    for fact, sentence in sentences.items():
        if found[fact]:
            raise DatabaseRefused(f"DATABASE_APP_URL: the role {role} {sentence}")
    if not found["may_login"]:
        raise DatabaseRefused(f"The role {role} may not sign in: ALTER ROLE {name} LOGIN.")


async def _let_in(
    owner: asyncpg.Connection, facts: Facts, role: str, found: asyncpg.Record
) -> None:
    if not found["may_connect"]:
        await _execute(owner, f"GRANT CONNECT ON DATABASE {_name(facts.database)} TO {_name(role)}")
    if not found["may_use"]:
        await _execute(owner, f"GRANT USAGE ON SCHEMA public TO {_name(role)}")


async def _execute(owner: asyncpg.Connection, statement: str) -> None:
    try:
        await owner.execute(statement)
    except asyncpg.InsufficientPrivilegeError as error:
        said = statement.split(" PASSWORD ", maxsplit=1)[0]
        raise DatabaseRefused(
            f"The owner of the database lacks a right ({error.args[0]}); let a superuser run:"
            f" {said};"
        ) from error


def _name(identifier: str) -> str:
    escaped = identifier.replace('"', '""')
    return f'"{escaped}"'


def _text(value: str) -> str:
    escaped = value.replace("'", "''")
    return f"'{escaped}'" if value else "NULL"
