"""Subscriptions: what is told is answered as a query would be, once for all who share it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLField,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    get_named_type,
    visit,
)
from graphql.execution.values import VariableValues

from models.registry import REGISTRY
from resolvers.feeds import FEEDS, Feed, Told
from resolvers.leanings import is_personal
from resolvers.plans import exact
from resolvers.plans.selection import Arguments, Document
from resolvers.plans.sql import Run
from resolvers.plans.values import Carrying
from resolvers.plans.wire import Missing
from resolvers.reading import Reading

Results = list[ExecutionResult | None]
Answers = Callable[[Reading | None, Sequence[Told]], Awaitable[Results]]
"""What is answered of things that are told; None where a later event says it better."""


@dataclass(frozen=True, slots=True)
class Watching:
    """A subscription that is asked for: its feed, and how what is told is answered."""

    feed: Feed
    arguments: Mapping[str, Any]
    after: Any
    """The cursor to go on from; it is no part of the arguments."""
    after_variable: str
    """The variable that holds it, if one does and nothing else uses it."""
    answers: Answers
    personal: bool
    """Whether even those who see every owner's records may be told different things."""


class Root:
    """The root field of a subscription."""

    def __init__(self, document: Document) -> None:
        roots = document.roots()
        if len(roots) != 1:
            message = "A subscription selects one field."
            raise GraphQLError(message)
        ((self.key, nodes),) = roots.items()
        self.nodes: list[FieldNode] = nodes
        self.declared: GraphQLField = document.root.fields[nodes[0].name.value]
        self.feed = FEEDS[nodes[0].name.value]
        self.arguments: Arguments = document.arguments(self.declared, nodes[0])

    def after(self, text: str) -> str:
        """The variable that holds the cursor and nothing else."""
        for given in self.nodes[0].arguments or ():
            if given.name.value == "after" and isinstance(given.value, VariableNode):
                name: str = given.value.name.value
                return name if text.count(f"${name}") == _DECLARED_AND_USED else ""
        return ""

    def personal(self, document: Document, arguments: Mapping[str, Any]) -> bool:
        """Whether who asks may matter where whose records are seen does not."""
        asked = self.feed.kinds(arguments)
        if any(is_personal(entity, given) for entity, given in asked):
            return True
        types = TypeInfo(document.schema)
        finder = _Personal(types, document.root.name)
        for node in (document.operation, *document.fragments.values()):
            visit(node, TypeInfoVisitor(types, finder))
        return finder.found


_INNER = frozenset({"filter", "search"})


class _Personal(Visitor):
    """Looks for what may differ between people: records of their own, filters further in."""

    def __init__(self, types: TypeInfo, root: str) -> None:
        super().__init__()
        self.found = False
        self._types = types
        self._root = root

    def enter_field(self, node: FieldNode, *_args: Any) -> None:
        """Look at what a field answers, and what it is given."""
        kind = get_named_type(self._types.get_type())
        entity = REGISTRY.get(kind.name) if kind else None
        if entity is not None and is_personal(entity):
            self.found = True
        parent = self._types.get_parent_type()
        given = {one.name.value for one in node.arguments or ()}
        if given & _INNER and parent is not None and parent.name != self._root:
            self.found = True


_DECLARED_AND_USED = 2


class Fed:
    """The plan of what a subscription tells."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._root = Root(document)
        self._carrying = Carrying(document, self._root.declared.type, self._root.nodes)

    def answers(self, variables: VariableValues) -> Answers:
        """What answers with some variables."""

        async def answered(
            reading: Reading | None, told: Sequence[Told]
        ) -> list[ExecutionResult | None]:
            run = Run(reading, variables) if reading else None
            values = await self._carrying.all(run, [one.value for one in told])
            return [self._completed(one, value) for one, value in zip(told, values, strict=True)]

        return answered

    def _completed(self, told: Told, value: Any) -> ExecutionResult | None:
        data = {self._root.key: value}
        if told.needed is not None and None in told.needed.answered.values():
            return None
        if isinstance(value, Missing) or exact.holds_missing(value):
            return ExecutionResult(*exact.completed(self._document, data))
        return ExecutionResult(data, None)
