"""The registry and the schema as lists of cases: what every entity is asked, generated."""

import dataclasses
from collections.abc import Container, Iterator
from typing import Any

import httpx
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)

import schema  # noqa: F401 - its declarations fill the registry
from core.names import camel
from models.registry import REGISTRY, Entity, Field, Kind
from resolvers import api
from schema.derive import listed
from schema.inputs import RECORD
from tests.plugins.world import Client, Server

SCHEMA = api.build()
ENTITIES = list(REGISTRY.values())
LISTED = listed()
_METRICS = httpx.Client(timeout=30)
ROLES = ("admin", "executive", "manager", "rep", "finance")


def name_of(one: Any) -> str:
    """What a case is called in the run's output."""
    if isinstance(one, tuple):
        return "-".join(name_of(part) for part in one)
    return one.name if isinstance(one, Entity | Field) else str(one)


def single(entity: Entity) -> str:
    """The root field that answers one record."""
    return entity.name[0].lower() + entity.name[1:]


def query_type() -> GraphQLObjectType:
    """The root of queries."""
    assert SCHEMA.query_type
    return SCHEMA.query_type


def mutation_type() -> GraphQLObjectType:
    """The root of mutations."""
    assert SCHEMA.mutation_type
    return SCHEMA.mutation_type


def object_type(name: str) -> GraphQLObjectType:
    """An output type by its name."""
    found = SCHEMA.type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return found


def leaves(kind: GraphQLNamedType, without: Container[str] = ()) -> str:
    """A selection of all that a type answers by itself, its values' parts included."""
    parts = []
    assert isinstance(kind, GraphQLObjectType)
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if name in without:
            continue
        if is_leaf_type(inner):
            parts.append(name)
        elif not is_list_type(field.type) and inner.name == "Money":
            parts.append(f"{name} {{ amount currency }}")
    return " ".join(parts)


def fields_of(kind: Kind) -> list[tuple[Entity, Field]]:
    """The fields of listed entities that are of a kind."""
    return [
        (entity, field)
        for entity in LISTED
        for field in entity.fields.values()
        if field.kind is kind
    ]


def everything(client: Client, entity: Entity, select: str = "id", size: int = 100) -> list[Any]:
    """Every record of an entity that a client sees, page by page."""
    query = (
        f"query($first: Int, $after: Cursor) {{ {entity.plural}(first: $first, after: $after)"
        f" {{ nodes {{ {select} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    )
    found: list[Any] = []
    after = None
    while True:
        page = client.run(query, first=size, after=after)[entity.plural]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


def ids_of(client: Client, entity: Entity) -> list[str]:
    """The ids of every record a client sees."""
    return [one["id"] for one in everything(client, entity)]


def reads(server: Server) -> int:
    """How many statements the API's read pool has run; notes of last use are writes."""
    text = _METRICS.get(server.ready["metrics"]).text
    counted = [line for line in text.splitlines() if line.startswith("coeffection_sql_statements_")]
    return int(
        sum(float(line.rsplit(" ", 1)[1]) for line in counted if 'total{pool="read"}' in line)
    )


def cost(client: Client, query: str, **variables: Any) -> int:
    """How many reading statements a query takes, asked by somebody already known."""
    client.run("{ __typename }")
    before = reads(client.server)
    client.run(query, **variables)
    return reads(client.server) - before


def input_of(mutation: str) -> GraphQLInputObjectType:
    """The type of a mutation's input."""
    kind = get_named_type(mutation_type().fields[mutation].args["input"].type)
    assert isinstance(kind, GraphQLInputObjectType)
    return kind


ANY_RECORD = {RECORD: "Contact"}
"""What stands for the ids of records of any kind."""


def targets(kind: GraphQLInputObjectType) -> dict[str, str]:
    """The entity each id of an input names, by the field's wire name."""
    definition = kind.extensions["strawberry-definition"]
    named = {
        camel(field.python_name): field.metadata.get("id_of") or "Upload"
        for field in definition.fields
        if field.metadata.get("id_of") or field.python_name.endswith("upload_id")
    }
    return {name: ANY_RECORD.get(target, target) for name, target in named.items()}


ASKED = {
    "firstName",
    "lastName",
    "phone",
    "name",
    "sku",
    "ids",
    "effectiveTo",
    "subject",
    "title",
    "primaryId",
    "names",
    "minQuantity",
    "quantity",
    "discountLimitPercent",
}
"""What is refused when it is left out, though the schema does not require it."""


def _is_asked(kind: GraphQLInputObjectType, name: str) -> bool:
    # A case is somebody's; tasks and projects need not be about anybody.
    return name in ASKED or (name == "contactId" and "subject" in kind.fields)


@dataclasses.dataclass
class Example:
    """Makes the least an input needs; ids are looked up by the entity they name."""

    ids: dict[str, str]
    count: int = 0

    def of(
        self, kind: GraphQLInputObjectType, path: tuple[str, ...] = (), value: Any = None
    ) -> dict[str, Any]:
        """An input of a type; with a path, this value lies there."""
        head, rest = (path[0], path[1:]) if path else ("", ())
        if kind.extensions["strawberry-definition"].is_one_of:
            chosen = [head or next(iter(kind.fields))]
        else:
            chosen = [
                name
                for name, field in kind.fields.items()
                if is_required_input_field(field) or _is_asked(kind, name) or name == head
            ]
        return {
            name: self._value(kind, name, rest if name == head else (), value)
            if name != head or rest
            else _listed(kind.fields[name].type, value)
            for name in chosen
        }

    def _value(
        self, kind: GraphQLInputObjectType, name: str, rest: tuple[str, ...], given: Any
    ) -> Any:
        outer = kind.fields[name].type
        inner = get_named_type(outer)
        named = targets(kind)
        if name in named:
            own = f"{kind.name}.{name}"
            value: Any = self.ids[own if own in self.ids else named[name]]
        elif isinstance(inner, GraphQLInputObjectType):
            value = self.of(inner, rest, given)
        elif isinstance(inner, GraphQLEnumType):
            value = next(iter(inner.values))
        else:
            value = self._scalar(name, inner.name)
        return _listed(outer, value)

    def _scalar(self, name: str, scalar: str) -> Any:
        self.count += 1
        values = {
            "EmailAddress": f"someone.{self.count}@example.com",
            "PhoneNumber": "+14155550102",
            "Decimal": "12.50",
            "CurrencyCode": "USD",
            "Date": "2031-02-03",
            "TimeZone": "Europe/Berlin",
            "Int": 1,
            "Boolean": True,
        }
        if name == "effectiveTo":
            return "2032-02-03"
        if name == "domain":
            return f"site{self.count}.example.com"
        return values.get(scalar, f"{name} {self.count}")


def _listed(outer: Any, value: Any) -> Any:
    bare = outer.of_type if is_non_null_type(outer) else outer
    return [value] if is_list_type(bare) else value


def id_paths(
    kind: GraphQLInputObjectType, above: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Where an input takes ids: the names that lead to each, filters left out.

    An input within one of its own kind takes what that takes.
    """
    named = targets(kind)
    way = (*above, kind.name)
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if name in named:
            yield (name,)
        elif isinstance(inner, GraphQLInputObjectType) and not (
            inner.name.endswith("Filter") or inner.name in way
        ):
            for path in id_paths(inner, way):
                yield (name, *path)
