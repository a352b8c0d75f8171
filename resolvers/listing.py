"""Lists: their order, their pages, and the cursors that hold a place in them."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from core.codes import DenialCode
from core.errors import Denied
from models.registry import Entity
from schema.derive import DEFAULT_FIRST, MAX_FIRST

MAX_KEYS = 3


@dataclass(frozen=True, slots=True)
class Ordering:
    """The columns a list is ordered by, the id last; True stands for descending."""

    entity: Entity
    keys: tuple[tuple[str, bool], ...]

    @property
    def signature(self) -> str:
        """What a cursor carries so that it is only used in its own ordering."""
        parts = [f"-{name}" if descending else name for name, descending in self.keys]
        return f"{self.entity.prefix}:{','.join(parts)}"

    def by(self, rows: Any) -> list[Any]:
        """The ORDER BY of a statement."""
        return [
            rows.c[name].desc() if descending else rows.c[name] for name, descending in self.keys
        ]

    def cursor(self, row: Mapping[str, Any]) -> str:
        """The place of a row in this ordering."""
        place = orjson.dumps([self.signature, *(row[name] for name, _ in self.keys)])
        return base64.urlsafe_b64encode(place).rstrip(b"=").decode()

    def after(self, rows: Any, cursor: str) -> sa.ColumnElement[bool]:
        """The rows behind a cursor."""
        return self.behind(rows, self.place(cursor))

    def place(self, cursor: str) -> dict[str, Any]:
        """The place a cursor holds, as the parameters of `behind`."""
        return {f"after_{at}": value for at, value in enumerate(self._place(cursor))}

    def behind(self, rows: Any, place: Mapping[str, Any]) -> sa.ColumnElement[bool]:
        """The rows behind a place, whose values may as well be bound when the statement runs."""
        columns = [rows.c[name] for name, _ in self.keys]
        bound = [
            sa.bindparam(f"after_{at}", place.get(f"after_{at}"), column.type)
            for at, column in enumerate(columns)
        ]
        if len({descending for _, descending in self.keys}) == 1:
            left, right = sa.tuple_(*columns), sa.tuple_(*bound)
            return left < right if self.keys[0][1] else left > right
        return self._mixed(columns, bound)

    def _mixed(self, columns: list[Any], bound: list[Any]) -> sa.ColumnElement[bool]:
        alternatives = []
        for at, (_, descending) in enumerate(self.keys):
            equal = [columns[before] == bound[before] for before in range(at)]
            beyond = columns[at] < bound[at] if descending else columns[at] > bound[at]
            alternatives.append(sa.and_(*equal, beyond))
        return sa.or_(*alternatives)

    def _place(self, cursor: str) -> list[Any]:
        place = self._read(cursor)
        if place is None:
            message = "This cursor is not one of this list in this ordering; start without it."
            raise Denied(DenialCode.INVALID_CURSOR, message)
        return place

    def _read(self, cursor: str) -> list[Any] | None:
        padded = cursor + "=" * (-len(cursor) % 4)
        try:
            signature, *values = orjson.loads(
                base64.b64decode(padded, altchars=b"-_", validate=True)
            )
            if signature != self.signature:
                return None
            return [
                _typed(self.entity.table.c[name].type, value)
                for (name, _), value in zip(self.keys, values, strict=True)
            ]
        except (ValueError, TypeError, OverflowError):
            return None


def _typed(kind: Any, value: Any) -> Any:
    if isinstance(kind, sa.DateTime):
        return datetime.fromisoformat(value).astimezone(UTC)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.Uuid):
        return _uuid(value)
    if isinstance(kind, sa.Integer):
        return _integer(value, 63 if isinstance(kind, sa.BigInteger) else 31)
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    return value


def _uuid(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return str(UUID(value))


def _integer(value: Any, bits: int) -> int:
    if not isinstance(value, int) or abs(value) >= 2**bits:
        raise ValueError(value)
    return value


def ordering(
    entity: Entity, asked: Sequence[Mapping[str, Any]] | None, fixed: Sequence[str] = ()
) -> Ordering:
    """The ordering asked for, else the collection's own, else the entity's or newest first."""
    keys: list[tuple[str, bool]] = []
    for one in asked or ():
        name = str(one["field"]).lower()
        field = entity.fields[name]
        column = entity.key if name == "id" else field.order
        keys.append((column, str(one.get("direction") or "ASC") == "DESC"))
    if len(keys) > MAX_KEYS:
        raise Denied(DenialCode.LIMIT_EXCEEDED, f"A list is ordered by at most {MAX_KEYS} keys.")
    if not keys:
        own = fixed or entity.order_by
        keys = [(part.removeprefix("-"), part.startswith("-")) for part in own]
    if entity.key not in {name for name, _ in keys}:
        keys.append((entity.key, keys[-1][1] if keys else True))
    return Ordering(entity, tuple(keys))


def page_size(first: int | None) -> int:
    """How many items a page has; null is the default."""
    size = DEFAULT_FIRST if first is None else first
    if not 0 <= size <= MAX_FIRST:
        message = f"`first` lies between 0 and {MAX_FIRST}."
        raise Denied(DenialCode.LIMIT_EXCEEDED, message)
    return size
