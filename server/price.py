"""The price of an operation before it runs: its statements and the rows they may return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from core.codes import DenialCode
from core.errors import Denied
from schema.boards import BOARDS, MOST_COLUMNS
from schema.derive import DEFAULT_FIRST, MAX_FIRST
from schema.timelines import MOST_STATEMENTS
from schema.types import is_record
from server.filtered import Filtered, filtered

MAX_PRICE = 5000
MAX_DEPTH = 10
MOST_ROWS = 1000
"""What a level is priced at most: beyond it, the row budget holds."""

Size = int | str


@dataclass(slots=True)
class Level:
    """What one statement may return for each row above it: so many, or a variable's value."""

    size: Size
    statements: int
    filters: Sequence[Filtered] = ()
    inner: list["Level"] = field(default_factory=list)

    @property
    def is_fixed(self) -> bool:
        """Whether no variable is in it, nor in what is below."""
        return (
            isinstance(self.size, int)
            and all(one.known is not None for one in self.filters)
            and all(one.is_fixed for one in self.inner)
        )


@dataclass(frozen=True, slots=True)
class Price:
    """An operation's levels, ready to be added up for a request's variables."""

    levels: Sequence[Level]
    defaults: Mapping[str, int] = field(default_factory=dict)
    """What the operation's variables are when they are left out."""

    @property
    def is_fixed(self) -> bool:
        """Whether no variable is in it."""
        return all(one.is_fixed for one in self.levels)

    def points(self, variables: Mapping[str, Any]) -> int:
        """One point a statement, and one a possible row of each level."""
        values = {**self.defaults, **variables}
        return sum(_points(level, 1, values) for level in self.levels)

    def check(self, variables: Mapping[str, Any]) -> int:
        """The points, denied above the most an operation may cost."""
        points = self.points(variables)
        if points > MAX_PRICE:
            message = (
                f"The operation may cost {points} points; {MAX_PRICE} is the most."
                " Ask for smaller pages (`first`) or fewer levels."
            )
            raise Denied(DenialCode.LIMIT_EXCEEDED, message, points=points, limit=MAX_PRICE)
        return points


def _points(level: Level, above: int, variables: Mapping[str, Any]) -> int:
    rows = min(above * _size(level.size, variables), MOST_ROWS)
    own = level.statements + rows + sum(one.points(variables) for one in level.filters)
    return own + sum(_points(one, rows, variables) for one in level.inner)


def _size(size: Size, variables: Mapping[str, Any]) -> int:
    if isinstance(size, int):
        return size
    value = variables.get(size)
    if isinstance(value, list):
        return len(value)
    return min(max(value, 0), MAX_FIRST) if isinstance(value, int) else DEFAULT_FIRST


def priced(schema: GraphQLSchema, node: DocumentNode, operation: OperationDefinitionNode) -> Price:
    """The levels of a valid operation; denied when entities are nested too deeply."""
    fragments = {
        one.name.value: one for one in node.definitions if isinstance(one, FragmentDefinitionNode)
    }
    root = schema.get_root_type(operation.operation)
    whole = Level(1, 0)
    if root is not None:
        _Pricing(schema, fragments).walk(operation.selection_set, root, whole, 0)
    return Price(whole.inner, _defaults(operation))


def _defaults(operation: OperationDefinitionNode) -> dict[str, int]:
    return {
        one.variable.name.value: int(one.default_value.value)
        for one in operation.variable_definitions or ()
        if isinstance(one.default_value, IntValueNode)
    }


class _Pricing:
    """Walks an operation with its types."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]
    ) -> None:
        self._schema = schema
        self._fragments = fragments

    def walk(
        self,
        selected: SelectionSetNode,
        kind: Any,
        level: Level,
        depth: int,
        seen: set[str] | None = None,
    ) -> None:
        """Add the levels a selection on a type makes; each fragment is taken once, as it is run."""
        seen = set() if seen is None else seen
        for one in selected.selections:
            if isinstance(one, FieldNode):
                self._field(one, kind, level, depth)
            elif isinstance(one, InlineFragmentNode):
                on = one.type_condition
                inner = self._schema.get_type(on.name.value) if on else kind
                self.walk(one.selection_set, inner, level, depth, seen)
            elif isinstance(one, FragmentSpreadNode) and one.name.value not in seen:
                seen.add(one.name.value)
                fragment = self._fragments[one.name.value]
                inner = self._schema.get_type(fragment.type_condition.name.value)
                self.walk(fragment.selection_set, inner, level, depth, seen)

    def _field(self, one: FieldNode, kind: Any, level: Level, depth: int) -> None:
        name = one.name.value
        if name.startswith("__") or not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            return
        if name == "totalCount":
            level.inner.append(Level(0, 1, level.filters))
        target = get_named_type(kind.fields[name].type)
        depth += int(is_record(target))
        if depth > MAX_DEPTH:
            message = f"Records are nested at most {MAX_DEPTH} deep."
            raise Denied(DenialCode.LIMIT_EXCEEDED, message)
        below = self._level(one, kind, target)
        if below is not None:
            level.inner.append(below)
        if one.selection_set is not None:
            self.walk(one.selection_set, target, below or level, depth)

    def _level(self, one: FieldNode, kind: Any, target: Any) -> Level | None:
        arguments = {given.name.value: given.value for given in one.arguments or ()}
        takes = kind.fields[one.name.value].args
        filters = [
            filtered(takes[name].type, value)
            for name, value in arguments.items()
            if name in {"filter", "search", "input"}
        ]
        if "first" in takes:
            size = _given(arguments.get("first"), takes["first"])
            statements = MOST_STATEMENTS if target.name == "TimelineItemConnection" else 1
            return Level(size, statements, filters)
        if kind.name in BOARDS and one.name.value == "columns":
            return Level(MOST_COLUMNS, len(("columns", "heads", "figures")))
        if "ids" in takes and is_record(target):
            return Level(_count(arguments.get("ids")), 1)
        is_root = kind in {
            self._schema.query_type,
            self._schema.mutation_type,
            self._schema.subscription_type,
        }
        return Level(1, 1, filters) if is_root else None


def _given(value: Any, argument: Any) -> Size:
    if isinstance(value, VariableNode):
        return value.name.value
    if isinstance(value, IntValueNode):
        return max(int(value.value), 0)
    default = argument.default_value
    return default if isinstance(default, int) else DEFAULT_FIRST


def _count(value: Any) -> Size:
    if isinstance(value, VariableNode):
        return value.name.value
    return len(getattr(value, "values", ()))
