"""From a validated document to the tree of what is selected, by the registry alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_argument_values,
    get_named_type,
    is_abstract_type,
)
from graphql.execution.values import VariableValues

from core.names import camel
from models.registry import REGISTRY, Entity, Field, Kind
from resolvers.plans.bindings import Column, column_of
from resolvers.plans.walks import NotCompiled, Walk, Walker
from resolvers.plans.wire import Missing

Nodes = Sequence[FieldNode]
Carry = Callable[["Document", GraphQLOutputType, Nodes], Any]


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one field: known when the plan is made, or worked out for each request."""

    declared: GraphQLField
    node: FieldNode
    known: Mapping[str, Any] | None

    def of(self, variables: VariableValues) -> Mapping[str, Any]:
        """The coerced arguments, as the executor would pass them."""
        if self.known is not None:
            return self.known
        return get_argument_values(self.declared, self.node, variables)


@dataclass(frozen=True, slots=True)
class Joined(Arguments):
    """The arguments of a field, with the filter of one further out."""

    outer: Arguments

    @classmethod
    def to(cls, inner: Arguments, outer: Arguments) -> "Joined":
        """The arguments of a field below another whose filter holds for it."""
        known = None
        if inner.known is not None and outer.known is not None:
            known = {**inner.known, "filter": outer.known.get("filter")}
        return cls(inner.declared, inner.node, known, outer)

    def of(self, variables: VariableValues) -> Mapping[str, Any]:
        """The field's own arguments and the outer filter."""
        if self.known is not None:
            return self.known
        own = get_argument_values(self.declared, self.node, variables)
        return {**own, "filter": self.outer.of(variables).get("filter")}


@dataclass(frozen=True, slots=True)
class Constant:
    """`__typename`."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Id:
    """A wire id."""

    key: str
    column: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column of the row."""

    key: str
    column: Column


@dataclass(frozen=True, slots=True)
class Amount:
    """A money: its parts by response key, each a column or a constant."""

    key: str
    columns: tuple[str, str]
    parts: tuple[tuple[str, str | Constant], ...]


@dataclass(frozen=True, slots=True)
class Walked:
    """A column or a computed value that is an object or a list."""

    key: str
    entity: Entity
    field: Field
    walk: Walk


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of what happened to the record, with the records its values carry."""

    key: str
    entity: Entity
    field: Field
    arguments: Arguments
    carrying: Any


@dataclass(frozen=True, slots=True)
class Carried:
    """A computed value that carries records."""

    key: str
    document: "Document"
    entity: Entity
    field: Field
    declared: GraphQLField
    nodes: list[FieldNode]


@dataclass(frozen=True, slots=True)
class Linked:
    """The record a column points at."""

    key: str
    field: Field
    record: "Record"
    missing: Missing | None
    """What stands for it where it has to be there and is not."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The record behind the link that is set: each link, with what is selected if it is that."""

    key: str
    links: tuple[Linked, ...]


@dataclass(frozen=True, slots=True)
class Collected:
    """A collection of the record."""

    key: str
    list: "Listed"


class Feed(Protocol):
    """What answers a list of its own making."""

    async def answer(self, run: Any, parents: Sequence[str]) -> Mapping[str, Any]:
        """What is selected of it, by the records it is a list of."""


@dataclass(frozen=True, slots=True)
class Fed:
    """A list of its own making."""

    key: str
    feed: Feed


FEEDS: dict[str, Callable[["Document", Entity, GraphQLField, list[FieldNode]], Feed]] = {}
"""What makes the plan of a feed, by the feed's name."""


@dataclass(frozen=True, slots=True)
class Custom:
    """The values of the workspace's own fields."""

    key: str
    document: "Document"
    declared: GraphQLField
    nodes: list[FieldNode]
    arguments: Arguments


Part = (
    Constant
    | Id
    | Leaf
    | Amount
    | Walked
    | Paged
    | Carried
    | Linked
    | OneOf
    | Collected
    | Fed
    | Custom
)


@dataclass(frozen=True, slots=True)
class Record:
    """What is selected of a record."""

    entity: Entity
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Edges:
    """What is selected of edges: cursors, nodes, constants, by response key."""

    parts: tuple[tuple[str, "Record | Constant | None"], ...]
    """None stands for the cursor."""


@dataclass(frozen=True, slots=True)
class Info:
    """What is selected of a pageInfo: names of its fields by response key."""

    parts: tuple[tuple[str, str | Constant], ...]


@dataclass(frozen=True, slots=True)
class Total:
    """`totalCount`."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What is selected of a connection."""

    entity: Entity
    field: Field | None
    arguments: Arguments
    parts: tuple[tuple[str, Record | Edges | Info | Total | Constant], ...]


@dataclass(slots=True)
class Document:
    """One operation of a document, with its fragments and the values of its flags."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    flags: VariableValues
    fragments: dict[str, FragmentDefinitionNode]
    carrying: Carry
    """Makes what answers values that carry records."""
    walker: Walker = field(init=False)

    def __post_init__(self) -> None:
        self.walker = Walker(self.schema, self.collected)

    @property
    def root(self) -> GraphQLObjectType:
        """The type of the operation's root, which validation has seen to."""
        return cast("GraphQLObjectType", self.schema.get_root_type(self.operation.operation))

    def roots(self) -> dict[str, list[FieldNode]]:
        """The root fields by response key."""
        found: dict[str, list[FieldNode]] = {}
        self._collect(self.root, self.operation.selection_set, found, set())
        return found

    def collected(self, kind: GraphQLObjectType, nodes: Nodes) -> dict[str, list[FieldNode]]:
        """The fields selected below some nodes, merged by response key, for a concrete type."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for node in nodes:
            if node.selection_set:
                self._collect(kind, node.selection_set, found, seen)
        return found

    def _collect(
        self,
        kind: GraphQLObjectType,
        selected: SelectionSetNode,
        found: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for node in selected.selections:
            if not self._included(node.directives or ()):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append(node)
                continue
            if isinstance(node, InlineFragmentNode):
                fragment: InlineFragmentNode | FragmentDefinitionNode = node
            else:
                name = node.name.value  # type: ignore[attr-defined]
                if name in seen:
                    continue
                seen.add(name)
                fragment = self.fragments[name]
            if self._applies(kind, fragment):
                self._collect(kind, fragment.selection_set, found, seen)

    def _included(self, directives: Iterable[DirectiveNode]) -> bool:
        for directive in directives:
            declared = {"skip": GraphQLSkipDirective, "include": GraphQLIncludeDirective}.get(
                directive.name.value
            )
            if declared is None:
                raise NotCompiled("directive")
            values = get_argument_values(declared, directive, self.flags)
            if values["if"] is (declared is GraphQLSkipDirective):
                return False
        return True

    def _applies(
        self, kind: GraphQLObjectType, fragment: InlineFragmentNode | FragmentDefinitionNode
    ) -> bool:
        if fragment.type_condition is None:
            return True
        wanted = self.schema.type_map[fragment.type_condition.name.value]
        if wanted is kind:
            return True
        return is_abstract_type(wanted) and self.schema.is_sub_type(wanted, kind)

    def arguments(self, declared: GraphQLField, node: FieldNode) -> Arguments:
        """The arguments of a field, worked out now if no variable is in them."""
        given = node.arguments or ()
        if any(mentions_variable(argument) for argument in given):
            return Arguments(declared, node, None)
        return Arguments(declared, node, get_argument_values(declared, node))

    def record(self, entity: Entity, nodes: Nodes) -> Record:
        """What some nodes select of a record."""
        kind = self.schema.type_map[entity.name]
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101 - made from the registry
        bound = {camel(name): one for name, one in entity.fields.items()}
        parts: list[Part] = []
        for key, own in self.collected(kind, nodes).items():
            name = own[0].name.value
            if name == "__typename":
                parts.append(Constant(key, entity.name))
            elif name == "id":
                parts.append(Id(key, entity.key, entity.prefix))
            else:
                parts.append(self._part(entity, bound[name], key, kind.fields[name], own))
        return Record(entity, tuple(parts))

    def _part(
        self, entity: Entity, bound: Field, key: str, declared: GraphQLField, nodes: list[FieldNode]
    ) -> Part:
        if bound.kind is Kind.MONEY:
            return self._amount(key, bound, declared, nodes)
        if bound.kind is Kind.LINK:
            place = f"{entity.name}.{camel(bound.name)}"
            return self._link(bound, key, nodes, None if bound.nullable else Missing(place, nodes))
        if bound.kind is Kind.ONE_OF:
            # One whose type is not asked for is joined too: seen, it is an empty object; else null.
            links = [self._link(entity.fields[name], key, nodes, None) for name in bound.links]
            return OneOf(key, tuple(links))
        if bound.kind in {Kind.MANY, Kind.FEED}:
            return self._several(entity, bound, key, declared, nodes)
        return self._value(entity, bound, key, declared, nodes)

    def _value(
        self, entity: Entity, bound: Field, key: str, declared: GraphQLField, nodes: list[FieldNode]
    ) -> Part:
        if bound.kind is Kind.CUSTOM:
            return Custom(key, self, declared, nodes, self.arguments(declared, nodes[0]))
        column = column_of(entity, bound, declared.type)
        if column is not None:
            return Leaf(key, column)
        return self._worked_out(entity, bound, key, declared, nodes)

    def _worked_out(
        self, entity: Entity, bound: Field, key: str, declared: GraphQLField, nodes: list[FieldNode]
    ) -> Walked | Paged | Carried:
        if bound.paged:
            arguments = self.arguments(declared, nodes[0])
            pages = GraphQLNonNull(GraphQLList(declared.type))
            return Paged(key, entity, bound, arguments, self.carrying(self, pages, nodes))
        if bound.carries:
            return Carried(key, self, entity, bound, declared, nodes)
        place = f"{entity.name}.{nodes[0].name.value}"
        return Walked(key, entity, bound, self.walker.of(declared.type, nodes, place))

    def _several(
        self, entity: Entity, bound: Field, key: str, declared: GraphQLField, nodes: list[FieldNode]
    ) -> Part:
        if bound.kind is Kind.FEED:
            return Fed(key, FEEDS[bound.name](self, entity, declared, nodes))
        return Collected(key, self.listed(REGISTRY[bound.target], bound, declared, nodes))

    def _link(
        self, bound: Field, key: str, nodes: list[FieldNode], missing: Missing | None
    ) -> Linked:
        return Linked(key, bound, self.record(REGISTRY[bound.target], nodes), missing)

    def _amount(
        self, key: str, bound: Field, declared: GraphQLField, nodes: list[FieldNode]
    ) -> Amount:
        amount, currency = bound.columns
        columns = {"amount": amount, "currency": currency}
        parts: list[tuple[str, str | Constant]] = []
        for own_key, own in self._below(declared, nodes):
            name = own[0].name.value
            constant = Constant(own_key, "Money") if name == "__typename" else None
            if constant is None and name not in columns:
                raise NotCompiled("money in another currency")
            parts.append((own_key, constant or columns[name]))
        return Amount(key, (amount, currency), tuple(parts))

    def _below(self, declared: GraphQLField, nodes: Nodes) -> Iterable[tuple[str, list[FieldNode]]]:
        kind = get_named_type(declared.type)
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101 - asked of object fields only
        return self.collected(kind, nodes).items()

    def listed(
        self, entity: Entity, bound: Field | None, declared: GraphQLField, nodes: list[FieldNode]
    ) -> Listed:
        """What some nodes select of a connection."""
        kind = get_named_type(declared.type)
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101 - a connection
        parts: list[tuple[str, Any]] = []
        for key, own in self.collected(kind, nodes).items():
            name = own[0].name.value
            if name == "__typename":
                parts.append((key, Constant(key, kind.name)))
            elif name == "nodes":
                parts.append((key, self.record(entity, own)))
            elif name == "edges":
                parts.append((key, self._edges(entity, kind.fields[name], own)))
            elif name == "pageInfo":
                parts.append((key, self.info(kind.fields[name], own)))
            else:
                parts.append((key, Total()))
        return Listed(entity, bound, self.arguments(declared, nodes[0]), tuple(parts))

    def _edges(self, entity: Entity, declared: GraphQLField, nodes: Nodes) -> Edges:
        parts: list[tuple[str, Record | Constant | None]] = []
        for key, own in self._below(declared, nodes):
            name = own[0].name.value
            if name == "__typename":
                parts.append((key, Constant(key, f"{entity.name}Edge")))
            else:
                parts.append((key, self.record(entity, own) if name == "node" else None))
        return Edges(tuple(parts))

    def info(self, declared: GraphQLField, nodes: Nodes) -> Info:
        """What some nodes select of a pageInfo."""
        parts: list[tuple[str, str | Constant]] = []
        for key, own in self._below(declared, nodes):
            name = own[0].name.value
            parts.append((key, Constant(key, "PageInfo") if name == "__typename" else name))
        return Info(tuple(parts))


def document_of(
    schema: GraphQLSchema,
    node: DocumentNode,
    operation: OperationDefinitionNode,
    flags: VariableValues,
    carrying: Carry,
) -> Document:
    """An operation ready to be selected from."""
    fragments = {
        one.name.value: one for one in node.definitions if isinstance(one, FragmentDefinitionNode)
    }
    return Document(schema, operation, flags, fragments, carrying)


def mentions_variable(node: Any) -> bool:
    """Whether a variable stands anywhere in a part of a document."""
    if isinstance(node, VariableNode):
        return True
    for key in node.keys:
        below = getattr(node, key, None)
        several = below if isinstance(below, (list, tuple)) else (below,)
        if any(isinstance(one, Node) and mentions_variable(one) for one in several):
            return True
    return False
