"""Workflows while their worker is killed, their Redis forgets and their target is away."""

import asyncio
import contextlib
import random
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.boundaries import Boundaries
from tests.faults.fault_chain import Process
from tests.faults.parts import Redis, say
from tests.jobs.postbox import free_port
from tests.plugins.dev import data_folder, eventually, started
from tests.plugins.world import Server, World
from tests.services.importing import resting, sql, uuid
from tests.workflows import automating as auto
from tests.workflows.automating import Target, listening

RECORDS = 12
PATIENCE = 300.0
# What each step leaves behind for each record, counted by the records of the workspace.
_EFFECTS = """SELECT
  (SELECT count(*) FROM task WHERE workspace_id = $1 AND lead_id IS NOT NULL),
  (SELECT count(DISTINCT lead_id) FROM task WHERE workspace_id = $1 AND lead_id IS NOT NULL),
  (SELECT count(*) FROM note WHERE workspace_id = $1),
  (SELECT count(*) FROM email WHERE workspace_id = $1),
  (SELECT count(*) FROM notification WHERE workspace_id = $1 AND kind = 'WORKFLOW'),
  (SELECT count(*) FROM workflow_step WHERE workspace_id = $1 AND status = 'SUCCEEDED'),
  (SELECT count(*) FROM workflow_run WHERE workspace_id = $1 AND status = 'SUCCEEDED')"""
_BACK = "UPDATE consumer_offset SET position = 0 WHERE workspace_id = $1 AND consumer = 'workflows'"
_OFFSET = "SELECT position FROM consumer_offset WHERE workspace_id = $1 AND consumer = 'workflows'"
_BEHIND = "UPDATE event_head SET relayed = 0 WHERE workspace_id = $1"
_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"


@pytest.fixture(scope="module")
def port() -> int:
    """Where the target of these proofs listens, when it does."""
    return free_port()


@pytest.fixture(scope="module")
def server(port: int) -> Iterator[Server]:
    """An instance whose workflows may call it."""
    allowed = {"WEBHOOK_ALLOWED_HOSTS": f"127.0.0.1:{port}"}
    with data_folder() as data, started(data, "--port", 0, **allowed) as running:
        yield Server(running)


def written(world: World, target: Target) -> str:
    """A workflow with an effect of every kind; its id."""
    steps = [
        {"createTask": {"title": "Call {{ lead.lastName }}"}},
        {"callWebhook": {"url": f"{target.url}/{world.id}"}},
        {"addNote": {"text": "Hello {{ lead.lastName }}"}},
        {"sendEmail": {"own": {"subject": "New", "body": "A lead"}, "to": "OWNER"}},
        {"sendNotification": {"to": "OWNER", "text": "A lead"}},
    ]
    return auto.workflow(world, "RECORD_CREATED", steps, recordType="LEAD")


STEPS = 5


@contextlib.asynccontextmanager
async def working(
    server: Server,
    target: Target,
    folder: Path,
    *,
    redis: str | None = None,
    chance: random.Random | None = None,
) -> AsyncIterator[Process]:
    """The only worker, killed at some of its commits where there is a chance of it."""
    line = Boundaries(server.ready["appDatabaseUrl"])
    given = {
        "REDIS_URL": redis or server.ready["redisUrl"],
        "FILES_URL": (Path(server.dev.data) / "files").as_uri(),
        "COEFFECTION_TEST_CLOCK": "1",
        "WEBHOOK_ALLOWED_HOSTS": f"127.0.0.1:{target.port}",
    }
    async with line.laid():
        process = Process(
            [sys.executable, "-P", "-m", "jobs.worker"],
            given,
            line,
            chance or random.Random(0),
            folder / "worker.log",
            mortal=chance is not None,
        )
        task = asyncio.create_task(process.run())
        try:
            yield process
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def effects(world: World) -> list[int]:
    """How often each effect is there."""
    return list(sql(world.server, _EFFECTS, uuid(world.id))[0])


def all_once(world: World, target: Target) -> Callable[[], bool]:
    """Whether each effect has happened once for each record."""
    wanted = [RECORDS] * 5 + [RECORDS * STEPS, RECORDS]

    def there() -> bool:
        return effects(world) == wanted and len(target.served) == RECORDS

    return there


async def proved(world: World, target: Target) -> None:
    """Wait until all is done, deliver every event again, and see that nothing comes of it."""
    done = all_once(world, target)
    assert await asyncio.to_thread(eventually, done, PATIENCE), (effects(world), target.served)
    reached = sql(world.server, _OFFSET, uuid(world.id))[0][0]
    await asyncio.to_thread(again, world)

    def taken_in() -> bool:
        return bool(sql(world.server, _OFFSET, uuid(world.id))[0][0] >= reached)

    assert await asyncio.to_thread(eventually, taken_in, PATIENCE)
    assert done(), (effects(world), target.served)


def again(world: World) -> None:
    """Put the consumer back to the beginning of the log."""
    sql(world.server, _BACK, uuid(world.id))
    sql(world.server, _BEHIND, uuid(world.id))


def leads(world: World) -> None:
    for number in range(RECORDS):
        auto.lead(world, lastName=f"Lead {number}")


async def test_wf_13_a_worker_killed_at_the_boundaries_of_steps_does_each_once(
    server: Server, port: int, tmp_path: Path
) -> None:
    world = World(server)
    chance = random.Random(8)
    with listening(port) as target, resting(server):
        async with working(server, target, tmp_path, chance=chance) as process:
            written(world, target)
            await asyncio.to_thread(leads, world)
            done = all_once(world, target)
            await asyncio.to_thread(eventually, done, PATIENCE)
            process.mortal = False
            await proved(world, target)
            say(
                "Workflows, killed",
                deaths=len(process.line.deaths),
                behind_a_commit=sum("behind" in one for one in process.line.deaths),
                calls=len(target.calls),
                effects=len(target.served),
            )
    assert process.line.deaths


async def test_wf_13_redis_that_forgets_and_a_database_that_hangs_up_lose_nothing(
    server: Server, port: int, tmp_path: Path
) -> None:
    world = World(server)
    redis = Redis(Path(server.dev.data), tmp_path)
    with contextlib.ExitStack() as ending, listening(port) as target, resting(server):
        ending.callback(redis.kill)
        async with working(server, target, tmp_path, redis=redis.url):
            written(world, target)
            await asyncio.to_thread(leads, world)
            for _ in range(3):
                redis.empty()
                sql(server, _CUT, "coeffection-worker")
                await asyncio.sleep(0.3)
            redis.kill()
            await asyncio.sleep(0.5)
            redis.started()
            await proved(world, target)
    say("Workflows, forgotten", calls=len(target.calls), effects=len(target.served))


async def test_wf_13_a_target_that_is_away_an_hour_is_served_once_when_it_is_back(
    server: Server, port: int, tmp_path: Path
) -> None:
    world = World(server)
    with resting(server):
        gone = Target(port=port)
        async with working(server, gone, tmp_path):
            made = written(world, gone)
            await asyncio.to_thread(leads, world)
            await asyncio.to_thread(auto.until, world.admin, made, all_tried, PATIENCE)
            with listening(port) as target:
                move(server, 3700)
                move(server, 600)
                try:
                    move(server, 3700)
                    await proved(world, target)
                finally:
                    sql(server, "DELETE FROM test_clock")
    say("Workflows, away", calls=len(target.calls), effects=len(target.served))


def all_tried(runs: list[Any]) -> bool:
    """Whether every run has found the target away."""
    return len(runs) == RECORDS and all(
        any(step["status"] == "FAILED" for step in run["steps"]) for run in runs
    )


def move(server: Server, seconds: int) -> None:
    """Let the clock jump, ahead or back."""
    sql(server, "DELETE FROM test_clock")
    sql(server, "INSERT INTO test_clock (offset_seconds) VALUES ($1)", seconds)
