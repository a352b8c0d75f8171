"""Saved views: kept under a name, shared, and held against the lists they are of."""

from typing import Any

import pytest

from tests.plugins.world import Payload, World

CARD = """savedView { id name recordType sharing filter orderBy { field direction } columns
  problems version owner { id } }"""
GIVEN = {
    "name": "Customers",
    "recordType": "CONTACT",
    "filter": '{"status":{"eq":"CUSTOMER"}}',
    "orderBy": [{"field": "NAME", "direction": "DESC"}],
    "columns": ["name", "owner.name", "primaryCompany.owner.email"],
}


def save(client: Any, **given: Any) -> Payload:
    made: Payload = client.act("savedViewCreate", GIVEN | given, CARD)
    return made


def listed(client: Any) -> list[str]:
    nodes = client.run("{ savedViews { nodes { name } } }")["savedViews"]["nodes"]
    return [one["name"] for one in nodes]


def test_a_view_is_kept_as_its_list_takes_it(world: World) -> None:
    view = save(world.admin)["savedView"]

    assert {name: view[name] for name in GIVEN} == GIVEN
    assert (view["sharing"], view["problems"]) == ("PRIVATE", [])


def test_a_view_is_private_a_teams_or_everybodys(world: World) -> None:
    team = {"name": "North", "managerId": world.user("admin"), "memberIds": []}
    world.rep  # noqa: B018 - joins
    team["memberIds"] = [world.user("rep")]
    team_id = world.admin.act("teamCreate", team, "team { id }")["team"]["id"]
    save(world.admin, name="Mine")
    save(world.admin, name="North's", sharing="TEAM", teamId=team_id)
    all_of = save(world.admin, name="All", sharing="WORKSPACE")["savedView"]["id"]

    refused = world.rep.act("savedViewUpdate", {"id": all_of, "name": "Taken"})
    seen = {who: listed(world.of(who)) for who in ("admin", "rep", "manager")}
    world.admin.act("teamDelete", {"id": team_id})

    assert refused.codes == ["READ_ONLY"]
    assert seen == {
        "admin": ["All", "Mine", "North's"],
        "rep": ["All", "North's"],
        "manager": ["All"],
    }
    assert listed(world.rep) == ["All"]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"filter": '{"status":{"eq":"VIP"}}'}, ["filter", "status", "eq"]),
        ({"filter": '{"colour":{"eq":"red"}}'}, ["filter"]),
        ({"filter": "[1"}, ["filter"]),
        ({"filter": '{"ownerId":{"eq":"cnt_1"}}'}, ["filter"]),
        ({"orderBy": [{"field": "COLOUR"}]}, ["orderBy", "0", "field"]),
        ({"columns": ["name", "owner.colour"]}, ["columns", "1"]),
    ],
)
def test_what_the_list_does_not_take_is_refused_where_it_stands(world: World, given, path) -> None:
    refused = save(world.admin, **given)

    assert [(one["code"], one["path"]) for one in refused.errors] == [("INVALID_VALUE", path)]
    assert listed(world.admin) == []


def test_a_name_is_unique_among_ones_views_of_a_list(world: World) -> None:
    view = save(world.admin)["savedView"]
    stale = {"id": view["id"], "name": "New", "expectedVersion": 7}

    assert save(world.admin, name="customers").codes == ["DUPLICATE"]
    assert save(world.admin, sharing="TEAM").codes == ["REQUIRED"]
    assert world.admin.act("savedViewUpdate", stale).codes == ["STALE_VERSION"]
    assert save(world.rep).errors == []
    assert world.admin.act("savedViewDelete", {"id": view["id"]}, "savedViewId").errors == []
    assert listed(world.admin) == []
