"""Values of custom fields as clients read, write and filter them; the same for every workspace."""

import datetime as dt
from decimal import Decimal
from typing import Any

import strawberry
from strawberry import UNSET

from models.registry import Kind
from schema import filters
from schema.core_fields import core
from schema.declare import Node, Note, derived
from schema.inputs import arg, nested_input
from schema.scalars import EmailAddress, PhoneNumber
from schema.types import Given, build_input
from schema.values import MoneyInput, described


@strawberry.interface(description="The value a record has for a field of the workspace's own.")
class CustomFieldValue:
    """What all values have, whatever they hold."""

    key: str = described("The field's key.")
    label: str = described("What people call the field.")
    field: derived("CustomField") = described("The field.")  # type: ignore[valid-type]


@strawberry.type(description="A text.")
class TextValue(CustomFieldValue):
    """A value of TEXT."""

    text: str = described("The text.")


@strawberry.type(description="An exact number.")
class NumberValue(CustomFieldValue):
    """A value of NUMBER."""

    number: Decimal = described("The number.")


@strawberry.type(description="An amount of money.")
class CurrencyValue(CustomFieldValue):
    """A value of CURRENCY."""

    money: derived("Money") = described("The amount in its currency.")  # type: ignore[valid-type]


@strawberry.type(description="A day.")
class DateValue(CustomFieldValue):
    """A value of DATE."""

    date: dt.date = described("The day.")


@strawberry.type(description="What the values of a custom field come to.")
class CustomFieldSum:
    """Sum and average of a number or an amount."""

    key: str = described("The field's key.")
    label: str = described("What people call the field.")
    count: int = described("How many records have a value that is counted in.")
    sum_number: Decimal | None = described("The sum of a NUMBER; null for amounts.")
    avg_number: Decimal | None = described(
        "The average of a NUMBER, to six decimals; null for amounts and where there are none."
    )
    sum_money: derived("Money") | None = described(  # type: ignore[valid-type]
        "The sum of a CURRENCY in the workspace's, at today's rates; null for numbers."
    )
    avg_money: derived("Money") | None = described(  # type: ignore[valid-type]
        "The average of a CURRENCY; null for numbers and where there are none."
    )
    unconverted: list[derived("Money")] = described(  # type: ignore[valid-type]
        "Sums that have no exchange rate and are left out, by currency."
    )


@strawberry.type(description="A value a select offers.")
class CustomFieldOption:
    """An option of a select."""

    id: str = described("Its id; it stays when the option is renamed.")
    name: str = described("What people call it.")


@strawberry.type(description="One of a field's options.")
class SelectValue(CustomFieldValue):
    """A value of SELECT."""

    option: CustomFieldOption = described("The option.")


@strawberry.type(description="Some of a field's options.")
class MultiSelectValue(CustomFieldValue):
    """A value of MULTI_SELECT."""

    options: list[CustomFieldOption] = described("The options, in the field's order.")


@strawberry.type(description="Yes or no.")
class CheckboxValue(CustomFieldValue):
    """A value of CHECKBOX."""

    checked: bool = described("Whether it is checked.")


@strawberry.type(description="The address of a web page.")
class UrlValue(CustomFieldValue):
    """A value of URL."""

    url: str = described("The address.")


@strawberry.type(description="An e-mail address.")
class EmailValue(CustomFieldValue):
    """A value of EMAIL."""

    email: EmailAddress = described("The address.")


@strawberry.type(description="A phone number.")
class PhoneValue(CustomFieldValue):
    """A value of PHONE."""

    phone: PhoneNumber = described("The number.")


@strawberry.type(description="Another record.")
class LookupValue(CustomFieldValue):
    """A value of LOOKUP."""

    record: Node | None = described("The record; null when it is gone or out of your sight.")


VALUES = (
    TextValue,
    NumberValue,
    CurrencyValue,
    DateValue,
    SelectValue,
    MultiSelectValue,
    CheckboxValue,
    UrlValue,
    EmailValue,
    PhoneValue,
    LookupValue,
)

ARGUMENTS = {"keys": Given(list[str], "Only these fields, in this order; all when left out.")}
"""What the field of values takes."""

core(
    "custom_fields",
    Note(
        Kind.CUSTOM,
        "The values of the workspace's own fields, in their order; empty ones are left out.",
        {},
    ),
    list[CustomFieldValue],
)


@nested_input
class CustomFieldInput:
    """A custom field and its value: exactly one besides the key, of the field's type; null empties.

    For example `{key: "industry", select: "opt_01HX9ZK2P8N3QR5S7T9V1W3X5Y"}`.
    """

    key: str = arg("The field's key.", max_length=60)
    text: str | None = arg("A text, for TEXT.", default=UNSET, max_length=None)
    number: Decimal | None = arg("A number, for NUMBER.", default=UNSET)
    currency: MoneyInput | None = arg("An amount, for CURRENCY.", default=UNSET)
    date: dt.date | None = arg("A day, for DATE.", default=UNSET)
    select: str | None = arg("The id of an option, for SELECT.", default=UNSET)
    multi_select: list[str] | None = arg("Ids of options, for MULTI_SELECT.", default=UNSET)
    checkbox: bool | None = arg("Yes or no, for CHECKBOX.", default=UNSET)
    url: str | None = arg("An address with https:// or http://, for URL.", default=UNSET)
    email: EmailAddress | None = arg("An e-mail address, for EMAIL.", default=UNSET)
    phone: PhoneNumber | None = arg("A phone number, for PHONE.", default=UNSET)
    lookup: strawberry.ID | None = arg("The id of a record, for LOOKUP.", default=UNSET)


_IS_NULL = {"is_null": Given(bool, "Whether there is no value.")}

OptionComparator = build_input(
    "OptionComparator",
    "Conditions on an option of a select, by ids of options.",
    {
        "eq": Given(str, "This one."),
        "ne": Given(str, "Not this one; records without a value included."),
        "in": Given(list[str], "One of these (at most 100)."),
        "not_in": Given(list[str], "None of these (at most 100)."),
    }
    | _IS_NULL,
)
OptionsComparator = build_input(
    "OptionsComparator",
    "Conditions on the options a record has, by ids of options.",
    {
        "has_any": Given(list[str], "At least one of these (at most 100)."),
        "has_all": Given(list[str], "All of these (at most 100)."),
        "has_none": Given(list[str], "None of these (at most 100)."),
    }
    | _IS_NULL,
)

COMPARATORS: dict[str, Any] = {
    "text": filters.KeyComparator,
    "number": filters.DecimalComparator,
    "currency": filters.MoneyComparator,
    "date": filters.DateComparator,
    "select": OptionComparator,
    "multi_select": OptionsComparator,
    "checkbox": filters.BooleanComparator,
    "url": filters.KeyComparator,
    "email": filters.KeyComparator,
    "phone": filters.KeyComparator,
    "lookup": filters.IDComparator,
}
"""What values are compared with, by the type of their field."""

CustomValueFilter = build_input(
    "CustomValueFilter",
    "Conditions on a custom field: its key, and one comparison, that of its type.",
    {"key": Given(str, "The field's key.", required=True)}
    | {
        name: Given(kind, f"For a field of type {name.upper()}.")
        for name, kind in COMPARATORS.items()
    },
)
