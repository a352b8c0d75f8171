"""Bringing a database to this release: what is refused, and the roles that are made."""

import subprocess
import sys

import asyncpg
import pytest

from tests.plugins.dev import ROOT, environment, refused

APP = "migrate_app"


@pytest.fixture
async def admin(dev):
    connection = await asyncpg.connect(dev.ready["databaseUrl"])
    yield connection
    await connection.close()


@pytest.fixture
async def empty(admin):
    """An empty database, its owner who is no superuser but may make roles, and its address."""
    await admin.execute("CREATE ROLE migrate_owner LOGIN CREATEROLE BYPASSRLS")
    await admin.execute("GRANT coeffection_search TO migrate_owner WITH SET TRUE")
    await admin.execute("CREATE DATABASE migrate_empty OWNER migrate_owner")
    yield "migrate_empty"
    await admin.execute("DROP DATABASE migrate_empty WITH (FORCE)")
    await admin.execute(f"DROP ROLE IF EXISTS {APP}")
    await admin.execute("DROP OWNED BY migrate_owner CASCADE")
    await admin.execute("DROP ROLE migrate_owner")


def address(dev, user, database="migrate_empty"):
    host = dev.ready["databaseUrl"].partition("?")[2]
    return f"postgresql://{user}@/{database}?{host}"


def migrate(dev, *, owner="migrate_owner", app=f"{APP}:secret", database="migrate_empty"):
    urls = {
        "DATABASE_URL": address(dev, owner, database),
        "DATABASE_APP_URL": address(dev, app, database),
    }
    return subprocess.run(
        [sys.executable, "-P", "-m", "models.migrate"],
        env=environment(PYTHONPATH=str(ROOT), **urls),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


async def test_an_owner_without_superpowers_makes_roles_and_tables(dev, empty, admin):
    done = migrate(dev)

    assert (done.returncode, done.stderr) == (0, "")
    assert "revision" in done.stdout
    role = await admin.fetchrow("SELECT * FROM pg_roles WHERE rolname = $1", APP)
    rights = ("rolcanlogin", "rolsuper", "rolbypassrls", "rolcreaterole")
    assert [role[right] for right in rights] == [True, False, False, False]


async def test_migrating_twice_changes_nothing(dev, empty):
    first, second = migrate(dev), migrate(dev)

    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout == second.stdout


async def test_the_api_role_sees_no_row_without_a_workspace(dev, empty):
    migrate(dev)
    app = await asyncpg.connect(address(dev, APP))
    try:
        assert await app.fetchval("SELECT count(*) FROM contact") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute("CREATE TABLE mine (id int)")
    finally:
        await app.close()


async def test_data_of_a_newer_release_is_refused(dev, empty, admin):
    migrate(dev)
    owner = await asyncpg.connect(address(dev, "migrate_owner"))
    await owner.execute("UPDATE alembic_version SET version_num = '9999'")
    await owner.close()

    assert not refused(migrate(dev), "newer release", "9999")


async def test_tables_of_something_else_are_refused(dev, empty):
    owner = await asyncpg.connect(address(dev, "migrate_owner"))
    await owner.execute("CREATE TABLE somebody (id int)")
    await owner.close()

    assert not refused(migrate(dev), "tables of something else", "migrate_empty")


async def test_a_database_that_knows_only_english_letters_is_refused(dev, empty, admin):
    await admin.execute("DROP DATABASE migrate_empty")
    await admin.execute(
        "CREATE DATABASE migrate_empty OWNER migrate_owner TEMPLATE template0 LOCALE 'C'"
    )

    assert not refused(migrate(dev), "letters", "C.UTF-8", "CREATE DATABASE migrate_empty")


async def test_an_owner_who_may_not_make_roles_says_what_a_superuser_runs(dev, empty, admin):
    await admin.execute("ALTER ROLE migrate_owner NOCREATEROLE")

    assert not refused(migrate(dev), "may not create roles", f'CREATE ROLE "{APP}" LOGIN')


async def test_an_owner_who_may_not_make_roles_uses_those_that_are_there(dev, empty, admin):
    await admin.execute("ALTER ROLE migrate_owner NOCREATEROLE")
    await admin.execute(f"CREATE ROLE {APP} LOGIN")

    assert migrate(dev).returncode == 0


async def test_an_owner_who_may_not_use_the_search_role_says_what_a_superuser_runs(
    dev, empty, admin
):
    await admin.execute("REVOKE coeffection_search FROM migrate_owner")

    assert not refused(migrate(dev), "lacks a right", "GRANT coeffection_search TO")


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (f"CREATE ROLE {APP} LOGIN BYPASSRLS", "bypasses"),
        (f"CREATE ROLE {APP} LOGIN SUPERUSER", "bypasses"),
        (f"CREATE ROLE {APP} LOGIN IN ROLE migrate_owner", "member"),
        (f"CREATE ROLE {APP} NOLOGIN", "may not sign in"),
    ],
)
async def test_an_api_role_that_may_too_much_or_too_little_is_refused(
    dev, empty, admin, make, word
):
    await admin.execute(make)

    assert not refused(migrate(dev), APP, word)


async def test_the_owner_cannot_be_the_api_role(dev, empty):
    assert not refused(migrate(dev, app="migrate_owner"), "DATABASE_APP_URL", "other than")


def test_both_addresses_must_be_given():
    done = subprocess.run(
        [sys.executable, "-P", "-m", "models.migrate"],
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert not refused(done, "DATABASE_URL", "DATABASE_APP_URL")
