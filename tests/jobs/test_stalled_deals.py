"""Stalled deals: found by the business clock, told once, and let go on by what happens to them."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.jobs.test_lead_scores import replay
from tests.plugins.dev import eventually
from tests.plugins.world import Client, Server, World
from tests.services.importing import sql, uuid, worker

PATIENCE = 180.0
STALLED = """{ deals(filter: {stalledAt: {isNull: false}}, orderBy: [{field: NAME}]) {
  nodes { name stalledAt } } }"""
TOLD = """{ notifications(filter: {kind: {eq: DEAL_STALLED}}) {
  nodes { text record { ... on Deal { name } } } } }"""
_OLD = "UPDATE deal SET {0} = {0} - interval '9 days' WHERE workspace_id = $1"


def aged(world: World) -> None:
    """Let the deals of a workspace be nine days older than they are."""
    ids = uuid(world.id)
    for column in ("stage_entered_at", "updated_at"):
        sql(world.server, _OLD.format(column), ids)
    late = "UPDATE event SET at = at - interval '9 days' WHERE workspace_id = $1"
    sql(world.server, late + " AND entity = 'deal'", ids)


def looked(server: Server) -> None:
    """Have stalled deals looked for everywhere."""
    sql(server, "UPDATE due_work SET at = now() WHERE kind = 'stalled_deals'")
    later = "SELECT at > now() FROM due_work WHERE kind = 'stalled_deals'"
    assert eventually(lambda: sql(server, later)[0][0], PATIENCE)


def stalled(client: Client) -> list[str]:
    return [one["name"] for one in client.run(STALLED)["deals"]["nodes"]]


def told(client: Client) -> list[Any]:
    found: list[Any] = client.run(TOLD)["notifications"]["nodes"]
    return found


def test_deal_19_a_deal_nobody_touches_stalls_and_its_owner_is_told_once(world):
    ann, ann_id = world.join("ann", "REP")
    world.deal(name="Quiet", ownerId=ann_id)
    aged(world)
    world.deal(name="New", ownerId=ann_id)

    looked(world.server)
    assert eventually(lambda: len(told(ann)) == 1, PATIENCE)
    replay(world, "stalled_deals")
    looked(world.server)

    assert stalled(world.admin) == ["Quiet"]
    (one,) = told(ann)
    assert one["record"] == {"name": "Quiet"}
    assert "7 days" in one["text"]
    board = """{ pipelines(filter: {kind: {eq: DEAL}}) { nodes { id } } }"""
    pipeline = world.admin.run(board)["pipelines"]["nodes"][0]["id"]
    cards = """query($id: ID!) { pipelineBoard(pipelineId: $id) { columns {
      cards(first: 5) { nodes { name stalledAt } } } } }"""
    columns = world.admin.run(cards, id=pipeline)["pipelineBoard"]["columns"]
    shown = {one["name"]: one["stalledAt"] for col in columns for one in col["cards"]["nodes"]}
    assert shown["New"] is None
    assert shown["Quiet"]


def called(world: World, deal: str) -> None:
    given = {"direction": "OUTBOUND", "about": [deal]}
    assert not world.admin.act("callLog", given).errors


def planned(world: World, deal: str) -> None:
    at = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    given = {"title": "Demo", "at": at, "about": [deal]}
    assert not world.admin.act("meetingLog", given).errors


def tasked(world: World, deal: str) -> None:
    assert not world.admin.act("taskCreate", {"title": "Call", "dealId": deal}).errors


def changed(world: World, deal: str) -> None:
    assert not world.admin.act("dealUpdate", {"id": deal, "name": "Other"}).errors


def won(world: World, deal: str) -> None:
    query = """{ pipelines(filter: {kind: {eq: DEAL}}) { nodes {
      stages(first: 20) { nodes { id category } } } } }"""
    stages = world.admin.run(query)["pipelines"]["nodes"][0]["stages"]["nodes"]
    to = next(one["id"] for one in stages if one["category"] == "WON")
    version = world.admin.run("query($id: ID!) { deal(id: $id) { version } }", id=deal)["deal"]
    given = {"id": deal, "toStageId": to, "expectedVersion": version["version"]}
    assert not world.admin.act("dealMove", given).errors


ACTS: list[Callable[[World, str], None]] = [called, planned, tasked, changed, won]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_deal_19_what_happens_to_a_deal_lets_it_go_on(world, act):
    deal = world.deal(name="Quiet")
    aged(world)
    looked(world.server)
    assert eventually(lambda: stalled(world.admin) == ["Quiet"], PATIENCE)

    act(world, deal)

    assert eventually(lambda: stalled(world.admin) == [], PATIENCE)
    looked(world.server)
    assert stalled(world.admin) == []


def test_deal_19_what_a_machine_sends_and_what_is_long_past_do_not_let_it_go_on(world):
    deal = world.deal(name="Quiet")
    aged(world)
    past = (datetime.now(UTC) - timedelta(days=20)).isoformat()
    given = {"direction": "OUTBOUND", "about": [deal], "at": past}
    assert not world.admin.act("callLog", given).errors
    mail = {"direction": "OUTBOUND", "fromAddress": "us@ours.example", "about": [deal]}
    mail |= {"toAddresses": ["ada@initech.example"], "subject": "News"}
    assert not world.admin.act("emailLog", mail).errors
    automatic = "UPDATE email SET automatic = true WHERE workspace_id = $1"
    sql(world.server, automatic, uuid(world.id))

    looked(world.server)

    assert eventually(lambda: stalled(world.admin) == ["Quiet"], PATIENCE)


def test_deal_19_the_workspace_says_how_many_days_are_long(world):
    world.deal(name="Quiet")
    aged(world)
    assert not world.admin.act("workspaceUpdate", {"stalledDays": 30}).errors
    looked(world.server)
    patient = stalled(world.admin)

    assert not world.admin.act("workspaceUpdate", {"stalledDays": 5}).errors
    looked(world.server)
    impatient = stalled(world.admin)
    assert not world.admin.act("workspaceUpdate", {"stalledDays": 30}).errors
    looked(world.server)

    assert (patient, impatient, stalled(world.admin)) == ([], ["Quiet"], [])
    assert world.admin.act("workspaceUpdate", {"stalledDays": 0}).codes == ["INVALID_VALUE"]


async def test_deal_19_a_deal_stalls_by_the_business_clock(server: Server, world: World, clock):
    await asyncio.to_thread(world.deal, name="Quiet")

    await clock(days=8)

    assert await asyncio.to_thread(found, server, world)


def found(server: Server, world: World) -> bool:
    with worker(server):
        return eventually(lambda: stalled(world.admin) == ["Quiet"], PATIENCE)


def test_deal_19_a_thousand_deals_stall_in_as_many_statements_as_ten(server):
    world = World(server)
    rows = [{"name": f"Quiet {at}"} for at in range(100)]
    for _ in range(10):
        made = world.admin.act("dealBulkCreate", {"rows": rows}, "results { deal { id } }")
        assert len(made["results"]) == len(rows)
    aged(world)

    looked(server)

    query = "{ deals(filter: {stalledAt: {isNull: false}}) { totalCount } }"
    assert eventually(lambda: world.admin.run(query)["deals"]["totalCount"] == 1000, PATIENCE)
    logged = "SELECT count(*), count(DISTINCT operation_id) FROM event WHERE workspace_id = $1"
    (row,) = sql(server, logged + " AND type = 'deal.stalled'", uuid(world.id))
    assert tuple(row) == (1000, 1)
