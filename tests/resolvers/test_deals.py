"""Deals, as clients open and change them, and who owns what came of them."""

from typing import Any

import pytest

from tests.plugins.world import World

CARD = """deal { id name value { amount currency } probability probabilitySource closeDate closedAt
  stage { id name category } pipeline { id } owner { id } version }"""
CHAIN = """query($filter: DealFilter) { deals(first: 100, filter: $filter) { nodes {
  id owner { id } quotes { nodes { id owner { id } } } contracts { nodes { id owner { id } } }
  invoices { nodes { id owner { id } } } } } }"""
COMPLETE: dict[str, Any] = {kind: {"some": {}} for kind in ("quotes", "contracts", "invoices")}
FOLLOWERS = ("quotes", "contracts", "invoices")


def stages(world: World):
    found = world.admin.run(
        "{ pipelines(first: 1, orderBy: [{field: POSITION}]) { nodes {"
        " kind stages { nodes { id name category probability } } } } }"
    )
    (pipeline,) = found["pipelines"]["nodes"]
    assert pipeline["kind"] == "DEAL"
    return pipeline["stages"]["nodes"]


def opened(world: World, **given):
    return world.admin.act("dealCreate", {"name": "Globex Renewal"} | given, CARD)["deal"]


def test_a_deal_begins_in_the_first_stage_with_its_chances(world: World) -> None:
    first = stages(world)[0]

    deal = opened(world)

    assert (deal["stage"]["id"], deal["probability"]) == (first["id"], first["probability"])
    assert deal["probabilitySource"] == "STAGE"
    assert deal["value"] == {"amount": "0.00", "currency": "USD"}
    assert deal["owner"]["id"] == world.user("admin")


def test_a_deal_is_opened_where_it_is_told(world: World) -> None:
    second = stages(world)[1]

    deal = opened(world, stageId=second["id"], probability=55, closeDate="2027-01-31")

    assert deal["stage"]["id"] == second["id"]
    assert (deal["probability"], deal["probabilitySource"]) == (55, "MANUAL")
    assert deal["closeDate"] == "2027-01-31"


@pytest.mark.parametrize("category", ["WON", "LOST"])
def test_a_deal_entered_as_closed_has_the_chances_of_its_stage(world: World, category) -> None:
    (closed, *_) = [one for one in stages(world) if one["category"] == category]

    deal = opened(world, stageId=closed["id"], probability=55)
    refused = world.admin.act("dealUpdate", {"id": deal["id"], "probability": 50}, CARD)

    assert deal["closedAt"]
    assert (deal["probability"], deal["probabilitySource"]) == (closed["probability"], "STAGE")
    assert [(one["code"], one["path"]) for one in refused.errors] == [
        ("INVALID_VALUE", ["probability"])
    ]


def test_a_deal_is_not_opened_in_a_stage_of_elsewhere(server, world: World) -> None:
    foreign = stages(World(server))[0]["id"]

    refused = world.admin.act("dealCreate", {"name": "A", "stageId": foreign}, CARD)

    assert [(one["code"], one["path"]) for one in refused.errors] == [("NOT_FOUND", ["stageId"])]


def test_a_deal_is_changed_deleted_and_restored(world: World) -> None:
    deal = opened(world, value={"amount": "12000"})
    given = {"id": deal["id"], "value": {"amount": "12500.50", "currency": "EUR"}}

    changed = world.admin.act("dealUpdate", given, CARD)["deal"]
    world.admin.act("dealDelete", {"id": deal["id"], "expectedVersion": 2}, CARD)["userErrors"]
    gone = world.admin.node(deal["id"])
    back = world.admin.act("dealRestore", {"id": deal["id"]}, CARD)["deal"]

    assert changed["value"] == {"amount": "12500.50", "currency": "EUR"}
    assert gone is None
    assert back["value"] == changed["value"]


def test_a_probability_set_by_hand_says_so(world: World) -> None:
    deal = opened(world)

    changed = world.admin.act("dealUpdate", {"id": deal["id"], "probability": 70}, CARD)["deal"]

    assert (changed["probability"], changed["probabilitySource"]) == (70, "MANUAL")


def test_what_came_of_a_deal_follows_it_to_its_new_owner(world: World) -> None:
    world.rep  # noqa: B018 - a second member
    world.fill()
    deal = world.admin.run(CHAIN, filter=COMPLETE)["deals"]["nodes"][0]
    owner = "rep" if deal["owner"]["id"] != world.user("rep") else "admin"
    given = {"id": deal["id"], "ownerId": world.user(owner)}

    world.admin.act("dealUpdate", given, CARD)["deal"]

    only = {"id": {"eq": deal["id"]}}
    (after,) = world.admin.run(CHAIN, filter=only)["deals"]["nodes"]
    for kind in FOLLOWERS:
        assert after[kind]["nodes"]
        assert {one["owner"]["id"] for one in after[kind]["nodes"]} == {world.user(owner)}


def test_a_rep_who_is_handed_a_deal_sees_what_came_of_it(world: World) -> None:
    world.fill()
    rep, rep_id = world.join("late", "REP")
    deal = world.admin.run(CHAIN, filter=COMPLETE)["deals"]["nodes"][0]
    before = rep.run(CHAIN, filter={})["deals"]["nodes"]

    world.admin.act("dealUpdate", {"id": deal["id"], "ownerId": rep_id}, CARD)["deal"]

    (after,) = rep.run(CHAIN, filter={})["deals"]["nodes"]
    assert before == []
    assert after["id"] == deal["id"]
    for kind in FOLLOWERS:
        assert [one["id"] for one in after[kind]["nodes"]] == [
            one["id"] for one in deal[kind]["nodes"]
        ]


def test_a_deal_is_handed_only_to_an_active_member(server, world: World) -> None:
    deal = opened(world)
    stranger = World(server).user("admin")

    refused = world.admin.act("dealUpdate", {"id": deal["id"], "ownerId": stranger}, CARD)

    assert [(one["code"], one["path"]) for one in refused.errors] == [("NOT_FOUND", ["ownerId"])]
    assert world.admin.run(CHAIN, filter={})["deals"]["nodes"][0]["owner"] == deal["owner"]
