"""Overdue tasks: each found once, by whoever looks, and made known to whose it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.jobs.telling import logged, recurred, team, told
from tests.plugins.world import World
from tests.services.importing import worker


def soon(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


def made(world: World, **given: Any) -> str:
    task = world.admin.act("taskCreate", {"title": "Call"} | given, "task { id }")
    return str(task["task"]["id"])


def overdue(world: World, task: str) -> int:
    return len(logged(world, task, "task.overdue"))


async def late(world: World, done: Callable[[], Any]) -> bool:
    return await recurred(world, "overdue_tasks", done)


def seen(world: World, task: str) -> Any:
    query = "query($id: ID!) { task(id: $id) { isOverdue overdueAt } }"
    return world.admin.run(query, id=task)["task"]


async def test_task_15_a_task_is_overdue_once_and_its_owner_is_told(world, clock):
    world.of("rep")
    task = made(world, dueAt=soon(hours=1), ownerId=world.user("rep"))
    later = made(world, dueAt=soon(hours=3))
    with worker(world.server):
        await clock(hours=2)
        assert await late(world, lambda: overdue(world, task) == 1)
        before = overdue(world, later)
        await clock(hours=4)
        assert await late(world, lambda: overdue(world, later) == 1)

    (note,) = told(world.rep, "TASK_OVERDUE")
    assert (note["record"]["id"], note["actor"], before) == (task, None, 0)
    assert "The task “Call” was due on" in note["text"]
    assert overdue(world, task) == 1
    assert seen(world, task)["overdueAt"]


async def test_task_15_a_task_in_a_queue_is_told_to_the_teams_manager(world, clock):
    world.of("manager")
    task = made(world, dueAt=soon(hours=1), teamId=team(world, "Support", "manager"))
    await clock(hours=2)

    assert await late(world, lambda: len(told(world.manager, "TASK_OVERDUE")) == 1)
    assert told(world.manager, "TASK_OVERDUE")[0]["record"]["id"] == task
    assert told(world.admin, "TASK_OVERDUE") == []


async def test_task_15_another_day_or_done_and_it_is_on_time_again(world, clock):
    moved, done = made(world, dueAt=soon(hours=1)), made(world, dueAt=soon(hours=1))
    await clock(hours=2)
    assert await late(world, lambda: overdue(world, moved) == overdue(world, done) == 1)

    given = {"id": moved, "dueAt": soon(hours=1.5)}
    assert not world.admin.act("taskUpdate", given).errors
    still = seen(world, moved)["overdueAt"]
    assert not world.admin.act("taskUpdate", {"id": moved, "dueAt": soon(hours=5)}).errors
    assert not world.admin.act("taskComplete", {"id": done}).errors
    found = [seen(world, one) for one in (moved, done)]
    await clock(hours=6)
    assert await late(world, lambda: overdue(world, moved) == 2)

    assert still
    assert found == [{"isOverdue": False, "overdueAt": None}] * 2
    assert overdue(world, done) == 1


async def test_task_15_assigned_overdue_and_completed_are_in_the_log_each_once(world, clock):
    task = made(world, dueAt=soon(hours=1))
    world.of("rep")
    assert not world.admin.act("taskUpdate", {"id": task, "ownerId": world.user("rep")}).errors
    await clock(hours=2)
    assert await late(world, lambda: overdue(world, task) == 1)
    assert not world.admin.act("taskComplete", {"id": task}).errors

    kinds = ("task.assigned", "task.overdue", "task.completed")
    assert [len(logged(world, task, kind)) for kind in kinds] == [1, 1, 1]


async def test_a_task_that_was_found_late_can_be_undone(world, clock):
    world.of("rep")
    given = {"title": "Call", "dueAt": soon(hours=1), "ownerId": world.user("rep")}
    made_by = world.admin.act("taskCreate", given, "task { id } operationId")
    task, act = made_by["task"]["id"], made_by["operationId"]
    with worker(world.server):
        await clock(hours=2)
        assert await late(world, lambda: overdue(world, task) == 1)

    assert told(world.rep, "TASK_OVERDUE")
    refused = "userErrors { ... on UndoCollisionError { collisions { fields } } }"
    assert not world.admin.act("undo", {"operationId": act}, refused).fields["userErrors"]
    assert seen(world, task) is None
