"""What people may not do, workflows do not do either: their steps fail with the same reason."""

from tests.plugins.world import World
from tests.resolvers.test_deal_moves import sales
from tests.workflows import automating as auto

TOUCHED = {"fieldValueChanged": {"field": "description"}}


def failed(world: World, workflow: str) -> str:
    """The reason of the only step of the only run, which has failed."""
    run = auto.one(world.admin, workflow)
    (step,) = run["steps"]
    assert (run["status"], step["status"]) == ("FAILED", "FAILED"), run
    return str(step["error"])


def test_task_09_a_workflow_does_not_start_a_blocked_task(world: World) -> None:
    def made(title: str) -> str:
        given = {"title": title}
        task = world.admin.act("taskCreate", given, "task { id }")["task"]
        return str(task["id"])

    blocked, blocker = made("Second"), made("First")
    given = {"taskId": blocked, "blockerId": blocker}
    assert not world.admin.act("taskBlockerAdd", given).errors
    begin = {"changeStatus": {"status": "IN_PROGRESS"}}
    workflow = auto.workflow(
        world, "FIELD_VALUE_CHANGED", [begin], recordType="TASK", settings=TOUCHED
    )

    assert not world.admin.act("taskUpdate", {"id": blocked, "description": "Now"}).errors

    assert failed(world, workflow).startswith("1 task has to be done first")
    query = "query($id: ID!) { task(id: $id) { status } }"
    assert world.admin.run(query, id=blocked) == {"task": {"status": "TO_DO"}}


def test_deal_07_a_workflow_does_not_pass_a_gate(world: World) -> None:
    stages = sales(world)
    gate = {"stageId": stages["Qualified"], "mode": "HARD", "conditions": [{"field": "contact"}]}
    assert not world.admin.act("stageGateSet", gate).errors
    advance = {"changeStatus": {"stageId": stages["Negotiation"]}}
    workflow = auto.workflow(world, "RECORD_CREATED", [advance], recordType="DEAL")

    deal = world.deal()

    assert failed(world, workflow) == "Negotiation asks for more: contact filled."
    query = "query($id: ID!) { deal(id: $id) { version stage { id } } }"
    found = world.admin.run(query, id=deal)["deal"]
    assert found["stage"]["id"] not in {stages["Negotiation"], stages["Qualified"]}
