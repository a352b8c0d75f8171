"""A union of links: the record behind the one in sight, by its fragments, joined to its owner."""

import pytest

from tests.plans.pair import ROLES, Pair
from tests.plugins.world import World

CARD = """__typename ... on Node { id } ... on Deal { name stage { name } owner { name } }
  ... on Contact { name deals(first: 1) { nodes { id } totalCount } }
  ... on Company { name }"""
QUERIES = (
    "{ agreements(first: 40) { nodes { about { __typename } } } }",
    "{ agreements(first: 40) { nodes { about { ... on Deal { name } } deal { id } } } }",
    "{ agreements(first: 40) { nodes { about { ... on About { ... on Node { id } } } } } }",
    "{ agreements { edges { node { whose { ... on User { name } ... on Company { name } } } } } }",
    f"{{ agreements(first: 40) {{ nodes {{ a: about {{ {CARD} }} b: topic {{ {CARD} }} }} }} }}",
    """{ agreements { nodes { ...A about { ...B } } } }
      fragment A on Agreement { about { ... on Deal { id } } } fragment B on Contact { email }""",
)


@pytest.mark.parametrize("role", ROLES)
def test_gql_09_a_union_of_links_is_compiled(pair: Pair, populated: World, role: str) -> None:
    for query in QUERIES:
        pair.compiled(populated.of(role), query)


def test_gql_09_a_union_shows_the_link_in_sight(pair: Pair, populated: World) -> None:
    query = "{ agreements(first: 90) { nodes { about { __typename } } } }"
    nodes = pair.compiled(populated.executive, query)["data"]["agreements"]["nodes"]
    kinds = {node["about"] and node["about"]["__typename"] for node in nodes}
    assert kinds == {"Deal"}
    nodes = pair.compiled(populated.finance, query)["data"]["agreements"]["nodes"]
    assert None in {node["about"] and node["about"]["__typename"] for node in nodes}


def test_gql_02_a_union_is_joined_to_its_owners(pair: Pair, populated: World) -> None:
    query = f"query($n: Int) {{ agreements(first: $n) {{ nodes {{ about {{ {CARD} }} }} }} }}"
    costs = [pair.statements(populated.admin, query, {"n": size}) for size in (20, 40)]
    assert costs == [3, 3]


def test_gql_04_a_union_of_records_counts_as_one_deeper(pair: Pair, populated: World) -> None:
    deep = "{ agreements { nodes { about { ... on Deal { quotes { nodes { contracts { nodes {"
    deep += " signers { nodes { contract { deal { contact { deals { nodes { contact { owner {"
    deep += " name } } } } } } } } } } } } } } } } } }"
    answered = pair.same(populated.admin, deep)
    assert answered["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
