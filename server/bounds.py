"""Bounds of a document's shape, found by one walk that stops at the first one passed.

It runs before validation, whose rules may take long on a document made to be slow.
"""

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from core.codes import DenialCode
from core.errors import Denied

MAX_FIELDS = 2000
MAX_ALIASES = 30
MAX_ROOTS = 30
MAX_MUTATIONS = 10
MAX_NESTING = 60


def check(node: DocumentNode) -> None:
    """Deny a document any of whose operations passes a bound, fragments expanded."""
    fragments = {
        one.name.value: one for one in node.definitions if isinstance(one, FragmentDefinitionNode)
    }
    for one in node.definitions:
        if isinstance(one, OperationDefinitionNode):
            _Walk(fragments).operation(one)


class _Walk:
    """Counts what one operation selects."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._fields = 0
        self._aliases = 0

    def operation(self, one: OperationDefinitionNode) -> None:
        """Walk an operation."""
        roots = self._set(one.selection_set, 0, set())
        if one.operation is OperationType.MUTATION and roots > MAX_MUTATIONS:
            _deny(f"An operation has at most {MAX_MUTATIONS} mutations.")
        if roots > MAX_ROOTS:
            _deny(f"An operation has at most {MAX_ROOTS} root fields.")

    def _set(self, selected: SelectionSetNode, nesting: int, seen: set[str]) -> int:
        """Walk a selection set; how many fields it has itself, each fragment expanded once."""
        if nesting > MAX_NESTING:
            _deny(f"Selections are nested at most {MAX_NESTING} deep.")
        own = 0
        for one in selected.selections:
            if isinstance(one, FieldNode):
                own += 1
                self._field(one, nesting)
            elif isinstance(one, InlineFragmentNode):
                own += self._set(one.selection_set, nesting + 1, seen)
            elif isinstance(one, FragmentSpreadNode):
                own += self._spread(one.name.value, nesting, seen)
        return own

    def _field(self, one: FieldNode, nesting: int) -> None:
        self._fields += 1
        if self._fields > MAX_FIELDS:
            _deny(f"An operation selects at most {MAX_FIELDS} fields, fragments expanded.")
        if one.alias is not None:
            self._aliases += 1
            if self._aliases > MAX_ALIASES:
                _deny(f"An operation has at most {MAX_ALIASES} aliases, fragments expanded.")
        if one.selection_set is not None:
            self._set(one.selection_set, nesting + 1, set())

    def _spread(self, name: str, nesting: int, seen: set[str]) -> int:
        fragment = self._fragments.get(name)
        # Execution, too, takes a fragment once a selection; unknown ones are told by validation.
        if fragment is None or name in seen:
            return 0
        seen.add(name)
        return self._set(fragment.selection_set, nesting + 1, seen)


def _deny(message: str) -> None:
    raise Denied(DenialCode.LIMIT_EXCEEDED, message)
