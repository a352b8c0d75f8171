"""The values of records: cleaned and checked by what their fields are declared to hold."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import phonenumbers

from core.codes import UserErrorCode
from core.money import MAX_AMOUNT, currencies, digits
from core.names import camel
from models.registry import Entity, Field, Kind
from services.rules.forms import Form

LARGEST_INT = 2**31 - 1


def cleaned(
    form: Form, entity: Entity, given: Mapping[str, Any], *, currency: str
) -> dict[str, Any]:
    """The row's columns for the values of an input; what is wrong is noted on the form."""
    columns: dict[str, Any] = {}
    for name, value in given.items():
        field = entity.fields[name]
        if value is None and _must_stay(field, entity):
            form.refuse(UserErrorCode.REQUIRED, "Fill this in; it cannot be empty.", wire(field))
        elif field.kind is Kind.MONEY:
            columns |= _money(form, field, value, currency)
        else:
            columns[field.columns[0]] = None if value is None else _value(form, field, value)
    return columns


def wire(field: Field) -> str:
    """The name of a field's input as clients write it."""
    name = camel(field.name)
    return f"{name}Id" if field.kind is Kind.LINK else name


def phone(form: Form, name: str, value: str) -> str | None:
    """A phone number in its international form, such as +14155550102."""
    if not value.strip():
        return None
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        message = "Send the number with its country code, such as +14155550102."
        form.refuse(UserErrorCode.INVALID_PHONE, message, name)
        return value
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def amount(form: Form, name: str, value: Decimal, currency: str) -> Decimal:
    """An amount that is not negative, not huge, and no finer than the currency's unit."""
    if currency not in currencies():
        message = "Send the ISO 4217 code of a currency in use, such as USD."
        form.refuse(UserErrorCode.INVALID_CURRENCY, message, name, "currency")
        return value
    if not 0 <= value < MAX_AMOUNT:
        message = f"Send an amount from 0 to below {MAX_AMOUNT:,}."
        form.refuse(UserErrorCode.INVALID_VALUE, message, name, "amount")
        return value
    exact = value.quantize(Decimal(1).scaleb(-digits(currency)))
    if exact != value:
        message = f"{currency} has {digits(currency)} decimal places."
        form.refuse(UserErrorCode.INVALID_VALUE, message, name, "amount")
    return exact


def _must_stay(field: Field, entity: Entity) -> bool:
    return not all(entity.table.c[column].nullable for column in field.columns)


def _money(form: Form, field: Field, value: Any, currency: str) -> dict[str, Any]:
    amount_column, currency_column = field.columns
    if value is None:
        return {amount_column: None, currency_column: None}
    code = str(value.currency or currency).strip().upper()
    return {
        amount_column: amount(form, wire(field), value.amount, code),
        currency_column: code,
    }


def _value(form: Form, field: Field, value: Any) -> Any:
    name = wire(field)
    if field.scalar == "EmailAddress":
        return form.email(name, value) if value.strip() or field.required else None
    if field.scalar == "PhoneNumber":
        return phone(form, name, value)
    if field.scalar == "String":
        longest = field.max_length or LARGEST_INT
        if field.required:
            return form.text(name, value, longest=longest)
        return form.optional_text(name, value, longest=longest)
    if field.scalar == "Int":
        _whole(form, name, field, value)
    return value


def _whole(form: Form, name: str, field: Field, value: int) -> None:
    highest = 100 if field.name == "probability" else LARGEST_INT
    if not 0 <= value <= highest:
        message = f"Send a whole number from 0 to {highest}."
        form.refuse(UserErrorCode.INVALID_VALUE, message, name)
