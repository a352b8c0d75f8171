"""The templates at work: each is made, set off by what it is for, and does what it says."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from tests.plugins.dev import eventually
from tests.plugins.world import World
from tests.resolvers import cash
from tests.services.importing import sql, uuid
from tests.workflows import automating as auto

TASKS = """query($id: ID!) { lead(id: $id) { owner { id }
  tasks { nodes { title dueAt createdAt owner { id } } } } }"""
ACTORS = """query($id: ID!) { lead(id: $id) { history(first: 5) { nodes {
  actorName actor { __typename ... on Workflow { id } } changes { field } } } } }"""


def make(world: World, key: str, **given: Any) -> str:
    """An active workflow of a template; its id."""
    values = {"key": key, "active": True} | given
    made = world.admin.act("workflowCreateFromTemplate", values, "workflow { id }")
    workflow: str = made["workflow"]["id"]
    return workflow


@contextmanager
def busy(world: World) -> Iterator[None]:
    """A worker that comes to nothing meanwhile."""
    worker = world.server.ready["pids"]["worker"]
    os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


def scored(world: World, score: int) -> str:
    """A lead that has a score when the worker hears of it."""
    lead = auto.lead(world, lastName=f"Of {score}", email=f"lead.{score}@initech.example")
    sql(world.server, "UPDATE lead SET score = $2 WHERE id = $1", uuid(lead), score)
    return lead


def test_wf_04_wf_11_leads_of_50_are_welcomed_and_called_and_those_of_49_are_not(
    world: World,
) -> None:
    workflow = make(world, "welcome_new_leads")
    with busy(world):
        low, high = scored(world, 49), scored(world, 50)

    runs = {run["record"]["id"]: run for run in auto.ended(world.admin, workflow, 2)}

    assert (runs[low]["status"], runs[low]["steps"]) == ("SKIPPED", [])
    assert (runs[high]["status"], runs[high]["error"]) == ("SUCCEEDED", None)
    sent, created = runs[high]["steps"]
    assert (sent["action"], sent["output"]["to"]) == ("SEND_EMAIL", "lead.50@initech.example")
    assert created["action"] == "CREATE_TASK"
    lead = world.admin.run(TASKS, id=high)["lead"]
    (task,) = lead["tasks"]["nodes"]
    assert (task["title"], task["owner"]) == ("Follow-up call", lead["owner"])
    due, made = (datetime.fromisoformat(task[name]) for name in ("dueAt", "createdAt"))
    assert timedelta(days=1) < due - made < timedelta(days=3)
    assert world.admin.run(TASKS, id=low)["lead"]["tasks"]["nodes"] == []


async def test_wf_11_a_signed_contract_begins_an_onboarding_project(world: World, clock) -> None:
    workflow = make(world, "onboarding_on_signature")
    contract = cash.accepted(world)["contract"]["id"]

    await asyncio.to_thread(cash.by_upload, world, contract)

    (run,) = await asyncio.to_thread(auto.ended, world.admin, workflow)
    assert (run["status"], run["record"]["id"]) == ("SUCCEEDED", contract)
    nodes = world.admin.run("{ projects { nodes { id name deal { id } } } }")["projects"]["nodes"]
    (project,) = nodes
    assert project["name"].startswith("Onboarding ")
    assert project["deal"] is not None


def test_lead_07_wf_11_a_high_score_is_given_to_the_chosen_rep(world: World) -> None:
    _, rep = world.join("rep", "REP")
    assert not world.admin.act("workspaceUpdate", {"scoreThreshold": 5}).errors
    workflow = make(world, "assign_high_scores", userId=rep)
    lead = auto.lead(world)

    assert not world.admin.act("callLog", {"direction": "INBOUND", "about": [lead]}).errors

    run = auto.one(world.admin, workflow)
    assert (run["status"], run["record"]["id"]) == ("SUCCEEDED", lead)
    assert world.admin.run(TASKS, id=lead)["lead"]["owner"]["id"] == rep
    told = world.admin.run(ACTORS, id=lead)["lead"]["history"]["nodes"][0]
    assert told["actor"] == {"__typename": "Workflow", "id": workflow}
    assert told["actorName"] == "Give high-score leads to a rep"


async def test_wf_11_a_managers_deal_that_stalls_is_told(world: World, clock) -> None:
    manager, manager_id = world.join("manager", "MANAGER")
    _, rep = world.join("rep", "REP")
    team = {"name": "West", "managerId": manager_id, "memberIds": [rep]}
    assert not world.admin.act("teamCreate", team).errors
    workflow = make(world, "alert_on_stalled_deals")
    world.deal(name="Quiet", ownerId=rep)

    await clock(days=8)
    await asyncio.to_thread(cash.ticked, world, "stalled_deals")

    run = await asyncio.to_thread(auto.one, world.admin, workflow)
    assert run["status"] == "SUCCEEDED"
    query = "{ notifications { nodes { kind text deal { name } } } }"

    def told() -> list[Any]:
        nodes: list[Any] = manager.run(query)["notifications"]["nodes"]
        return [one for one in nodes if one["kind"] == "WORKFLOW"]

    assert await asyncio.to_thread(eventually, lambda: bool(told()), 60)
    (notice,) = told()
    assert notice["deal"] == {"name": "Quiet"}
    assert "Quiet" in notice["text"]


def test_wf_14_a_workflow_hands_a_lead_to_the_rules_of_assignment(world: World) -> None:
    _, rep = world.join("rep", "REP")
    rule = {"name": "Germany", "kind": "TERRITORY", "country": "DE", "memberIds": [rep]}
    assert not world.admin.act("leadAssignmentRuleCreate", rule).errors
    lead = auto.lead(world, ownerId=world.user("admin"))
    given: Any = {"recordType": "LEAD", "settings": {"fieldValueChanged": {"field": "country"}}}
    steps = [{"assignOwner": {"byRules": True}}]
    workflow = auto.workflow(world, "FIELD_VALUE_CHANGED", steps, **given)

    assert not world.admin.act("leadUpdate", {"id": lead, "country": "DE"}).errors

    assert auto.one(world.admin, workflow)["status"] == "SUCCEEDED"
    assert world.admin.run(TASKS, id=lead)["lead"]["owner"]["id"] == rep
