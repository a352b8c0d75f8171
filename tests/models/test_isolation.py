"""The setting: two workspaces on one connection never see each other's rows."""

import asyncio
import random

import asyncpg
import pytest
import sqlalchemy as sa

from core.db import Database
from core.ids import decode
from core.settings import Settings
from models import metadata
from tests.plugins.world import World

CONTACT = metadata.tables["contact"]
TIMES = 1000
ROWS = sa.select(CONTACT.c.workspace_id)
FAILING = sa.select(sa.literal(1) / sa.literal_column("(SELECT 0)"))
WAITING = sa.select(sa.func.pg_sleep(30))


class Undone(Exception):
    """Raised to roll back."""


@pytest.fixture
async def database(server):
    """Pools of one connection each, as the API's role."""
    settings = Settings(database_app_url=server.ready["appDatabaseUrl"], database_pool_size=1)
    opened = await Database.open(settings, application="test of the setting")
    yield opened
    await opened.close()


@pytest.fixture
def workspaces(server):
    """The ids of two workspaces with one contact each."""
    found = []
    for _ in range(2):
        world = World(server)
        world.contact()
        found.append((decode(world.id) or ("", ""))[1])
    return found


async def seen(database: Database, workspace: str) -> set[str]:
    """Whose rows a workspace sees."""
    return {str(row["workspace_id"]) for row in await database.fetch(workspace, ROWS)}


async def cancelled(database: Database, workspace: str) -> None:
    task = asyncio.create_task(database.fetch(workspace, WAITING))
    await asyncio.sleep(random.random() / 500)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def failed(database: Database, workspace: str) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):
        await database.fetch(workspace, FAILING)


async def undone(database: Database, workspace: str) -> None:
    async with database.writing(workspace) as writing:
        rows = await writing.fetch(ROWS)
        assert {str(row["workspace_id"]) for row in rows} == {workspace}
        raise Undone


async def rolled_back(database: Database, workspace: str) -> None:
    with pytest.raises(Undone):
        await undone(database, workspace)


async def written(database: Database, workspace: str) -> None:
    async with database.writing(workspace) as writing:
        rows = await writing.fetch(ROWS)
        assert {str(row["workspace_id"]) for row in rows} == {workspace}
    async with database.writing(None) as writing:
        assert await writing.fetch(ROWS) == []


async def read(database: Database, workspace: str) -> None:
    assert await seen(database, workspace) == {workspace}


ACTS = [cancelled, *[failed, rolled_back, written, read] * 3]
"""Cancelling opens a second connection to say so, and is the slowest: less often."""


async def test_sec_06_a_thousand_accidents_between_two_workspaces_mix_no_row(database, workspaces):
    chance = random.Random(6)

    for _ in range(TIMES):
        await chance.choice(ACTS)(database, chance.choice(workspaces))
        workspace = chance.choice(workspaces)
        assert await seen(database, workspace) == {workspace}


async def test_sec_06_two_workspaces_at_once_see_their_own(database, workspaces):
    answers = await asyncio.gather(*(seen(database, one) for one in workspaces * 200))

    assert answers == [{one} for one in workspaces * 200]


@pytest.mark.parametrize("workspace", [None, "", "nonsense"])
async def test_sec_06_a_write_without_its_workspace_is_refused(database, workspaces, workspace):
    with pytest.raises(asyncpg.PostgresError):
        async with database.writing(workspace) as writing:
            await writing.fetch(
                sa.insert(metadata.tables["counter"])
                .values(workspace_id=workspaces[0], kind="test", year=0, value=1)
                .returning(sa.literal(1))
            )


async def test_sec_06_a_row_cannot_be_written_into_another_workspace(database, workspaces):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.writing(workspaces[0]) as writing:
            await writing.fetch(
                sa.insert(metadata.tables["counter"])
                .values(workspace_id=workspaces[1], kind="test", year=0, value=1)
                .returning(sa.literal(1))
            )
