"""Projects: stages, members, milestones, progress and templates."""

from typing import Any

import pytest

from tests.plugins.world import Client, World
from tests.resolvers.test_tasks import made

CARD = """project { id version name startsOn endsOn completedAt progressPercent
  stage { id name } pipeline { id } owner { id } members { nodes { id } }
  related { __typename ... on Node { id } }
  milestones { nodes { id name position doneCount totalCount status tasks { nodes { title } } } }
  tasks { totalCount } }"""
ONE = f"query($id: ID!) {{ {CARD.replace('project {', 'project(id: $id) {', 1)} }}"
STAGES = """{ pipelines(first: 100) { nodes { id kind stages { nodes { id name } } } } }"""
TEMPLATE = """projectTemplate { id name durationDays archivedAt version
  milestones { nodes { name tasks { nodes { title dueOffsetDays priority } } } }
  tasks { nodes { title dueOffsetDays milestone { name } } } }"""


def begun(world: World, client: Client | None = None, **given: Any) -> Any:
    values = {"name": "Onboard Globex"} | given
    return (client or world.admin).act("projectCreate", values, CARD)["project"]


def now(client: Client, project: Any) -> Any:
    return client.run(ONE, id=project["id"])["project"]


def phase(world: World, project: Any, name: str, done: int = 0, of: int = 0) -> str:
    given = {"projectId": project["id"], "name": name}
    found: str = world.admin.act("milestoneAdd", given, "milestone { id }")["milestone"]["id"]
    for at in range(of):
        status = "DONE" if at < done else "TO_DO"
        made(world, title=f"{name} {at}", milestoneId=found, status=status)
    return found


def stages(world: World, kind: str = "PROJECT") -> dict[str, str]:
    pipelines = world.admin.run(STAGES)["pipelines"]["nodes"]
    (found, *_) = [one["stages"]["nodes"] for one in pipelines if one["kind"] == kind]
    return {one["name"]: one["id"] for one in found}


@pytest.fixture(scope="module")
def phased(server) -> Any:
    """The project of the manual's picture: 3/3, 4/6, 0/4 and 0/2 of its tasks are done."""
    world = World(server)
    project = begun(world)
    assert project["progressPercent"] == 0
    for name, done, total in (("A", 3, 3), ("B", 4, 6), ("C", 0, 4), ("D", 0, 2)):
        phase(world, project, name, done, total)
    return now(world.admin, project)


def refused(client: Client, act: str, /, **given: Any) -> list[tuple[str, list[str]]]:
    return [(one["code"], one["path"]) for one in client.act(act, given).errors]


def test_proj_01_a_project_has_a_name_dates_a_status_and_an_owner(world: World) -> None:
    project = begun(world, startsOn="2031-03-01", endsOn="2031-03-31")
    wrong = {"startsOn": "2031-03-02", "endsOn": "2031-03-01"}

    assert (project["startsOn"], project["endsOn"]) == ("2031-03-01", "2031-03-31")
    assert project["stage"]["name"] == "Not Started"
    assert project["owner"]["id"] == world.user("admin")
    assert refused(world.admin, "projectCreate", name="A", **wrong) == [
        ("INVALID_DATE_RANGE", ["endsOn"])
    ]
    assert refused(world.admin, "projectUpdate", id=project["id"], endsOn="2031-02-01") == [
        ("INVALID_DATE_RANGE", ["endsOn"])
    ]


def test_proj_01_a_project_is_changed_deleted_and_restored(world: World) -> None:
    project = begun(world)

    changed = world.admin.act("projectUpdate", {"id": project["id"], "name": "Move in"}, CARD)
    world.admin.act("projectDelete", {"id": project["id"], "expectedVersion": 2}, CARD)
    gone = world.admin.node(project["id"])
    back = world.admin.act("projectRestore", {"id": project["id"]}, CARD)["project"]

    assert changed["project"]["name"] == "Move in"
    assert gone is None
    assert back["name"] == "Move in"


def test_proj_02_a_project_is_for_a_contact_a_company_or_a_deal(world: World) -> None:
    contact, deal = world.contact(), world.deal()
    project = begun(world, contactId=contact)
    query = "query($id: ID!) { contact(id: $id) { projects { nodes { id } } } }"
    listed = "query($id: ID!) { projects(filter: {dealId: {eq: $id}}) { nodes { id } } }"

    theirs = world.admin.run(query, id=contact)["contact"]["projects"]["nodes"]
    world.admin.act("projectUpdate", {"id": project["id"], "dealId": deal}, CARD)["project"]

    assert project["related"] == {"__typename": "Contact", "id": contact}
    assert theirs == [{"id": project["id"]}]
    assert now(world.admin, project)["related"] == {"__typename": "Deal", "id": deal}
    assert world.admin.run(listed, id=deal)["projects"]["nodes"] == theirs
    both = {"name": "A", "contactId": contact, "dealId": deal}
    assert refused(world.admin, "projectCreate", **both) == [("INVALID_VALUE", ["dealId"])]


def test_proj_03_milestones_are_added_renamed_reordered_and_removed(world: World) -> None:
    project = begun(world)
    first, second, third = (phase(world, project, name, of=1) for name in ("A", "B", "C"))
    order = {"projectId": project["id"], "milestoneIds": [third, first, second]}

    world.admin.act("milestoneRename", {"id": first, "name": "Kick-off"}, "milestone { id }")
    world.admin.act("milestoneReorder", order, CARD)["project"]
    world.admin.act("milestoneRemove", {"id": second}, CARD)["project"]
    after = now(world.admin, project)
    short = order | {"milestoneIds": [third]}

    assert [one["name"] for one in after["milestones"]["nodes"]] == ["C", "Kick-off"]
    assert after["tasks"]["totalCount"] == 3
    assert refused(world.admin, "milestoneReorder", **short) == [
        ("INVALID_VALUE", ["milestoneIds"])
    ]


def test_proj_04_a_task_of_a_milestone_is_one_of_its_project(world: World) -> None:
    project, other = begun(world), begun(world)
    milestone = phase(world, project, "A")

    task = made(world, milestoneId=milestone)
    wrong = {"title": "A", "milestoneId": milestone, "projectId": other["id"]}
    left = world.admin.act(
        "taskUpdate", {"id": task["id"], "projectId": other["id"]}, "task { milestone { id } }"
    )

    assert task["project"]["id"] == project["id"]
    assert task["related"] == {"__typename": "Milestone", "id": milestone}
    assert refused(world.admin, "taskCreate", **wrong) == [("INVALID_VALUE", ["milestoneId"])]
    assert left["task"]["milestone"] is None


def test_proj_05_progress_is_the_share_of_done_tasks(phased) -> None:
    assert phased["progressPercent"] == 47


def test_proj_06_milestones_follow_their_tasks(phased) -> None:
    counts = [
        (one["doneCount"], one["totalCount"], one["status"])
        for one in phased["milestones"]["nodes"]
    ]
    assert counts == [
        (3, 3, "COMPLETE"),
        (4, 6, "IN_PROGRESS"),
        (0, 4, "NOT_STARTED"),
        (0, 2, "NOT_STARTED"),
    ]


def test_proj_07_a_member_sees_a_project_with_its_tasks_and_does_not_change_it(world) -> None:
    project = begun(world)
    phase(world, project, "A", 1, 2)
    share = {"projectId": project["id"], "userId": world.join("rep", "REP")[1]}
    before = now(world.rep, project)

    world.admin.act("projectMemberAdd", share, CARD)["project"]
    shared = now(world.rep, project)
    tasks = world.rep.run("{ tasks { nodes { id title } } }")["tasks"]["nodes"]
    changes = {"projectUpdate": {"id": project["id"], "name": "B"}}
    changes["taskUpdate"] = {"id": tasks[0]["id"], "title": "B"}
    refusals = [refused(world.rep, name, **given) for name, given in changes.items()]
    own = made(world, world.rep, projectId=project["id"])
    world.admin.act("projectMemberRemove", share, CARD)["project"]

    assert before is None
    assert shared == now(world.admin, project) | {
        "members": {"nodes": [{"id": share["userId"]}]},
        "progressPercent": 50,
        "tasks": {"totalCount": 2},
    }
    assert len(tasks) == 2
    assert refusals == [[("READ_ONLY", ["id"])]] * 2
    assert now(world.rep, project) is None
    assert own["owner"]["id"] == share["userId"]


def test_proj_07_who_leads_a_project_sees_and_changes_the_tasks_of_others(world: World) -> None:
    project = begun(world, ownerId=world.join("rep", "REP")[1])
    task = made(world, projectId=project["id"])

    changed = world.rep.act("taskUpdate", {"id": task["id"], "priority": "HIGH"}, "task { id }")

    assert changed["task"] == {"id": task["id"]}


def test_proj_08_a_project_is_saved_as_a_template_and_begun_again(world: World) -> None:
    project = begun(world, startsOn="2031-03-01", endsOn="2031-03-31")
    milestone = phase(world, project, "Kick-off")
    made(world, title="Call", milestoneId=milestone, dueAt="2031-03-03T17:00:00Z")
    made(world, title="Report", projectId=project["id"], dueAt="2031-03-21T17:00:00Z")
    saved = {"id": project["id"], "name": "Onboarding"}

    template = world.admin.act("projectSaveAsTemplate", saved, TEMPLATE)["projectTemplate"]
    given = {"templateId": template["id"], "startsOn": "2032-06-01", "contactId": world.contact()}
    again = world.admin.act("projectCreateFromTemplate", given, CARD)["project"]
    query = """query($id: ID!) { project(id: $id) { tasks(orderBy: [{field: DUE_AT}]) {
      nodes { title dueOn milestone { name } owner { id } } } } }"""
    tasks = world.admin.run(query, id=again["id"])["project"]["tasks"]["nodes"]

    assert (again["name"], again["startsOn"], again["endsOn"]) == (
        "Onboarding",
        "2032-06-01",
        "2032-07-01",
    )
    assert again["related"]["__typename"] == "Contact"
    me = {"id": world.user("admin")}
    assert tasks == [
        {"title": "Call", "dueOn": "2032-06-03", "milestone": {"name": "Kick-off"}, "owner": me},
        {"title": "Report", "dueOn": "2032-06-21", "milestone": None, "owner": me},
    ]


def test_proj_08_a_template_is_made_changed_as_a_whole_and_archived(world: World) -> None:
    task = {"title": "Call", "dueOffsetDays": 2, "priority": "HIGH"}
    given = {"name": "Setup", "milestones": [{"name": "A", "tasks": [task]}], "tasks": [task]}
    template = world.admin.act("projectTemplateCreate", given, TEMPLATE)["projectTemplate"]
    new = {"id": template["id"], "name": "Set up", "milestones": [{"name": "B"}, {"name": "C"}]}

    changed = world.admin.act("projectTemplateUpdate", new, TEMPLATE)["projectTemplate"]
    archived = world.admin.act("projectTemplateArchive", {"id": template["id"]}, TEMPLATE)
    begin = {"templateId": template["id"]}
    bad = {"name": " ", "milestones": [{"name": "A", "tasks": [task | {"dueOffsetDays": -1}]}]}

    assert template["milestones"]["nodes"] == [{"name": "A", "tasks": {"nodes": [task]}}]
    assert [one["name"] for one in changed["milestones"]["nodes"]] == ["B", "C"]
    assert changed["tasks"]["nodes"] == [{"title": "Call", "dueOffsetDays": 2, "milestone": None}]
    assert archived["projectTemplate"]["archivedAt"]
    assert refused(world.admin, "projectCreateFromTemplate", **begin) == [
        ("INVALID_VALUE", ["templateId"])
    ]
    assert refused(world.admin, "projectTemplateCreate", **bad) == [("REQUIRED", ["name"])]
    wrong = refused(world.admin, "projectTemplateCreate", **bad | {"name": "A"})
    assert wrong == [("INVALID_VALUE", ["milestones", "0", "tasks", "0", "dueOffsetDays"])]
    query = 'mutation { projectTemplateCreate(input: {name: "A"}) { userErrors { code } } }'
    assert world.executive.send(query).codes == ["FORBIDDEN"]


def test_proj_10_a_projects_status_is_its_stage(world: World) -> None:
    found, project = stages(world), begun(world)
    to = {"id": project["id"], "toStageId": found["Completed"], "expectedVersion": 1}
    strange = stages(world, "DEAL")["Prospecting"]
    query = """query($id: ID!) { projects(filter: {stageId: {eq: $id}}) { nodes { id } } }"""

    done = world.admin.act("projectMove", to, CARD)["project"]
    listed = world.admin.run(query, id=found["Completed"])["projects"]["nodes"]
    back = to | {"toStageId": found["In Progress"], "expectedVersion": done["version"]}
    wrong = world.admin.act("projectMove", back | {"toStageId": strange}, CARD)
    open_again = world.admin.act("projectMove", back, CARD)["project"]

    assert (list(found), project["completedAt"]) == (
        ["Not Started", "In Progress", "Completed"],
        None,
    )
    assert done["completedAt"]
    assert listed == [{"id": project["id"]}]
    assert wrong.codes == ["INVALID_VALUE"]
    assert (open_again["stage"]["name"], open_again["completedAt"]) == ("In Progress", None)


def test_proj_01_a_project_does_not_begin_beyond_the_calendar(world) -> None:
    refused = world.admin.act("projectCreate", {"name": "Far", "startsOn": "9999-12-31"})

    assert [(one["code"], one["path"]) for one in refused.errors] == [
        ("INVALID_VALUE", ["startsOn"])
    ]
