"""Clocks of cases, as time goes by, and the policies that set them."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.plugins.world import World

SLA = """id version priority createdAt updatedAt status { name }
  sla { state firstResponseState resolutionState firstResponseDueAt
  resolutionDueAt firstRespondedAt resolvedAt pausedAt }"""
CASE = f"case {{ {SLA} }}"
POLICIES = "{ slaPolicies { nodes { priority firstResponseMinutes resolutionMinutes } } }"
TARGETS = "slaPolicy { version firstResponseMinutes resolutionMinutes approachingPercent }"
ALWAYS = [{"weekday": day, "opens": "00:00", "closes": "24:00"} for day in range(1, 8)]


def opened(world: World, **given: Any) -> Any:
    values = {"subject": "Cannot log in", "contactId": world.contact()} | given
    return world.admin.act("caseCreate", values, CASE)["case"]


def seen(world: World, case: Any) -> Any:
    query = f"query($id: ID!) {{ case(id: $id) {{ {SLA} }} }}"
    return world.admin.run(query, id=case["id"])["case"]["sla"]


def states(sla: Any) -> tuple[str, str, str]:
    return sla["state"], sla["firstResponseState"], sla["resolutionState"]


def moved(world: World, case: Any, to: str) -> Any:
    query = "query($filter: CaseStatusFilter) { caseStatuses(filter: $filter) { nodes { id } } }"
    found = world.admin.run(query, filter={"name": {"eq": to}})["caseStatuses"]["nodes"]
    given = {"id": case["id"], "toStatusId": found[0]["id"], "expectedVersion": case["version"]}
    return world.admin.act("caseMove", given, CASE)["case"]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def after(case: Any, which: str) -> timedelta:
    """How long after its creation a case is due."""
    return moment(case["sla"][which]) - moment(case["createdAt"])


def test_case_09_a_fresh_workspace_has_a_policy_for_each_priority(world):
    found = world.admin.run(POLICIES)["slaPolicies"]["nodes"]

    targets = {
        policy["priority"]: (policy["firstResponseMinutes"], policy["resolutionMinutes"])
        for policy in found
    }
    assert targets == {
        "LOW": (1440, 7200),
        "MEDIUM": (480, 2880),
        "HIGH": (240, 1440),
        "CRITICAL": (60, 240),
    }


def test_case_10_the_timer_starts_at_creation(world):
    given = {"priority": "HIGH", "firstResponseMinutes": 30, "resolutionMinutes": 90}
    assert not world.admin.act("slaPolicyUpdate", given).errors

    case = opened(world, priority="HIGH")

    assert after(case, "firstResponseDueAt") == timedelta(minutes=30)
    assert after(case, "resolutionDueAt") == timedelta(minutes=90)
    assert states(case["sla"]) == ("OK", "OK", "OK")


async def test_case_11_a_case_turns_amber_near_its_deadline_and_red_after_it(world, clock):
    case = opened(world, priority="CRITICAL")
    found = []
    for minutes in (47, 49, 61, 193, 241):
        await clock(minutes=minutes)
        found.append(states(seen(world, case))[1:])

    assert found == [
        ("OK", "OK"),
        ("APPROACHING", "OK"),
        ("BREACHED", "OK"),
        ("BREACHED", "APPROACHING"),
        ("BREACHED", "BREACHED"),
    ]


async def test_case_11_waiting_for_the_customer_pauses_the_resolution(world, clock):
    case = moved(world, opened(world, priority="CRITICAL"), "Pending Customer")
    await clock(hours=10)
    waiting = seen(world, case)

    back = moved(world, case, "In Progress")

    assert states(waiting) == ("BREACHED", "BREACHED", "PAUSED")
    late = after(back, "resolutionDueAt") - after(case, "resolutionDueAt")
    paused = moment(back["updatedAt"]) - moment(case["sla"]["pausedAt"])
    # Answers are cut to milliseconds.
    assert abs(late - paused) <= timedelta(milliseconds=3)
    assert back["sla"]["resolutionState"] == "OK"


async def test_case_11_a_reply_given_by_phone_meets_the_first_response(world, clock):
    case = opened(world, priority="CRITICAL")

    answered = world.admin.act("caseFirstResponseRecord", {"id": case["id"]}, CASE)["case"]
    again = world.admin.act("caseFirstResponseRecord", {"id": case["id"]})
    await clock(hours=2)

    assert answered["sla"]["firstResponseState"] == "MET"
    assert again.codes == ["INVALID_TRANSITION"]
    assert states(seen(world, case)) == ("OK", "MET", "OK")


async def test_case_19_resolving_stops_the_timer_and_reopening_resumes_it(world, clock):
    case = opened(world, priority="CRITICAL")
    assert not world.admin.act("caseResolve", {"id": case["id"]}).errors
    await clock(days=2)
    resolved = seen(world, case)

    reopened = world.admin.act("caseReopen", {"id": case["id"]}, CASE)["case"]

    assert states(resolved) == ("MET", "MET", "MET")
    assert reopened["sla"]["resolutionState"] == "OK"
    assert timedelta(days=2) < after(reopened, "resolutionDueAt") < timedelta(days=2, hours=5)


async def test_case_04_another_priority_sets_the_clocks_anew_less_what_was_paused(world, clock):
    case = moved(world, opened(world, priority="LOW"), "Pending Customer")
    await clock(days=3)
    back = moved(world, case, "Pending Agent")

    given = {"id": case["id"], "priority": "CRITICAL"}
    changed = world.admin.act("caseUpdate", given, CASE)["case"]

    paused = after(back, "resolutionDueAt") - timedelta(minutes=7200)
    assert after(changed, "resolutionDueAt") == timedelta(minutes=240) + paused
    assert after(changed, "firstResponseDueAt") == timedelta(minutes=60)


def test_case_11_cases_are_found_by_when_they_are_due(world):
    critical = opened(world, priority="CRITICAL")
    opened(world, priority="LOW")
    until = (moment(critical["createdAt"]) + timedelta(hours=5)).isoformat()

    found = world.admin.run(
        "query($filter: CaseFilter) { cases(filter: $filter,"
        " orderBy: [{field: RESOLUTION_DUE_AT}]) { nodes { id } } }",
        filter={"resolutionDueAt": {"lt": until}, "resolvedAt": {"isNull": True}},
    )

    assert found["cases"]["nodes"] == [{"id": critical["id"]}]


def test_case_09_a_policy_counts_in_business_hours_of_the_workspaces_zone(world):
    monday = [{"weekday": 1, "opens": "09:00", "closes": "17:00"}]
    select = "businessHours { weekday opens closes }"
    week = world.admin.act("businessHoursSet", {"spans": monday}, select)["businessHours"]
    given = {"priority": "LOW", "firstResponseMinutes": 120, "businessHoursOnly": True}
    assert not world.admin.act("slaPolicyUpdate", given).errors

    due = moment(opened(world, priority="LOW")["sla"]["resolutionDueAt"])

    assert week == monday
    assert due.astimezone(ZoneInfo("America/New_York")).isoweekday() == 1
    assert after(opened(world), "firstResponseDueAt") == timedelta(minutes=480)


def test_case_09_open_all_week_is_as_around_the_clock(world):
    assert not world.admin.act("businessHoursSet", {"spans": ALWAYS}).errors
    given = {"priority": "HIGH", "businessHoursOnly": True}
    assert not world.admin.act("slaPolicyUpdate", given).errors

    case = opened(world, priority="HIGH")

    assert after(case, "resolutionDueAt") == timedelta(minutes=1440)


@pytest.mark.parametrize(
    ("spans", "path"),
    [
        ([(1, "09:00", "12:00"), (1, "11:00", "13:00")], ["spans", "1"]),
        ([(1, "09:00", "17:00"), (8, "09:00", "17:00")], ["spans", "1", "weekday"]),
        ([(1, "9:00", "17:00")], ["spans", "0", "opens"]),
        ([(1, "22:00", "06:00")], ["spans", "0", "closes"]),
        ([(1, "09:00", "09:30")], ["spans"]),
    ],
    ids=["overlap", "weekday", "time", "past midnight", "hardly open"],
)
def test_case_09_a_week_that_cannot_be_is_refused(world, spans, path):
    named = [dict(zip(("weekday", "opens", "closes"), span, strict=True)) for span in spans]

    (refusal,) = world.admin.act("businessHoursSet", {"spans": named}).errors

    assert (refusal["code"], refusal["path"]) == ("INVALID_VALUE", path)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"firstResponseMinutes": 0}, "firstResponseMinutes"),
        ({"firstResponseMinutes": None}, "firstResponseMinutes"),
        ({"resolutionMinutes": None}, "resolutionMinutes"),
        ({"resolutionMinutes": 59}, "resolutionMinutes"),
        ({"resolutionMinutes": 200_000}, "resolutionMinutes"),
        ({"approachingPercent": 100}, "approachingPercent"),
    ],
)
def test_case_09_targets_that_cannot_be_are_refused(world, given, path):
    (refusal,) = world.admin.act("slaPolicyUpdate", {"priority": "CRITICAL"} | given).errors

    assert (refusal["code"], refusal["path"]) == ("INVALID_VALUE", [path])


def test_case_11_a07_the_threshold_is_the_policys(world):
    given = {"priority": "HIGH", "approachingPercent": 50}
    policy = world.admin.act("slaPolicyUpdate", given, TARGETS)["slaPolicy"]

    late = given | {"approachingPercent": 60, "expectedVersion": policy["version"] - 1}

    assert policy["approachingPercent"] == 50
    assert world.admin.act("slaPolicyUpdate", late).codes == ["STALE_VERSION"]
