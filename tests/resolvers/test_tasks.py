"""Tasks: whose they are, what they are about, claims, and lists of one's own and of a team."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import pytest

from core.ids import decode
from tests.plugins.world import Client, World

CARD = """task { id version title status priority dueAt dueOn completedAt isOverdue isBlocked
  owner { id } team { id } claimedFrom { id } isGateRequirement position
  related { __typename ... on Node { id } } project { id } milestone { id } }"""


def made(world: World, client: Client | None = None, **given: Any) -> Any:
    values = {"title": "Send proposal"} | given
    return (client or world.admin).act("taskCreate", values, CARD)["task"]


def team(world: World, *members: str) -> str:
    ids = [world.user(one) for one in members]
    given = {"name": "Support", "managerId": world.user("admin"), "memberIds": ids}
    found: str = world.admin.act("teamCreate", given, "team { id }")["team"]["id"]
    return found


def refused(world: World, name: str, **given: Any) -> list[tuple[str, list[str]]]:
    errors = world.admin.act(name, given, CARD).errors
    return [(one["code"], one["path"]) for one in errors]


def titles(client: Client, query: str, *path: str, **variables: Any) -> list[str]:
    found = client.run(query, **variables)
    for step in path:
        found = found[step]
    return [one["title"] for one in found["nodes"]]


def together(count: int, act: Any) -> list[Any]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(act, range(count)))


def test_task_01_task_04_a_task_begins_with_the_documented_defaults(world: World) -> None:
    task = made(world)

    assert (task["status"], task["priority"]) == ("TO_DO", "MEDIUM")
    assert task["owner"]["id"] == world.user("admin")
    assert task["dueAt"].startswith(f"{task['dueOn']}T2")
    assert task["related"] is None


def test_task_01_a_task_is_a_users_or_a_teams(world: World) -> None:
    queue = team(world)
    both = {"title": "A", "ownerId": world.user("admin"), "teamId": queue}

    waiting = made(world, teamId=queue)
    mine = world.admin.act(
        "taskUpdate", {"id": waiting["id"], "ownerId": world.user("admin")}, CARD
    )

    assert refused(world, "taskCreate", **both) == [("INVALID_VALUE", ["teamId"])]
    assert (waiting["owner"], waiting["team"]) == (None, {"id": queue})
    assert (mine["task"]["owner"]["id"], mine["task"]["team"]) == (world.user("admin"), None)
    nobodys = {"id": waiting["id"], "ownerId": None}
    assert refused(world, "taskUpdate", **nobodys) == [("REQUIRED", ["ownerId"])]


def test_task_01_a_task_is_changed_deleted_and_restored(world: World) -> None:
    task, other = made(world), made(world)
    given = {"id": task["id"], "title": "Call back", "priority": "HIGH", "status": "REVIEW"}

    changed = world.admin.act("taskUpdate", given | {"expectedVersion": 1}, CARD)["task"]
    stale = world.admin.act("taskUpdate", given | {"expectedVersion": 1, "title": "B"}, CARD)
    world.admin.act("taskDelete", {"id": task["id"]}, CARD)["userErrors"]
    gone = world.admin.node(task["id"])
    back = world.admin.act("taskRestore", {"id": task["id"]}, CARD)["task"]

    assert (changed["title"], changed["priority"], changed["status"]) == (
        "Call back",
        "HIGH",
        "REVIEW",
    )
    assert stale.codes == ["STALE_VERSION"]
    assert gone is None
    assert (back["status"], other["status"]) == ("REVIEW", "TO_DO")


def test_task_02_a_task_is_about_one_record_at_most(world: World) -> None:
    contact, deal = world.contact(), world.deal()

    task = made(world, contactId=contact)
    moved = world.admin.act("taskUpdate", {"id": task["id"], "dealId": deal}, CARD)["task"]
    both = {"title": "A", "dealId": deal, "contactId": contact}

    assert task["related"] == {"__typename": "Contact", "id": contact}
    assert moved["related"] == {"__typename": "Deal", "id": deal}
    assert task["isGateRequirement"] is False
    assert refused(world, "taskCreate", **both) == [("INVALID_VALUE", ["contactId"])]
    found = titles(
        world.admin,
        "query($id: ID!) { deal(id: $id) { tasks { nodes { title } } } }",
        "deal",
        "tasks",
        id=deal,
    )
    assert found == ["Send proposal"]


def test_task_02_what_a_task_is_about_must_be_in_sight(world: World) -> None:
    hidden = world.contact()

    errors = world.rep.act("taskCreate", {"title": "A", "contactId": hidden}, CARD).errors

    assert [(one["code"], one["path"]) for one in errors] == [("NOT_FOUND", ["contactId"])]


def test_task_05_team_03_a_queues_tasks_are_seen_by_its_members(world: World) -> None:
    world.join("inside", "REP")
    outside = world.join("outside", "REP")[0]
    queue = team(world, "inside")
    made(world, teamId=queue)
    query = "query($id: ID!) { team(id: $id) { queuedTasks { nodes { title } } } }"

    seen = titles(world.join("inside", "REP")[0], query, "team", "queuedTasks", id=queue)

    assert seen == ["Send proposal"]
    assert titles(outside, query, "team", "queuedTasks", id=queue) == []


CLAIM = """mutation($id: ID!) { taskClaim(input: {id: $id}) {
  task { owner { id } } userErrors { code ... on AlreadyClaimedError { by { id } } } } }"""


def test_task_06_of_twenty_who_claim_at_once_one_wins_and_the_others_are_told_who(world) -> None:
    people = [world.join(f"agent{at}", "REP") for at in range(4)]
    queue = team(world, *(f"agent{at}" for at in range(4)))
    task = made(world, teamId=queue)["id"]

    answers = together(20, lambda at: people[at % 4][0].run(CLAIM, id=task)["taskClaim"])

    (winner,) = [one["task"]["owner"] for one in answers if one["task"]]
    lost = [one["userErrors"] for one in answers if not one["task"]]
    assert lost == [[{"code": "ALREADY_CLAIMED", "by": winner}]] * 19


def test_task_06_a_claimed_task_goes_back_to_its_queue(world: World) -> None:
    agent = world.join("agent", "REP")[0]
    outside = world.join("outside", "REP")[0]
    queue = team(world, "agent")
    task = made(world, teamId=queue)["id"]

    strange = outside.act("taskClaim", {"id": task}, CARD)
    claimed = agent.act("taskClaim", {"id": task}, CARD)["task"]
    released = agent.act("taskRelease", {"id": task}, CARD)["task"]

    assert strange.codes == ["NOT_FOUND"]
    assert (claimed["team"], claimed["claimedFrom"]) == (None, {"id": queue})
    assert (released["owner"], released["team"]) == (None, {"id": queue})
    assert world.admin.act("taskRelease", {"id": made(world)["id"]}).codes == ["INVALID_TRANSITION"]


def test_task_12_ones_own_tasks_are_filtered_by_their_due_date(world: World) -> None:
    world.rep  # noqa: B018 - somebody else
    for day in ("01", "05", "09"):
        made(world, title=day, dueAt=f"2031-04-{day}T12:00:00Z")
    made(world, title="theirs", ownerId=world.user("rep"), dueAt="2031-04-05T12:00:00Z")
    query = """query($days: DateFilter) { myTasks(
      filter: {dueAt: {days: $days}, status: {ne: DONE}}) { nodes { title } } }"""

    days = {"between": {"start": "2031-04-01", "end": "2031-04-05"}}

    assert titles(world.admin, query, "myTasks", days=days) == ["01", "05"]
    assert titles(world.rep, query, "myTasks") == ["theirs"]


def test_task_13_a_teams_tasks_are_those_of_its_members_and_its_queue(world: World) -> None:
    world.rep, world.join("member", "REP")
    queue = team(world, "member", "rep")
    owners: dict[str, Any] = {
        "member's": {"ownerId": world.user("member")},
        "rep's": {"ownerId": world.user("rep"), "contactId": world.contact()},
        "queue's": {"teamId": queue},
        "admin's": {},
    }
    for title, given in owners.items():
        made(world, title=title, dueAt="2031-04-05T12:00:00Z", **given)
    query = "query($id: ID!) { team(id: $id) { tasks { totalCount nodes { title } } } }"

    everything = titles(world.admin, query, "team", "tasks", id=queue)

    assert everything == ["member's", "rep's", "queue's"]
    assert titles(world.rep, query, "team", "tasks", id=queue) == ["rep's", "queue's"]


def test_task_14_a_due_date_falls_on_a_day_of_the_workspace(world: World) -> None:
    late = made(world, dueAt="2031-04-18T03:30:00Z")
    past = made(world, dueAt="2020-01-01T00:00:00Z")
    query = "query($filter: TaskFilter) { tasks(filter: $filter) { nodes { title } } }"

    on = {"dueAt": {"days": {"on": "2031-04-17"}}}

    assert (late["dueOn"], late["isOverdue"]) == ("2031-04-17", False)
    assert past["isOverdue"] is True
    assert titles(world.admin, query, "tasks", filter=on) == ["Send proposal"]


async def facts(world: World, task: str) -> list[tuple[str, list[str]]]:
    connection = await asyncpg.connect(world.server.ready["databaseUrl"])
    try:
        rows = await connection.fetch(
            "SELECT type, ARRAY(SELECT jsonb_object_keys(data)) AS told FROM event"
            " WHERE record_id = $1 ORDER BY position",
            (decode(task) or ("", ""))[1],
        )
    finally:
        await connection.close()
    return [(row["type"], list(row["told"])) for row in rows]


def test_task_15_whose_a_task_is_and_that_it_is_done_are_events(world: World) -> None:
    world.rep  # noqa: B018 - somebody to assign it to
    task = made(world)["id"]

    world.admin.act("taskUpdate", {"id": task, "ownerId": world.user("rep")}, CARD)["task"]
    world.admin.act("taskUpdate", {"id": task, "title": "Anything else"}, CARD)["task"]
    world.admin.act("taskComplete", {"id": task}, CARD)["task"]

    assert asyncio.run(facts(world, task)) == [
        ("task.created", ["assigned"]),
        ("task.assigned", ["assigned"]),
        ("task.updated", []),
        ("task.completed", ["completed"]),
    ]


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_task_01_a_due_date_beyond_the_calendar_is_refused(world: World, day: str) -> None:
    assert refused(world, "taskCreate", title="Call", dueAt=day) == [("INVALID_VALUE", ["dueAt"])]
