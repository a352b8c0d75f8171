"""Statuses and templates of cases, as a workspace makes them its own."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.plugins.world import World

STATUSES = """{ caseStatuses(orderBy: [{field: POSITION}], filter: {archivedAt: {isNull: true}}) {
  nodes { id name category version cases { nodes { id } } } } }"""
STATUS = "caseStatus { id name color category position archivedAt }"
CASE = "case { id version status { id name } resolvedAt sla { state pausedAt resolutionDueAt } }"
ORDER = ["Backlog", "Pending Agent", "In Progress", "Pending Customer", "Resolved"]
TEMPLATE = """caseTemplate { id name archivedAt tasks {
  nodes { title position priority dueOffsetDays } } }"""
CHECKLIST = """case { id owner { id } template { id } tasks {
  nodes { title priority owner { id } team { id } } } }"""
TASKS = [
    {"title": "Call the customer", "priority": "HIGH"},
    {"title": "Send the form", "dueOffsetDays": 2},
]


def statuses(world: World) -> list[Any]:
    found: list[Any] = world.admin.run(STATUSES)["caseStatuses"]["nodes"]
    return found


def named(world: World, name: str) -> str:
    (found,) = (status["id"] for status in statuses(world) if status["name"] == name)
    return str(found)


def added(world: World, **given: Any) -> Any:
    values = {"name": "Escalated", "color": "#DC2626", "category": "OPEN"} | given
    return world.admin.act("caseStatusCreate", values, STATUS)


def opened(world: World, **given: Any) -> Any:
    values = {"subject": "Cannot log in", "contactId": world.contact()} | given
    return world.admin.act("caseCreate", values, CASE)["case"]


def moved(world: World, case: Any, to: str) -> Any:
    given = {"id": case["id"], "toStatusId": to, "expectedVersion": case["version"]}
    return world.admin.act("caseMove", given, CASE)


def test_case_02_a_fresh_workspace_has_five_statuses_in_order(world):
    found = statuses(world)

    assert [status["name"] for status in found] == ORDER
    categories = [status["category"] for status in found]
    assert categories == ["OPEN", "OPEN", "OPEN", "WAITING", "RESOLVED"]


def test_case_03_a_new_status_stands_behind_those_of_its_category(world):
    made = added(world)["caseStatus"]

    assert (made["position"], made["color"]) == (4, "#dc2626")
    names = [status["name"] for status in statuses(world)]
    assert names == [*ORDER[:3], "Escalated", *ORDER[3:]]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"name": " "}, "REQUIRED", "name"),
        ({"name": "BACKLOG"}, "DUPLICATE", "name"),
        ({"color": "red"}, "INVALID_VALUE", "color"),
    ],
)
def test_case_03_a_status_that_cannot_be_is_refused(world, given, code, path):
    (refusal,) = added(world, **given).errors

    assert (refusal["code"], refusal["path"]) == (code, [path])


def test_case_03_statuses_are_reordered_all_at_once(world):
    ids = [status["id"] for status in statuses(world)][::-1]

    done = world.admin.act("caseStatusReorder", {"statusIds": ids}, "caseStatuses { name }")
    partly = world.admin.act("caseStatusReorder", {"statusIds": ids[1:]})

    assert [status["name"] for status in done["caseStatuses"]] == ORDER[::-1]
    assert [status["name"] for status in statuses(world)] == ORDER[::-1]
    assert partly.codes == ["INVALID_VALUE"]


def test_case_03_a_status_is_renamed_by_admins_only(world):
    given = {"id": named(world, "Backlog"), "name": "New"}
    update = "mutation($input: CaseStatusUpdateInput!) { caseStatusUpdate(input: $input) {"
    refused = world.rep.send(f"{update} operationId }} }}", {"input": given})

    assert refused.codes == ["FORBIDDEN"]
    assert world.admin.act("caseStatusUpdate", given, STATUS)["caseStatus"]["name"] == "New"


def test_case_03_an_archived_statuss_cases_go_where_they_are_sent_in_their_order(world):
    waiting, backlog = named(world, "Pending Customer"), named(world, "Backlog")
    first, second = opened(world), opened(world)
    for case in (first, second):
        assert not moved(world, case, waiting).errors
    kept, gone = opened(world), opened(world)
    assert not world.admin.act("caseDelete", {"id": gone["id"]}).errors

    without = world.admin.act("caseStatusArchive", {"id": waiting})
    given = {"id": waiting, "moveToStatusId": backlog}
    done = world.admin.act("caseStatusArchive", given, STATUS)

    assert (without.codes, without.errors[0]["path"]) == (["REQUIRED"], ["moveToStatusId"])
    assert done["caseStatus"]["archivedAt"]
    assert column(world, backlog) == [kept["id"], second["id"], first["id"]]


def column(world: World, status: str) -> list[str]:
    """The ids of a column's cases, from the top; none of their clocks stands still."""
    found = world.admin.run(
        "query($filter: CaseFilter) { cases(filter: $filter) { nodes { id rank pausedAt } } }",
        filter={"statusId": {"eq": status}},
    )["cases"]["nodes"]
    assert not any(card["pausedAt"] for card in found)
    return [card["id"] for card in sorted(found, key=lambda card: card["rank"])]


def test_case_03_the_last_resolved_status_stays(world):
    given = {"id": named(world, "Resolved"), "moveToStatusId": named(world, "Backlog")}

    assert world.admin.act("caseStatusArchive", given).codes == ["IN_USE"]


def test_case_03_nothing_moves_into_an_archived_status_and_the_refusal_names_the_others(world):
    gone = added(world)["caseStatus"]["id"]
    assert not world.admin.act("caseStatusArchive", {"id": gone}).errors

    (refusal,) = moved(world, opened(world), gone).errors

    assert refusal["code"] == "INVALID_TRANSITION"
    assert ", ".join(ORDER) in refusal["message"]


def template(world: World, **given: Any) -> Any:
    values = {"name": "Onboarding", "tasks": TASKS} | given
    return world.admin.act("caseTemplateCreate", values, TEMPLATE)


def test_case_07_a_template_is_a_checklist_in_order(world):
    made = template(world)["caseTemplate"]

    assert [task["title"] for task in made["tasks"]["nodes"]] == [
        "Call the customer",
        "Send the form",
    ]
    assert [task["dueOffsetDays"] for task in made["tasks"]["nodes"]] == [0, 2]


def test_case_07_a_case_begins_with_its_templates_tasks_in_order(world):
    made = template(world)["caseTemplate"]
    given = {"subject": "Help", "contactId": world.contact(), "templateId": made["id"]}

    case = world.admin.act("caseCreate", given, CHECKLIST)["case"]

    tasks = case["tasks"]["nodes"]
    assert [task["title"] for task in tasks] == ["Call the customer", "Send the form"]
    assert [task["priority"] for task in tasks] == ["HIGH", "MEDIUM"]
    assert {task["owner"]["id"] for task in tasks} == {case["owner"]["id"]}
    assert case["template"]["id"] == made["id"]


def test_case_07_the_tasks_of_a_case_in_a_queue_wait_there_too(world):
    team = {"name": "Support", "managerId": world.user("admin")}
    support = world.admin.act("teamCreate", team, "team { id }")["team"]["id"]
    made = template(world)["caseTemplate"]
    given = {"subject": "Help", "contactId": world.contact(), "templateId": made["id"]}

    case = world.admin.act("caseCreate", given | {"queueId": support}, CHECKLIST)["case"]

    assert [task["owner"] for task in case["tasks"]["nodes"]] == [None, None]
    assert {task["team"]["id"] for task in case["tasks"]["nodes"]} == {support}


def test_case_07_a_templates_tasks_are_replaced_as_a_whole(world):
    made = template(world)["caseTemplate"]
    given = {"id": made["id"], "name": "Welcome", "tasks": TASKS[::-1]}

    changed = world.admin.act("caseTemplateUpdate", given, TEMPLATE)["caseTemplate"]

    assert changed["name"] == "Welcome"
    titles = [task["title"] for task in changed["tasks"]["nodes"]]
    assert titles == ["Send the form", "Call the customer"]


def test_case_07_a_template_that_cannot_be_is_refused_at_the_task(world):
    tasks = [*TASKS, {"title": "", "dueOffsetDays": -1}]

    refused = template(world, name="", tasks=tasks)

    assert [error["path"] for error in refused.errors] == [
        ["name"],
        ["tasks", "2", "title"],
        ["tasks", "2", "dueOffsetDays"],
    ]


def test_case_07_an_archived_template_is_not_used_any_more(world):
    made = template(world)["caseTemplate"]
    assert not world.admin.act("caseTemplateArchive", {"id": made["id"]}).errors

    given = {"subject": "Help", "contactId": world.contact(), "templateId": made["id"]}

    assert world.admin.act("caseCreate", given).codes == ["INVALID_VALUE"]
    assert not template(world).errors


def test_case_03_no_case_stays_behind_in_a_status_archived_while_others_move_into_it(world):
    gone, backlog = added(world)["caseStatus"]["id"], named(world, "Backlog")
    cases = [opened(world) for _ in range(8)]

    with ThreadPoolExecutor(9) as pool:
        moves = [pool.submit(moved, world, case, gone) for case in cases]
        archive = {"id": gone, "moveToStatusId": backlog}
        archived = pool.submit(world.admin.act, "caseStatusArchive", archive)
    codes = {code for move in moves for code in move.result().codes}

    assert not archived.result().errors
    assert codes <= {"INVALID_TRANSITION"}
    assert (len(column(world, backlog)), column(world, gone)) == (8, [])


def test_case_03_statuses_are_listed_in_their_order(world):
    found = world.admin.run("{ caseStatuses { nodes { position } } }")["caseStatuses"]["nodes"]

    assert [one["position"] for one in found] == [1, 2, 3, 4, 5]
