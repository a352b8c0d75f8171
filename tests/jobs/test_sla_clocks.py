"""SLA clocks at work: colours that turn by themselves, and missed targets that escalate once."""

import json
from functools import partial
from typing import Any

from tests.jobs.telling import logged, mails, team, told, waited
from tests.plugins.world import World
from tests.services.importing import worker
from tests.subscriptions.test_boards import cursor
from tests.subscriptions.wire import socket

RECORDS = """subscription($ids: [ID!]!, $after: Cursor) {
  recordEvents(ids: $ids, after: $after) { __typename
    ... on RecordChanged { changed record { ... on Case { version sla { state } } } } } }"""
BOARD = """subscription($after: Cursor) { caseBoardEvents(after: $after) { __typename
    ... on CaseCardUpserted { card { id sla { state } } } } }"""


def opened(world: World, **given: Any) -> str:
    values = {"subject": "Cannot log in", "contactId": world.contact(), "priority": "CRITICAL"}
    made = world.admin.act("caseCreate", values | given, "case { id }")
    return str(made["case"]["id"])


def moved(world: World, case: str, to: str) -> None:
    query = "query($filter: CaseStatusFilter) { caseStatuses(filter: $filter) { nodes { id } } }"
    found = world.admin.run(query, filter={"name": {"eq": to}})["caseStatuses"]["nodes"]
    version = world.admin.run("query($id: ID!) { case(id: $id) { version } }", id=case)["case"]
    given = {"id": case, "toStatusId": found[0]["id"], "expectedVersion": version["version"]}
    assert not world.admin.act("caseMove", given).errors


def escalated(world: World) -> list[str]:
    return [one["subject"] for one in mails(world, "CASE_ESCALATED")]


def targets(world: World, case: str) -> list[str]:
    return [json.loads(one)["target"] for one in logged(world, case, "case.escalated")]


async def test_case_11_who_watches_is_told_that_a_case_turns_amber_and_red(world, clock):
    case = opened(world)
    since = cursor(world)
    async with socket(world.server.url) as one, socket(world.server.url) as two:
        await one.init(world.admin.token)
        await two.init(world.admin.token)
        feed = await one.follow(RECORDS, ids=[case], after=since)
        board = await two.follow(BOARD, after=since)
        found, cards = [], []
        for minutes, event in ((49, "case.updated"), (61, "case.escalated")):
            await clock(minutes=minutes)
            assert await waited(partial(logged, world, case, event))
            found.append(await feed.next("RecordChanged"))
            cards.append(await board.next("CaseCardUpserted"))

    assert [one["record"]["sla"]["state"] for one in found] == ["APPROACHING", "BREACHED"]
    assert [one["card"]["sla"]["state"] for one in cards] == ["APPROACHING", "BREACHED"]
    assert "sla" in found[0]["changed"]


async def test_case_12_a39_each_missed_target_is_escalated_once_to_the_owners_manager(world, clock):
    for who in ("rep", "manager", "executive"):
        world.of(who)
    team(world, "West", "manager", "rep")
    team(world, "East", "executive", "rep")
    case = opened(world, ownerId=world.user("rep"))
    with worker(world.server):
        await clock(minutes=61)
        assert await waited(lambda: len(escalated(world)) == 1)
        await clock(minutes=0)
        await clock(minutes=241)
        assert await waited(lambda: len(escalated(world)) == 2)
    after = opened(world, subject="Another")
    await clock(minutes=600)
    assert await waited(lambda: len(targets(world, after)) == 2)

    sent = [one for one in mails(world, "CASE_ESCALATED") if "Another" not in one["subject"]]
    assert [one["recipients"] for one in sent] == [[world.email("manager")]] * 2
    assert "was not answered in time" in sent[0]["subject"]
    assert "was not resolved in time" in sent[1]["subject"]
    assert targets(world, case) == ["FIRST_RESPONSE", "RESOLUTION"]
    for who in (world.rep, world.manager):
        notes = told(who, "CASE_ESCALATED")
        assert [(one["record"]["id"], one["actor"]) for one in notes] == [(case, None)] * 2
    assert told(world.executive, "CASE_ESCALATED") == []


async def test_case_12_a39_a_waiting_case_is_its_queues_managers_and_else_the_admins(world, clock):
    world.of("manager")
    queue = team(world, "Support", "manager")
    world.join("second", "ADMIN")
    waiting = opened(world, queueId=queue, ownerId=None)
    alone = opened(world, subject="Nobody's", ownerId=world.user("admin"))
    await clock(minutes=61)
    assert await waited(lambda: len(escalated(world)) == 2)

    # Which of the two is due first is all the same.
    sent = sorted(sorted(one["recipients"]) for one in mails(world, "CASE_ESCALATED"))
    admins = sorted((world.email("admin"), world.email("second")))
    assert sent == sorted([[world.email("manager")], admins])
    assert targets(world, waiting) == targets(world, alone) == ["FIRST_RESPONSE"]
    assert len(told(world.admin, "CASE_ESCALATED")) == 1


async def test_case_12_a_case_that_waits_for_the_customer_or_is_met_escalates_nothing(world, clock):
    paused, met, late = (opened(world, subject=one) for one in ("Paused", "Met", "Late"))
    for case in (paused, met):
        assert not world.admin.act("caseFirstResponseRecord", {"id": case}).errors
    moved(world, paused, "Pending Customer")
    assert not world.admin.act("caseResolve", {"id": met}).errors
    await clock(hours=10)
    assert await waited(lambda: len(targets(world, late)) == 2)
    assert targets(world, paused) == targets(world, met) == []

    moved(world, paused, "In Progress")
    await clock(hours=15)
    assert await waited(lambda: targets(world, paused) == ["RESOLUTION"])


async def test_case_12_both_targets_missed_at_once_are_two_mails(world, clock):
    case = opened(world)
    await clock(days=2)

    assert await waited(lambda: len(escalated(world)) == 2)
    assert targets(world, case) == ["FIRST_RESPONSE", "RESOLUTION"]


async def test_case_11_another_priority_sets_when_it_turns_and_another_policy_does_not(
    world, clock
):
    first, second = opened(world, priority="LOW"), opened(world, priority="HIGH")
    given = {"priority": "HIGH", "firstResponseMinutes": 1, "resolutionMinutes": 2}
    assert not world.admin.act("slaPolicyUpdate", given).errors
    await clock(hours=2)
    assert not world.admin.act("caseUpdate", {"id": first, "priority": "CRITICAL"}).errors
    assert await waited(lambda: targets(world, first) == ["FIRST_RESPONSE"])
    assert targets(world, second) == []

    await clock(hours=5)
    assert await waited(lambda: targets(world, second) == ["FIRST_RESPONSE"])


async def test_case_12_a_deleted_case_is_nobodys_concern_until_it_is_back(world, clock):
    gone, late = opened(world, subject="Gone"), opened(world, subject="Late")
    assert not world.admin.act("caseDelete", {"id": gone}).errors
    await clock(hours=2)
    assert await waited(lambda: targets(world, late) == ["FIRST_RESPONSE"])
    assert targets(world, gone) == []

    assert not world.admin.act("caseRestore", {"id": gone}).errors
    assert await waited(lambda: targets(world, gone) == ["FIRST_RESPONSE"])


async def test_case_11_what_somebody_does_to_a_red_case_is_not_told_once_more(world, clock):
    case = opened(world)
    await clock(minutes=61)
    assert await waited(lambda: targets(world, case) == ["FIRST_RESPONSE"])
    version = "query($id: ID!) { case(id: $id) { version sla { state } } }"
    given = {"id": case}
    done = world.admin.act("caseResolve", given, "case { version sla { state } }")["case"]
    late = opened(world, subject="Late")
    await clock(minutes=200)
    assert await waited(lambda: targets(world, late) == ["FIRST_RESPONSE"])

    assert done["sla"]["state"] == "BREACHED"
    assert world.admin.run(version, id=case)["case"] == done
