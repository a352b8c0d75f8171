"""Documents, parsed and validated once: the cache in front of every operation."""

from collections import OrderedDict
from dataclasses import dataclass

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

MAX_CHARACTERS = 64 * 1024
MAX_TOKENS = 2000
MAX_ERRORS = 5
REMEMBERED = 500
# What comparing repeated fields may cost: the library's own bound takes seconds to reach.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 50_000


@dataclass(frozen=True, slots=True)
class Document:
    """A document and what is wrong with it."""

    node: DocumentNode | None
    errors: tuple[GraphQLError, ...]
    code: DenialCode | None = None


def document(cache: OrderedDict[str, Document], schema: GraphQLSchema, text: str) -> Document:
    """The document of a text, from the cache or made now; bad ones are remembered too."""
    known = cache.get(text)
    if known is None:
        known = cache[text] = _made(schema, text)
        if len(cache) > REMEMBERED:
            cache.popitem(last=False)
    else:
        cache.move_to_end(text)
    return known


def _made(schema: GraphQLSchema, text: str) -> Document:
    if len(text) > MAX_CHARACTERS:
        error = GraphQLError(f"A document has at most {MAX_CHARACTERS} characters.")
        return Document(None, (error,), DenialCode.LIMIT_EXCEEDED)
    try:
        node = parse(text, max_tokens=MAX_TOKENS)
    except GraphQLError as wrong:
        code = DenialCode.GRAPHQL_PARSE_FAILED
        if wrong.message.endswith("Parsing aborted."):
            code = DenialCode.LIMIT_EXCEEDED
        return Document(None, (wrong,), code)
    except RecursionError:
        error = GraphQLError("The document is nested too deeply.")
        return Document(None, (error,), DenialCode.LIMIT_EXCEEDED)
    errors = validate(schema, node, max_errors=MAX_ERRORS)
    if errors and errors[-1].message == "Validation aborted.":
        error = GraphQLError("The document repeats its fields or fragments too often.")
        return Document(None, (error,), DenialCode.LIMIT_EXCEEDED)
    if errors:
        return Document(None, tuple(errors[:MAX_ERRORS]), DenialCode.GRAPHQL_VALIDATION_FAILED)
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
