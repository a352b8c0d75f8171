"""How values look on the wire."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

import orjson
from graphql import FieldNode, GraphQLError, located_error


class Missing:
    """Stands where the schema promises a value and there is none, until it is told exactly."""

    count = 0
    """How many there were in this process: whether a plan has met one costs a comparison."""

    def __init__(self, place: str, nodes: Sequence[FieldNode]) -> None:
        self._place = place
        self._nodes = nodes

    def met(self) -> "Missing":
        """Take note of one."""
        Missing.count += 1
        return self

    def error(self, path: Sequence[str | int]) -> GraphQLError:
        """What is said of it, in the executor's words."""
        message = f"Cannot return null for non-nullable field {self._place}."
        return located_error(TypeError(message), self._nodes, list(path))


def cursor(signature: str, place: Sequence[Any]) -> str:
    """The place of a row in an ordering, by the values of the ordering's columns."""
    return urlsafe_b64encode(orjson.dumps([signature, *place])).rstrip(b"=").decode()
