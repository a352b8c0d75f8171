"""Value objects (money, aggregates, computed values): walked as they are, without a row."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    FieldNode,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLUnionType,
    is_leaf_type,
)

from models.registry import REGISTRY
from resolvers.plans.wire import null
from resolvers.queries import is_answered

Walk = Callable[[Any], Any]
Collect = Callable[[GraphQLObjectType, Sequence[FieldNode]], Mapping[str, list[FieldNode]]]


class NotCompiled(Exception):
    """An operation that no plan answers; `reason` says why, for the figures."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Walker:
    """Makes walks for what one document selects of value objects."""

    def __init__(self, collect: Collect, records: list[Sequence[FieldNode]] | None = None) -> None:
        self._collect = collect
        self._records = records
        """What is selected of records met on the way; None where there are none."""

    def of(self, answered: GraphQLOutputType, nodes: Sequence[FieldNode]) -> Walk:
        """What turns a value of a type into what is answered of it."""
        if isinstance(answered, GraphQLNonNull):
            inner = self.of(answered.of_type, nodes)
            return lambda value: null() if value is None else inner(value)
        if isinstance(answered, GraphQLList):
            each = self.of(answered.of_type, nodes)
            return lambda value: None if value is None else [each(one) for one in value]
        if is_leaf_type(answered):
            serialize = answered.serialize
            return lambda value: None if value is None else serialize(value)
        if isinstance(answered, GraphQLUnionType):
            return self._union(answered, nodes)
        if isinstance(answered, GraphQLObjectType) and answered.name not in REGISTRY:
            return self._object(answered, nodes)
        return self._record(nodes)

    def _record(self, nodes: Sequence[FieldNode]) -> Walk:
        if self._records is None:
            raise NotCompiled("record in a value")
        # Whoever walks has put there what each of the selections answers.
        at = len(self._records)
        self._records.append(nodes)
        return lambda answered: None if answered is None else answered[at]

    def _union(self, answered: GraphQLUnionType, nodes: Sequence[FieldNode]) -> Walk:
        walks = {kind.name: self._object(kind, nodes) for kind in answered.types}
        return lambda value: None if value is None else walks[value["kind"]](value)

    def _object(self, answered: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Walk:
        parts: list[tuple[str, Walk]] = []
        for key, own in self._collect(answered, nodes).items():
            name = own[0].name.value
            if name == "__typename":
                parts.append((key, _constant(answered.name)))
            else:
                parts.append((key, self._field(answered, name, own)))
        return lambda value: None if value is None else {key: walk(value) for key, walk in parts}

    def _field(self, kind: GraphQLObjectType, wire_name: str, nodes: Sequence[FieldNode]) -> Walk:
        field = kind.fields[wire_name]
        declared = field.extensions["strawberry-definition"]
        name, walk = declared.python_name, self.of(field.type, nodes)
        if field.args or is_answered(kind.name, name):
            raise NotCompiled("field with a resolver")

        def read(value: Any) -> Any:
            return walk(value[name] if isinstance(value, dict) else getattr(value, name))

        return read


def _constant(text: str) -> Walk:
    return lambda _value: text
