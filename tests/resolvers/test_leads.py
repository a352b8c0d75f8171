"""Leads, as people take them in, move them and give them up."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import pytest

from core.ids import decode
from tests.plugins.world import Client, World

CARD = """lead { id version name status score origin rank disqualifiedReason
  stage { name } owner { id } }"""
STAGES = """{ pipelineStages(first: 100, filter: {pipeline: {name: {eq: "Leads"}}})
  { nodes { id name } } }"""
SCORED = "UPDATE lead SET score = 80 WHERE id = $1"
ORDER = "{ leads(first: 100, orderBy: [{field: STATUS}]) { nodes { id rank status } } }"


def taken(world: World, client: Client | None = None, **given: Any) -> Any:
    values = {"lastName": "Okafor"} | given
    return (client or world.admin).act("leadCreate", values, CARD)["lead"]


def stages(world: World) -> dict[str, str]:
    found = world.admin.run(STAGES)["pipelineStages"]["nodes"]
    return {one["name"]: one["id"] for one in found}


def move(world: World, lead: Any, **given: Any) -> Any:
    asked = {"id": lead["id"], "expectedVersion": lead["version"]} | given
    return world.admin.act("leadMove", asked, CARD)


def test_lead_01_a_lead_needs_a_name_only_and_is_no_contact(world):
    lead = taken(world, firstName="Ada", companyName="Initech")

    whole = world.admin.run("{ contacts { totalCount } leads { nodes { id name score } } }")

    assert (lead["status"], lead["stage"]["name"], lead["score"]) == ("NEW", "New", 0)
    assert whole["contacts"]["totalCount"] == 0
    assert whole["leads"]["nodes"] == [{"id": lead["id"], "name": "Ada Okafor", "score": 0}]
    assert world.admin.act("leadCreate", {"firstName": "Ada"}).errors[0]["path"] == ["lastName"]


def test_lead_01_a_rep_sees_their_own_leads_and_a_search_no_others(world):
    mine, others = taken(world, world.rep, email="ada@initech.example"), taken(world)

    query = '{ leads(search: "initech") { nodes { id } } all: leads { nodes { id } } }'
    found = world.rep.run(query)

    assert found == {
        "leads": {"nodes": [{"id": mine["id"]}]},
        "all": {"nodes": [{"id": mine["id"]}]},
    }
    assert world.rep.act("leadUpdate", {"id": others["id"], "city": "Oslo"}).codes == ["NOT_FOUND"]


def test_lead_01_a_deleted_lead_comes_back_to_the_top_of_its_stage(world):
    lead, other = taken(world), taken(world)
    world.admin.act("leadDelete", {"id": lead["id"]}, CARD)["lead"]

    back = world.admin.act("leadRestore", {"id": lead["id"]}, CARD)["lead"]

    assert back["rank"] < other["rank"]
    assert back["stage"] == lead["stage"]


def test_lead_01_upserts_of_one_address_at_once_make_one_lead(world):
    given = {"match": {"email": "ada@initech.example"}}
    given |= {"values": {"lastName": "Okafor", "email": "Ada@Initech.example"}}

    with ThreadPoolExecutor(6) as pool:
        acts = [pool.submit(world.admin.act, "leadUpsert", given, CARD) for _ in range(6)]

    assert len({act.result()["lead"]["id"] for act in acts}) == 1


def test_lead_01_an_upsert_gives_a_new_lead_the_address_it_was_looked_for(world):
    given = {"match": {"email": "ada@initech.example"}, "values": {"lastName": "Okafor"}}

    ids = {world.admin.act("leadUpsert", given, CARD)["lead"]["id"] for _ in range(2)}

    assert len(ids) == 1


def test_lead_01_an_upsert_without_an_address_changes_no_lead(world):
    taken(world)

    refused = world.admin.act("leadUpsert", {"match": {"email": " "}, "values": {"lastName": "X"}})

    assert refused.codes == ["REQUIRED"]


@pytest.mark.parametrize("origin", ["WEB_FORM", "CAMPAIGN", "EVENT", "MANUAL", "INTEGRATION"])
def test_lead_02_a_lead_keeps_where_it_came_from(filled, origin):
    lead = taken(filled, origin=origin)

    found = filled.admin.run(
        "query($origin: Origin) { leads(filter: {origin: {eq: $origin}}) { nodes { id } } }",
        origin=origin,
    )
    assert lead["origin"] == origin
    assert {"id": lead["id"]} in found["leads"]["nodes"]


def test_lead_03_a_lead_moves_through_its_statuses_to_its_place(world):
    first, second = taken(world), taken(world)
    move(world, first, toStatus="CONTACTED")["lead"]

    moved = move(world, second, toStatus="CONTACTED", afterCardId=first["id"])["lead"]
    top = move(world, moved)["lead"]
    upper = world.admin.run("query($id: ID!) { lead(id: $id) { rank } }", id=first["id"])["lead"]

    columns = world.admin.run("{ leadBoard { columns { status count } } }")["leadBoard"]["columns"]
    counts = {one["status"]: one["count"] for one in columns if one["count"]}
    assert (moved["status"], moved["stage"]["name"]) == ("CONTACTED", "Contacted")
    assert counts == {"CONTACTED": 2}
    assert top["rank"] < upper["rank"] < moved["rank"]


def test_lead_03_a_move_does_not_convert_and_names_what_it_does(world):
    refused = move(world, taken(world), toStatus="CONVERTED")

    (error,) = refused.errors
    assert (error["code"], error["path"]) == ("INVALID_TRANSITION", ["toStatus"])
    assert "leadConvert" in error["message"]
    assert "NEW, CONTACTED, QUALIFIED, DISQUALIFIED" in error["message"]


def test_lead_03_a_move_on_an_old_version_is_told_what_changed(world):
    lead = taken(world)
    world.admin.act("leadUpdate", {"id": lead["id"], "jobTitle": "Chief"}, CARD)["lead"]
    query = """mutation($input: LeadMoveInput!) { leadMove(input: $input) { userErrors {
      code ... on StaleVersionError { currentVersion changedFields } } } }"""
    given = {"id": lead["id"], "toStatus": "QUALIFIED", "expectedVersion": lead["version"]}

    refused = world.admin.run(query, input=given)["leadMove"]["userErrors"]

    assert refused == [
        {"code": "STALE_VERSION", "currentVersion": 2, "changedFields": ["jobTitle"]}
    ]


def test_lead_03_movers_at_once_end_in_one_order(world):
    leads = [taken(world) for _ in range(8)]
    anchor = leads[0]["id"]

    with ThreadPoolExecutor(8) as pool:
        for lead in leads[1:]:
            pool.submit(move, world, lead, toStatus="NEW", afterCardId=anchor)
    nodes = world.admin.run(ORDER)["leads"]["nodes"]

    assert len({node["rank"] for node in nodes}) == 8
    assert min(nodes, key=lambda node: node["rank"])["id"] == anchor


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"toStatus": "DISQUALIFIED"}, "REQUIRED", "reason"),
        ({"toStatus": "QUALIFIED", "reason": "Why not"}, "INVALID_VALUE", "reason"),
        ({"toStageId": "Contacted", "toStatus": "NEW"}, "INVALID_VALUE", "toStatus"),
        ({"toStageId": "deal"}, "INVALID_VALUE", "toStageId"),
    ],
    ids=["no reason", "a reason for nothing", "two places", "a stage of deals"],
)
def test_lead_03_an_impossible_move_is_refused(filled, given, code, path):
    known = stages(filled)
    deal = filled.admin.run("{ deals(first: 1) { nodes { stage { id } } } }")["deals"]["nodes"][0]
    known["deal"] = deal["stage"]["id"]
    asked = {name: known.get(value, value) for name, value in given.items()}

    refused = move(filled, taken(filled), **asked)

    assert [(one["code"], one["path"]) for one in refused.errors] == [(code, [path])]


async def test_lead_06_the_highest_scores_come_first_then_the_newest(world):
    made = [taken(world, lastName=f"Lead {at}")["id"] for at in range(5)]
    owner = await asyncpg.connect(world.server.ready["databaseUrl"])
    await owner.execute(SCORED, (decode(made[1]) or ("", ""))[1])
    await owner.close()

    first = world.admin.run("{ leads(first: 2) { nodes { id } pageInfo { endCursor } } }")["leads"]
    query = "query($after: Cursor) { leads(after: $after) { nodes { id score } } }"
    rest = world.admin.run(query, after=first["pageInfo"]["endCursor"])["leads"]["nodes"]

    assert [made.index(one["id"]) for one in first["nodes"] + rest] == [1, 4, 3, 2, 0]


def test_lead_13_a_lead_is_given_up_for_a_reason_and_brought_back(world):
    lead = taken(world)
    given = {"id": lead["id"], "reason": "  No budget "}

    lost = world.admin.act("leadDisqualify", given, CARD)["lead"]
    back = move(world, lost, toStatus="QUALIFIED")["lead"]

    assert (lost["status"], lost["disqualifiedReason"]) == ("DISQUALIFIED", "No budget")
    assert (back["status"], back["disqualifiedReason"]) == ("QUALIFIED", None)
    assert world.admin.act("leadDisqualify", given | {"reason": " "}).codes == ["REQUIRED"]


@pytest.mark.waits_for("Calendly and ChiliPiper")
def test_lead_15_call_scheduled_is_a_stage_within_contacted(world):
    lead = taken(world, email="ada@initech.example")
    values = {"lastName": "Okafor", "stageId": stages(world)["Call Scheduled"]}
    given = {"match": {"email": "ada@initech.example"}, "values": values}

    moved = world.admin.act("leadUpsert", given, CARD)["lead"]
    stays = move(world, moved, toStatus="CONTACTED")["lead"]

    assert (moved["id"], moved["status"]) == (lead["id"], "CONTACTED")
    assert moved["stage"] == stays["stage"] == {"name": "Call Scheduled"}
