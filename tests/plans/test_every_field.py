"""Plans and the executor answer the same bytes: operations made from the schema."""

from typing import Any

import pytest
from graphql import GraphQLSchema

from tests.plans import operations
from tests.plans.pair import Pair
from tests.plugins.world import World

FEW_AND_ALL = ("rep", "executive")
"""Who is shown least and who is shown all; the corpus and what is drawn is asked by everybody."""
FEW = ("rep",)


@pytest.fixture(scope="module")
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether every field is tried; else one of each kind an entity has, which compile alike."""
    return bool(request.config.getoption("--long"))


@pytest.mark.parametrize("role", FEW_AND_ALL)
def test_gql_09_every_list_is_the_same(
    pair: Pair, populated: World, schema: GraphQLSchema, role: str, *, whole: bool
) -> None:
    client = populated.of(role)
    for name, kind in operations.entities(schema).items():
        for query in operations.of_entity(name, kind, whole=whole or role in FEW):
            pair.same(client, query)


@pytest.mark.parametrize("role", FEW)
def test_gql_09_every_order_is_the_same(
    pair: Pair, populated: World, schema: GraphQLSchema, role: str
) -> None:
    for name, kind in operations.entities(schema).items():
        for query in operations.orders(name, kind, schema):
            pair.same(populated.of(role), query)


@pytest.mark.parametrize("role", FEW)
def test_gql_09_every_filter_is_the_same(
    pair: Pair, populated: World, schema: GraphQLSchema, role: str, *, whole: bool
) -> None:
    for name, kind in operations.entities(schema).items():
        sample = _sample(pair, populated, name, kind)
        for query in operations.filters(name, kind, schema, sample, whole=whole):
            pair.same(populated.of(role), query)


def _sample(pair: Pair, world: World, name: str, kind: Any) -> Any:
    links = " ".join(f"{link} {{ id }}" for link in operations.links(kind))
    query = f"{{ {name}(first: 5) {{ nodes {{ {operations.leaves(kind)} {links} }} }} }}"
    nodes = pair.same(world.admin, query)["data"][name]["nodes"]
    sample: dict[str, Any] = {}
    for node in nodes:
        sample |= {key: value for key, value in node.items() if value is not None}
    led = {link: sample.get(link) for link in operations.links(kind)}
    return sample | {f"{link}Id": one["id"] for link, one in led.items() if isinstance(one, dict)}


@pytest.mark.parametrize("role", FEW_AND_ALL)
def test_gql_09_every_aggregate_is_the_same(
    pair: Pair, populated: World, schema: GraphQLSchema, role: str
) -> None:
    for query in operations.aggregates(schema):
        pair.same(populated.of(role), query)


@pytest.mark.parametrize("role", FEW_AND_ALL)
def test_gql_09_every_record_is_the_same(
    pair: Pair, populated: World, schema: GraphQLSchema, role: str
) -> None:
    client = populated.of(role)
    for name, kind in operations.entities(schema).items():
        found = pair.same(populated.admin, f"{{ {name}(first: 2) {{ nodes {{ id }} }} }}")
        for node in found["data"][name]["nodes"]:
            single = kind.name[0].lower() + kind.name[1:]
            pair.same(client, f'{{ {single}(id: "{node["id"]}") {{ {operations.leaves(kind)} }} }}')
            pair.same(
                client,
                f"query($id: ID!) {{ node(id: $id) {{ id ... on {kind.name}"
                f" {{ {operations.leaves(kind)} }} }} nodes(ids: [$id, $id]) {{ __typename }} }}",
                {"id": node["id"]},
            )
