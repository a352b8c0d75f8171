"""Every field of the schema, and whether a plan answers it: all, but for a list with reasons."""

from collections.abc import Callable, Iterator
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
    parse,
)
from graphql.execution.values import VariableValues

import schema  # noqa: F401 - its declarations fill the registry
from resolvers import api
from resolvers.plans import acts, feeds, roots
from resolvers.plans.selection import document_of
from resolvers.plans.values import Carrying
from resolvers.plans.walks import NotCompiled

SCHEMA = api.build()
EXECUTED = {
    "Query.viewer": "one small object a session, answered by functions written by hand",
    "Query.contactImportTemplate": "a constant of the server",
    "Money.in": "looks up exchange rates for amounts wherever they are met; one statement for all",
    "Query.rateLimit": "the state of the request itself, no rows",
}
"""What the executor answers, with all that is below it."""


_COMPILERS: dict[OperationType, Callable[[Any], Any]] = {
    OperationType.QUERY: roots.compiled,
    OperationType.MUTATION: acts.compiled,
    OperationType.SUBSCRIPTION: feeds.Fed,
}


def _fields() -> Iterator[tuple[str, str]]:
    """Every field that is reached first by its shortest way, and an operation that asks for it."""
    assert SCHEMA.query_type
    assert SCHEMA.mutation_type
    assert SCHEMA.subscription_type
    waiting: list[tuple[Any, str, str]] = [
        (SCHEMA.query_type, "query {", "}"),
        (SCHEMA.mutation_type, "mutation {", "}"),
        (SCHEMA.subscription_type, "subscription {", "}"),
    ]
    known = {kind.name for kind, _, _ in waiting}
    for kind, before, after in waiting:
        for name, field in _below(kind):
            below = get_named_type(field.type)
            yield f"{kind}.{name}", f"{before} {_asked(name, field)} {after}"
            if f"{kind}.{name}" not in EXECUTED:
                head = f"{before} {name}{_given(field)} {{"
                members = SCHEMA.get_possible_types(below) if is_abstract_type(below) else ()
                reached: list[tuple[Any, str, str]] = [
                    (one, f"{head} ... on {one} {{", "} }" + after) for one in members
                ]
                for place in reached or [(below, head, "}" + after)]:
                    if place[0].name not in known and not is_leaf_type(place[0]):
                        known.add(place[0].name)
                        waiting.append(place)


def _below(kind: GraphQLNamedType) -> list[tuple[str, GraphQLField]]:
    assert isinstance(kind, GraphQLObjectType)
    return list(kind.fields.items())


def _asked(name: str, field: GraphQLField) -> str:
    leaf = is_leaf_type(get_named_type(field.type))
    return f"{name}{_given(field)}" + ("" if leaf else " { __typename }")


def _given(field: GraphQLField) -> str:
    given = [f"{name}: $it" for name, one in field.args.items() if is_required_argument(one)]
    return f"({', '.join(given)})" if given else ""


def _compiles(text: str) -> bool:
    node = parse(text)
    (operation,) = node.definitions
    assert isinstance(operation, OperationDefinitionNode)
    document = document_of(SCHEMA, node, operation, VariableValues({}, {}), Carrying)
    try:
        _COMPILERS[operation.operation](document)
    except NotCompiled:
        return False
    return True


def test_gql_09_every_field_compiles_but_for_a_few() -> None:
    asked = dict(_fields())
    executed = {name for name, text in asked.items() if not _compiles(text)}
    kinds = {name.partition(".")[0] for name in asked}
    unreached = {
        kind.name
        for kind in SCHEMA.type_map.values()
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__")
    } - kinds
    assert executed == set(EXECUTED)
    assert unreached <= {"Viewer", "CategoryPermission", "NavigationEntry", "ImportTemplate"} | {
        "RateLimit"
    }
