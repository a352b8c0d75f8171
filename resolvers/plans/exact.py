"""A null where the schema promises a value: the answer, walked as the executor would."""

from collections.abc import Sequence
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)

from resolvers.plans.selection import Document
from resolvers.plans.wire import Missing

Path = tuple[str | int, ...]


def completed(
    document: Document, data: dict[str, Any], selected: dict[str, list[FieldNode]] | None = None
) -> tuple[Any, list[GraphQLError]]:
    """The data of an operation, or of some of its fields, with its nulls and their errors."""
    walk = _Walk(document)
    try:
        return walk.fields(document.root, selected or document.roots(), data, ()), walk.errors
    except GraphQLError as error:
        return None, [*walk.errors, error]


class _Walk:
    """Walks data made by a plan, with the types and nodes it was made for."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.errors: list[GraphQLError] = []

    def fields(
        self,
        kind: GraphQLObjectType,
        selected: dict[str, list[FieldNode]],
        value: dict[str, Any],
        path: Path,
    ) -> dict[str, Any]:
        """The object with each of its fields completed; raises what it may not hold."""
        # A copy, because records that several others link to are answered by one object.
        shown = dict(value)
        for key, nodes in selected.items():
            if holds_missing(value[key]):
                declared = kind.fields[nodes[0].name.value].type
                shown[key] = self._held(declared, nodes, value[key], (*path, key))
        return shown

    def _held(
        self, declared: GraphQLOutputType, nodes: list[FieldNode], value: Any, path: Path
    ) -> Any:
        """A value in its place: an error in it makes the place null, or is the place's own."""
        try:
            return self._completed(declared, nodes, value, path)
        except GraphQLError as error:
            if isinstance(declared, GraphQLNonNull):
                raise
            self.errors.append(error)
            return None

    def _completed(
        self, declared: GraphQLOutputType, nodes: list[FieldNode], value: Any, path: Path
    ) -> Any:
        if isinstance(declared, GraphQLNonNull):
            declared = declared.of_type
        if isinstance(value, Missing):
            raise value.error(path)
        if value is None or is_leaf_type(declared):
            return value
        if isinstance(declared, GraphQLList):
            inner = declared.of_type
            return [
                self._held(inner, nodes, one, (*path, at)) if holds_missing(one) else one
                for at, one in enumerate(value)
            ]
        kind, selected = self._kind(declared, nodes, value)
        return self.fields(kind, selected, value, path)

    def _kind(
        self, declared: GraphQLOutputType, nodes: Sequence[FieldNode], value: dict[str, Any]
    ) -> tuple[GraphQLObjectType, dict[str, list[FieldNode]]]:
        named: Any = get_named_type(declared)
        kinds = [named]
        if is_abstract_type(named):
            kinds = list(self._document.schema.get_possible_types(named))
        for kind in kinds:
            selected = self._document.collected(kind, nodes)
            # Validation sees to it that types with the same keys agree on what may be null.
            if list(selected) == list(value):
                return kind, selected
        message = f"No type of {named.name} answers {list(value)}."
        raise LookupError(message)


def holds_missing(value: Any) -> bool:
    """Whether a value is missing somewhere in it."""
    if isinstance(value, dict):
        return any(holds_missing(one) for one in value.values())
    if isinstance(value, list):
        return any(holds_missing(one) for one in value)
    return isinstance(value, Missing)
