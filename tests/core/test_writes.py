"""The event log: positions in commit order, gapless, and nobody waits for a stranger."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
import pytest

from core.db import Database
from core.events import Author
from core.ids import decode, new_id
from core.settings import Settings
from core.writes import transaction
from models import metadata
from tests.plugins.world import World

COMPANY = metadata.tables["company"]
HELD_SECONDS = 5
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
async def database(server):
    """The database as the API's role opens it."""
    settings = Settings(database_app_url=server.ready["appDatabaseUrl"], database_pool_size=8)
    opened = await Database.open(settings, application="test of writes")
    yield opened
    await opened.close()


class Place:
    """A workspace to write into, and its log."""

    def __init__(self, database: Database, server) -> None:
        self.database = database
        self.server = server
        self.workspace = (decode(World(server).id) or ("", ""))[1]

    @asynccontextmanager
    async def act(self, **given):
        """An act of the system."""
        async with transaction(
            self.database,
            workspace=self.workspace,
            author=Author("SYSTEM", None),
            now=NOW,
            request_id="test-of-writes",
            **given,
        ) as act:
            yield act

    async def write(self, name: str) -> int:
        """Insert a company; its event's position."""
        async with self.act() as act:
            await act.insert(COMPANY, {"name": name})
        return act.position or 0

    async def log(self):
        """Position, transaction and name of all events of companies."""
        owner = await asyncpg.connect(self.server.ready["databaseUrl"])
        try:
            return await owner.fetch(
                """SELECT position, type, record_id, request_id, import_id,
                     changes -> 'name' ->> 'after' AS name, changes::text AS told
                   FROM event WHERE workspace_id = $1 AND entity = 'company' ORDER BY position""",
                self.workspace,
            )
        finally:
            await owner.close()


@pytest.fixture
def place(database, server):
    """A workspace to write into."""
    return Place(database, server)


@pytest.mark.parametrize("first_to_commit", ["a", "b"])
async def test_positions_follow_the_commits_not_the_writes(place, first_to_commit):
    gates = {name: asyncio.Event() for name in "ab"}
    begun = {name: asyncio.Event() for name in "ab"}

    async def one(name: str) -> int:
        async with place.act() as act:
            await act.insert(COMPANY, {"name": name})
            begun[name].set()
            await gates[name].wait()
        return act.position or 0

    tasks = {name: asyncio.create_task(one(name)) for name in "ab"}
    await asyncio.gather(*(event.wait() for event in begun.values()))
    gates[first_to_commit].set()
    first = await tasks[first_to_commit]
    second_name = "b" if first_to_commit == "a" else "a"
    gates[second_name].set()
    second = await tasks[second_name]

    assert second == first + 1
    assert [row["name"] for row in await place.log()] == [first_to_commit, second_name]


async def test_many_writers_at_once_leave_no_gap(place):
    positions = await asyncio.gather(*(place.write(f"company {at}") for at in range(40)))

    logged = [row["position"] for row in await place.log()]
    assert sorted(positions) == logged
    assert logged == list(range(logged[0], logged[0] + 40))


async def test_an_act_that_fails_takes_no_position(place):
    before = await place.write("before")

    async def fail() -> None:
        async with place.act() as act:
            await act.insert(COMPANY, {"name": "lost"})
            await act.finish()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await place.write("after") == before + 1
    assert [row["name"] for row in await place.log()] == ["before", "after"]


async def test_an_open_act_delays_no_stranger_and_no_neighbour(place, database, server):
    stranger = Place(database, server)
    held, release = asyncio.Event(), asyncio.Event()

    async def hold() -> int:
        async with place.act() as act:
            await act.insert(COMPANY, {"name": "held"})
            held.set()
            await release.wait()
        return act.position or 0

    open_act = asyncio.create_task(hold())
    await held.wait()
    began = asyncio.get_running_loop().time()
    neighbours: list[int] = []
    strangers: list[int] = []
    while asyncio.get_running_loop().time() - began < HELD_SECONDS:
        strangers.append(await stranger.write(f"stranger {len(strangers)}"))
        neighbours.append(await place.write(f"neighbour {len(neighbours)}"))
        await asyncio.sleep(0.1)
    assert not open_act.done()
    release.set()

    assert await open_act == neighbours[-1] + 1
    assert len(strangers) > 5
    assert neighbours == list(range(neighbours[0], neighbours[0] + len(neighbours)))
    assert [row["name"] for row in await place.log()][-1] == "held"


async def test_an_act_logs_one_event_a_record_however_often_it_is_written(place):
    async with place.act() as act:
        row = await act.insert(COMPANY, {"name": "First"})
        this = COMPANY.c.id == row["id"]
        await act.update(COMPANY, this, {"name": "Second"})
        await act.update(COMPANY, this, {"city": "Oslo"})

    (event,) = await place.log()
    assert (event["type"], event["name"]) == ("company.created", "Second")
    assert '"Oslo"' in event["told"]


async def test_changing_and_changing_back_makes_no_difference_to_tell(place):
    async with place.act() as act:
        row = await act.insert(COMPANY, {"name": "First"})
    async with place.act() as act:
        this = COMPANY.c.id == row["id"]
        await act.update(COMPANY, this, {"name": "Second"})
        await act.update(COMPANY, this, {"name": "First"})

    assert all('"Second"' not in event["told"] for event in await place.log())


async def test_a_savepoint_that_fails_takes_its_events_along(place):
    async def fail(act) -> None:
        async with act.savepoint():
            await act.insert(COMPANY, {"name": "dropped"})
            raise RuntimeError

    async with place.act() as act:
        await act.insert(COMPANY, {"name": "kept"})
        with pytest.raises(RuntimeError):
            await fail(act)

    assert [row["name"] for row in await place.log()] == ["kept"]


async def test_a_set_written_at_once_is_logged_row_by_row_with_its_import(place):
    import_id = new_id()
    dml = """INSERT INTO company (workspace_id, id, name, created_at, updated_at)
      SELECT $1::uuid, uuidv7(), 'Company ' || n, now(), now() FROM generate_series(1, 1000) AS n"""
    async with place.act(import_id=import_id) as act:
        count = await act.write_set(COMPANY, "company.created", dml, place.workspace)

    logged = await place.log()
    assert count == len(logged) == 1000
    assert {str(row["import_id"]) for row in logged} == {import_id}
    assert [row["name"] for row in logged] == [f"Company {n}" for n in range(1, 1001)]
    assert {row["request_id"] for row in logged} == {"test-of-writes"}


async def test_a_deadlock_of_two_acts_ends_one_and_logs_only_the_other(place):
    async with place.act() as act:
        rows = await act.insert_many(COMPANY, [{"name": "a"}, {"name": "b"}])
    ids = [row["id"] for row in rows]

    async def swap(first: str, second: str, ready: asyncio.Event, other: asyncio.Event) -> str:
        async with place.act() as act:
            await act.update(COMPANY, COMPANY.c.id == first, {"city": first})
            ready.set()
            await other.wait()
            await act.update(COMPANY, COMPANY.c.id == second, {"city": first})
        return first

    one, two = asyncio.Event(), asyncio.Event()
    done = await asyncio.gather(
        swap(ids[0], ids[1], one, two), swap(ids[1], ids[0], two, one), return_exceptions=True
    )

    lost = [result for result in done if isinstance(result, BaseException)]
    logged = await place.log()
    assert [type(error) for error in lost] == [asyncpg.DeadlockDetectedError]
    assert [row["type"] for row in logged] == ["company.created"] * 2 + ["company.updated"] * 2
    assert [row["position"] for row in logged] == list(
        range(logged[0]["position"], logged[0]["position"] + 4)
    )
