"""The event log by months: there before they begin, and gone when they are too old."""

from datetime import datetime, timedelta

import asyncpg
import pytest

from core.clock import now
from core.db import Database
from core.settings import Settings
from services import log_keeping
from tests.plugins.dev import eventually
from tests.plugins.world import Server, World
from tests.resolvers.test_history import BY_ID, CHANGES
from tests.services.importing import resting, sql, uuid
from tests.subscriptions.test_boards import cursor

OLD = "2019_03"
PATIENCE = 300.0
_DUE = "UPDATE due_work SET at = now(), leased_until = NULL WHERE kind = 'event_log'"
_AGED = """
WITH at AS (UPDATE event SET at = $3 WHERE workspace_id = $1 AND position <= $2 RETURNING 1)
SELECT count(*) FROM at
"""
_LEFT = "SELECT min(position) FROM event WHERE workspace_id = $1"
_HEAD = "SELECT position, relayed, kept_after FROM event_head WHERE workspace_id = $1"


def old_month(server: Server) -> None:
    """A month that is too old to be kept."""
    sql(
        server,
        f"CREATE TABLE IF NOT EXISTS event_{OLD} PARTITION OF event"
        " FOR VALUES FROM ('2019-03-01') TO ('2019-04-01')",
    )


def aged(world: World, position: int, day: str) -> None:
    """Let a workspace's first events have happened on another day."""
    moment = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    sql(world.server, _AGED, uuid(world.id), position, moment)


def is_there(server: Server, month: str) -> bool:
    """Whether a month has its partition."""
    return bool(sql(server, "SELECT to_regclass($1) IS NOT NULL", f"event_{month}")[0][0])


def test_gql_03_a_log_that_was_cut_asks_those_behind_to_read_anew(server: Server, world: World):
    record = world.contact()
    operation = world.admin.act("contactUpdate", {"id": record, "jobTitle": "A"})["operationId"]
    last = int(cursor(world))
    world.admin.act("contactUpdate", {"id": record, "jobTitle": "B"})
    old_month(server)
    aged(world, last, "2019-04-02")
    aged(world, last - 1, "2019-03-02")
    assert eventually(lambda: sql(server, _HEAD, uuid(world.id))[0]["relayed"] > last, PATIENCE)
    sql(server, _DUE)

    assert eventually(lambda: not is_there(server, OLD), PATIENCE)
    assert sql(server, _LEFT, uuid(world.id))[0][0] == last + 1
    pages = [world.admin.run(CHANGES, after=str(at))["changes"] for at in (last - 1, last)]
    assert [page["resync"] for page in pages] == ["CURSOR_EXPIRED", None]
    assert [one["id"] for one in pages[1]["changes"]] == [record]
    assert world.admin.run(CHANGES)["changes"]["resync"] == "CURSOR_EXPIRED"
    assert len(world.admin.run(BY_ID, id=record)["history"]["nodes"]) == 1
    assert world.admin.act("undo", {"operationId": operation}).codes == ["NOT_FOUND"]


def test_gql_03_months_are_made_before_they_begin(server: Server):
    ahead = [now() + timedelta(days=days) for days in (0, 31, 62, 85)]
    months = [f"{day:%Y_%m}" for day in ahead]
    assert eventually(lambda: all(is_there(server, month) for month in months), PATIENCE)
    sql(server, f"DROP TABLE event_{months[-1]}")
    sql(server, _DUE)

    assert eventually(lambda: is_there(server, months[-1]), PATIENCE)


async def test_gql_03_what_a_consumer_has_not_taken_in_is_kept(server: Server, world: World):
    world.contact()
    with resting(server):
        workspace = uuid(world.id)
        owner = await asyncpg.connect(server.ready["databaseUrl"])
        await owner.execute("UPDATE event_head SET relayed = 1 WHERE workspace_id = $1", workspace)
        await owner.execute("UPDATE event SET at = '2019-05-05' WHERE workspace_id = $1", workspace)
        before = log_keeping.oldest(now(), 400)
        settings = Settings(database_app_url=server.ready["appDatabaseUrl"], database_pool_size=2)
        database = await Database.open(settings, application="test of the log")
        async with database.writing(workspace) as writing:
            await writing.fetch_text(log_keeping._GIVE_UP, workspace, before)
        await log_keeping.cut(database, before)
        with pytest.raises(asyncpg.RaiseError):
            await log_keeping.cut(database, now())
        await database.close()
        left = await owner.fetchval(_LEFT, workspace)
        kept_after = (await owner.fetchrow(_HEAD, workspace))["kept_after"]
        await owner.close()

    assert (left, kept_after) == (2, 1)
