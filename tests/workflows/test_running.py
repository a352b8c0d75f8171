"""Workflows as they run: set off by what happens, step by step, seen in the ledger."""

import pytest

from tests.workflows import automating as auto

NOTE = {"addNote": {"text": "Hello {{ lead.lastName }}"}}
TASK = {"createTask": {"title": "Call {{ lead.lastName }}", "dueInDays": 2}}


def test_wf_08_wf_07_a_run_is_a_ledger_of_its_steps(world):
    made = auto.workflow(world, "RECORD_CREATED", [TASK, NOTE], recordType="LEAD")

    lead = auto.lead(world)

    run = auto.one(world.admin, made)
    assert (run["status"], run["error"], run["nextStep"]) == ("SUCCEEDED", None, None)
    assert run["record"] == {"__typename": "Lead", "id": lead}
    assert run["eventType"] == "lead.created"
    assert [(one["path"], one["action"], one["attempt"], one["status"]) for one in run["steps"]] == [
        ("0", "CREATE_TASK", 1, "SUCCEEDED"),
        ("1", "ADD_NOTE", 1, "SUCCEEDED"),
    ]
    assert run["steps"][0]["input"] == {"title": "Call Okafor", "dueInDays": 2, "assignee": "OWNER"}
    task = world.admin.run(
        "query($id: ID!) { node(id: $id) { ... on Task { title lead { id } } } }",
        id=run["steps"][0]["output"]["task"],
    )["node"]
    assert task == {"title": "Call Okafor", "lead": {"id": lead}}
