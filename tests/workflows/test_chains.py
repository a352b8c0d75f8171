"""Chains of runs: only what a run did itself belongs to one, whatever requests are called."""

from tests.services.importing import uuid
from tests.workflows import automating as auto

NOTE = {"addNote": {"text": "Hello"}}


def test_wf_12_a_visitors_request_that_is_called_as_a_run_stops_nothing(world):
    name = "run:aaaaaaaa"
    made = auto.workflow(world, "RECORD_CREATED", [NOTE], recordType="LEAD")
    fields = [{"name": "Name", "field": "lastName"}]
    values = {"name": "Ask us", "target": "LEAD", "fields": fields}
    form = world.admin.act("webFormCreate", values, "webForm { key }")["webForm"]

    answer = world.server.http.post(
        f"/forms/{form['key']}", json={"Name": "Okafor"}, headers={"x-request-id": name}
    )

    assert answer.headers["x-request-id"] == name
    assert auto.one(world.admin, made)["status"] == "SUCCEEDED"


def test_wf_12_a_request_called_as_a_run_is_in_no_chain(world):
    made = auto.workflow(world, "RECORD_UPDATED", [NOTE], recordType="LEAD")
    lead = auto.lead(world)
    assert not world.admin.act("leadUpdate", {"id": lead, "lastName": "Jones"}).errors
    first = auto.one(world.admin, made)
    client = world.server.client(world.admin.token)
    client.headers["x-request-id"] = f"run:{uuid(first['id'])}"

    assert not client.act("leadUpdate", {"id": lead, "lastName": "Smith"}).errors

    runs = auto.ended(world.admin, made, 2)
    assert [(run["status"], run["chain"]) for run in runs] == [("SUCCEEDED", [])] * 2
