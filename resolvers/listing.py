"""Lists: their order, their pages, and the cursors that hold a place in them."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from auth.actor import Actor
from auth.custom_fields import CustomField
from auth.policy import WORKSPACE
from core.codes import DenialCode
from core.errors import Denied
from models.base import Key, Uuid
from models.registry import Entity
from schema.derive import CUSTOM_FIELD, DEFAULT_FIRST, MAX_FIRST
from services.custom_conditions import ORDERED, VALUE, field_of

MAX_KEYS = 3
_POSITION_DIGITS = 18


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

    @property
    def columns(self) -> set[str]:
        """The columns of the rows themselves that it needs."""
        return {name for name, _ in self.keys}

    def page(
        self,
        columns: Sequence[Any],
        rows: Any,
        conditions: Sequence[Any],
        place: Mapping[str, Any] | None,
        limit: Any,
        *,
        above: Any = None,
    ) -> Any:
        """One page of rows in this order, from the start or behind a place.

        `above` is what the page belongs to, where it is one of many parents' pages.
        """
        del above
        behind = [] if place is None else [self.behind(rows, place)]
        found = sa.select(*columns).where(*conditions, *behind)
        return found.order_by(*self.by(rows)).limit(limit)

    def kind(self, name: str) -> Any:
        """The type of a key."""
        return self.entity.table.c[name].type

    def cursor(self, row: Mapping[str, Any]) -> str:
        """The place of a row in this ordering."""
        place = orjson.dumps([self.signature, *(row[name] for name, _ in self.keys)])
        return base64.urlsafe_b64encode(place).rstrip(b"=").decode()

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
        kinds = [self.kind(name) for name, _ in self.keys]
        return read_cursor(cursor, self.signature, kinds)


def read_cursor(cursor: str, signature: str, kinds: Sequence[Any]) -> list[Any]:
    """The values a cursor of an ordering holds, of these column types; INVALID_CURSOR else."""
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        signed, *values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if signed == signature:
            return [_typed(*pair) for pair in zip(kinds, values, strict=True)]
    except (ValueError, TypeError, OverflowError):
        pass
    message = "This cursor is not one of this list in this ordering; start without it."
    raise Denied(DenialCode.INVALID_CURSOR, message)


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


_MISSING, _KEY = "custom_missing", "custom_key"
_LEAST, _MOST = str(UUID(int=0)), str(UUID(int=2**128 - 1))


@dataclass(frozen=True, slots=True)
class CustomOrdering(Ordering):
    """By a custom field: first the records that have a value, then the others by id."""

    field: CustomField

    @classmethod
    def by_field(cls, entity: Entity, field: CustomField, *, descending: bool) -> "CustomOrdering":
        """The ordering of a field's values."""
        keys = ((_MISSING, False), (_KEY, descending), ("id", descending))
        return cls(entity, keys, field)

    @property
    def signature(self) -> str:
        """The field is named as well, and what its keys are made of."""
        return f"{super(CustomOrdering, self).signature}:{self.field.id}:{self.field.type}"

    @property
    def columns(self) -> set[str]:
        """Only the id is a column of the rows."""
        return {"id"}

    def kind(self, name: str) -> Any:
        """The type of a key."""
        if name == "id":
            return self.entity.table.c.id.type
        return sa.Integer() if name == _MISSING else Key

    def page(
        self,
        columns: Sequence[Any],
        rows: Any,
        conditions: Sequence[Any],
        place: Mapping[str, Any] | None,
        limit: Any,
        *,
        above: Any = None,
    ) -> Any:
        """Two pages in one: the second is only looked for where the first is not full."""
        descending = self.keys[1][1]
        value = VALUE.alias("ordering")
        of_field = (
            value.c.workspace_id == WORKSPACE,
            value.c.field_id == sa.literal(self.field.id, Uuid),
            value.c.record_id == rows.c.id,
        )
        keys = [value.c.text_key, value.c.record_id]
        valued = (
            sa.select(*columns, sa.literal_column("0").label(_MISSING), keys[0].label(_KEY))
            .where(*conditions, *of_field, *self._behind_value(keys, place))
            .order_by(*(key.desc() if descending else key for key in keys))
            .limit(limit)
        )
        others = sa.select(
            *columns, sa.literal_column("1").label(_MISSING), sa.literal_column("''").label(_KEY)
        ).where(*conditions, sa.not_(sa.exists().where(*of_field)), *self._behind_id(rows, place))
        if above is not None:
            valued, others = valued.correlate(above), others.correlate(above)
        full = sa.select(sa.func.count()).select_from(valued.subquery("full")).scalar_subquery()
        others = others.where(full < limit).order_by(rows.c.id.desc() if descending else rows.c.id)
        both = sa.union_all(valued, others.limit(limit)).subquery("both")
        return sa.select(both).order_by(*self.by(both)).limit(limit)

    def _bound(self, place: Mapping[str, Any]) -> list[Any]:
        return [
            sa.bindparam(f"after_{at}", place.get(f"after_{at}"), self.kind(name))
            for at, (name, _) in enumerate(self.keys)
        ]

    def _behind_value(self, keys: list[Any], place: Mapping[str, Any] | None) -> list[Any]:
        if place is None:
            return []
        missing, key, last = self._bound(place)
        left, right = sa.tuple_(*keys), sa.tuple_(key, last)
        return [missing == 0, left < right if self.keys[1][1] else left > right]

    def _behind_id(self, rows: Any, place: Mapping[str, Any] | None) -> list[Any]:
        if place is None:
            return []
        missing, _, last = self._bound(place)
        descending = self.keys[1][1]
        start = sa.literal(_MOST if descending else _LEAST, Uuid)
        begin = sa.case((missing == 0, start), else_=last)
        return [rows.c.id < begin if descending else rows.c.id > begin]


def ordering(
    entity: Entity,
    asked: Sequence[Mapping[str, Any]] | None,
    actor: Actor,
    fixed: Sequence[str] = (),
) -> Ordering:
    """The ordering asked for, else the collection's own, else the entity's or newest first."""
    if any(str(one["field"]) == CUSTOM_FIELD or one.get("key") is not None for one in asked or ()):
        return _by_custom(entity, asked or (), actor)
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


def _by_custom(entity: Entity, asked: Sequence[Mapping[str, Any]], actor: Actor) -> Ordering:
    one, *more = asked
    if more or str(one["field"]) != CUSTOM_FIELD or one.get("key") is None:
        message = "CUSTOM_FIELD takes the `key` of a custom field, and orders a list alone."
        raise Denied(DenialCode.BAD_USER_INPUT, message)
    field = field_of(actor, entity, str(one["key"]))
    if field.type not in ORDERED:
        message = f"`{field.key}` holds {field.type}, which has no order."
        raise Denied(DenialCode.BAD_USER_INPUT, message)
    descending = str(one.get("direction") or "ASC") == "DESC"
    return CustomOrdering.by_field(entity, field, descending=descending)


def place_in_log(cursor: str | None) -> int | None:
    """The position of the log that a cursor stands for."""
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= _POSITION_DIGITS):
        message = "This cursor is none of the event log; start without it."
        raise Denied(DenialCode.INVALID_CURSOR, message)
    return int(cursor)


def page_size(first: int | None) -> int:
    """How many items a page has; null is the default."""
    size = DEFAULT_FIRST if first is None else first
    if not 0 <= size <= MAX_FIRST:
        message = f"`first` lies between 0 and {MAX_FIRST}."
        raise Denied(DenialCode.LIMIT_EXCEEDED, message)
    return size
