"""What filters compare with: one comparator a kind of value."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any

import strawberry

from schema.enums import RelativeRange
from schema.scalars import CurrencyCode
from schema.types import Given, build_input

_RANGE = {
    "gt": "Greater than.",
    "gte": "Greater than or equal to.",
    "lt": "Less than.",
    "lte": "Less than or equal to.",
}
_EQUAL = {"eq": "Equal to.", "ne": "Not equal to; records without a value included."}
_LISTS = {"in": "One of (at most 100).", "not_in": "None of (at most 100)."}
_NULL = {"is_null": "Whether there is no value."}


def _comparator(name: str, what: str, value: Any, *, ranges: bool = False) -> type:
    given = {key: Given(value, text) for key, text in _EQUAL.items()}
    given |= {key: Given(list[value], text) for key, text in _LISTS.items()}
    if ranges:
        given |= {key: Given(value, text) for key, text in _RANGE.items()}
    given |= {key: Given(bool, text) for key, text in _NULL.items()}
    return build_input(name, f"Conditions on {what}; all that are given must hold.", given)


@strawberry.input(description="Days from one to another, both included.")
class DateRange:
    """A span of days."""

    start: dt.date = strawberry.field(description="First day.")
    end: dt.date = strawberry.field(description="Last day.")


@strawberry.input(one_of=True, description="A day or a span of days, in the workspace's time zone.")
class DateFilter:
    """Exactly one way to name days."""

    on: dt.date | None = strawberry.field(default=strawberry.UNSET, description="This very day.")
    between: DateRange | None = strawberry.field(
        default=strawberry.UNSET, description="From a day to a day, both included."
    )
    relative: RelativeRange | None = strawberry.field(
        default=strawberry.UNSET, description="Days around today."
    )


IDComparator = _comparator("IDComparator", "an id", strawberry.ID)
IntComparator = _comparator("IntComparator", "a whole number", int, ranges=True)
DecimalComparator = _comparator("DecimalComparator", "a number", Decimal, ranges=True)
BooleanComparator = build_input(
    "BooleanComparator",
    "Conditions on a yes or no.",
    {"eq": Given(bool, "Equal to."), "is_null": Given(bool, "Whether there is no value.")},
)
_TEXT = {key: Given(str, text) for key, text in _EQUAL.items()}
_TEXT |= {key: Given(list[str], text) for key, text in _LISTS.items()}
_TEXT |= {"starts_with": Given(str, "Begins with; case and accents do not count.")}
_TEXT |= {key: Given(bool, text) for key, text in _NULL.items()}
KeyComparator = build_input(
    "KeyComparator", "Conditions on a text; case and accents do not count.", dict(_TEXT)
)
StringComparator = build_input(
    "StringComparator",
    "Conditions on a text; case and accents do not count.",
    _TEXT | {"contains": Given(str, "Has this part, of at least three characters.")},
)
_DAYS = {"days": Given(DateFilter, "A day or span of days, in the workspace's time zone.")}
_MOMENT = {key: Given(dt.date, text) for key, text in (_EQUAL | _RANGE).items()}
DateComparator = build_input(
    "DateComparator",
    "Conditions on a day.",
    _MOMENT | _DAYS | {key: Given(bool, text) for key, text in _NULL.items()},
)
DateTimeComparator = build_input(
    "DateTimeComparator",
    "Conditions on a moment.",
    {key: Given(dt.datetime, text) for key, text in _RANGE.items()}
    | _DAYS
    | {key: Given(bool, text) for key, text in _NULL.items()},
)
MoneyComparator = build_input(
    "MoneyComparator",
    "Conditions on an amount; amounts are compared as numbers.",
    {"currency": Given(CurrencyCode, "Only amounts in this currency.")}
    | {key: Given(Decimal, text) for key, text in (_EQUAL | _RANGE).items()},
)

BY_SCALAR: dict[str, type] = {
    "ID": IDComparator,
    "Int": IntComparator,
    "Decimal": DecimalComparator,
    "Boolean": BooleanComparator,
    "Date": DateComparator,
    "DateTime": DateTimeComparator,
    "Money": MoneyComparator,
}

_ENUMS: dict[str, type] = {}


def of_enum(kind: type[StrEnum]) -> type:
    """The comparator of a closed list, made once."""
    if kind.__name__ not in _ENUMS:
        name = f"{kind.__name__}Comparator"
        _ENUMS[kind.__name__] = _comparator(name, f"a {kind.__name__}", kind)
    return _ENUMS[kind.__name__]
