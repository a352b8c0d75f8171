"""Dry runs: what a workflow would have done, told without doing any of it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.services.importing import sql, uuid
from tests.workflows import automating as auto

DRY = """query($id: ID!, $days: Int) { workflowDryRun(id: $id, days: $days) {
  lookedAt complete setOff fitting
  events { at eventType fits record { id } steps { path action afterMinutes input problem } } } }"""
WRITTEN = """SELECT (SELECT count(*) FROM workflow_run WHERE workspace_id = $1)
  + (SELECT count(*) FROM task WHERE workspace_id = $1)
  + (SELECT count(*) FROM note WHERE workspace_id = $1)
  + (SELECT count(*) FROM email WHERE workspace_id = $1)
  + (SELECT position FROM event_head WHERE workspace_id = $1)"""

DELIVERIES = """INSERT INTO workflow_run
  (workspace_id, id, workflow_id, revision, key, status, event_type, payload, chain,
   created_at, updated_at)
SELECT $1, id, $2, 1, 'hook:' || id, 'SUCCEEDED', 'webhook.received',
  jsonb_build_object('text', repeat('x', $3)), '[]', now(), now()
FROM (SELECT uuidv7() AS id FROM generate_series(1, $4::int)) AS made"""
NOTE = {"addNote": {"text": "Hello"}}


def rehearsed(world, workflow, **given):
    return world.admin.run(DRY, id=workflow, **given)["workflowDryRun"]


def asleep(world, trigger, steps, **given):
    return auto.workflow(world, trigger, steps, active=False, **given)


def test_a_dry_run_tells_what_would_have_been_done_and_does_none_of_it(world):
    jones, okafor = auto.lead(world, lastName="Jones"), auto.lead(world)
    branch = {
        "conditions": {"lead": {"name": {"eq": "Okafor"}}},
        "then": [{"addNote": {"text": "Hello {{ lead.lastName }}"}}],
        "else": [{"sendEmail": {"own": {"subject": "Hi", "body": "{{ lead.name }}"}}}],
    }
    steps = [{"createTask": {"title": "Call {{ lead.name }}"}}, {"wait": {"minutes": 60}}]
    made = asleep(world, "RECORD_CREATED", [*steps, {"branch": branch}], recordType="LEAD")
    before = sql(world.server, WRITTEN, uuid(world.id))[0][0]

    found = rehearsed(world, made)

    assert (found["lookedAt"], found["complete"], found["setOff"], found["fitting"]) == (
        2,
        True,
        2,
        2,
    )
    told = {one["record"]["id"]: one["steps"] for one in found["events"]}
    assert [one["path"] for one in told[okafor]] == ["0", "1", "2", "2.then.0"]
    assert [one["path"] for one in told[jones]] == ["0", "1", "2", "2.else.0"]
    assert json.loads(told[jones][0]["input"])["title"] == "Call Jones"
    assert json.loads(told[okafor][3]["input"])["text"] == "Hello Okafor"
    assert told[okafor][3]["afterMinutes"] == 60
    assert told[jones][3]["problem"] == "The record has no e-mail address to write to."
    assert sql(world.server, WRITTEN, uuid(world.id))[0][0] == before
    assert auto.runs(world.admin, made) == []


def test_a_dry_run_says_which_records_fit_now(world):
    auto.lead(world, lastName="Jones")
    okafor = auto.lead(world)
    conditions = {"lead": {"name": {"eq": "Okafor"}}}
    made = asleep(world, "RECORD_CREATED", [NOTE], recordType="LEAD", conditions=conditions)

    found = rehearsed(world, made, days=1)

    assert (found["setOff"], found["fitting"]) == (2, 1)
    fitting = {one["record"]["id"]: len(one["steps"]) for one in found["events"] if one["fits"]}
    assert fitting == {okafor: 1}


def test_a_dry_run_looks_for_what_the_trigger_looks_for(world):
    lead = auto.lead(world, jobTitle="Clerk")
    for title in ("Buyer", "Head"):
        assert not world.admin.act("leadUpdate", {"id": lead, "jobTitle": title}).errors
    settings = {"fieldValueChanged": {"field": "jobTitle", "to": {"text": "Head"}}}
    made = asleep(world, "FIELD_VALUE_CHANGED", [NOTE], recordType="LEAD", settings=settings)

    found = rehearsed(world, made)

    assert (found["lookedAt"], found["setOff"]) == (3, 1)


@pytest.mark.parametrize("schedule", [{"rrule": "FREQ=MINUTELY"}, {"cron": "* * * * *"}])
def test_a_dry_run_of_every_minute_is_of_the_latest_and_says_so(world, schedule):
    steps = [{"createTask": {"title": "It is time"}}]
    made = asleep(world, "SCHEDULED", steps, settings={"schedule": schedule})

    found = rehearsed(world, made)

    assert (found["lookedAt"], found["complete"]) == (750, False)
    newest = datetime.fromisoformat(found["events"][0]["at"])
    assert datetime.now(UTC) - newest < timedelta(minutes=10)


def test_a_dry_run_of_every_hour_is_of_all_its_times_and_records(world):
    leads = {auto.lead(world), auto.lead(world)}
    settings = {"schedule": {"rrule": "FREQ=HOURLY"}}
    made = asleep(world, "SCHEDULED", [NOTE], recordType="LEAD", settings=settings)

    found = rehearsed(world, made, days=2)

    assert (found["lookedAt"], found["fitting"], found["complete"]) == (96, 96, True)
    assert {one["record"]["id"] for one in found["events"][:2]} == leads


@pytest.mark.parametrize(("size", "kept"), [(10, 500), (50_000, 79)])
def test_a_dry_run_of_many_deliveries_is_of_the_latest_and_says_so(world, size, kept):
    made = asleep(world, "WEBHOOK_RECEIVED", [{"createTask": {"title": "Call"}}])
    values = uuid(world.id), uuid(made), size
    assert rehearsed(world, made)["complete"]
    sql(world.server, DELIVERIES, *values, 20)
    few = rehearsed(world, made)
    sql(world.server, DELIVERIES, *values, 600)

    many = rehearsed(world, made)

    assert (few["lookedAt"], few["setOff"], few["complete"]) == (20, 20, True)
    assert (many["lookedAt"], many["setOff"], many["complete"]) == (kept, kept, False)


def test_a_dry_run_is_for_admins(world):
    made = asleep(world, "RECORD_CREATED", [NOTE], recordType="LEAD")

    assert world.manager.send(DRY, {"id": made}).codes == ["FORBIDDEN"]


def test_wf_07_a_mutation_costs_the_same_with_many_workflows_as_with_none(world):
    def spent() -> float:
        auto.lead(world)
        before = world.server.statements()
        auto.lead(world)
        return float(world.server.statements() - before)

    none = spent()
    for number in range(20):
        conditions = {"lead": {"name": {"eq": "Nobody"}}}
        auto.workflow(
            world,
            "RECORD_CREATED",
            [NOTE],
            name=f"Workflow {number}",
            recordType="LEAD",
            conditions=conditions,
        )

    assert spent() == none
