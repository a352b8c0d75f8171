"""Routing of leads: rules that fit, turns that are fair, and queues for what nobody gets."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.plugins.world import Client, World
from tests.services.importing import sql, uuid

LEAD = "lead { id owner { id } queue { id } }"


def rule(world: World, *people: str, **given: Any) -> str:
    values = {"name": "A rule", "kind": "ROUND_ROBIN", "memberIds": list(people)} | given
    made = world.admin.act("leadAssignmentRuleCreate", values, "leadAssignmentRule { id }")
    found: str = made["leadAssignmentRule"]["id"]
    return found


def lead(client: Client, **given: Any) -> Any:
    return client.act("leadCreate", {"lastName": "Okafor"} | given, LEAD)["lead"]


def owner(client: Client, **given: Any) -> str | None:
    found = lead(client, **given)["owner"]
    return found["id"] if found else None


def queue(world: World, *people: str, name: str = "Inbound") -> str:
    given = {"name": name, "managerId": world.user("admin"), "memberIds": list(people)}
    found: str = world.admin.act("teamCreate", given, "team { id }")["team"]["id"]
    return found


def reps(world: World, count: int) -> list[str]:
    return [world.join(name, "REP")[1] for name in ("ann", "bob", "cy")[:count]]


@pytest.fixture(scope="module")
def staffed(server) -> World:
    """A workspace with two reps and a queue."""
    world = World(server)
    reps(world, 2)
    return world


def test_lead_11_nine_leads_over_three_reps_are_three_each_at_once(world):
    people = reps(world, 3)
    rule(world, *people)

    with ThreadPoolExecutor(9) as pool:
        owners = list(pool.map(lambda _: owner(world.admin), range(9)))

    assert Counter(owners) == dict.fromkeys(people, 3)


def test_lead_11_leads_made_in_bulk_and_by_forms_take_the_same_turns(world):
    people = reps(world, 3)
    rule(world, *people)
    form = {"name": "Ask", "target": "LEAD", "fields": [{"name": "n", "field": "lastName"}]}
    key = world.admin.act("webFormCreate", form, "webForm { key }")["webForm"]["key"]
    rows = [{"lastName": f"Lead {at}"} for at in range(4)]

    made = world.admin.act("leadBulkCreate", {"rows": rows}, f"results {{ {LEAD} }}")["results"]
    for _ in range(2):
        assert world.server.http.post(f"/forms/{key}", json={"n": "Okafor"}).status_code == 200

    query = "{ leads(filter: {origin: {eq: WEB_FORM}}) { nodes { owner { id } } } }"
    sent = world.admin.run(query)["leads"]["nodes"]
    owners = [one["owner"]["id"] for one in (*(row["lead"] for row in made), *sent)]
    assert Counter(owners) == dict.fromkeys(people, 2)


def test_lead_11_who_is_named_keeps_the_lead_and_takes_no_turn(world):
    (ann,) = reps(world, 1)
    rule(world, ann)
    team = queue(world)

    named = owner(world.admin, ownerId=world.user("admin"))
    queued = lead(world.admin, queueId=team)

    assert named == world.user("admin")
    assert queued["owner"] is None
    assert queued["queue"] == {"id": team}
    assert sql(world.server, TURNS, uuid(world.id))[0][0] == 0
    assert owner(world.admin) == ann
    told = world.join("ann", "REP")[0].run("{ notifications { nodes { kind } } }")
    assert told["notifications"]["nodes"] == [{"kind": "LEAD_ASSIGNED"}]


TURNS = "SELECT turns FROM lead_assignment_rule WHERE workspace_id = $1"


def test_lead_11_a_lead_that_is_refused_gives_its_turn_back(world):
    people = reps(world, 2)
    rule(world, *people)

    refused = world.admin.act("leadCreate", {"lastName": " "})

    assert refused.codes == ["REQUIRED"]
    assert owner(world.admin) == people[0]


def test_lead_11_who_has_left_is_passed_over_and_then_comes_the_fallback(world):
    ann, bob = reps(world, 2)
    team = queue(world)
    rule(world, ann, bob, fallbackTeamId=team)
    leave = "UPDATE \"user\" SET status = 'DEACTIVATED' WHERE workspace_id = $1 AND id = $2"

    sql(world.server, leave, uuid(world.id), uuid(ann))
    rest = [owner(world.admin) for _ in range(3)]
    sql(world.server, leave, uuid(world.id), uuid(bob))
    nobodys = lead(world.admin)

    assert rest == [bob] * 3
    assert (nobodys["owner"], nobodys["queue"]) == (None, {"id": team})


@pytest.mark.parametrize(
    ("territory", "given", "fits"),
    [
        ({"country": "us"}, {"country": "US"}, True),
        ({"country": "US"}, {"country": "DE"}, False),
        ({"country": "US"}, {}, False),
        ({"state": "New York"}, {"state": " new  YORK"}, True),
        ({"country": "US", "state": "Texas"}, {"country": "US", "state": "Utah"}, False),
        ({"country": "GB", "postcodePrefix": "SW1"}, {"country": "GB", "postcode": "sw1a 1aa"}, 1),
        ({"postcodePrefix": "10 1"}, {"postcode": "10115"}, True),
        ({"postcodePrefix": "10"}, {"postcode": "20101"}, False),
    ],
)
def test_lead_12_a_territory_is_a_country_a_state_or_a_postcode(staffed, territory, given, fits):
    ann, bob = reps(staffed, 2)
    there = rule(staffed, ann, kind="TERRITORY", **territory)
    rest = rule(staffed, bob)

    assert owner(staffed.admin, **given) == (ann if fits else bob)

    for one in (there, rest):
        staffed.admin.act("leadAssignmentRuleDelete", {"id": one}, "leadAssignmentRuleId")


@pytest.mark.parametrize(
    ("size", "fits"), [(None, False), (49, False), (50, True), (200, True), (201, False)]
)
def test_lead_11_a_company_size_lies_in_the_range_of_its_rule(staffed, size, fits):
    ann, bob = reps(staffed, 2)
    sized = rule(staffed, ann, kind="COMPANY_SIZE", least=50, most=200)
    rest = rule(staffed, bob)

    assert owner(staffed.admin, employeeCount=size) == (ann if fits else bob)

    for one in (sized, rest):
        staffed.admin.act("leadAssignmentRuleDelete", {"id": one}, "leadAssignmentRuleId")


def test_lead_12_the_first_rule_that_is_active_decides(world):
    ann, bob = reps(world, 2)
    first, second = rule(world, ann, kind="TERRITORY", country="US"), rule(world, bob)

    before = owner(world.admin, country="US")
    order = {"ids": [second, first]}
    assert not world.admin.act("leadAssignmentRuleReorder", order).errors
    after = owner(world.admin, country="US")
    assert not world.admin.act("leadAssignmentRuleUpdate", {"id": second, "active": False}).errors

    assert [before, after, owner(world.admin, country="US")] == [ann, bob, ann]


def test_lead_12_team_03_what_no_rule_fits_waits_in_the_queue_of_leads_until_one_takes_it(world):
    ann, bob = reps(world, 2)
    team = queue(world, ann, bob)
    rule(world, ann, kind="TERRITORY", country="US")
    assert not world.admin.act("workspaceUpdate", {"leadTeamId": team}).errors
    waiting = lead(world.admin, country="DE")
    clients = [world.join(name, "REP")[0] for name in ("ann", "bob")]
    other = world.join("cy", "REP")[0]

    seen = [one.run("{ leads { totalCount } }")["leads"]["totalCount"] for one in (*clients, other)]
    with ThreadPoolExecutor(2) as pool:
        given = {"id": waiting["id"]}
        claims = list(pool.map(lambda one: one.act("leadClaim", given, LEAD), clients))

    assert (waiting["owner"], waiting["queue"]) == (None, {"id": team})
    assert seen == [1, 1, 0]
    assert sorted(one.codes for one in claims) == [[], ["ALREADY_CLAIMED"]]
    assert other.act("leadClaim", given).codes == ["NOT_FOUND"]
    refused = world.admin.act("teamDelete", {"id": team})
    assert refused.codes == ["IN_USE"]


def test_lead_12_a_lead_given_up_goes_back_to_the_queue(world):
    team = queue(world)
    mine = lead(world.admin)
    assert not world.admin.act("workspaceUpdate", {"leadTeamId": team}).errors
    given = {"id": mine["id"], "ownerId": None}

    back = world.admin.act("leadUpdate", given, LEAD)["lead"]

    assert (back["owner"], back["queue"]) == (None, {"id": team})
    assert world.admin.act("teamDelete", {"id": team}).codes == ["IN_USE"]


def test_lead_11_a_rule_costs_the_same_statements_whatever_their_number(world):
    people = reps(world, 1)
    counts = []
    for more in (1, 9):
        for at in range(more):
            rule(world, *people, kind="TERRITORY", country="US", state=f"S{at}")
        owner(world.admin)
        before = world.server.statements()
        owner(world.admin)
        counts.append(world.server.statements() - before)

    assert counts[0] == counts[1]
