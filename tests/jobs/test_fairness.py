"""Whose turn it is: no workspace waits for another's backlog, and nobody for bulk."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis

from core.ids import new_id
from tests.plugins.dev import ROOT, environment, eventually
from tests.plugins.world import Server, World
from tests.services.importing import resting, sql, uuid

PATIENCE = 90.0
_ENQUEUE = """
INSERT INTO due_work (workspace_id, id, kind, subject_id, at)
SELECT $1, uuidv7(), $2, $3, now() - make_interval(secs => $5) FROM generate_series(1, $4)
"""
_LEFT = "SELECT count(*) FROM due_work WHERE workspace_id = $1 AND kind LIKE 'probe.%'"
_HELD = """SELECT count(*) FROM due_work
WHERE workspace_id = $1 AND kind LIKE 'probe.%' AND leased_until > now()"""


class Working:
    """A worker with the tests' kinds of work, and what it has noted."""

    def __init__(self, server: Server, seen: Path) -> None:
        self.server = server
        self.seen = seen

    def start(self) -> subprocess.Popen[bytes]:
        """One more process of it."""
        given = {
            "DATABASE_APP_URL": self.server.ready["appDatabaseUrl"],
            "REDIS_URL": self.server.ready["redisUrl"],
            "FILES_URL": (Path(self.server.dev.data) / "files").as_uri(),
            "COEFFECTION_TEST_CLOCK": "1",
        }
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "tests.jobs.working", self.seen],
            cwd=ROOT,
            env=environment(**given, PYTHONPATH=str(ROOT)),
            stderr=self.seen.with_suffix(".log").open("ab"),
        )

    def enqueue(self, world: World, kind: str, count: int = 1, ago: float = 0.0) -> str:
        """Ask for work so many times, as of some seconds ago; the subject it is told by."""
        subject = new_id()
        sql(self.server, _ENQUEUE, uuid(world.id), kind, subject, count, ago)
        return subject

    def noted(self, subject: str) -> Counter[str]:
        """What was noted of a subject."""
        lines = self.seen.read_text().splitlines() if self.seen.exists() else []
        return Counter(line.split()[1] for line in lines if line.endswith(subject))

    def left(self, world: World) -> int:
        """How much of a workspace's work is not done."""
        return int(sql(self.server, _LEFT, uuid(world.id))[0][0])

    def forget(self, world: World) -> None:
        """Ask for nothing more."""
        sql(
            self.server,
            "DELETE FROM due_work WHERE workspace_id = $1 AND kind LIKE 'probe.%'",
            uuid(world.id),
        )


@contextlib.contextmanager
def running(work: Working) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process for a while."""
    process = work.start()
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def work(server: Server, tmp_path: Path) -> Iterator[Working]:
    """The tests' work; the instance's own worker, which does not know it, rests."""
    with resting(server):
        yield Working(server, tmp_path / "seen")


def test_gql_04_a_backlog_of_one_workspace_holds_up_no_other(work: Working, world: World):
    other = World(world.server)
    backlog = work.enqueue(world, "probe.slow", 2000, ago=60.0)
    with running(work):
        assert eventually(lambda: work.noted(backlog)["probe.slow"] > 50, PATIENCE)
        few = work.enqueue(other, "probe.slow", 10)
        assert eventually(lambda: work.left(other) == 0, PATIENCE)
        left, held = work.left(world), sql(world.server, _HELD, uuid(world.id))[0][0]
    work.forget(world)

    assert work.noted(few) == {"probe.slow": 10}
    assert left > 500
    assert held <= 32


def test_gql_04_bulk_keeps_nobody_waiting_and_takes_turns(work: Working, world: World):
    other = World(world.server)
    many = [work.enqueue(world, "probe.long", ago=60.0) for _ in range(6)]
    with running(work):
        assert eventually(lambda: sum(len(work.noted(one)) for one in many) == 2, PATIENCE)
        theirs = work.enqueue(other, "probe.long")
        urgent = work.enqueue(world, "probe.urgent", 5)
        assert eventually(lambda: work.noted(urgent)["probe.urgent"] == 5, PATIENCE)
        assert eventually(lambda: bool(work.noted(theirs)), PATIENCE)
        ended = sum(work.noted(one)["probe.long"] for one in many)
        work.seen.with_suffix(".enough").touch()
        assert eventually(lambda: work.left(world) == work.left(other) == 0, PATIENCE)

    assert ended == 0
    assert all(work.noted(one)["probe.long"] == 1 for one in [*many, theirs])


def test_gql_04_a_try_that_takes_too_long_has_failed(work: Working, world: World):
    with running(work):
        subject = work.enqueue(world, "probe.endless")
        assert eventually(lambda: work.noted(subject)["probe.endless.given_up"] == 1, PATIENCE)
        assert eventually(lambda: work.left(world) == 0, PATIENCE)
    letters = world.admin.run("{ deadLetters { nodes { kind attempts error } } }")["deadLetters"]

    assert work.noted(subject)["probe.endless.begun"] == 2
    (letter,) = letters["nodes"]
    assert (letter["kind"], letter["attempts"]) == ("probe.endless", 2)
    assert "TimeoutError" in letter["error"]


def test_gql_04_a_worker_that_is_told_to_end_hands_its_work_back(work: Working, world: World):
    with running(work) as first:
        subject = work.enqueue(world, "probe.long")
        assert eventually(lambda: work.noted(subject)["probe.long.begun"] == 1, PATIENCE)
        first.send_signal(signal.SIGTERM)
        assert first.wait(timeout=30) == 0
        row = "SELECT attempts, leased_until FROM due_work WHERE workspace_id = $1 AND kind = $2"
        kept = [tuple(one) for one in sql(world.server, row, uuid(world.id), "probe.long")]
        work.seen.with_suffix(".enough").touch()
        with running(work):
            assert eventually(lambda: work.left(world) == 0, PATIENCE)

    assert kept == [(0, None)]
    assert work.noted(subject) == {"probe.long.begun": 2, "probe.long": 1}


def test_gql_04_messages_that_redis_forgot_are_sent_again(work: Working, world: World):
    subject = work.enqueue(world, "probe.slow", 300)
    with running(work):
        for wanted in (1, 100, 200):
            enough = partial(_noted_so_many, work, subject, wanted)
            assert eventually(enough, PATIENCE)
            flushed(world.server)
        assert eventually(lambda: work.left(world) == 0, PATIENCE)

    assert work.noted(subject) == {"probe.slow": 300}


async def test_gql_04_a_clock_that_is_moved_to_and_fro_fires_nothing_twice(
    work: Working, world: World, clock: Any
):
    subject = await asyncio.to_thread(work.enqueue, world, "probe.slow", 20, -5 * 3600.0)
    ready = await asyncio.to_thread(work.enqueue, world, "probe.urgent")
    with running(work):
        await _until(lambda: bool(work.noted(ready)))
        await _until(lambda: work.left(world) == 20)
        early = work.noted(subject)
        for hours in (6, 0, 7, -3, 8):
            await clock(hours=hours)
        await _until(lambda: work.left(world) == 0)

    assert not early
    assert work.noted(subject) == {"probe.slow": 20}


async def _until(happened: Callable[[], bool]) -> None:
    assert await asyncio.to_thread(eventually, happened, PATIENCE)


def _noted_so_many(work: Working, subject: str, wanted: int) -> bool:
    return work.noted(subject)["probe.slow"] >= wanted


def flushed(server: Server) -> None:
    """Let Redis forget everything."""
    with redis.Redis.from_url(server.ready["redisUrl"]) as client:
        client.flushall()
