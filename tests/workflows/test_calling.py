"""Steps that call an address: tried again, signed, bounded, and never inside the house."""

import hashlib
import hmac
from functools import partial

import pytest

from tests.workflows import automating as auto

SECRET = "query($id: ID!) { node(id: $id) { ... on Workflow { webhookSecret } } }"


def calling(world, target, path, **given):
    call = {"url": f"{target.url}{path}"} | given
    return auto.workflow(world, "RECORD_CREATED", [{"callWebhook": call}], recordType="LEAD")


def attempts(run):
    return [(one["attempt"], one["status"], one["output"].get("status")) for one in run["steps"]]


def path_of(world, name):
    return f"/{name}/{world.id}"


def test_a_call_brings_the_record_and_proves_who_calls(world, target):
    made = calling(world, target, path_of(world, "plain"))

    lead = auto.lead(world)

    run = auto.one(world.admin, made)
    assert run["status"] == "SUCCEEDED"
    assert run["steps"][0]["output"] == {"status": 200, "answer": "thanks"}
    (call,) = target.of(path_of(world, "plain"))
    told = call.json
    assert (told["record"]["id"], told["record"]["lastName"]) == (lead, "Okafor")
    assert (told["event"], told["run"]) == ("lead.created", run["id"])
    secret = world.admin.run(SECRET, id=made)["node"]["webhookSecret"]
    stamp, proof = call.headers["x-coeffection-signature"].split(",")
    content = stamp.removeprefix("t=").encode() + b"." + call.body
    own = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
    assert proof == f"v1={own}"


def test_a_call_says_what_the_step_says(world, target):
    path = path_of(world, "own")
    given = {
        "method": "PUT",
        "headers": [{"name": "X-Token", "value": "for {{ lead.lastName }}"}],
        "body": '{"who": "{{ lead.name }}"}',
    }
    made = calling(world, target, path + "?of={{ lead.lastName | url_encode }}", **given)

    auto.lead(world, lastName="O & B")

    assert auto.one(world.admin, made)["status"] == "SUCCEEDED"
    (call,) = target.of(path + "?of=O+%26+B")
    assert (call.method, call.headers["x-token"]) == ("PUT", "for O & B")


async def test_wf_13_a_failing_target_is_tried_again_and_then_served_once(world, target, clock):
    path = path_of(world, "again")
    target.answers[path] = [500, 503, 200]
    made = calling(world, target, path)
    auto.lead(world)

    waiting = auto.until(world.admin, made, lambda found: found and tried(found[0], 1))
    assert (waiting[0]["status"], waiting[0]["error"]) == ("WAITING", "It answered 500.")
    await clock(seconds=11)
    auto.until(world.admin, made, lambda found: tried(found[0], 2))
    await clock(seconds=90)

    run = auto.one(world.admin, made)
    assert (run["status"], attempts(run)) == (
        "SUCCEEDED",
        [(1, "FAILED", 500), (2, "FAILED", 503), (3, "SUCCEEDED", 200)],
    )
    keys = {call.headers["idempotency-key"] for call in target.of(path)}
    assert len(keys) == 1


def begun(times, runs):
    return runs and tried(runs[0], times)


def tried(run, times):
    return run["status"] == "WAITING" and len(run["steps"]) == times


async def test_wf_13_what_fails_too_often_is_seen_and_replayed(world, target, clock):
    path = path_of(world, "down")
    target.answers[path] = [500]
    made = calling(world, target, path)
    auto.lead(world)
    ahead = 0
    for times, pause in enumerate((10, 60, 600, 3600), start=1):
        auto.until(world.admin, made, partial(begun, times))
        ahead += pause + 10
        await clock(seconds=ahead)

    run = auto.one(world.admin, made)
    assert (run["status"], len(run["steps"])) == ("FAILED", 5)
    assert run["error"] == "It answered 500. It was tried 5 times."
    letters = "{ deadLetters { nodes { id kind state attempts error } } }"
    (letter,) = world.admin.run(letters)["deadLetters"]["nodes"]
    assert (letter["kind"], letter["state"], letter["attempts"]) == ("workflow_run", "WAITING", 5)
    target.answers[path] = [200]
    assert not world.admin.act("workflowRunRetry", {"id": run["id"]}).errors
    run = auto.until(world.admin, made, lambda found: found[0]["status"] == "SUCCEEDED")[0]
    assert attempts(run)[-1] == (6, "SUCCEEDED", 200)
    assert world.admin.run(letters)["deadLetters"]["nodes"][0]["state"] == "REPLAYED"


@pytest.mark.parametrize(("status", "sentence"), [(404, "It answered 404."), (302, "redirects")])
def test_what_is_refused_is_not_tried_again(world, target, status, sentence):
    path = path_of(world, f"no{status}")
    target.answers[path] = [status]
    made = calling(world, target, path)

    auto.lead(world)

    run = auto.one(world.admin, made)
    assert (run["status"], attempts(run)) == ("FAILED", [(1, "FAILED", status)])
    assert sentence in run["error"]
    assert target.of("/elsewhere") == []


async def test_a_target_that_hangs_is_given_up_and_tried_again(world, target, clock):
    path = path_of(world, "hang")
    target.answers[path] = [auto.HANG, 200]
    made = calling(world, target, path)
    auto.lead(world)
    waiting = auto.until(world.admin, made, lambda found: found and tried(found[0], 1))
    assert waiting[0]["error"] == "It did not answer within 10 seconds."

    await clock(seconds=11)

    assert auto.one(world.admin, made)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.8/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://user:secret@example.com/",
        "ftp://example.com/",
    ],
)
def test_addresses_inside_the_house_are_refused_at_save(world, url):
    given = {"name": "Inside", "trigger": "RECORD_CREATED", "recordType": "LEAD"}
    refused = world.admin.act("workflowCreate", given | {"steps": [{"callWebhook": {"url": url}}]})

    assert [(one["code"], one["path"][-1]) for one in refused.errors] == [("INVALID_VALUE", "url")]


@pytest.mark.waits_for("the connectors of Slack, Teams and Twilio")
@pytest.mark.parametrize(
    "step",
    [
        {"sendSms": {"to": "NUMBER", "number": "+14155550102", "text": "Hello"}},
        {"sendSlackMessage": {"channel": "#sales", "text": "Hello"}},
        {"sendTeamsMessage": {"channel": "Sales", "text": "Hello"}},
    ],
)
def test_wf_03_a_service_that_is_not_connected_fails_the_step(world, step):
    made = auto.workflow(world, "RECORD_CREATED", [step], recordType="LEAD")

    auto.lead(world)

    run = auto.one(world.admin, made)
    assert run["status"] == "FAILED"
    assert run["steps"][0]["output"] == {"code": "INTEGRATION_NOT_CONNECTED"}
