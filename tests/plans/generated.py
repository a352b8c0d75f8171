"""Operations of any shape the schema allows, for hypothesis to draw."""

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)
from hypothesis import strategies as st

from tests.plans.operations import collections, is_value, leaves, links, node_of

MOST_FIELDS = 4
DEEPEST = 4


class Drawn:
    """One operation being drawn: its text, its variables."""

    def __init__(self, schema: GraphQLSchema, data: Any) -> None:
        self.schema = schema
        self.draw = data.draw
        self.variables: dict[str, Any] = {}
        self.declared: list[str] = []

    def operation(self) -> str:
        """The text of the operation."""
        query = self.schema.query_type
        assert query
        lists = sorted(collections(query))
        names = self.draw(st.lists(st.sampled_from(lists), min_size=1, max_size=2))
        roots = [f"r{at}: {self.listed(query, name, 0)}" for at, name in enumerate(names)]
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        return f"query Drawn{declared} {{ {' '.join(roots)} }}"

    def listed(self, owner: GraphQLObjectType, name: str, depth: int) -> str:
        """A list field with arguments and what is selected of its page."""
        connection = get_named_type(owner.fields[name].type)
        assert isinstance(connection, GraphQLObjectType)
        kind = node_of(connection)
        parts = self.draw(
            st.lists(st.sampled_from(["nodes", "edges", "pageInfo", "totalCount"]), min_size=1)
        )
        written = [self.part(one, at, kind, depth) for at, one in enumerate(parts[:3])]
        return f"{name}{self.arguments(kind)} {{ {' '.join(written)} }}"

    def part(self, what: str, at: int, kind: GraphQLObjectType, depth: int) -> str:
        """A part of a page, under an alias of its own or none."""
        alias = f"a{at}: " if at else ""
        if what == "nodes":
            return f"{alias}nodes {{ {self.record(kind, depth)} }}"
        if what == "edges":
            return f"{alias}edges {{ cursor node {{ {self.record(kind, depth)} }} }}"
        if what == "pageInfo":
            return f"{alias}pageInfo {{ hasNextPage hasPreviousPage endCursor }}"
        return f"{alias}totalCount"

    def arguments(self, kind: GraphQLObjectType) -> str:
        """Some of the arguments every list has."""
        given = [f"first: {self.first()}"]
        orders = self.schema.type_map[f"{kind.name}OrderField"]
        assert isinstance(orders, GraphQLEnumType)
        if self.draw(st.booleans()):
            field = self.draw(st.sampled_from(sorted(orders.values)))
            direction = self.draw(st.sampled_from(["ASC", "DESC"]))
            given.append(f"orderBy: [{{field: {field}, direction: {direction}}}]")
        if self.draw(st.booleans()):
            given.append(f"filter: {self.filter(kind)}")
        return f"({', '.join(given)})"

    def first(self) -> str:
        """A page size, written out or as a variable."""
        size = self.draw(st.integers(0, 3))
        if self.draw(st.booleans()):
            return str(size)
        name = f"n{len(self.declared)}"
        self.declared.append(f"${name}: Int")
        self.variables[name] = size
        return f"${name}"

    def filter(self, kind: GraphQLObjectType) -> str:
        """A filter on whether links and collections lead anywhere."""
        below = [f"{name}Id: {{isNull: {self.truth()}}}" for name in links(kind)]
        below += [
            f"{name}: {{{self.draw(st.sampled_from(['some', 'none', 'every']))}: {{}}}}"
            for name in collections(kind)
        ]
        below.append("id: {isNull: false}")
        chosen = self.draw(st.lists(st.sampled_from(below), min_size=1, max_size=2, unique=True))
        joined = ", ".join(f"{{{one}}}" for one in chosen)
        word = self.draw(st.sampled_from(["and", "or"]))
        return f"{{{word}: [{joined}]}}"

    def truth(self) -> str:
        """True or false, as a document writes it."""
        return str(self.draw(st.booleans())).lower()

    def record(self, kind: GraphQLObjectType, depth: int) -> str:
        """Some fields of a record."""
        names = self.draw(
            st.lists(st.sampled_from(sorted(kind.fields)), min_size=1, max_size=MOST_FIELDS)
        )
        shown = ["__typename", *(self.field(kind, name, depth) for name in dict.fromkeys(names))]
        if self.draw(st.booleans()):
            return f"... on {kind.name} @include(if: {self.truth()}) {{ {' '.join(shown)} }} id"
        return " ".join(shown)

    def field(self, kind: GraphQLObjectType, name: str, depth: int) -> str:
        """A field of a record, with what is selected below it."""
        below = get_named_type(kind.fields[name].type)
        if is_leaf_type(below):
            return f"{name} @skip(if: {self.truth()})" if depth == 0 else name
        if isinstance(below, GraphQLUnionType):
            return f"{name} {{ __typename {self.members(below, depth + 1)} }}"
        assert isinstance(below, GraphQLObjectType | GraphQLInterfaceType)
        if is_value(below):
            return f"{name} {{ {leaves(below)} }}"
        return "__typename" if depth >= DEEPEST else self.records(kind, name, depth + 1)

    def records(self, kind: GraphQLObjectType, name: str, depth: int) -> str:
        """A field that leads to a record or to pages of them."""
        below = get_named_type(kind.fields[name].type)
        if name in collections(kind):
            return self.listed(kind, name, depth)
        if below.name.endswith("Connection"):
            return f"{name}(first: 3) {{ nodes {{ __typename }} pageInfo {{ hasNextPage }} }}"
        if isinstance(below, GraphQLInterfaceType):
            return f"{name} {{ __typename {self.members(below, depth)} }}"
        assert isinstance(below, GraphQLObjectType)
        return f"{name} {{ {self.record(below, depth)} }}"

    def members(self, kind: GraphQLUnionType | GraphQLInterfaceType, depth: int) -> str:
        """Some of the types something may be of, with some fields of each."""
        types = self.schema.get_possible_types(kind)
        chosen = self.draw(st.lists(st.sampled_from(types), max_size=2, unique=True))
        return " ".join(f"... on {one.name} {{ {self.record(one, depth)} }}" for one in chosen)
