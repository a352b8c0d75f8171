"""The price of conditions: what a filter makes the database look at beside the list itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    ValueNode,
    get_named_type,
    value_from_ast_untyped,
)

from resolvers.plans.selection import mentions_variable

CONDITION = 2
TEXT = 50
"""A search for a part of a text."""
RELATED = 150
"""A condition on other records, at the first of its levels; at the second it is twice as much."""
KEYED = 40
"""A condition on a field of the workspace's own: it looks into the field's keys."""
OWN = "CustomValueFilter"
_QUANTIFIERS = frozenset({"some", "none", "every"})


@dataclass(frozen=True, slots=True)
class Filtered:
    """An argument that holds conditions: their points, or what they depend on."""

    kind: GraphQLInputType
    node: ValueNode
    known: int | None

    def points(self, variables: Mapping[str, Any]) -> int:
        """What its conditions cost, with these variables."""
        if self.known is not None:
            return self.known
        return _points(self.kind, value_from_ast_untyped(self.node, dict(variables)), 1)


def filtered(kind: GraphQLInputType, node: ValueNode) -> Filtered:
    """The conditions of an argument, priced now if no variable is in them."""
    known = None
    if not mentions_variable(node):
        known = _points(kind, value_from_ast_untyped(node), 1)
    return Filtered(kind, node, known)


def _points(kind: GraphQLInputType, value: Any, depth: int) -> int:
    if isinstance(value, list):
        return sum(_points(kind, one, depth) for one in value)
    named = get_named_type(kind)
    if not isinstance(named, GraphQLInputObjectType):
        return TEXT if isinstance(value, str) and value else 0
    if not isinstance(value, dict):
        return 0
    # A variable may still be of any shape: what does not fit its type is refused later.
    fields = {name: named.fields[name].type for name in value if name in named.fields}
    if not named.name.endswith("Filter"):
        return sum(
            _points(one, value[name], depth)
            for name, one in fields.items()
            if get_named_type(one).name.endswith("Filter")
        )
    return sum(_condition(one, value[name], name, depth) for name, one in fields.items())


def _condition(kind: GraphQLInputType, value: Any, name: str, depth: int) -> int:
    if name in {"and", "or", "not"}:
        return CONDITION + _points(kind, value, depth)
    named = get_named_type(kind)
    if named.name == OWN:
        return KEYED * depth * (len(value) if isinstance(value, list) else 1)
    if not named.name.endswith("Filter"):
        contains = isinstance(value, dict) and value.get("contains")
        return TEXT if contains else CONDITION
    if not named.name.endswith("ToManyFilter"):
        return RELATED * depth + _points(kind, value, depth + 1)
    assert isinstance(named, GraphQLInputObjectType)  # noqa: S101 - so are all filters
    quantified = value.items() if isinstance(value, dict) else ()
    return sum(
        RELATED * depth + _points(named.fields[one].type, inner, depth + 1)
        for one, inner in quantified
        if one in _QUANTIFIERS
    )
