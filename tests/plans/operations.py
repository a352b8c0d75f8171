"""Operations made from the schema itself: every field, argument, filter, order of every entity."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)

MONEY = "{ amount currency }"


def entities(schema: GraphQLSchema) -> dict[str, GraphQLObjectType]:
    """The entities that come in lists, by the name of their list."""
    query = schema.query_type
    assert query
    found = {}
    for name, declared in query.fields.items():
        kind = get_named_type(declared.type)
        if kind.name.endswith("Connection") and "filter" in declared.args:
            assert isinstance(kind, GraphQLObjectType)
            found[name] = node_of(kind)
    return found


def node_of(connection: GraphQLObjectType) -> GraphQLObjectType:
    """The type of a connection's nodes."""
    kind = get_named_type(connection.fields["nodes"].type)
    assert isinstance(kind, GraphQLObjectType)
    return kind


def leaves(kind: GraphQLObjectType | GraphQLInterfaceType) -> str:
    """All fields of a type that need no further choice, and value objects with all of theirs."""
    parts = ["__typename"]
    for name, declared in kind.fields.items():
        below = get_named_type(declared.type)
        if declared.args:
            continue
        if is_leaf_type(below):
            parts.append(name)
        elif isinstance(below, GraphQLObjectType) and is_value(below):
            parts.append(f"{name} {{ {leaves(below)} }}")
    return " ".join(parts)


def is_value(kind: GraphQLObjectType | GraphQLInterfaceType) -> bool:
    """Whether a type is neither a record nor a page of records."""
    return "id" not in kind.fields and "pageInfo" not in kind.fields


def links(kind: GraphQLObjectType) -> dict[str, GraphQLObjectType]:
    """The fields that lead to one record."""
    found = {}
    for name, declared in kind.fields.items():
        below = get_named_type(declared.type)
        if isinstance(below, GraphQLObjectType) and "id" in below.fields:
            found[name] = below
    return found


def unions(kind: GraphQLObjectType) -> dict[str, GraphQLUnionType]:
    """The fields that lead to a record of one of several types."""
    kinds = {name: get_named_type(declared.type) for name, declared in kind.fields.items()}
    return {name: below for name, below in kinds.items() if isinstance(below, GraphQLUnionType)}


def collections(kind: GraphQLObjectType) -> dict[str, GraphQLField]:
    """The fields that lead to many records; pages without a filter have tests of their own."""
    return {
        name: declared
        for name, declared in kind.fields.items()
        if get_named_type(declared.type).name.endswith("Connection") and "filter" in declared.args
    }


def of_entity(name: str, kind: GraphQLObjectType, *, whole: bool = True) -> Iterator[str]:
    """Operations on the list of an entity, and unless told otherwise on all that it leads to."""
    page = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor __typename } totalCount"
    yield f"{{ {name} {{ nodes {{ {leaves(kind)} }} }} }}"
    edges = "__typename edges { __typename cursor node { id } }"
    yield f"{{ {name}(first: 3) {{ {edges} {page} }} }}"
    yield f"{{ {name}(first: 0) {{ nodes {{ id }} {page} }} }}"
    yield f"{{ {name}(first: 101) {{ nodes {{ id }} }} }}"
    yield f"{{ {name} {{ totalCount }} }}"
    yield f"{{ {name} {{ pageInfo {{ hasNextPage }} }} }}"
    if not whole:
        return
    for link, target in links(kind).items():
        yield f"{{ {name}(first: 40) {{ nodes {{ id {link} {{ {leaves(target)} }} }} }} }}"
    for field, union in unions(kind).items():
        yield f"{{ {name}(first: 40) {{ nodes {{ id {field} {{ __typename }} }} }} }}"
        for one in union.types:
            chosen = f"... on {one.name} {{ {leaves(one)} }}"
            yield f"{{ {name}(first: 40) {{ nodes {{ id {field} {{ {chosen} }} }} }} }}"
    for many, declared in collections(kind).items():
        yield from _of_collection(name, many, declared)


def _of_collection(name: str, many: str, declared: GraphQLField) -> Iterator[str]:
    connection = get_named_type(declared.type)
    assert isinstance(connection, GraphQLObjectType)
    inner = leaves(node_of(connection))
    page = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount"
    yield f"{{ {name}(first: 9) {{ nodes {{ id {many} {{ nodes {{ {inner} }} }} }} }} }}"
    yield (
        f"{{ {name}(first: 9) {{ nodes {{ {many}(first: 1) {{ edges {{ cursor node {{ id }} }}"
        f" {page} }} }} }} }}"
    )
    for link, target in links(node_of(connection)).items():
        yield (
            f"{{ {name}(first: 5) {{ edges {{ node {{ {many}(first: 2) {{ nodes {{ {link}"
            f" {{ {leaves(target)} }} }} }} }} }} }} }}"
        )


def orders(name: str, kind: GraphQLObjectType, schema: GraphQLSchema) -> Iterator[str]:
    """Operations that order a list by each of its orders, both ways."""
    fields = schema.type_map[f"{kind.name}OrderField"]
    assert isinstance(fields, GraphQLEnumType)
    shown = [
        f"o{at}: {name}(first: 4, orderBy: [{{field: {field}, direction: {direction}}}])"
        " { nodes { id } edges { cursor } pageInfo { hasNextPage } }"
        for at, (field, direction) in enumerate(product(fields.values, ("ASC", "DESC")))
    ]
    yield f"{{ {' '.join(shown)} }}"


def filters(
    name: str, kind: GraphQLObjectType, schema: GraphQLSchema, sample: Any, *, whole: bool
) -> Iterator[str]:
    """Operations that filter a list by each of its fields, with values of a record.

    Without the `whole`, by one field of each comparator, one link, one list, and custom fields.
    """
    declared = schema.type_map[f"{kind.name}Filter"]
    assert isinstance(declared, GraphQLInputObjectType)
    tried: set[str] = set()
    for field, given in declared.fields.items():
        kind_of = get_named_type(given.type)
        assert isinstance(kind_of, GraphQLInputObjectType)
        alike = _alike(field, kind_of)
        if not whole and alike in tried:
            continue
        # A field without a value of the record is tried with `isNull` alone, and another one too.
        if field in sample or not kind_of.name.endswith("Comparator"):
            tried.add(alike)
        shown = [
            f"f{at}: {name}(first: 6, filter: {{{field}: {condition}}})"
            " { nodes { id } totalCount }"
            for at, condition in enumerate(conditions(field, kind_of, sample))
        ]
        yield f"{{ {' '.join(shown)} }}"


def _alike(field: str, kind_of: GraphQLInputObjectType) -> str:
    """What the filters on a field have in common with those on others of the record."""
    if field in {"and", "or", "not"}:
        return field
    if kind_of.name.endswith(("Comparator", "CustomValueFilter")):
        return kind_of.name
    return "list" if kind_of.name.endswith("ToManyFilter") else "link"


def conditions(field: str, comparator: GraphQLInputObjectType, sample: Any) -> Iterator[str]:
    """Conditions on a field, as they are written in a document."""
    if comparator.name == "CustomValueFilter":
        yield from ("[]", '[{key: "size", number: {isNull: true}}]')
        return
    if comparator.name.endswith("ToManyFilter"):
        yield from ("{some: {}}", "{none: {}}", "{every: {}}", "{some: {id: {isNull: false}}}")
        return
    if comparator.name.endswith("Filter"):
        if field in {"and", "or"}:
            yield from ("[]", "[{id: {isNull: false}}, {id: {isNull: true}}]")
        else:
            yield from ("{id: {isNull: false}}", "{not: {id: {isNull: true}}}")
        return
    if "isNull" in comparator.fields:
        yield from ("{isNull: true}", "{isNull: false}")
    value = sample.get(field)
    if isinstance(value, dict):
        value = value.get("amount")
    if value is not None:
        yield from _compared(comparator, value)


def _compared(comparator: GraphQLInputObjectType, value: Any) -> Iterator[str]:
    written = _written(value, comparator)
    shapes = dict.fromkeys(("eq", "ne", "gt", "gte", "lt", "lte", "startsWith"), written)
    shapes |= dict.fromkeys(("in", "notIn"), f"[{written}]")
    if len(str(value)) > 4:
        shapes["contains"] = json.dumps(str(value)[1:5])
    for operator, operand in shapes.items():
        if operator in comparator.fields:
            yield f"{{{operator}: {operand}}}"
    if "days" in comparator.fields:
        yield from ("{days: {relative: THIS_MONTH}}", f"{{days: {{on: {json.dumps(value[:10])}}}}}")


def _written(value: Any, comparator: GraphQLInputObjectType) -> str:
    operand = comparator.fields.get("eq") or comparator.fields.get("gt")
    if operand and isinstance(get_named_type(operand.type), GraphQLEnumType):
        return str(value)
    return json.dumps(value)


def aggregates(schema: GraphQLSchema) -> Iterator[str]:
    """Operations on every aggregate, in all and by each key."""
    query = schema.query_type
    assert query
    for name, declared in query.fields.items():
        kind = get_named_type(declared.type)
        if not kind.name.endswith("Aggregate"):
            continue
        assert isinstance(kind, GraphQLObjectType)
        values = get_named_type(kind.fields["total"].type)
        assert isinstance(values, GraphQLObjectType)
        yield f"{{ {name} {{ __typename total {{ {leaves(values)} }} }} }}"
        keys = schema.type_map[f"{kind.name.removesuffix('Aggregate')}GroupKey"]
        assert isinstance(keys, GraphQLEnumType)
        chosen = (
            "keys { __typename ... on EnumKey { field value } ... on MonthKey { month }"
            " ... on RecordKey { field record { id __typename } } }"
        )
        for key in keys.values:
            yield (
                f"{{ {name}(groupBy: [{key}], first: 5) {{ groups {{ {chosen} values"
                f" {{ {leaves(values)} }} }} total {{ count }} }} }}"
            )
