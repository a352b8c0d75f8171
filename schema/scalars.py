"""The schema's own scalars: exact decimals, times with an offset, checked texts."""

import contextlib
import datetime as dt
import decimal
import re
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

_INTEGER_DIGITS = 18
_FRACTION_DIGITS = 6
# Python also reads underscores, the digits of every script and days of one digit.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,9})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

TimeZone = NewType("TimeZone", str)
CurrencyCode = NewType("CurrencyCode", str)
EmailAddress = NewType("EmailAddress", str)
PhoneNumber = NewType("PhoneNumber", str)
Cursor = NewType("Cursor", str)


def date_time(value: dt.datetime) -> str:
    """A moment as `2026-04-15T09:30:00.000Z`."""
    text = value.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    return text[:-6] + "Z"


def _read_date_time(value: Any) -> dt.datetime:
    if isinstance(value, str):
        with contextlib.suppress(ValueError, OverflowError):
            moment = dt.datetime.fromisoformat(value)
            if moment.tzinfo is not None:
                return moment.astimezone(dt.UTC)
    message = "Send a date and time with its offset, such as 2026-04-15T09:30:00Z."
    raise GraphQLError(message)


def _read_date(value: Any) -> dt.date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        with contextlib.suppress(ValueError):
            return dt.date.fromisoformat(value)
    message = "Send a date such as 2026-04-15."
    raise GraphQLError(message)


def _read_decimal(value: Any) -> decimal.Decimal:
    if isinstance(value, float):
        message = 'Send decimals as a string, such as "12.50": a float is not exact.'
        raise GraphQLError(message)
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        number = _decimal(str(value))
        if number is not None:
            return number
    message = (
        f"Send a decimal of at most {_INTEGER_DIGITS} digits before"
        f' and {_FRACTION_DIGITS} after the point, such as "12.50".'
    )
    raise GraphQLError(message)


def _decimal(text: str) -> decimal.Decimal | None:
    if not _NUMBER.fullmatch(text.strip()):
        return None
    number = decimal.Decimal(text.strip())
    _sign, digits, exponent = number.as_tuple()
    places = max(0, -int(exponent))
    if places > _FRACTION_DIGITS or len(digits) - places + max(0, int(exponent)) > _INTEGER_DIGITS:
        return None
    return number


def _read_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    message = "Send a string."
    raise GraphQLError(message)


def _literal(read: Any) -> Any:
    def parse(node: Any, _variables: Any = None) -> Any:
        from_text = getattr(node, "value", None)
        if node.kind == "float_value":
            from_text = float(node.value)
        if node.kind not in {"string_value", "int_value", "float_value"}:
            from_text = None
        return read(from_text)

    return parse


def _scalar(name: str, description: str, read: Any, write: Any = str) -> ScalarDefinition:
    definition: ScalarDefinition = strawberry.scalar(
        name=name,
        description=description,
        serialize=write,
        parse_value=read,
        parse_literal=_literal(read),
    )
    return definition


SCALARS: dict[object, ScalarDefinition] = {
    dt.datetime: _scalar(
        "DateTime",
        "A moment, ISO 8601: an offset is required in; UTC with milliseconds and `Z` comes out.",
        _read_date_time,
        date_time,
    ),
    dt.date: _scalar("Date", "A day, `YYYY-MM-DD`.", _read_date, lambda value: value.isoformat()),
    decimal.Decimal: _scalar(
        "Decimal",
        "An exact number as a string; strings and integers are taken, floats are refused.",
        _read_decimal,
    ),
    TimeZone: _scalar("TimeZone", "An IANA time zone such as `America/New_York`.", _read_text),
    CurrencyCode: _scalar("CurrencyCode", "An ISO 4217 code such as `USD`.", _read_text),
    EmailAddress: _scalar("EmailAddress", "An e-mail address.", _read_text),
    PhoneNumber: _scalar(
        "PhoneNumber", "A phone number with its country code, such as `+14155550102`.", _read_text
    ),
    Cursor: _scalar("Cursor", "A place in a list or in the event log; opaque.", _read_text),
}
