"""Values of fields as workflows keep them, read as the acts of records take them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import decode
from core.names import snake
from models.registry import REGISTRY, Entity, Field, Kind, Write
from services import custom_fields
from services.custom_values import Given
from services.rules import custom_fields as rules
from services.workflows.triggers import CUSTOM

PATH = ("value",)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money as an act takes it."""

    amount: Decimal
    currency: str | None


def field_of(entity: Entity, name: str) -> Field:
    """The field that a workflow writes to; refused where clients do not."""
    field = entity.fields.get(snake(name)) or entity.fields.get(snake(name.removesuffix("Id")))
    if field is None or field.write is not Write.ALWAYS:
        message = f"A {entity.name} has no field `{name}` that can be changed."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("field",))
    return field


def given(entity: Entity, name: str, value: Any) -> dict[str, Any]:
    """What an act that changes a record is given for one of its fields."""
    if name.startswith(CUSTOM):
        key = name.removeprefix(CUSTOM)
        return {custom_fields.NAME: [Given(key, None, text_of(value), PATH)]}
    field = field_of(entity, name)
    return {field.name: None if value is None else read(entity, field, value)}


def text_of(value: Any) -> str | None:
    """A value of a workspace's own field as a cell of a table would say it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return rules.joined([str(one) for one in value])
    if isinstance(value, Mapping):
        return " ".join(str(value[name]) for name in ("amount", "currency") if value.get(name))
    return str(value)


def read(entity: Entity, field: Field, value: Any) -> Any:
    """A value as the acts of records take it; refused where it is none of the field."""
    if field.kind is Kind.LINK:
        return _id(value, field.target)
    if field.kind is Kind.MONEY:
        return money(value)
    choice = entity.table.c[field.columns[0]].info.get("choice")
    if choice is not None:
        return _chosen(choice, value)
    read = _READ.get(field.scalar)
    try:
        return str(value) if read is None else read(value)
    except (ValueError, InvalidOperation) as error:
        message = f"“{str(value)[:60]}” is no {field.scalar}."
        raise UserError(UserErrorCode.INVALID_VALUE, message, PATH) from error


def _id(value: Any, target: str) -> str:
    text = str(value).strip()
    decoded = decode(text)
    if decoded is not None and decoded[0] == REGISTRY[target].prefix:
        return decoded[1]
    try:
        return str(UUID(text))
    except ValueError:
        message = f"“{text[:60]}” is not the id of a {target}."
        raise UserError(UserErrorCode.INVALID_ID, message, PATH) from None


def money(value: Any) -> Amount:
    """An amount as an act takes it, from an input's value or a text such as 12.50 USD."""
    if isinstance(value, Mapping):
        amount, currency = value.get("amount"), value.get("currency")
    else:
        amount, _, currency = str(value).strip().partition(" ")
    try:
        exact = Decimal(str(amount))
    except InvalidOperation:
        exact = Decimal("NaN")
    if not exact.is_finite():
        message = f"“{str(amount)[:60]}” is no amount; send one such as 12.50 or 12.50 USD."
        raise UserError(UserErrorCode.INVALID_VALUE, message, PATH)
    return Amount(exact, currency or None)


def _chosen(choice: Any, value: Any) -> Any:
    name = str(value).strip().upper()
    if name not in choice.__members__:
        known = ", ".join(choice.__members__)
        message = f"“{str(value)[:60]}” is none of {known}."
        raise UserError(UserErrorCode.INVALID_VALUE, message, PATH)
    return choice[name]


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    said = str(value).strip().casefold()
    if said not in _TRUTHS:
        raise ValueError(said)
    return _TRUTHS[said]


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(str(value).strip())
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


def _day(value: Any) -> date:
    return date.fromisoformat(str(value).strip()[:10])


_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_READ: Mapping[str, Callable[[Any], Any]] = {
    "Int": lambda value: int(str(value).strip()),
    "Decimal": lambda value: Decimal(str(value).strip()),
    "Boolean": _truth,
    "Date": _day,
    "DateTime": _moment,
}
