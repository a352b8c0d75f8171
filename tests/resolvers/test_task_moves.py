"""Tasks on their board, and those that wait for others."""

from typing import Any

import pytest

from tests.plugins.world import Client, World
from tests.resolvers.test_tasks import CARD, made, team, together

BLOCKED = "... on TaskBlockedError { blockers { id title } }"
CYCLE = "... on DependencyCycleError { cycle { id title } }"
BOARD = """query($status: TaskStatus!) {
  tasks(filter: {status: {eq: $status}}, first: 100) { nodes { title rank } totalCount } }"""


def told(client: Client, name: str, given: dict[str, Any], more: str) -> Any:
    kind = name[0].upper() + name[1:]
    query = f"""mutation($input: {kind}Input!) {{ {name}(input: $input) {{
      {CARD} userErrors {{ code path message {more} }} }} }}"""
    return client.run(query, input=given)[name]


def blocking(world: World, blocked: str, *blockers: str) -> None:
    for one in blockers:
        done = world.admin.act("taskBlockerAdd", {"taskId": blocked, "blockerId": one}, CARD)
        assert not done.errors, done.errors


def move(client: Client, task: Any, status: str, **given: Any) -> Any:
    values = {"id": task["id"], "toStatus": status, "expectedVersion": task["version"]}
    return client.act("taskMove", values | given, CARD)


def column(world: World, status: str) -> list[str]:
    cards = world.admin.run(BOARD, status=status)["tasks"]["nodes"]
    return [one["title"] for one in sorted(cards, key=lambda one: one["rank"])]


def test_task_03_a_move_puts_a_card_into_a_column_beside_another(world: World) -> None:
    first, second, third = (made(world, title=title) for title in "ABC")

    top = move(world.admin, first, "IN_PROGRESS")["task"]
    move(world.admin, second, "IN_PROGRESS", afterCardId=first["id"])["task"]
    move(world.admin, third, "IN_PROGRESS", beforeCardId=second["id"])["task"]
    stale = move(world.admin, first, "REVIEW")
    nowhere = move(world.admin, top, "REVIEW", afterCardId=second["id"])

    assert column(world, "IN_PROGRESS") == ["A", "C", "B"]
    assert stale.codes == ["STALE_VERSION"]
    assert nowhere.codes == ["STALE_POSITION"]
    assert column(world, "TO_DO") == []


def test_task_03_cards_moved_and_made_at_once_end_in_one_order(world: World) -> None:
    cards = [made(world, title=str(at)) for at in range(10)]

    def act(at: int) -> Any:
        return move(world.admin, cards[at], "DONE") if at < len(cards) else made(world)

    together(20, act)

    assert sorted(column(world, "DONE")) == sorted(card["title"] for card in cards)
    assert len(column(world, "TO_DO")) == 10


def test_task_03_what_is_moved_to_done_is_complete_until_it_is_reopened(world: World) -> None:
    done = world.admin.act("taskComplete", {"id": made(world)["id"]}, CARD)["task"]

    again = world.admin.act("taskComplete", {"id": done["id"]}, CARD)["task"]
    reopened = move(world.admin, done, "TO_DO")["task"]

    assert done["completedAt"]
    assert again == done
    assert (reopened["status"], reopened["completedAt"]) == ("TO_DO", None)


def test_task_07_task_08_both_ends_of_a_dependency_show_it(world: World) -> None:
    blocked, blocker = made(world, title="Later"), made(world, title="First")
    blocking(world, blocked["id"], blocker["id"], blocker["id"])
    query = """query($id: ID!) { task(id: $id) { isBlocked
      blockedBy { nodes { title } } blocks { nodes { title } } } }"""

    waits = world.admin.run(query, id=blocked["id"])["task"]
    holds = world.admin.run(query, id=blocker["id"])["task"]
    world.admin.act("taskComplete", {"id": blocker["id"]}, CARD)["task"]
    resolved = world.admin.run(query, id=blocked["id"])["task"]

    assert waits == {
        "isBlocked": True,
        "blockedBy": {"nodes": [{"title": "First"}]},
        "blocks": {"nodes": []},
    }
    assert holds["blocks"] == {"nodes": [{"title": "Later"}]}
    assert (resolved["isBlocked"], resolved["blockedBy"]) == (False, waits["blockedBy"])


def test_task_07_a_cycle_is_refused_with_its_path(world: World) -> None:
    one, two, three = (made(world, title=title) for title in ("One", "Two", "Three"))
    blocking(world, one["id"], two["id"])
    blocking(world, two["id"], three["id"])

    closed = {"taskId": three["id"], "blockerId": one["id"]}
    refused = told(world.admin, "taskBlockerAdd", closed, CYCLE)["userErrors"]
    itself = {"taskId": one["id"], "blockerId": one["id"]}

    (error,) = refused
    assert (error["code"], error["path"]) == ("DEPENDENCY_CYCLE", ["blockerId"])
    assert [one["title"] for one in error["cycle"]] == ["Three", "One", "Two"]
    assert "“Three” waits for “One” waits for “Two” waits for “Three”" in error["message"]
    (error,) = told(world.admin, "taskBlockerAdd", itself, CYCLE)["userErrors"]
    assert (error["code"], len(error["cycle"])) == ("DEPENDENCY_CYCLE", 1)


def test_task_07_dependencies_added_at_once_close_no_cycle(world: World) -> None:
    ring = [made(world, title=str(at))["id"] for at in range(6)]

    def add(at: int) -> Any:
        given = {"taskId": ring[at], "blockerId": ring[(at + 1) % 6]}
        return world.admin.act("taskBlockerAdd", given, CARD)

    answers = together(6, add)

    assert sorted(code for one in answers for code in one.codes) == ["DEPENDENCY_CYCLE"]


def test_task_07_a_blocker_is_removed_once(world: World) -> None:
    blocked, blocker = made(world)["id"], made(world)["id"]
    blocking(world, blocked, blocker)
    given = {"taskId": blocked, "blockerId": blocker}

    free = world.admin.act("taskBlockerRemove", given, CARD)["task"]

    assert free["isBlocked"] is False
    assert world.admin.act("taskBlockerRemove", given, CARD).codes == ["NOT_FOUND"]


@pytest.mark.waits_for("REST")
def test_task_09_a_blocked_task_starts_on_no_path(world: World) -> None:
    blocked, blocker = made(world), made(world, title="First")
    blocking(world, blocked["id"], blocker["id"])
    moved = {"id": blocked["id"], "toStatus": "IN_PROGRESS", "expectedVersion": 1}
    bulk = {"ids": [blocked["id"]], "patch": {"status": "IN_PROGRESS"}}
    select = "results { userErrors { code } }"

    (error,) = told(world.admin, "taskMove", moved, BLOCKED)["userErrors"]
    others = [
        world.admin.act("taskUpdate", {"id": blocked["id"], "status": status}, CARD).codes
        for status in ("IN_PROGRESS", "REVIEW", "DONE")
    ]
    others.append(world.admin.act("taskComplete", {"id": blocked["id"]}, CARD).codes)
    (row,) = world.admin.act("taskBulkUpdate", bulk, select)["results"]

    assert (error["code"], error["path"]) == ("TASK_BLOCKED", ["id"])
    assert error["blockers"] == [{"id": blocker["id"], "title": "First"}]
    assert others == [["TASK_BLOCKED"]] * 4
    assert row["userErrors"] == [{"code": "TASK_BLOCKED"}]
    assert column(world, "TO_DO") == ["First", "Send proposal"]


@pytest.mark.waits_for("REST")
def test_task_09_a_blocker_out_of_sight_blocks_and_is_not_shown(world: World) -> None:
    blocked = made(world, world.rep)
    blocking(world, blocked["id"], made(world)["id"])
    moved = {"id": blocked["id"], "toStatus": "IN_PROGRESS", "expectedVersion": 1}

    (error,) = told(world.rep, "taskMove", moved, BLOCKED)["userErrors"]

    assert (error["code"], error["blockers"]) == ("TASK_BLOCKED", [])


@pytest.mark.waits_for("REST")
def test_task_09_a_resolved_task_starts_and_stays_begun_when_its_blocker_reopens(world) -> None:
    blocked, blocker = made(world), made(world)
    blocking(world, blocked["id"], blocker["id"])
    done = world.admin.act("taskComplete", {"id": blocker["id"]}, CARD)["task"]

    begun = move(world.admin, blocked, "IN_PROGRESS")["task"]
    move(world.admin, done, "TO_DO")["task"]
    after = world.admin.run(
        "query($id: ID!) { task(id: $id) { status isBlocked } }", id=begun["id"]
    )
    another = {"taskId": begun["id"], "blockerId": made(world)["id"]}

    assert after["task"] == {"status": "IN_PROGRESS", "isBlocked": True}
    assert move(world.admin, begun, "REVIEW").codes == ["TASK_BLOCKED"]
    assert world.admin.act("taskBlockerAdd", another, CARD).codes == ["TASK_STARTED"]


@pytest.mark.waits_for("REST")
def test_task_09_a_task_does_not_start_while_a_blocker_is_added(world: World) -> None:
    pairs = [(made(world), made(world)["id"]) for _ in range(8)]

    def act(at: int) -> bool:
        task, blocker = pairs[at // 2]
        if at % 2:
            return not move(world.admin, task, "IN_PROGRESS").errors
        given = {"taskId": task["id"], "blockerId": blocker}
        return not world.admin.act("taskBlockerAdd", given, CARD).errors

    won = together(16, act)

    assert [won[at] + won[at + 1] for at in range(0, 16, 2)] == [1] * 8


def test_task_05_a_member_of_the_queues_team_moves_its_task(world: World) -> None:
    agent = world.join("agent", "REP")[0]
    task = made(world, teamId=team(world, "agent"))

    assert move(agent, task, "IN_PROGRESS")["task"]["status"] == "IN_PROGRESS"
