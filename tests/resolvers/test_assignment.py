"""Rules of lead assignment, as Admins keep them."""

from typing import Any

import pytest

from tests.plugins.world import World

RULE = """leadAssignmentRule { id version name kind position active country least most
  fallbackTeam { id } members { nodes { position user { id } } } }"""


def ruled(world: World, **given: Any) -> Any:
    people = [world.user("admin")]
    values = {"name": "Anybody", "kind": "ROUND_ROBIN", "memberIds": people} | given
    return world.admin.act("leadAssignmentRuleCreate", values, RULE)


def users(rule: Any) -> list[str]:
    return [one["user"]["id"] for one in rule["members"]["nodes"]]


def test_lead_11_a_rule_keeps_its_users_in_the_order_of_their_turns(world):
    people = [world.join(name, "REP")[1] for name in ("ann", "bob", "cy")]
    rule = ruled(world, memberIds=people)["leadAssignmentRule"]
    given = {"id": rule["id"], "memberIds": [people[2], world.user("admin"), people[0]]}

    changed = world.admin.act("leadAssignmentRuleUpdate", given, RULE)["leadAssignmentRule"]

    assert users(rule) == people
    assert users(changed) == given["memberIds"]


def test_lead_11_rules_are_put_in_order_and_removed(world):
    made = [ruled(world, name=f"Rule {at}")["leadAssignmentRule"]["id"] for at in range(3)]
    query = "{ leadAssignmentRules { nodes { id } } }"
    before = world.admin.run(query)["leadAssignmentRules"]["nodes"]
    order = {"ids": made[::-1]}

    moved = world.admin.act("leadAssignmentRuleReorder", order, "leadAssignmentRules { id }")
    gone = world.admin.act("leadAssignmentRuleDelete", {"id": made[1]}, "leadAssignmentRuleId")

    assert [one["id"] for one in before] == made
    assert [one["id"] for one in moved["leadAssignmentRules"]] == made[::-1]
    assert gone["leadAssignmentRuleId"] == made[1]
    assert world.rep.run(query)["leadAssignmentRules"]["nodes"] == [
        {"id": made[2]},
        {"id": made[0]},
    ]
    short = world.admin.act("leadAssignmentRuleReorder", {"ids": made[:1]})
    assert short.codes == ["INVALID_VALUE"]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"kind": "TERRITORY"}, "REQUIRED", ["country"]),
        ({"kind": "TERRITORY", "country": "US", "least": 1}, "INVALID_VALUE", ["least"]),
        ({"kind": "COMPANY_SIZE"}, "REQUIRED", ["least"]),
        ({"kind": "COMPANY_SIZE", "least": 50, "most": 10}, "INVALID_VALUE", ["most"]),
        ({"kind": "SCORE", "least": 101}, "INVALID_VALUE", ["least"]),
        ({"kind": "ROUND_ROBIN", "country": "US"}, "INVALID_VALUE", ["country"]),
        ({"memberIds": []}, "REQUIRED", ["memberIds"]),
        ({"name": " "}, "REQUIRED", ["name"]),
    ],
)
def test_lead_11_a_rule_holds_what_its_kind_looks_at(filled, given, code, path):
    refused = ruled(filled, **given)

    assert [(one["code"], one["path"]) for one in refused.errors] == [(code, path)]


def test_lead_11_another_kind_needs_other_things(filled):
    rule = ruled(filled, kind="SCORE", least=80)["leadAssignmentRule"]
    given = {"id": rule["id"], "kind": "TERRITORY"}

    refused = filled.admin.act("leadAssignmentRuleUpdate", given)
    given |= {"least": None, "country": "de"}
    changed = filled.admin.act("leadAssignmentRuleUpdate", given, RULE)["leadAssignmentRule"]

    assert sorted(refused.codes) == ["INVALID_VALUE", "REQUIRED"]
    assert (changed["country"], changed["least"]) == ("DE", None)


def test_lead_11_a_user_has_one_turn_and_must_be_there(filled):
    twice = ruled(filled, memberIds=[filled.user("admin")] * 2)

    assert [(one["code"], one["path"]) for one in twice.errors] == [
        ("DUPLICATE", ["memberIds", "1"])
    ]
