"""Documents, parsed and validated once: the cache in front of every operation."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)
from graphql.validation.rules import overlapping_fields_can_be_merged

from core.codes import DenialCode
from core.errors import Denied
from resolvers.plans import cache as plans
from server import bounds
from server.price import priced

MAX_CHARACTERS = 64 * 1024
MAX_TOKENS = 2000
MAX_ERRORS = 5
REMEMBERED = 500
REMEMBERED_CHARACTERS = 512 * 1024
"""Of all documents together: one and its plans take two hundred times its text of memory."""
# What comparing repeated fields may cost: the library's own bound takes seconds to reach.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 50_000


class Operation(plans.Operation):
    """An operation with its price."""

    __slots__ = ("_points", "_price")

    def __init__(
        self, schema: GraphQLSchema, text: str, whole: DocumentNode, node: OperationDefinitionNode
    ) -> None:
        super().__init__(schema, text, whole, node)
        self._price = priced(schema, whole, node)
        self._points: int | None = None

    def points(self, variables: Mapping[str, Any]) -> int:
        """What it may cost; denied above the most."""
        if self._points is not None:
            return self._points
        points = self._price.check(variables)
        if self._price.is_fixed:
            self._points = points
        return points


@dataclass(frozen=True, slots=True)
class Document:
    """A document and what is wrong with it."""

    schema: GraphQLSchema
    text: str
    node: DocumentNode | None
    errors: tuple[GraphQLError, ...]
    code: DenialCode | None = None
    _operations: dict[str | None, Operation] = field(default_factory=dict)

    def operation(self, name: str | None) -> Operation:
        """The operation of a name, or the only one; looked at once."""
        known = self._operations.get(name)
        if known is None:
            assert self.node is not None  # noqa: S101 - a document with errors has no operations
            chosen = _named(self.node, name)
            own = chosen.name.value if chosen.name else None
            # Asked for without its name before, it is the same.
            known = self._operations.get(own)
            if known is None:
                known = Operation(self.schema, self.text, self.node, chosen)
            self._operations[name] = self._operations[own] = known
        return known


def document(cache: OrderedDict[str, Document], schema: GraphQLSchema, text: str) -> Document:
    """The document of a text, from the cache or made now; bad ones are remembered too."""
    known = cache.get(text)
    if known is None:
        known = cache[text] = _made(schema, text)
        while len(cache) > REMEMBERED or sum(map(len, cache)) > REMEMBERED_CHARACTERS:
            cache.popitem(last=False)
    else:
        cache.move_to_end(text)
    return known


def _made(schema: GraphQLSchema, text: str) -> Document:
    try:
        node = _parsed(text)
    except Denied as denied:
        return Document(schema, text, None, (GraphQLError(denied.message),), denied.code)
    except GraphQLError as error:
        too_long = error.message.endswith("Parsing aborted.")
        code = DenialCode.LIMIT_EXCEEDED if too_long else DenialCode.GRAPHQL_PARSE_FAILED
        return Document(schema, text, None, (error,), code)
    errors = validate(schema, node, max_errors=MAX_ERRORS)
    if errors and errors[-1].message == "Validation aborted.":
        message = "The document repeats its fields or fragments too often."
        return Document(schema, text, None, (GraphQLError(message),), DenialCode.LIMIT_EXCEEDED)
    wrong = DenialCode.GRAPHQL_VALIDATION_FAILED if errors else None
    return Document(schema, text, node, tuple(errors[:MAX_ERRORS]), wrong)


def _parsed(text: str) -> DocumentNode:
    if len(text) > MAX_CHARACTERS:
        message = f"A document has at most {MAX_CHARACTERS} characters."
        raise Denied(DenialCode.LIMIT_EXCEEDED, message)
    try:
        node = parse(text, max_tokens=MAX_TOKENS)
    except RecursionError as deep:
        raise Denied(DenialCode.LIMIT_EXCEEDED, "The document is nested too deeply.") from deep
    bounds.check(node)
    return node


def _named(node: DocumentNode, name: str | None) -> OperationDefinitionNode:
    # Several without a name to choose by are refused.
    operations = [one for one in node.definitions if isinstance(one, OperationDefinitionNode)]
    if name is not None:
        for one in operations:
            if one.name and one.name.value == name:
                return one
        raise Denied(DenialCode.BAD_REQUEST, f"The document has no operation named {name[:80]!r}.")
    if len(operations) != 1:
        message = "The document has several operations: name one by `operationName`."
        raise Denied(DenialCode.BAD_REQUEST, message)
    return operations[0]
