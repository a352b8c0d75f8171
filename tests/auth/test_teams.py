"""Teams, their managers and what membership lets see."""

import asyncio

import pytest

from tests.auth.conftest import Client, address

CONTACTS = "{ contacts { nodes { id } } }"


async def seen(person):
    """The contacts a person lists."""
    return {contact["id"] for contact in (await person.run(CONTACTS))["contacts"]["nodes"]}


async def contact_of(person):
    return await person.made("Contact", firstName="Con", lastName="Tact", email=address())


async def test_team_01_an_admin_names_a_team_its_manager_and_members(admin):
    manager, rep = await admin.colleague("MANAGER"), await admin.colleague("REP")
    given = {"name": "Enterprise", "managerId": manager.id, "memberIds": [rep.id, rep.id]}
    selection = "team { name manager { id } members { nodes { id } } memberCount }"

    assert (await admin.done("teamCreate", selection, **given))["team"] == {
        "name": "Enterprise",
        "manager": {"id": manager.id},
        "members": {"nodes": [{"id": rep.id}]},
        "memberCount": 1,
    }


@pytest.mark.parametrize("role", ["REP", "FINANCE"])
async def test_team_01_a_manager_holds_a_role_that_manages(admin, role):
    colleague = await admin.colleague(role)
    team = await admin.made("Team", name="West", managerId=admin.id)

    for act, given in (("teamCreate", {"name": "East"}), ("teamUpdate", {"id": team})):
        refusals = await admin.refusals(act, **given, managerId=colleague.id)
        assert refusals == [("MANAGER_ROLE_REQUIRED", ["managerId"])]


@pytest.mark.parametrize("role", ["REP", "MANAGER", "EXECUTIVE", "FINANCE"])
async def test_team_01_only_an_admin_changes_teams(admin, role):
    team = await admin.made("Team", name="West", managerId=admin.id)
    colleague = await admin.colleague(role)
    place = {"teamId": team, "userId": colleague.id}

    assert await colleague.denied("teamCreate", name="E", managerId=admin.id) == ["FORBIDDEN"]
    assert await colleague.denied("teamUpdate", id=team, name="E") == ["FORBIDDEN"]
    assert await colleague.denied("teamDelete", id=team) == ["FORBIDDEN"]
    assert await colleague.denied("teamMemberAdd", **place) == ["FORBIDDEN"]
    assert await colleague.denied("teamMemberRemove", **place) == ["FORBIDDEN"]
    assert (await colleague.run("{ teams { nodes { name } } }"))["teams"]["nodes"] == [
        {"name": "West"}
    ]


async def test_team_01_two_teams_do_not_share_a_name(admin):
    await admin.made("Team", name="West", managerId=admin.id)
    other = await admin.made("Team", name="East", managerId=admin.id)

    assert await admin.refusals("teamCreate", name=" WEST ", managerId=admin.id) == [
        ("DUPLICATE", ["name"])
    ]
    assert await admin.refusals("teamUpdate", id=other, name="west") == [("DUPLICATE", ["name"])]
    await admin.done("teamUpdate", id=other, name="EAST")


async def test_team_01_of_two_teams_made_at_once_one_gets_the_name(admin):
    made = await asyncio.gather(
        *(admin.act("teamCreate", "team { id }", name="West", managerId=admin.id) for _ in range(4))
    )

    assert [bool(one["team"]) for one in made].count(True) == 1
    assert {error["code"] for one in made for error in one["userErrors"]} == {"DUPLICATE"}


async def test_team_01_an_update_names_something_to_change(admin):
    team = await admin.made("Team", name="West", managerId=admin.id)

    assert await admin.refused("teamUpdate", id=team) == "EMPTY_PATCH"
    assert await admin.refused("teamUpdate", id=team, name="E", expectedVersion=7) == (
        "STALE_VERSION"
    )


async def test_team_02_a_user_may_be_in_several_teams(admin):
    rep = await admin.colleague("REP")
    teams = [await admin.made("Team", name=name, managerId=admin.id) for name in ("East", "West")]

    for team in (*teams, teams[0]):
        await admin.done("teamMemberAdd", teamId=team, userId=rep.id)

    viewer = (await rep.run("{ viewer { teams { name memberCount } } }"))["viewer"]
    assert viewer["teams"] == [
        {"name": "East", "memberCount": 1},
        {"name": "West", "memberCount": 1},
    ]


async def test_team_02_who_is_not_in_a_team_cannot_be_taken_out(admin):
    team = await admin.made("Team", name="West", managerId=admin.id)

    assert await admin.refusals("teamMemberRemove", teamId=team, userId=admin.id) == [
        ("NOT_FOUND", ["userId"])
    ]


async def test_team_04_a_change_of_membership_holds_from_the_next_request(admin, other_process):
    manager, rep = await admin.colleague("MANAGER"), await admin.colleague("REP")
    elsewhere = Client(other_process, manager.token)
    contact = await contact_of(rep)
    team = await admin.made("Team", name="West", managerId=manager.id)
    assert (await seen(manager), await seen(elsewhere)) == (set(), set())

    await admin.done("teamMemberAdd", teamId=team, userId=rep.id)
    assert (await seen(manager), await seen(elsewhere)) == ({contact}, {contact})

    await admin.done("teamMemberRemove", teamId=team, userId=rep.id)
    assert (await seen(manager), await seen(elsewhere)) == (set(), set())


async def test_team_04_a_new_manager_sees_what_the_former_saw(admin):
    former, new = await admin.colleague("MANAGER"), await admin.colleague("MANAGER")
    rep = await admin.colleague("REP")
    contact = await contact_of(rep)
    team = await admin.made("Team", name="West", managerId=former.id, memberIds=[rep.id])
    assert (await seen(former), await seen(new)) == ({contact}, set())

    await admin.done("teamUpdate", id=team, managerId=new.id)

    assert (await seen(former), await seen(new)) == (set(), {contact})


async def test_team_04_a_dissolved_team_lets_see_nothing(admin):
    manager, rep = await admin.colleague("MANAGER"), await admin.colleague("REP")
    await contact_of(rep)
    team = await admin.made("Team", name="West", managerId=manager.id, memberIds=[rep.id])
    assert await seen(manager)

    await admin.done("teamDelete", "teamId", id=team)

    assert await seen(manager) == set()
    assert (await admin.run("{ teams { totalCount } }"))["teams"]["totalCount"] == 0


async def test_team_04_who_joins_by_invitation_is_seen_at_once(admin):
    manager = await admin.colleague("MANAGER")
    team = await admin.made("Team", name="West", managerId=manager.id)
    assert await seen(manager) == set()

    rep = await admin.colleague("REP", teamIds=[team])

    contact = await contact_of(rep)
    assert await seen(manager) == {contact}


async def test_team_06_the_demo_has_the_manuals_teams(http, dev):
    executive = Client(http, dev.ready["signIns"]["executive"]["token"])
    teams = (await executive.run("{ teams { nodes { name memberCount manager { name } } } }"))[
        "teams"
    ]

    assert {(team["name"], team["memberCount"]) for team in teams["nodes"]} >= {
        ("Enterprise Sales", 5),
        ("SMB Sales", 8),
        ("Customer Support", 6),
        ("Finance & Ops", 3),
    }


async def test_team_06_member_counts_of_a_page_cost_one_statement(admin):
    for number in range(3):
        members = [admin.id] if number else []
        await admin.made("Team", name=f"T{number}", managerId=admin.id, memberIds=members)

    teams = (await admin.run("{ teams { nodes { name memberCount } } }"))["teams"]["nodes"]

    assert {team["name"]: team["memberCount"] for team in teams} == {"T0": 0, "T1": 1, "T2": 1}


async def test_sec_06_a_team_takes_no_users_of_another_workspace(admin, sign_up):
    other = await sign_up()
    team = await admin.made("Team", name="West", managerId=admin.id)
    theirs = await other.made("Team", name="West", managerId=other.id)

    assert await admin.refusals("teamCreate", name="E", managerId=other.id) == [
        ("NOT_FOUND", ["managerId"])
    ]
    members = {"name": "E", "managerId": admin.id, "memberIds": [admin.id, other.id]}
    assert await admin.refusals("teamCreate", **members) == [("NOT_FOUND", ["memberIds", "1"])]
    assert await admin.refusals("teamMemberAdd", teamId=team, userId=other.id) == [
        ("NOT_FOUND", ["userId"])
    ]
    assert await admin.refusals("teamMemberAdd", teamId=theirs, userId=admin.id) == [
        ("NOT_FOUND", ["teamId"])
    ]
    assert await admin.refusals("teamDelete", id=theirs) == [("NOT_FOUND", ["id"])]
    assert await admin.refusals("teamUpdate", id=theirs, name="X") == [("NOT_FOUND", ["id"])]


async def test_team_03_records_of_members_are_seen_by_their_manager_and_not_by_each_other(admin):
    manager, ann, bob = [await admin.colleague(role) for role in ("MANAGER", "REP", "REP")]
    await admin.made("Team", name="West", managerId=manager.id, memberIds=[ann.id, bob.id])
    hers = await contact_of(ann)

    assert await seen(manager) == {hers}
    assert await seen(bob) == set()


@pytest.mark.waits_for("reports")
async def test_team_03_records_are_filtered_by_the_team_of_their_owner(admin):
    manager, ann = await admin.colleague("MANAGER"), await admin.colleague("REP")
    team = await admin.made("Team", name="West", managerId=manager.id, memberIds=[ann.id])
    hers = await contact_of(ann)
    await contact_of(admin)
    query = """query ($team: ID!) {
      contacts(filter: {owner: {teams: {some: {id: {eq: $team}}}}}) { nodes { id } } }"""

    found = (await admin.run(query, team=team))["contacts"]["nodes"]

    assert found == [{"id": hers}]
