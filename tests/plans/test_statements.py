"""What a plan sends to PostgreSQL: one statement a level, the same for everybody of a kind."""

import pytest

from tests.plans.pair import ROLES, Pair
from tests.plugins.dev import ROOT
from tests.plugins.world import World

CHAIN = """{ contacts { nodes { name deals { nodes { name quotes { nodes { number contracts { nodes
  { number invoices { nodes { number payments { nodes { paidOn } } } } } } } } } } } } }"""
OPERATIONS = {
    "{ eventCursor }": 1,
    "{ eventCursor contacts(first: 1) { nodes { name } } }": 1,
    '{ contacts(search: "nobody of this name") { nodes { name deals { nodes { id } } } } }': 1,
    '{ deal(id: "deal_00000000000000000000000000") { name } }': 1,
    # Who is not found may have been merged into another.
    '{ contact(id: "cnt_00000000000000000000000000") { name } }': 2,
    "{ contacts { nodes { name owner { name } primaryCompany { name owner { name } } } } }": 1,
    "{ contacts { totalCount } }": 1,
    "{ contacts { totalCount pageInfo { hasNextPage } edges { cursor } } }": 2,
    "{ contacts { nodes { companies { nodes { id } } deals { nodes { id } totalCount } } } }": 4,
    "{ teams { nodes { memberCount } } }": 2,
    CHAIN: 6,
}


def test_gql_10_one_statement_a_level(pair: Pair, populated: World) -> None:
    client = populated.executive
    for query, expected in OPERATIONS.items():
        assert pair.statements(client, query) == expected, query


def test_gql_09_people_of_one_role_do_not_share_what_they_see(pair: Pair, populated: World) -> None:
    query = "{ contacts(first: 50) { nodes { id owner { id } deals { totalCount } } totalCount } }"
    lone, _ = populated.join("lone", "MANAGER")
    other, _ = populated.join("other", "REP")
    sights = [
        pair.compiled(client, query)["data"]["contacts"]
        for client in (populated.manager, lone, populated.rep, other, populated.manager, lone)
    ]
    assert sights[0] == sights[4]
    assert sights[1] == sights[5] == {"nodes": [], "totalCount": 0}
    assert sights[0]["totalCount"] > 0


def test_gql_09_workspaces_share_a_plan_and_no_rows(pair: Pair, populated: World) -> None:
    query = "{ contacts(first: 50) { nodes { id } } companies(first: 50) { nodes { id } } }"
    seen = []
    for client in (populated.admin, populated.server.demo("admin"), populated.admin):
        data = pair.compiled(client, query)["data"]
        seen.append({node["id"] for page in data.values() for node in page["nodes"]})
    assert seen[0] == seen[2]
    assert not seen[0] & seen[1]


@pytest.mark.parametrize("role", ROLES)
def test_gql_09_links_out_of_sight_are_null(pair: Pair, populated: World, role: str) -> None:
    query = "{ deals(first: 100) { nodes { id company { name } contact { name } } } }"
    pair.compiled(populated.of(role), query)


def test_gql_09_changes_are_seen_by_the_next_request(pair: Pair, populated: World) -> None:
    query = "query($id: ID!) { contact(id: $id) { firstName version status } }"
    contact = populated.contact(firstName="Before")
    assert pair.compiled(populated.admin, query, {"id": contact})["data"]["contact"]["version"] == 1
    populated.admin.act("contactUpdate", {"id": contact, "firstName": "After"})
    found = pair.compiled(populated.admin, query, {"id": contact})["data"]["contact"]
    assert (found["firstName"], found["version"]) == ("After", 2)
    populated.admin.act("contactDelete", {"id": contact})
    assert pair.compiled(populated.admin, query, {"id": contact})["data"]["contact"] is None


def test_gql_09_the_executors_part_is_counted_by_reason(pair: Pair, populated: World) -> None:
    asked = {
        "introspection": "{ __schema { queryType { name } } }",
        "hand-written": "{ viewer { role } }",
        "error": "{ contacts(first: 101) { totalCount } }",
        "variables": "query($n: Int!) { contacts(first: $n) { totalCount } }",
    }
    for reason, query in asked.items():
        before = pair.plans.executed().get(reason, 0)
        pair.same(populated.admin, query)
        assert pair.plans.executed()[reason] == before + 1, reason
    pair.same(populated.server.client(None), "{ eventCursor }")
    assert "not signed in" in pair.plans.executed()


def test_gql_09_the_executors_resolvers_are_short() -> None:
    assert len((ROOT / "resolvers/executor.py").read_text().splitlines()) < 350
