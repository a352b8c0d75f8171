"""Deals on their way through the stages, and what that leaves behind."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import pytest

from core.ids import decode
from tests.plugins.world import Payload, World

CARD = """deal { id version probability probabilitySource closedAt stageEnteredAt daysInStage rank
  weightedValue { amount currency } stage { id name } pipeline { id name }
  stageHistory { nodes { fromStage { name } toStage { name } by { id } enteredAt leftAt
    durationSeconds } } }"""
ORDER = "query($f: DealFilter) { deals(filter: $f) { nodes { id rank stage { id } } } }"


def pipelines(world: World) -> dict[str, Any]:
    """The pipelines by name, each with its stages by theirs."""
    query = "{ pipelines { nodes { id name kind stages { nodes { id name } } } } }"
    found = world.admin.run(query)["pipelines"]["nodes"]
    return {
        one["name"]: one | {"stages": {step["name"]: step["id"] for step in one["stages"]["nodes"]}}
        for one in found
    }


def sales(world: World) -> dict[str, str]:
    """The stages of the first pipeline by name."""
    found: dict[str, str] = pipelines(world)["Sales"]["stages"]
    return found


def moved(world: World, deal: str, stage: str, version: int = 1, **rest: Any) -> Payload:
    given = {"id": deal, "toStageId": stage, "expectedVersion": version} | rest
    return world.admin.act("dealMove", given, f"{CARD} warnings {{ message }}")


def version(world: World, deal: str) -> int:
    """How often a deal has changed."""
    found: int = world.admin.run("query($id: ID!) { deal(id: $id) { version } }", id=deal)["deal"][
        "version"
    ]
    return found


def test_deal_01_a_deal_starts_in_the_first_stage_or_where_it_is_told(world: World) -> None:
    found = pipelines(world)["Enterprise Sales"]
    begun = world.admin.act("dealCreate", {"name": "A"}, CARD)["deal"]
    there = {"name": "B", "pipelineId": found["id"]}
    in_stage = there | {"stageId": found["stages"]["Demo"]}

    assert (begun["pipeline"]["name"], begun["stage"]["name"]) == ("Sales", "Prospecting")
    named = world.admin.act("dealCreate", there, CARD)["deal"]
    assert (named["pipeline"]["name"], named["stage"]["name"]) == (
        "Enterprise Sales",
        "Prospecting",
    )
    assert world.admin.act("dealCreate", in_stage, CARD)["deal"]["stage"]["name"] == "Demo"


def test_deal_02_every_deal_has_a_close_date_a_value_and_a_chance(world: World) -> None:
    fields = "deal { closeDate value { amount currency } probability }"
    bare = world.admin.act("dealCreate", {"name": "A"}, fields)["deal"]
    query = """{ __type(name: "Deal") { fields { name type { kind ofType { name } } } } }"""
    kinds = {one["name"]: one["type"] for one in world.admin.run(query)["__type"]["fields"]}
    over = {"name": "B", "probability": 101}

    assert bare["value"] == {"amount": "0.00", "currency": "USD"}
    assert (bare["probability"], bool(bare["closeDate"])) == (10, True)
    for name, kind in (("closeDate", "Date"), ("value", "Money"), ("probability", "Int")):
        assert kinds[name] == {"kind": "NON_NULL", "ofType": {"name": kind}}
    assert world.admin.act("dealCreate", over, fields).codes == ["INVALID_VALUE"]


@pytest.mark.parametrize(
    ("stage", "told"),
    [("Qualified", "stage_changed"), ("Closed Won", "won"), ("Closed Lost", "lost")],
)
async def test_deal_22_a_move_is_told_as_what_it_is(world: World, stage: str, told: str) -> None:
    deal = world.deal()
    cursor = int(moved(world, deal, sales(world)[stage]).fields["eventCursor"])
    record = (decode(deal) or ("", ""))[1]

    connection = await asyncpg.connect(world.server.ready["databaseUrl"])
    rows = await connection.fetch(
        "SELECT type, changes::text FROM event WHERE record_id = $1 AND position <= $2"
        " ORDER BY position",
        record,
        cursor,
    )
    await connection.close()

    assert [row["type"] for row in rows] == ["deal.created", f"deal.{told}"]
    assert "stage_id" in rows[1]["changes"]


def test_deal_05_the_stage_says_how_likely_unless_somebody_did(world: World) -> None:
    stages = sales(world)
    usual, by_hand = world.deal(), world.deal(probability=70)

    there = moved(world, usual, stages["Qualified"])["deal"]
    kept = moved(world, by_hand, stages["Qualified"])["deal"]

    assert (there["probability"], there["probabilitySource"]) == (25, "STAGE")
    assert (kept["probability"], kept["probabilitySource"]) == (70, "MANUAL")


@pytest.mark.parametrize(("stage", "chance"), [("Closed Won", 100), ("Closed Lost", 0)])
def test_deal_13_closing_sets_the_chance_and_the_moment(world: World, stage, chance) -> None:
    deal = world.deal(probability=70, value={"amount": "200"})

    closed = moved(world, deal, sales(world)[stage])["deal"]
    again = moved(world, deal, sales(world)["Qualified"], closed["version"])["deal"]

    assert (closed["probability"], bool(closed["closedAt"])) == (chance, True)
    assert closed["weightedValue"] == {"amount": f"{2 * chance}.00", "currency": "USD"}
    assert (again["probability"], again["probabilitySource"]) == (25, "STAGE")
    assert again["closedAt"] is None


def test_deal_06_a_card_goes_where_it_is_put(world: World) -> None:
    stage = sales(world)["Qualified"]
    first, second, third = (world.deal(name=name, stageId=stage) for name in "abc")

    below = moved(world, third, stage, afterCardId=first)["deal"]
    above = moved(world, second, stage, beforeCardId=third)["deal"]

    nodes = world.admin.run(ORDER, f={})["deals"]["nodes"]
    assert (below["version"], above["version"]) == (2, 2)
    assert [one["id"] for one in sorted(nodes, key=lambda one: one["rank"])] == [
        first,
        second,
        third,
    ]


def test_deal_03_another_pipeline_is_entered_by_a_stage_of_it(world: World) -> None:
    other = pipelines(world)["Enterprise Sales"]
    deal = world.deal()

    there = moved(world, deal, other["stages"]["Demo"])["deal"]

    assert (there["pipeline"]["name"], there["stage"]["name"]) == ("Enterprise Sales", "Demo")
    assert there["probability"] == 40


def test_deal_21_the_way_through_the_stages_is_kept(world: World) -> None:
    stages = sales(world)
    deal = world.deal()

    moved(world, deal, stages["Qualified"])["deal"]
    history = moved(world, deal, stages["Closed Won"], 2)["deal"]["stageHistory"]["nodes"]

    way = [((one["fromStage"] or {}).get("name"), one["toStage"]["name"]) for one in history]
    assert way == [
        (None, "Prospecting"),
        ("Prospecting", "Qualified"),
        ("Qualified", "Closed Won"),
    ]
    assert [one["leftAt"] for one in history[:2]] == [one["enteredAt"] for one in history[1:]]
    assert history[2]["leftAt"] is None
    assert {one["by"]["id"] for one in history} == {world.user("admin")}
    assert all(one["durationSeconds"] >= 0 for one in history)


def test_deal_19_stalled_deals_are_found_by_when_they_came(world: World) -> None:
    stages = sales(world)
    stays, goes = world.deal(), world.deal()
    came = moved(world, goes, stages["Qualified"])["deal"]["stageEnteredAt"]

    late = world.admin.run(ORDER, f={"stageEnteredAt": {"gte": came}})["deals"]["nodes"]
    early = world.admin.run(ORDER, f={"stageEnteredAt": {"lt": came}})["deals"]["nodes"]

    assert [one["id"] for one in late] == [goes]
    assert [one["id"] for one in early] == [stays]


def test_deal_06_a_stale_move_is_refused_with_what_changed(world: World) -> None:
    stages = sales(world)
    deal = world.deal()
    moved(world, deal, stages["Qualified"])["deal"]

    refused = moved(world, deal, stages["Negotiation"])

    assert refused.codes == ["STALE_VERSION"]
    assert version(world, deal) == 2


def test_deal_06_of_two_who_move_a_deal_at_once_one_does(world: World) -> None:
    stages = sales(world)
    deal = world.deal()
    targets = [stages["Qualified"], stages["Negotiation"]]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda stage: moved(world, deal, stage), targets))

    assert sorted(one.codes for one in answers) == [[], ["STALE_VERSION"]]
    assert version(world, deal) == 2


def test_deal_03_stages_of_elsewhere_are_refused(server, world: World) -> None:
    deal = world.deal()
    foreign = sales(World(server))["Qualified"]
    of_leads = pipelines(world)["Leads"]["stages"]["New"]

    assert moved(world, deal, foreign).codes == ["NOT_FOUND"]
    assert moved(world, deal, of_leads).codes == ["INVALID_VALUE"]
    assert version(world, deal) == 1


def test_deal_06_a_deal_out_of_sight_does_not_move(world: World) -> None:
    deal, stage = world.deal(), sales(world)["Qualified"]
    given = {"id": deal, "toStageId": stage, "expectedVersion": 1}

    assert world.rep.act("dealMove", given, "deal { id }").codes == ["NOT_FOUND"]


def test_deal_06_a_restored_deal_is_on_top_of_its_stage(world: World) -> None:
    older, newer = world.deal(), world.deal()
    world.admin.act("dealDelete", {"id": older}, "deal { id }")["deal"]

    back = world.admin.act("dealRestore", {"id": older}, "deal { rank }")["deal"]

    nodes = world.admin.run(ORDER, f={})["deals"]["nodes"]
    assert back["rank"] == min(one["rank"] for one in nodes)
    assert {one["id"] for one in nodes} == {older, newer}
