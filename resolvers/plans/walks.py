"""Value objects (money, aggregates, computed values): walked as they are, without a row."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    FieldNode,
    GraphQLAbstractType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
)

from models.registry import Pointer
from resolvers.plans.wire import Missing
from resolvers.queries import is_answered
from schema.types import is_record

Walk = Callable[[Any], Any]
Collect = Callable[[GraphQLObjectType, Sequence[FieldNode]], Mapping[str, list[FieldNode]]]


class NotCompiled(Exception):
    """An operation that no plan answers; `reason` says why, for the figures."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Walker:
    """Makes walks for what one document selects of value objects."""

    def __init__(
        self,
        schema: GraphQLSchema,
        collect: Collect,
        records: list[tuple[str, Sequence[FieldNode]]] | None = None,
    ) -> None:
        self._schema = schema
        self._collect = collect
        self._records = records
        """Types of records met on the way, with what is selected; None where there are none."""

    def of(self, answered: GraphQLOutputType, nodes: Sequence[FieldNode], place: str) -> Walk:
        """What turns a value of a type, at a place, into what is answered of it."""
        if isinstance(answered, GraphQLNonNull):
            inner, missing = self.of(answered.of_type, nodes, place), Missing(place, nodes)

            def required(value: Any) -> Any:
                found = inner(value)
                return missing.met() if found is None else found

            return required
        if isinstance(answered, GraphQLList):
            return self._list(answered, nodes, place)
        if is_leaf_type(answered):
            serialize = answered.serialize
            return lambda value: None if value is None else serialize(value)
        if is_record(answered):
            return self._record(answered.name, nodes)
        if isinstance(answered, GraphQLObjectType):
            return self._object(answered, nodes)
        assert is_abstract_type(answered)  # noqa: S101 - there are no others
        return self._abstract(answered, nodes)

    def _list(self, answered: GraphQLList[Any], nodes: Sequence[FieldNode], place: str) -> Walk:
        if is_record(get_named_type(answered)):
            # What is out of sight is left out, so that one of them does not empty the list.
            one = self.of(get_nullable_type(answered.of_type), nodes, place)
            return lambda value: None if value is None else _present(one, value)
        each = self.of(answered.of_type, nodes, place)
        return lambda value: None if value is None else [each(one) for one in value]

    def _record(self, name: str, nodes: Sequence[FieldNode]) -> Walk:
        if self._records is None:
            raise NotCompiled("record in a value")
        at = len(self._records)
        self._records.append((name, nodes))
        # The first walk notes that it is asked for; by the second it has been read.
        return lambda value: None if value is None else value.answered.setdefault(at, value)

    def _abstract(self, answered: GraphQLAbstractType, nodes: Sequence[FieldNode]) -> Walk:
        kinds = self._schema.get_possible_types(answered)
        walks = {
            kind.name: self._record(kind.name, nodes)
            if is_record(kind)
            else self._object(kind, nodes)
            for kind in kinds
        }
        return lambda value: None if value is None else walks[_kind(value)](value)

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
        name, place = declared.python_name, f"{kind.name}.{wire_name}"
        walk = self.of(field.type, nodes, place)
        if field.args or is_answered(kind.name, name):
            raise NotCompiled("field with a resolver")

        def read(value: Any) -> Any:
            return walk(value[name] if isinstance(value, dict) else getattr(value, name))

        return read


def _kind(value: Any) -> str:
    return value.entity.name if isinstance(value, Pointer) else str(value["kind"])


def _present(each: Walk, value: Sequence[Any]) -> list[Any]:
    return [found for one in value if (found := each(one)) is not None]


def _constant(text: str) -> Walk:
    return lambda _value: text
