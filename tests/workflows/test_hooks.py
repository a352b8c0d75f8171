"""Workflows set off from outside: their addresses, what comes there, and the records meant."""

import httpx
import pytest

from tests.workflows import automating as auto

NOTE = {"addNote": {"text": "{{ payload.order.id }} of {{ lead.lastName }}"}}
TASK = {"createTask": {"title": "Order {{ payload.order.id }}"}}


def hook(world, steps, **given):
    made = auto.whole(world, "WEBHOOK_RECEIVED", steps, **given)
    return made["hookUrl"], made["workflow"]["id"]


def posted(url, body, **headers):
    return httpx.post(url, json=body, headers=headers, timeout=30)


def test_wf_10_a_delivery_is_a_run_with_its_payload(world):
    url, made = hook(world, [TASK])

    answer = posted(url, {"order": {"id": 7}})

    assert answer.status_code == 202
    run = auto.one(world.admin, made)
    assert (run["id"], run["status"]) == (answer.json()["runId"], "SUCCEEDED")
    assert run["steps"][0]["input"]["title"] == "Order 7"


def test_wf_10_the_payload_has_to_fit_the_conditions(world):
    over = {"value": {"path": "order.total", "number": {"gte": "100"}}}
    url, made = hook(world, [TASK], payloadConditions=over)

    for total in (99, 100, "many"):
        assert posted(url, {"order": {"id": total, "total": total}}).status_code == 202

    runs = auto.ended(world.admin, made, 3)
    done = [run for run in runs if run["status"] == "SUCCEEDED"]
    assert [run["steps"][0]["input"]["title"] for run in done] == ["Order 100"]
    assert sorted(run["status"] for run in runs) == ["SKIPPED", "SKIPPED", "SUCCEEDED"]


def test_wf_10_a_payload_names_the_record_by_its_id_or_address(world):
    settings = {"recordPath": "order.customer"}
    url, made = hook(world, [NOTE], recordType="LEAD", settings=settings)
    lead = auto.lead(world, email="ann@globex.example")

    for customer in (lead, "Ann@Globex.example", "nobody@globex.example", 5):
        assert posted(url, {"order": {"id": 1, "customer": customer}}).status_code == 202

    runs = auto.ended(world.admin, made, 4)
    assert [run["status"] for run in runs] == ["SUCCEEDED", "SUCCEEDED", "SKIPPED", "SKIPPED"]
    assert runs[0]["record"]["id"] == runs[1]["record"]["id"] == lead


@pytest.mark.parametrize("header", ["idempotency-key", "webhook-id", "x-github-delivery"])
def test_wf_10_a_delivery_that_comes_twice_counts_once(world, header):
    url, made = hook(world, [TASK])

    first = posted(url, {"order": {"id": 1}}, **{header: "delivery 1"})
    again = posted(url, {"order": {"id": 1}}, **{header: "delivery 1"})
    other = posted(url, {"order": {"id": 2}}, **{header: "delivery 2"})

    assert first.json() == again.json() != other.json()
    assert len(auto.ended(world.admin, made, 2)) == 2


def test_wf_10_what_is_no_delivery_is_refused(world):
    url, made = hook(world, [TASK])
    assert posted(url + "x", {}).status_code == 404
    assert httpx.post(url, content=b"{", timeout=30).status_code == 400
    assert posted(url, [1]).status_code == 400
    assert posted(url, {"text": "x" * 70_000}).status_code == 413
    assert httpx.get(url, timeout=30).status_code == 405

    assert not world.admin.act("workflowDeactivate", {"id": made}).errors

    asleep = posted(url, {})
    assert (asleep.status_code, asleep.json()["error"]) == (
        409,
        "The workflow is not active; what comes meanwhile is not kept.",
    )
    assert not world.admin.act("workflowArchive", {"id": made}).errors
    assert posted(url, {}).status_code == 404
    assert auto.runs(world.admin, made) == []


def test_wf_12_what_comes_back_for_one_record_again_and_again_is_stopped(world):
    url, made = hook(world, [NOTE], recordType="LEAD", settings={"recordPath": "lead"})
    lead, other = auto.lead(world), auto.lead(world)

    for customer in [lead] * 27 + [other]:
        assert posted(url, {"order": {"id": 1}, "lead": customer}).status_code == 202

    runs = auto.ended(world.admin, made, 28)
    assert [run["status"] for run in runs] == ["SUCCEEDED"] * 25 + ["LOOP_DETECTED"] * 2 + [
        "SUCCEEDED"
    ]
    assert runs[25]["error"].startswith("More than 25 runs on one record in ten minutes")
