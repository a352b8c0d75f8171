"""Background work as Admins see it, and what a look for it costs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from jobs.due import JOBS
from jobs.ledger import _CLAIM, NOWHERE
from jobs.priorities import Priority
from jobs.schedule import RECURRING
from jobs.worker import JOBS as MODULES
from tests.plugins.dev import eventually
from tests.plugins.world import Server, World
from tests.services.importing import resting, sql, uuid

QUEUES = "{ jobQueues { kind waiting running oldestDueAt failedLately } }"
_ENQUEUE = """
INSERT INTO due_work (workspace_id, id, kind, subject_id, at, attempts, lane, leased_until)
SELECT $1, uuidv7(), $2, uuidv7(), now() - interval '1 hour' + $5 * interval '1 hour', $4, $6,
       now() + make_interval(secs => $7)
FROM generate_series(1, $3)
"""
_LETTERS = "{ deadLetters(filter: {state: {eq: WAITING}}) { totalCount } }"
BACKLOG = 20_000


def enqueue(world: World, kind: str, count: int, **given: Any) -> None:
    """Rows as acts and workers write them."""
    lane, held = given.get("lane"), given.get("held")
    more = (given.get("attempts", 0), given.get("hours", 0), lane, held)
    sql(world.server, _ENQUEUE, uuid(world.id), kind, count, *more)


def queues(world: World) -> dict[str, Any]:
    """What Admins are shown, by kind."""
    return {one["kind"]: one for one in world.admin.run(QUEUES)["jobQueues"]}


def waiting(world: World) -> int:
    """How many dead letters wait."""
    return int(world.admin.run(_LETTERS)["deadLetters"]["totalCount"])


@pytest.fixture
def backlog(server: Server, world: World) -> Iterator[World]:
    """A workspace with much to do, which nobody does."""
    with resting(server):
        enqueue(world, "probe.backlog", BACKLOG, lane=int(Priority.USUAL))
        yield world
        sql(server, "DELETE FROM due_work WHERE workspace_id = $1", uuid(world.id))


def test_gql_04_admins_see_what_waits_and_runs(server: Server, world: World):
    other = World(server)
    with resting(server):
        enqueue(world, "probe.a", 3)
        enqueue(world, "probe.a", 2, lane=1, held=60)
        enqueue(world, "probe.b", 1, hours=5)
        found = queues(world)
        sql(server, "DELETE FROM due_work WHERE kind LIKE 'probe.%'")

    assert (found["probe.a"]["waiting"], found["probe.a"]["running"]) == (3, 2)
    assert found["probe.a"]["oldestDueAt"]
    assert found["probe.a"]["failedLately"] == 0
    assert "probe.b" not in found
    assert queues(other) == {}
    assert world.rep.send(QUEUES).codes == ["FORBIDDEN"]


def test_gql_04_all_that_was_given_up_of_a_kind_is_begun_again(server: Server, world: World):
    enqueue(world, "replay", 7, attempts=5)
    assert eventually(lambda: waiting(world) == 7, 60)
    assert queues(world)["replay"]["failedLately"] == 7
    with resting(server):
        none = world.admin.act("deadLetterReplayAll", {"kind": "mail"}, "replayed left")
        done = world.admin.act("deadLetterReplayAll", {"kind": "replay"}, "replayed left")
        asked = queues(world)["replay"]

    assert (none["replayed"], none["left"]) == (0, 0)
    assert (done["replayed"], done["left"]) == (7, 0)
    assert (asked["waiting"], waiting(world)) == (7, 0)


def test_gql_04_a_look_for_work_reads_no_backlog(server: Server, backlog: World):
    statement = _CLAIM.format(offset="interval '0'")
    given = (int(Priority.USUAL), ["probe.backlog"], NOWHERE, 32, 8, 16)
    sql(server, "ANALYZE due_work")
    told = sql(server, f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *given)
    plan = json.loads(told[0][0])[0]["Plan"]

    read = [one for one in nodes(plan) if one.get("Relation Name") == "due_work"]
    assert read
    assert all(one["Actual Rows"] * one["Actual Loops"] <= 200 for one in read)
    assert all(one["Node Type"] != "Seq Scan" for one in read)
    assert backlog


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The parts of a plan."""
    yield plan
    for one in plan.get("Plans", []):
        yield from nodes(one)


def test_gql_04_what_recurs_is_a_job():
    declared = {name for name in JOBS if not name.startswith("probe.")}

    assert MODULES
    assert set(RECURRING) <= declared
