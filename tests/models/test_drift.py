"""The migrated database is the one the declarations describe."""

import re
import shutil
import subprocess
from pathlib import Path

import asyncpg
import pytest

import models
from models import draft, policies
from server.postgres import programs

DECLARED = "declared_drift"
UNDECLARED = r"alembic_version|\bevent_\d{4}_\d{2}"
"""What is not compared: the months of the event log come and go."""


def statements(app_role: str) -> list[str]:
    """All that the declarations say of the database."""
    made = [f"CREATE EXTENSION IF NOT EXISTS {name}" for name in policies.EXTENSIONS]
    made += policies.functions()
    for part in draft.parts(models.metadata.sorted_tables, app_role).values():
        made += map(draft.written, part)
    return made + policies.search_owner()


def dumped(program: Path, url: str) -> list[str]:
    """The schema of a database, statement by statement, in an order of no meaning."""
    done = subprocess.run(
        [program, "--schema-only", "--no-comments", f"--dbname={url}"],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in done.stdout.splitlines() if not line.startswith(("--", "\\"))]
    found = re.split(r"(?<=;)\n", "\n".join(line for line in lines if line.strip()))
    return sorted(ordered(one) for one in found if not re.search(UNDECLARED, one))


def ordered(statement: str) -> str:
    """A table's lines in an order of no meaning: columns and checks may come in any."""
    if not statement.startswith("CREATE TABLE"):
        return statement
    head, *body, foot = statement.splitlines()
    return "\n".join([head, *sorted(line.rstrip(",") for line in body), foot])


@pytest.fixture
def pg_dump(server):
    """PostgreSQL's program that writes a database down."""
    found = programs(Path(server.dev.data), None) / "pg_dump"
    return found if found.exists() else shutil.which("pg_dump")


@pytest.fixture
async def declared(server):
    """A database made of the declarations, beside the migrated one."""
    owner = await asyncpg.connect(server.ready["databaseUrl"])
    await owner.execute(f"DROP DATABASE IF EXISTS {DECLARED}")
    await owner.execute(f"CREATE DATABASE {DECLARED} TEMPLATE template0")
    url = re.sub(r"@([^/]*)/\w+", rf"@\1/{DECLARED}", server.ready["databaseUrl"])
    beside = await asyncpg.connect(url)
    for statement in statements(server.ready["appRole"]):
        await beside.execute(statement)
    await beside.close()
    yield url
    await owner.execute(f"DROP DATABASE {DECLARED} WITH (FORCE)")
    await owner.close()


async def test_the_migrations_make_what_the_declarations_say(server, declared, pg_dump):
    migrated = dumped(pg_dump, server.ready["databaseUrl"])
    wanted = dumped(pg_dump, declared)

    assert [one for one in migrated if one not in wanted] == []
    assert [one for one in wanted if one not in migrated] == []
    assert len(wanted) > 200


async def test_the_comparison_sees_what_alembic_does_not(server, declared, pg_dump):
    before = dumped(pg_dump, declared)
    beside = await asyncpg.connect(declared)
    await beside.execute("ALTER TABLE deal DROP CONSTRAINT deal_probability_check")
    await beside.execute("DROP POLICY isolation ON contact")
    await beside.close()

    after = dumped(pg_dump, declared)

    assert len([one for one in before if one not in after]) == 2
