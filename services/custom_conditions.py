"""Conditions on custom fields: semi-joins with the keys the database keeps of their values."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array

from auth.actor import Actor
from auth.custom_fields import CustomField
from auth.policy import WORKSPACE
from core.codes import DenialCode
from core.errors import Denied
from core.ids import decode
from models import metadata
from models.base import Key, Uuid
from models.enums import CustomFieldType as Type
from models.registry import Entity
from services.custom_values import entity_of, wire
from services.rules.custom_fields import number_key

VALUE = metadata.tables["custom_value"]
MAX_LIST = 100

Condition = sa.ColumnElement[bool]
Read = Callable[[CustomField, Any], Any]
Days = Callable[[Mapping[str, Any]], tuple[date, date]]

ORDERED = frozenset(Type) - {Type.MULTI_SELECT, Type.LOOKUP}
"""What a list can be ordered by."""
GROUPED = frozenset({Type.SELECT, Type.CHECKBOX})
"""What an aggregate can be grouped by."""


def field_of(actor: Actor, entity: Entity, key: str) -> CustomField:
    """The field in use with a key; BAD_USER_INPUT when there is none."""
    fields = actor.custom.of(entity.table.name)
    if key in fields:
        return fields[key]
    known = ", ".join(list(fields)[:20]) or "none"
    message = f"No custom field of this kind has the key “{key[:60]}”; there are: {known}."
    raise Denied(DenialCode.BAD_USER_INPUT, message)


def of_field(
    actor: Actor, entity: Entity, rows: Any, given: Mapping[str, Any], *, days: Days, folded: Any
) -> Condition:
    """The rows whose value of a field fits."""
    field = field_of(actor, entity, str(given["key"]))
    compared = {name: one for name, one in given.items() if name != "key" and one is not None}
    name = wire(field.type)
    if set(compared) != {name}:
        message = f"`{field.key}` holds {field.type}: compare it with `{name}`, and nothing else."
        raise Denied(DenialCode.BAD_USER_INPUT, message)
    return _Comparing(field, rows, days, folded).all(compared[name])


class _Comparing:
    """One field's comparison being turned into SQL."""

    def __init__(self, field: CustomField, rows: Any, days: Days, folded: Any) -> None:
        self._field = field
        self._rows = rows
        self._days = days
        self._folded = folded

    def all(self, value: Mapping[str, Any]) -> Condition:
        """Every operator holds: those that want a value on the same one, others on none."""
        needs: list[Any] = []
        whole: list[Condition] = []
        for operator, operand in value.items():
            if operand is None:
                continue
            if operator in {"isNull", "ne", "notIn", "hasNone", "hasAll", "hasAny"}:
                whole.append(self._whole(operator, operand))
            else:
                needs += self._positive(operator, operand)
        if needs:
            whole.append(self._has(*needs))
        return sa.and_(sa.true(), *whole)

    def _has(self, *conditions: Any) -> Condition:
        value = VALUE.alias()
        return sa.exists().where(
            value.c.workspace_id == WORKSPACE,
            value.c.field_id == sa.literal(self._field.id, Uuid),
            value.c.record_id == self._rows.c.id,
            *(one(value) for one in conditions),
        )

    def _whole(self, operator: str, operand: Any) -> Condition:
        if operator == "isNull":
            return sa.not_(self._has()) if operand else self._has()
        if operator == "ne":
            return sa.not_(self._has(self._equal(operand)))
        keys = self._keys(operator, operand)
        if operator == "hasAll":
            return sa.and_(sa.true(), *(self._has(_is(key)) for key in keys))
        among = self._has(_among(keys))
        return among if operator == "hasAny" else sa.not_(among)

    def _positive(self, operator: str, operand: Any) -> Iterator[Any]:
        if operator == "in":
            yield _among(self._keys(operator, operand))
        elif operator == "eq":
            yield self._equal(operand)
        elif operator == "startsWith":
            start = self._folded(operand)
            yield lambda value: value.c.text_key >= start
            yield lambda value: value.c.text_key < start.concat("\U0010ffff")
        elif operator == "days":
            first, last = self._days(operand)
            yield lambda value: value.c.text_key >= first.isoformat()
            yield lambda value: value.c.text_key <= last.isoformat()
        elif operator == "currency":
            code = str(operand).strip().upper()
            yield lambda value: value.c.currency == code
        else:
            compare, key = _RANGES[operator], self._key(operand)
            yield lambda value: compare(value.c.text_key, key)

    def _equal(self, operand: Any) -> Any:
        return _is(self._key(operand))

    def _key(self, operand: Any) -> Any:
        if self._field.type in _FOLDED:
            return self._folded(operand)
        return sa.literal(_READ[self._field.type](self._field, operand), Key)

    def _keys(self, operator: str, operands: list[Any]) -> list[Any]:
        if len(operands) > MAX_LIST:
            message = f"`{operator}` takes at most {MAX_LIST} values."
            raise Denied(DenialCode.LIMIT_EXCEEDED, message)
        return [self._key(one) for one in operands]


def _is(key: Any) -> Callable[[Any], Condition]:
    return lambda value: value.c.text_key == key


def _among(keys: list[Any]) -> Callable[[Any], Condition]:
    if not keys:
        return lambda _value: sa.false()
    return lambda value: value.c.text_key == sa.any_(array(keys, type_=Key))


def _option(field: CustomField, value: str) -> str:
    if field.option(value) is None:
        message = f"No option of `{field.key}` has the id “{value[:60]}”."
        raise Denied(DenialCode.BAD_USER_INPUT, message)
    return field.place(value) if field.type is Type.SELECT else value


def _record(field: CustomField, value: str) -> str:
    assert field.lookup is not None  # noqa: S101 - the table's CHECK
    target = entity_of(field.lookup)
    decoded = decode(value)
    if decoded is None or decoded[0] != target.prefix:
        message = f"{value[:40]!r} is not the id of a {target.name}."
        raise Denied(DenialCode.INVALID_ID, message)
    return decoded[1]


_FOLDED = frozenset({Type.TEXT, Type.URL, Type.EMAIL, Type.PHONE})
_READ: Mapping[Type, Read] = {
    Type.NUMBER: lambda _field, value: number_key(value),
    Type.CURRENCY: lambda _field, value: number_key(value),
    Type.DATE: lambda _field, value: value.isoformat(),
    Type.CHECKBOX: lambda _field, value: "true" if value else "false",
    Type.SELECT: _option,
    Type.MULTI_SELECT: _option,
    Type.LOOKUP: _record,
}
_RANGES: Mapping[str, Callable[[Any, Any], Any]] = {
    "gt": lambda column, key: column > key,
    "gte": lambda column, key: column >= key,
    "lt": lambda column, key: column < key,
    "lte": lambda column, key: column <= key,
}
