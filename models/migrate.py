"""Brings a database to this release: refuses what it cannot serve, makes roles, migrates."""

import asyncio
import importlib
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

from core import settings
from models import database_facts, database_roles
from models.database_facts import DatabaseRefused, Facts

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7_205_759_403
"""Advisory lock: one process migrates, the others wait and find nothing to do."""


@dataclass(frozen=True)
class Migrated:
    """What was found and what it is now."""

    before: str | None
    revision: str

    @property
    def changed(self) -> bool:
        """Whether any migration ran."""
        return self.before != self.revision


@cache
def revisions() -> dict[str, str | None]:
    """The revisions of this release, each with the one before it."""
    found = {}
    for path in (MIGRATIONS / "versions").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if revision := re.search(r'^revision\b.*= "(\w+)"', text, re.MULTILINE):
            before = re.search(r'^down_revision\b.*= "(\w+)"', text, re.MULTILINE)
            found[revision[1]] = before[1] if before else None
    return found


def newest() -> str:
    """The revision this release needs."""
    known_ones = revisions()
    (head,) = known_ones.keys() - set(known_ones.values())
    return head


async def ensure_roles(owner_url: str, app_url: str) -> None:
    """Make the roles without touching any table."""
    async with connected(owner_url, "DATABASE_URL") as owner:
        facts = await database_facts.read(owner)
        if facts.complaint:
            raise DatabaseRefused(facts.complaint)
        await database_roles.ensure(
            owner, facts, role=role_of(app_url), password=password_of(app_url)
        )


async def run(owner_url: str, app_url: str, *, own_password: bool = False) -> Migrated:
    """Bring the database to this release; with `own_password` the app role's is ours to set."""
    async with connected(owner_url, "DATABASE_URL") as owner:
        await owner.execute("SELECT pg_advisory_lock($1)", LOCK)
        facts = await database_facts.read(owner)
        refuse_unfit(facts)
        role = role_of(app_url)
        await database_roles.ensure(owner, facts, role=role, password=password_of(app_url))
        before = facts.revision
        if before != newest():
            # Alembic takes long to load, and most starts have nothing to migrate.
            await importlib.import_module("models.upgrade").upgrade(owner_url, role)
        await _check_app(owner, app_url, own_password=own_password)
    return Migrated(before=before, revision=newest())


def refuse_unfit(facts: Facts) -> None:
    """Say in one sentence why this release cannot serve the database."""
    if facts.complaint:
        raise DatabaseRefused(facts.complaint)
    if facts.revision is None and facts.tables:
        raise DatabaseRefused(
            f"The database {facts.database} holds tables of something else:"
            " give Coeffection an empty database of its own."
        )
    if facts.revision and not known(facts.revision):
        raise DatabaseRefused(
            f"The database was last used by a newer release (revision {facts.revision}, the newest"
            f" known here is {newest()}): start that release, or restore a backup."
        )


def known(revision: str) -> bool:
    """Whether this release has, or had, the revision."""
    return revision in revisions()


async def _check_app(owner: asyncpg.Connection, app_url: str, *, own_password: bool) -> None:
    """Sign in as the API will, so that a wrong password is found here."""
    try:
        async with connected(app_url, "DATABASE_APP_URL"):
            return
    except DatabaseRefused as refusal:
        wrong = isinstance(refusal.__cause__, asyncpg.InvalidAuthorizationSpecificationError)
        if not own_password or not wrong:
            raise
    await database_roles.set_password(owner, role_of(app_url), password_of(app_url))
    async with connected(app_url, "DATABASE_APP_URL"):
        return


@asynccontextmanager
async def connected(url: str, name: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection, or one sentence on why there is none; `name` is the variable to look at."""
    try:
        connection = await asyncpg.connect(
            url, timeout=5, server_settings={"application_name": "coeffection migrate"}
        )
    except asyncpg.PostgresError as error:
        raise DatabaseRefused(f"{name}: PostgreSQL refuses ({error.args[0]}).") from error
    except (OSError, TimeoutError) as error:
        reason = re.sub(r"\s+", " ", str(error)) or "no answer within 5 seconds"
        raise DatabaseRefused(f"{name}: no PostgreSQL answers ({reason}).") from error
    except (ValueError, asyncpg.InterfaceError) as error:
        raise DatabaseRefused(
            f"{name} is not a database's address: expected postgresql://user:password@host/name."
        ) from error
    try:
        yield connection
    finally:
        await connection.close(timeout=5)


def role_of(url: str) -> str:
    """The role an address signs in as."""
    parts = urlsplit(url)
    return unquote(parts.username or "") or parse_qs(parts.query).get("user", [""])[0]


def password_of(url: str) -> str:
    """The password an address holds, if any."""
    parts = urlsplit(url)
    return unquote(parts.password or "") or parse_qs(parts.query).get("password", [""])[0]


def main() -> None:
    """Migrate the database of DATABASE_URL for the role of DATABASE_APP_URL."""
    given = settings.from_environment()
    missing = [
        name.upper() for name in ("database_url", "database_app_url") if not getattr(given, name)
    ]
    if missing:
        sys.exit(f"Set {' and '.join(missing)}: the owner's address, and that of the API's role.")
    try:
        done = asyncio.run(run(given.database_url, given.database_app_url))
    except DatabaseRefused as refusal:
        sys.exit(str(refusal))
    sys.stdout.write(f"The database is at revision {done.revision}.\n")


if __name__ == "__main__":
    main()
