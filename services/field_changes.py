"""What changed of a record, field by field, with each side as a value of its kind."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from auth.custom_fields import CustomField, Fields
from core.names import camel
from models.enums import CustomFieldType as Type
from models.registry import REGISTRY, Entity, Field, Kind, Pointer


def changed(
    entity: Entity, changes: Mapping[str, Any], currencies: Mapping[str, Any], own: Fields
) -> Iterator[dict[str, Any]]:
    """The changes of the fields the API has, in their order, and then of the workspace's own."""
    for name, field in entity.fields.items():
        told = [changes[column] for column in field.columns if column in changes]
        if not told or _is_made(entity, field):
            continue
        if field.kind is Kind.MONEY:
            sides = [_money(field, changes, currencies, side) for side in ("before", "after")]
        else:
            sides = [_value(entity, field, told[0][side]) for side in ("before", "after")]
        yield {"field": camel(name), "before": sides[0], "after": sides[1]}
    if "custom" in changes and "custom" in entity.table.c:
        yield from _custom(changes["custom"], own)


def _is_made(entity: Entity, field: Field) -> bool:
    """Whether the database makes the value of others, whose changes are told already."""
    if field.kind not in {Kind.COLUMN, Kind.LINK, Kind.MONEY}:
        return True
    return entity.table.c[field.columns[0]].computed is not None


def _custom(change: Mapping[str, Any], own: Fields) -> Iterator[dict[str, Any]]:
    before, after = change["before"] or {}, change["after"] or {}
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            sides = [_own(own.get(key), side.get(key)) for side in (before, after)]
            yield {"field": f"customFields.{key}", "before": sides[0], "after": sides[1]}


def _own(field: CustomField | None, value: Any) -> dict[str, Any] | None:
    """One side of a change of a custom field; as it was stored where its type changed since."""
    shown = _OWN.get(field.type) if field else None
    if field is None or shown is None or value is None:
        return _plain(value)
    try:
        return shown(field, value)
    except (TypeError, ValueError, KeyError, ArithmeticError):
        return _plain(value)


def _chosen(field: CustomField, value: Any) -> dict[str, Any] | None:
    ids = value if isinstance(value, list) else [value]
    named = [option.name if (option := field.option(one)) else one for one in ids]
    return _plain(", ".join(named))


def _looked_up(field: CustomField, value: Any) -> dict[str, Any]:
    entity = REGISTRY.of_table(str(field.lookup).lower())
    return {"kind": "HistoryRecord", "record": Pointer(entity, str(UUID(value)))}


_OWN: Mapping[Type, Callable[[CustomField, Any], dict[str, Any] | None]] = {
    Type.NUMBER: lambda _, value: {"kind": "HistoryNumber", "number": str(Decimal(value))},
    Type.CURRENCY: lambda _, value: {
        "kind": "HistoryMoney",
        "money": {"amount": value["amount"], "currency": value["currency"]},
    },
    Type.DATE: lambda _, value: {"kind": "HistoryDay", "day": date.fromisoformat(value)},
    Type.SELECT: _chosen,
    Type.MULTI_SELECT: _chosen,
    Type.LOOKUP: _looked_up,
}


def moneys(entity: Entity) -> Iterator[Field]:
    """The amounts of an entity."""
    return (field for field in entity.fields.values() if field.kind is Kind.MONEY)


def _money(
    field: Field, changes: Mapping[str, Any], currencies: Mapping[str, Any], side: str
) -> dict[str, Any] | None:
    amount, currency = field.columns
    if amount not in changes or changes[amount][side] is None:
        return None
    code = changes[currency][side] if currency in changes else currencies.get(currency)
    return {
        "kind": "HistoryMoney",
        "money": {"amount": str(changes[amount][side]), "currency": code},
    }


def _value(entity: Entity, field: Field, value: Any) -> dict[str, Any] | None:
    """One side of a change as a value of its kind."""
    if value is None:
        return None
    if field.kind is Kind.LINK:
        return {"kind": "HistoryRecord", "record": Pointer(REGISTRY[field.target], value)}
    column = entity.table.c[field.columns[0]]
    if column.info.get("choice"):
        return {"kind": "HistoryChoice", "choice": str(value)}
    if isinstance(column.type, sa.DateTime):
        return {"kind": "HistoryMoment", "moment": datetime.fromisoformat(value)}
    if isinstance(column.type, sa.Date):
        return {"kind": "HistoryDay", "day": date.fromisoformat(value)}
    return _long(value) if isinstance(value, dict) else _plain(value)


def _long(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """A text of many pages, of which the log has the beginning; other objects as JSON."""
    if value.keys() != {"cut", "length"}:
        return _plain(value)
    return {"kind": "HistoryText", "text": value["cut"], "length": value["length"]}


def _plain(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return {"kind": "HistoryFlag", "flag": value}
    if isinstance(value, int):
        return {"kind": "HistoryNumber", "number": str(value)}
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False)
    return {"kind": "HistoryText", "text": value, "length": len(value)}
