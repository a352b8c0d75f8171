"""Plans and the executor answer the same bytes: operations drawn at random."""

import os
from typing import Any

from graphql import GraphQLSchema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.plans.generated import Drawn
from tests.plans.pair import ROLES, Pair
from tests.plugins.world import World

EXAMPLES = int(os.environ.get("PLANS_EXAMPLES", "60"))


@given(data=st.data())
@settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES <= 60,
    suppress_health_check=list(HealthCheck),
)
def test_gql_09_drawn_operations_are_the_same(
    pair: Pair, populated: World, schema: GraphQLSchema, data: Any
) -> None:
    drawn = Drawn(schema, data)
    query = drawn.operation()
    for role in ROLES:
        pair.same(populated.of(role), query, drawn.variables)
