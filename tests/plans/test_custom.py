"""Custom fields in plans and in the executor: the same bytes, in few statements."""

from typing import Any

import pytest

from tests.every_entity.walk import cost
from tests.plans.pair import Pair
from tests.plugins.world import World
from tests.resolvers.customizing import VALUES, made

ORDER = 'orderBy: [{field: CUSTOM_FIELD, key: "size", direction: DESC}]'
WHICH = 'filter: {customFields: [{key: "size", number: {gte: "3"}}]}'
LINKED = "{ ... on LookupValue { record { id ... on Contact { name customFields { key } } } } }"
PAGE = "edges { cursor node { id } } pageInfo { hasNextPage endCursor }"
OPERATIONS = (
    f"{{ contacts(first: 40) {{ nodes {{ id {VALUES} }} }} }}",
    '{ contacts { nodes { a: customFields { key } b: customFields(keys: ["x"]) { key } } } }',
    f'{{ contacts {{ nodes {{ customFields(keys: ["to", "size"]) {LINKED} }} }} }}',
    "{ contacts { nodes { customFields { field { id key options { id } } } } } }",
    f"{{ contacts(first: 2, {ORDER}) {{ {PAGE} totalCount }} }}",
    f"{{ contacts({WHICH}) {{ nodes {{ id }} totalCount }} }}",
    f"{{ companies {{ nodes {{ contacts(first: 2, {ORDER}) {{ {PAGE} }} }} }} }}",
    f"{{ companies {{ nodes {{ contacts({WHICH}) {{ nodes {{ id }} totalCount }} }} }} }}",
    "{ deals { nodes { id contact { id customFields { key label } } } } }",
    '{ contactAggregate(groupByCustom: ["vip"]) { groups { keys { __typename } } } }',
    '{ contacts(filter: {customFields: [{key: "none", text: {eq: "x"}}]}) { totalCount } }',
    '{ contacts(filter: {customFields: [{key: "size", text: {eq: "x"}}]}) { totalCount } }',
    '{ contacts(orderBy: [{field: CUSTOM_FIELD, key: "to"}]) { totalCount } }',
    "{ contacts(orderBy: [{field: CUSTOM_FIELD}]) { totalCount } }",
    '{ contacts(orderBy: [{field: ID, key: "size"}]) { totalCount } }',
)


@pytest.fixture(scope="module")
def customized(populated: World) -> World:
    """A workspace whose contacts have custom fields, some of them values."""
    contacts = populated.admin.run("{ contacts(first: 12) { nodes { id } } }")["contacts"]["nodes"]
    made(populated, label="Size", type="NUMBER")
    made(populated, label="VIP", type="CHECKBOX")
    made(populated, label="To", type="LOOKUP", lookup="CONTACT")
    for at, one in enumerate(contacts[:8]):
        values: list[Any] = [{"key": "size", "number": f"{at % 4}"}, {"key": "to"}]
        values[1]["lookup"] = contacts[at + 1]["id"]
        given = {"id": one["id"], "customFields": values}
        assert not populated.admin.act("contactUpdate", given).errors
    return populated


@pytest.mark.parametrize("query", OPERATIONS)
def test_gql_09_custom_fields_are_the_same(pair: Pair, customized: World, query: str) -> None:
    for role in ("rep", "executive"):
        pair.same(customized.of(role), query)


def test_gql_05_custom_values_cost_no_statement_and_look_ups_one(customized: World) -> None:
    admin = customized.admin
    plain = cost(admin, "{ contacts(first: 20) { nodes { id } } }")
    values = cost(admin, f"{{ contacts(first: 20, {WHICH}) {{ nodes {{ {VALUES} }} }} }}")
    bare = VALUES.replace("... on LookupValue { record { id } }", "")

    assert cost(admin, f"{{ contacts(first: 20, {ORDER}) {{ nodes {{ {bare} }} }} }}") == plain
    assert values == plain + 1
