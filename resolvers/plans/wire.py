"""How values look on the wire, for whole columns of rows at once."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

import orjson
from graphql import FieldNode, GraphQLError, located_error

from core.ids import encode

_DIGITS = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_AS_DIGITS = _DIGITS + bytes(256 - len(_DIGITS))
_LANE = 32
_FIRST_DIGIT = 6
_AT_ONCE = 64
_FEW = 4
_GAP = bytes(_LANE - 16)
_NOTHING = "0" * 32


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


def wire_ids(prefix: str, uuids: Sequence[str | None]) -> list[str]:
    """The wire ids of a column of UUIDs; what stands for a null is not to be used.

    Many UUIDs lie in one big number, a lane of bytes each, whose bits are spread over the bytes
    in five steps: several times quicker than encoding one by one.
    """
    if len(uuids) < _FEW:
        return [encode(prefix[:-1], uuid or _NOTHING) for uuid in uuids]
    found: list[str] = []
    for start in range(0, len(uuids), _AT_ONCE):
        packed = "".join([uuid or _NOTHING for uuid in uuids[start : start + _AT_ONCE]])
        found += _spread(prefix, bytes.fromhex(packed.replace("-", "")))
    return found


def _spread(prefix: str, packed: bytes) -> list[str]:
    size = len(packed)
    lanes = _GAP.join([packed[at : at + 16] for at in range(0, size, 16)])
    number = int.from_bytes(lanes)
    for mask, shift in _STEPS:
        high = number & mask
        number = (number ^ high) | high << shift
    digits = number.to_bytes(2 * size).translate(_AS_DIGITS).decode()
    return [prefix + digits[at : at + 26] for at in range(_FIRST_DIGIT, 2 * size, _LANE)]


def _step(width: int) -> tuple[int, int]:
    """Which bits move in a step, and by how much: the upper half of each group of `2 * width`."""
    spacing = width * 8 // 5
    upper = ((1 << width) - 1) << width
    lane = sum(upper << at for at in range(0, _LANE * 8, 2 * spacing))
    return sum(lane << at * _LANE * 8 for at in range(_AT_ONCE)), spacing - width


# Each step halves the groups of bits: in the end a byte has five of them, and 26 bytes are used.
_STEPS = [_step(width) for width in (80, 40, 20, 10, 5)]


def cursor(signature: str, place: Sequence[Any]) -> str:
    """The place of a row in an ordering, by the values of the ordering's columns."""
    return urlsafe_b64encode(orjson.dumps([signature, *place])).rstrip(b"=").decode()
