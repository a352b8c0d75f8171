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
from server import bounds
from server.price import Price, priced

MAX_CHARACTERS = 64 * 1024
MAX_TOKENS = 2000
MAX_ERRORS = 5
REMEMBERED = 500
REMEMBERED_CHARACTERS = 512 * 1024
"""Of all documents together: a document takes a hundred times its text of memory."""
# What comparing repeated fields may cost: the library's own bound takes seconds to reach.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 50_000


@dataclass(frozen=True, slots=True)
class Document:
    """A document and what is wrong with it."""

    node: DocumentNode | None
    errors: tuple[GraphQLError, ...]
    code: DenialCode | None = None
    prices: dict[str | None, Price] = field(default_factory=dict)
    _operations: dict[str | None, OperationDefinitionNode] = field(default_factory=dict)
    _points: dict[str | None, int] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation of a name, or the only one; found once."""
        known = self._operations.get(name)
        if known is None:
            assert self.node is not None  # noqa: S101 - a document with errors has no operations
            known = self._operations[name] = operation(self.node, name)
        return known

    def points(
        self,
        schema: GraphQLSchema,
        chosen: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> int:
        """What one of its operations may cost; denied above the most."""
        name = chosen.name.value if chosen.name else None
        known = self._points.get(name)
        if known is None:
            price = self.price(schema, chosen)
            known = price.check(variables)
            if price.is_fixed:
                self._points[name] = known
        return known

    def price(self, schema: GraphQLSchema, chosen: OperationDefinitionNode) -> Price:
        """The price of one of its operations, worked out once."""
        name = chosen.name.value if chosen.name else None
        known = self.prices.get(name)
        if known is None and self.node is not None:
            known = self.prices[name] = priced(schema, self.node, chosen)
        return known or Price(())


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
        return _valid(schema, _parsed(text))
    except Denied as denied:
        return Document(None, (GraphQLError(denied.message),), denied.code)
    except GraphQLError as wrong:
        too_long = wrong.message.endswith("Parsing aborted.")
        code = DenialCode.LIMIT_EXCEEDED if too_long else DenialCode.GRAPHQL_PARSE_FAILED
        return Document(None, (wrong,), code)


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


def _valid(schema: GraphQLSchema, node: DocumentNode) -> Document:
    errors = validate(schema, node, max_errors=MAX_ERRORS)
    if errors and errors[-1].message == "Validation aborted.":
        message = "The document repeats its fields or fragments too often."
        raise Denied(DenialCode.LIMIT_EXCEEDED, message)
    if errors:
        return Document(node, tuple(errors[:MAX_ERRORS]), DenialCode.GRAPHQL_VALIDATION_FAILED)
    return Document(node, ())


def operation(node: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation to run; several without a name to choose by are refused."""
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
