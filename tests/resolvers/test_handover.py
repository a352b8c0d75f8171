"""Users who leave: what they held goes to another, and their access ends at once."""

from typing import Any

import schema  # noqa: F401 - declares what names a user
from models import metadata
from services.holdings import HISTORY, held
from tests.plugins.world import Payload, World

PREVIEW = """query($id: ID!, $heir: ID) {
  userDeactivatePreview(id: $id, reassignTo: $heir) { kind count } }"""
OWNERS = """{ contacts { nodes { owner { id } } }
  deals { nodes { name owner { id name status } } } }"""


def leave(world: World, who: str, heir: str, **rest: Any) -> Payload:
    given = {"id": world.user(who), "reassignTo": world.user(heir)} | rest
    return world.admin.act("userDeactivate", given, "user { name status } moved { kind count }")


def stage(world: World, name: str) -> str:
    nodes = world.admin.run(
        "{ pipelines(first: 1, orderBy: [{field: POSITION}]) {"
        " nodes { stages { nodes { id name } } } } }"
    )
    steps = nodes["pipelines"]["nodes"][0]["stages"]["nodes"]
    found: str = next(one["id"] for one in steps if one["name"] == name)
    return found


def test_setup_16_what_is_open_goes_to_the_heir_and_the_preview_says_how_much(world: World) -> None:
    world.join("heir", "MANAGER")
    for name, place in (("Open", "Qualified"), ("Won", "Closed Won")):
        world.deal(world.rep, name=name, stageId=stage(world, place))
    world.contact(world.rep)
    who = {"id": world.user("rep"), "heir": world.user("heir")}
    counts = [{"kind": "CONTACT", "count": 1}, {"kind": "DEAL", "count": 1}]

    preview = world.admin.run(PREVIEW, **who)["userDeactivatePreview"]
    left = leave(world, "rep", "heir")

    assert sorted(preview, key=lambda one: one["kind"]) == counts
    assert sorted(left["moved"], key=lambda one: one["kind"]) == counts
    assert left["user"] == {"name": "Rep Rep", "status": "DEACTIVATED"}
    found = world.executive.run(OWNERS)
    assert {one["name"]: one["owner"]["id"] for one in found["deals"]["nodes"]} == {
        "Open": world.user("heir"),
        "Won": world.user("rep"),
    }
    assert found["contacts"]["nodes"] == [{"owner": {"id": world.user("heir")}}]


def test_setup_16_sessions_and_keys_die_at_once(world: World) -> None:
    made = world.rep.act("apiKeyCreate", {"name": "Nightly"}, "secret")
    key = world.server.client(made["secret"])
    assert key.send("{ viewer { role } }").status == 200

    assert not leave(world, "rep", "admin").errors

    for client in (world.rep, key):
        assert client.send("{ viewer { role } }").codes == ["UNAUTHENTICATED"]
    again = {"email": world.email("rep"), "password": "four dull horses trot"}
    assert world.server.client(None).act("signIn", again).codes == ["INVALID_CREDENTIALS"]


def test_setup_16_who_comes_back_signs_in_as_before(world: World) -> None:
    world.deal(world.rep)
    leave(world, "rep", "admin")

    back = world.admin.act("userReactivate", {"id": world.user("rep")}, "user { status }")

    assert back["user"] == {"status": "ACTIVE"}
    again = {"email": world.email("rep"), "password": "four dull horses trot"}
    begun = world.server.client(None).act("signIn", again, "token")
    deals = world.server.client(begun["token"]).run("{ deals { totalCount } }")
    assert deals["deals"]["totalCount"] == 0
    assert world.rep.send("{ viewer { role } }").codes == ["UNAUTHENTICATED"]


def test_setup_16_the_last_admin_stays(world: World) -> None:
    world.join("rep", "REP")
    world.join("second", "ADMIN")

    assert not leave(world, "second", "admin").errors
    refused = leave(world, "admin", "rep")

    assert (refused.codes, refused.errors[0]["path"]) == (["LAST_ADMIN"], ["id"])
    assert world.admin.node(world.user("admin"))


def test_setup_16_teams_get_a_manager_who_may_manage(world: World) -> None:
    world.join("rep", "REP")
    world.join("other", "MANAGER")
    given = {"name": "North", "managerId": world.join("manager", "MANAGER")[1]}
    world.admin.act("teamCreate", given | {"memberIds": [world.user("rep")]})

    refused = leave(world, "manager", "rep")
    moved = leave(world, "manager", "other")

    assert refused.codes == ["MANAGER_ROLE_REQUIRED"]
    assert moved["moved"] == [{"kind": "TEAM", "count": 1}]
    teams = world.admin.run("{ teams { nodes { manager { id } } } }")["teams"]["nodes"]
    assert teams == [{"manager": {"id": world.user("other")}}]


def test_setup_16_the_heir_takes_the_seat_and_the_manager_sees_on(world: World) -> None:
    world.join("heir", "REP")
    members = [world.join("rep", "REP")[1]]
    given = {"name": "North", "managerId": world.join("manager", "MANAGER")[1]}
    world.admin.act("teamCreate", given | {"memberIds": members})
    world.deal(world.rep, name="Open")
    world.deal(world.rep, name="Won", stageId=stage(world, "Closed Won"))

    leave(world, "rep", "heir")

    deals = world.manager.run("{ deals { nodes { name owner { name } } } }")["deals"]["nodes"]
    assert {one["name"]: one["owner"]["name"] for one in deals} == {
        "Open": "Heir Rep",
        "Won": "Rep Rep",
    }


def test_setup_16_who_cannot_take_over_is_refused(world: World) -> None:
    for who in ("rep", "gone"):
        world.join(who, "REP")
    leave(world, "gone", "admin")

    assert leave(world, "rep", "rep").errors[0]["path"] == ["reassignTo"]
    assert leave(world, "rep", "gone").codes == ["INVALID_VALUE"]
    assert leave(world, "gone", "admin").codes == ["INVALID_TRANSITION"]
    assert leave(world, "rep", "admin", expectedVersion=9).codes == ["STALE_VERSION"]
    denied = world.rep.send(PREVIEW, {"id": world.user("rep")})
    assert denied.codes == ["FORBIDDEN"]


def test_setup_16_every_column_that_names_a_user_is_handed_over_or_history() -> None:
    named = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.c
        if column.info.get("references") == "user"
    }

    assert named == HISTORY | {(one.table, one.column) for one in held(metadata)}
