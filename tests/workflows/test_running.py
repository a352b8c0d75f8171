"""Workflows as they run: set off by what happens, step by step, seen in the ledger."""

from typing import Any

import httpx
import pytest

from tests.plugins.dev import eventually
from tests.services.importing import Importer, resting, sql, uuid
from tests.workflows import automating as auto

NOTE = {"addNote": {"text": "Hello {{ lead.lastName }}"}}
TASK = {"createTask": {"title": "Call {{ lead.lastName }}", "dueInDays": 2}}


def leads_of(name):
    return {"recordType": "LEAD", "conditions": {"lead": {"name": {"eq": name}}}}


def lines(run):
    return [(one["path"], one["action"], one["attempt"], one["status"]) for one in run["steps"]]


def renamed(world, lead, name):
    given = {"id": lead, "lastName": name}
    assert not world.admin.act("leadUpdate", given).errors


def test_wf_08_wf_07_a_run_is_a_ledger_of_its_steps(world):
    made = auto.workflow(world, "RECORD_CREATED", [TASK, NOTE], recordType="LEAD")

    lead = auto.lead(world)

    run = auto.one(world.admin, made)
    assert (run["status"], run["error"], run["nextStep"]) == ("SUCCEEDED", None, None)
    assert run["record"] == {"__typename": "Lead", "id": lead}
    assert run["eventType"] == "lead.created"
    assert lines(run) == [("0", "CREATE_TASK", 1, "SUCCEEDED"), ("1", "ADD_NOTE", 1, "SUCCEEDED")]
    given = run["steps"][0]["input"]
    assert (given["title"], given["dueInDays"]) == ("Call Okafor", 2)
    task = world.admin.run(
        "query($id: ID!) { node(id: $id) { ... on Task { title lead { id } } } }",
        id=run["steps"][0]["output"]["task"],
    )["node"]
    assert task == {"title": "Call Okafor", "lead": {"id": lead}}


def test_wf_05_records_that_do_not_fit_are_skipped(world):
    made = auto.workflow(world, "RECORD_CREATED", [TASK], **leads_of("Okafor"))

    other = auto.lead(world, lastName="Jones")
    fitting = auto.lead(world, lastName="Okafor")

    runs = auto.ended(world.admin, made, 2)
    assert {run["record"]["id"]: (run["status"], len(run["steps"])) for run in runs} == {
        other: ("SKIPPED", 0),
        fitting: ("SUCCEEDED", 1),
    }


def test_wf_06_what_happened_before_does_not_set_it_off(world):
    auto.lead(world, lastName="Before")
    made = auto.workflow(world, "RECORD_CREATED", [TASK], recordType="LEAD")
    auto.lead(world, lastName="While")
    (run,) = auto.ended(world.admin, made)
    assert not world.admin.act("workflowDeactivate", {"id": made}).errors
    auto.lead(world, lastName="Asleep")
    assert not world.admin.act("workflowActivate", {"id": made}).errors

    auto.lead(world, lastName="Again")

    runs = auto.ended(world.admin, made, 2)
    titles = [run["steps"][0]["input"]["title"] for run in runs]
    assert titles == ["Call While", "Call Again"]
    assert runs[0]["id"] == run["id"]


@pytest.mark.parametrize("ticked", [True, False])
def test_wf_06_an_import_sets_off_only_if_it_is_ticked(world, ticked):
    note = {"addNote": {"text": "Hello {{ contact.firstName }}"}}
    made = auto.workflow(world, "RECORD_CREATED", [note], recordType="CONTACT")
    importer = Importer(world.admin)
    table = "First name,Last name,Email\nJane,Doe,jane@globex.example\n"
    named = {"First name": "firstName", "Last name": "lastName", "Email": "email"}
    created = importer.ready(table, named)

    given = {"id": created, "startWorkflows": ticked}
    assert not world.admin.act("importRun", given).errors
    assert eventually(lambda: importer.state(created)["status"] == "COMPLETED")
    by_hand = world.contact()

    runs = auto.until(world.admin, made, lambda found: by_hand in records(found))
    assert len(runs) == (2 if ticked else 1)


def records(runs):
    return [run["record"]["id"] for run in runs]


def test_wf_02_a_new_record_is_created_and_not_changed(world):
    updated = auto.workflow(world, "RECORD_UPDATED", [NOTE], recordType="LEAD")
    settings: dict[str, Any] = {"statusChanged": {}}
    moved = auto.workflow(world, "STATUS_CHANGED", [NOTE], recordType="LEAD", settings=settings)
    lead = auto.lead(world)
    renamed(world, lead, "Jones")

    runs = auto.ended(world.admin, updated)

    assert [run["eventType"] for run in runs] == ["lead.updated"]
    assert auto.runs(world.admin, moved) == []


def test_wf_02_a_field_has_to_go_from_one_value_to_another(world):
    changed = {"field": "jobTitle", "from": {"text": "Buyer"}, "to": {"text": "Head"}}
    settings = {"fieldValueChanged": changed}
    made = auto.workflow(world, "FIELD_VALUE_CHANGED", [NOTE], recordType="LEAD", settings=settings)
    lead = auto.lead(world, jobTitle="Clerk")

    for title in ("Head", "Buyer", "Head", "Buyer"):
        assert not world.admin.act("leadUpdate", {"id": lead, "jobTitle": title}).errors
    last = auto.workflow(world, "RECORD_CREATED", [NOTE], name="Last", recordType="LEAD")
    auto.lead(world)
    auto.one(world.admin, last)

    runs = auto.ended(world.admin, made)
    assert [run["status"] for run in runs] == ["SUCCEEDED"]


async def test_a_wait_ends_when_its_time_comes(world, clock):
    steps = [NOTE, {"wait": {"minutes": 90}}, TASK]
    made = auto.workflow(world, "RECORD_CREATED", steps, recordType="LEAD")
    auto.lead(world)
    (run,) = auto.until(world.admin, made, lambda found: found and waits(found[0]))
    assert (run["nextStep"], len(run["steps"])) == ("2", 2)
    await clock(minutes=60)
    assert waits(auto.runs(world.admin, made)[0])

    await clock(minutes=91)

    run = auto.one(world.admin, made)
    assert (run["status"], lines(run)[-1]) == (
        "SUCCEEDED",
        ("2", "CREATE_TASK", 1, "SUCCEEDED"),
    )


def waits(run):
    return run["status"] == "WAITING"


def test_a_branch_goes_by_the_record_as_it_is_then(world):
    branch = {
        "conditions": {"lead": {"name": {"eq": "Head"}}},
        "then": [{"addNote": {"text": "A head"}}],
        "else": [{"addNote": {"text": "No head"}}, {"addNote": {"text": "At all"}}],
    }
    retitle = {"updateField": {"field": "lastName", "value": {"text": "Head"}}}
    steps = [{"branch": branch}, retitle, {"branch": branch}, NOTE]
    made = auto.workflow(world, "RECORD_CREATED", steps, recordType="LEAD")

    auto.lead(world)

    run = auto.one(world.admin, made)
    assert run["status"] == "SUCCEEDED", run
    paths = [one["path"] for one in run["steps"]]
    assert paths == ["0", "0.else.0", "0.else.1", "1", "2", "2.then.0", "3"]


async def test_a_deactivated_workflow_ends_what_it_began_and_an_archived_one_does_not(world, clock):
    steps = [{"wait": {"minutes": 60}}, NOTE]
    asleep = auto.workflow(world, "RECORD_CREATED", steps, recordType="LEAD", name="Asleep")
    away = auto.workflow(world, "RECORD_CREATED", steps, recordType="LEAD", name="Away")
    auto.lead(world)
    for made in (asleep, away):
        auto.until(world.admin, made, lambda found: found and waits(found[0]))
    assert not world.admin.act("workflowDeactivate", {"id": asleep}).errors
    assert not world.admin.act("workflowArchive", {"id": away}).errors

    await clock(minutes=61)

    assert auto.one(world.admin, asleep)["status"] == "SUCCEEDED"
    run = auto.one(world.admin, away)
    assert (run["status"], run["error"]) == ("CANCELED", "The workflow was archived.")


def test_many_runs_are_called_off_in_as_many_statements_as_few(world):
    def taken(count):
        steps = [{"wait": {"minutes": 60}}, NOTE]
        made = auto.workflow(world, "RECORD_CREATED", steps, recordType="LEAD", name=f"Of {count}")
        rows = {"rows": [{"lastName": "Okafor"}] * count}
        assert not world.admin.act("leadBulkCreate", rows).errors
        auto.until(world.admin, made, lambda found: sum(map(waits, found)) == count)
        before = world.server.statements()
        assert not world.admin.act("workflowArchive", {"id": made}).errors
        taken_now = world.server.statements() - before
        assert {run["status"] for run in auto.runs(world.admin, made)} == {"CANCELED"}
        return taken_now

    taken(1)
    assert taken(50) == taken(2)


def test_a_replayed_letter_begins_no_run_of_an_archived_workflow_again(world):
    made = auto.whole(world, "WEBHOOK_RECEIVED", [{"createTask": {"title": "Call"}}])
    away = made["workflow"]["id"]
    with resting(world.server):
        sent = [httpx.post(made["hookUrl"], json={}, timeout=30).json() for _ in range(2)]
        runs = [uuid(one["runId"]) for one in sent]
        tried = "UPDATE due_work SET attempts = 5, last_error = 'x' WHERE subject_id = ANY($1)"
        sql(world.server, tried, runs)
    letters = "{ deadLetters { nodes { id state } } }"
    assert eventually(lambda: len(world.admin.run(letters)["deadLetters"]["nodes"]) == 2)
    assert not world.admin.act("workflowArchive", {"id": away}).errors

    letter = world.admin.run(letters)["deadLetters"]["nodes"][0]["id"]
    assert not world.admin.act("deadLetterReplay", {"id": letter}).errors
    done = world.admin.act("deadLetterReplayAll", {"kind": "workflow_run"}, "replayed left")

    assert (done["replayed"], done["left"]) == (1, 0)
    left = "SELECT 1 FROM due_work WHERE subject_id = ANY($1)"
    assert eventually(lambda: not sql(world.server, left, runs))
    over = [(run["status"], run["error"], run["steps"]) for run in auto.runs(world.admin, away)]
    assert over == [("FAILED", "x", [])] * 2


def test_a_change_does_not_change_what_has_begun(world):
    steps = [{"wait": {"minutes": 60}}, NOTE]
    made = auto.workflow(world, "RECORD_CREATED", steps, recordType="LEAD")
    auto.lead(world)
    (run,) = auto.until(world.admin, made, lambda found: found and waits(found[0]))
    assert not world.admin.act("workflowUpdate", {"id": made, "steps": [TASK]}).errors

    refused = world.admin.act("workflowRunRetry", {"id": run["id"]}).errors
    assert [one["code"] for one in refused] == ["INVALID_TRANSITION"]
    assert not world.admin.act("workflowRunCancel", {"id": run["id"]}).errors
    again = {"id": run["id"], "fromStep": "1"}
    assert not world.admin.act("workflowRunRetry", again).errors

    (run,) = auto.until(world.admin, made, lambda found: found[0]["status"] == "SUCCEEDED")
    assert [one["action"] for one in run["steps"]] == ["WAIT", "ADD_NOTE"]


def test_wf_13_a_run_is_replayed_from_any_of_its_steps(world):
    made = auto.workflow(world, "RECORD_CREATED", [TASK, NOTE], recordType="LEAD")
    auto.lead(world)
    run = auto.one(world.admin, made)
    none = world.admin.act("workflowRunRetry", {"id": run["id"]})
    wrong = world.admin.act("workflowRunRetry", {"id": run["id"], "fromStep": "7"})

    again = world.admin.act("workflowRunRetry", {"id": run["id"], "fromStep": "1"})

    assert (none.codes, wrong.codes, again.codes) == (["REQUIRED"], ["INVALID_VALUE"], [])
    runs = auto.until(world.admin, made, lambda found: len(found[0]["steps"]) == 3)
    assert [line[::2] for line in lines(runs[0])] == [("0", 1), ("1", 1), ("1", 2)]


@pytest.mark.parametrize("role", ["rep", "manager", "executive", "finance"])
def test_only_admins_take_runs_in_hand(world, role):
    made = auto.workflow(world, "RECORD_CREATED", [NOTE], recordType="LEAD")
    auto.lead(world)
    run = auto.one(world.admin, made)

    for name in ("workflowRunRetry", "workflowRunCancel"):
        kind = name[0].upper() + name[1:]
        answer = world.of(role).send(
            f"mutation($input: {kind}Input!) {{ {name}(input: $input) {{ operationId }} }}",
            {"input": {"id": run["id"]}},
        )
        assert answer.codes == ["FORBIDDEN"]


def test_wf_12_workflows_that_set_each_other_off_are_stopped(world):
    changed = {"fieldValueChanged": {"field": "jobTitle"}}
    industry = {"fieldValueChanged": {"field": "industry"}}
    one = auto.workflow(
        world,
        "FIELD_VALUE_CHANGED",
        [{"updateField": {"field": "industry", "value": {"text": "{{ lead.industry }}x"}}}],
        name="One",
        recordType="LEAD",
        settings=changed,
    )
    other = auto.workflow(
        world,
        "FIELD_VALUE_CHANGED",
        [{"updateField": {"field": "jobTitle", "value": {"text": "{{ lead.jobTitle }}y"}}}],
        name="Other",
        recordType="LEAD",
        settings=industry,
    )
    lead = auto.lead(world)

    assert not world.admin.act("leadUpdate", {"id": lead, "jobTitle": "Head"}).errors

    runs = auto.ended(world.admin, one, 2)
    assert [run["status"] for run in runs] == ["SUCCEEDED", "LOOP_DETECTED"]
    assert [link["workflow"]["name"] for link in runs[1]["chain"]] == ["One", "Other"]
    assert [link["run"]["id"] for link in runs[1]["chain"]] == [
        runs[0]["id"],
        auto.one(world.admin, other)["id"],
    ]
    assert "“One” → “Other” → “One”" in runs[1]["error"]


def test_wf_12_a_long_chain_over_many_records_is_stopped(world):
    made = auto.workflow(
        world,
        "RECORD_CREATED",
        [{"createTask": {"title": "After {{ task.title }}"}}],
        recordType="TASK",
        conditions={"task": {"title": {"ne": "Other"}}},
    )

    given = {"title": "First"}
    assert not world.admin.act("taskCreate", given).errors

    runs = auto.until(world.admin, made, stopped)
    assert [run["status"] for run in runs] == ["SUCCEEDED"] * 6 + ["LOOP_DETECTED"]
    assert len(runs[-1]["chain"]) == 6


def stopped(runs):
    return any(run["status"] == "LOOP_DETECTED" for run in runs)


def test_a_condition_on_a_field_that_is_gone_is_told_once_and_others_go_on(world):
    given = {"entity": "LEAD", "type": "TEXT", "label": "Tier", "key": "tier"}
    field = world.admin.act("customFieldCreate", given, "customField { id }")["customField"]["id"]
    own = {"lead": {"customFields": [{"key": "tier", "text": {"eq": "gold"}}]}}
    broken = auto.workflow(
        world, "RECORD_CREATED", [NOTE], recordType="LEAD", conditions=own, name="Gold"
    )
    sound = auto.workflow(world, "RECORD_CREATED", [NOTE], recordType="LEAD")
    assert not world.admin.act("customFieldArchive", {"id": field}).errors

    auto.lead(world)
    auto.one(world.admin, sound)
    auto.lead(world)
    auto.ended(world.admin, sound, 2)

    assert auto.runs(world.admin, broken) == []
    query = "query($id: ID!) { node(id: $id) { ... on Workflow { problems } } }"
    shown = world.admin.run(query, id=broken)
    assert shown["node"]["problems"]
    told = [one for one in notifications(world) if one["kind"] == "WORKFLOW"]
    assert len(told) == 1
    assert "“Gold”" in told[0]["text"]


def notifications(world):
    found = world.admin.run("{ notifications { nodes { kind text } } }")
    return found["notifications"]["nodes"]
