"""Value types of the whole schema: pages, money, refusals."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from schema.declare import Node, derived
from schema.scalars import CurrencyCode, Cursor
from schema.types import Answered, Given, build_type


def described(description: str, **options: Any) -> Any:
    """A field of a type written out by hand."""
    return strawberry.field(description=description, **options)


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = described("Whether more follow.")
    has_previous_page: bool = described("Whether some come before; known when `after` was sent.")
    start_cursor: Cursor | None = described("Cursor of the first item; null on an empty page.")
    end_cursor: Cursor | None = described("Cursor of the last item; send it as `after`.")


Money = build_type(
    "Money",
    "An exact amount in a currency; `amount` travels as a string.",
    {
        "amount": Answered(Decimal, "How much."),
        "currency": Answered(CurrencyCode, "In which currency."),
        "in": Answered(
            derived("Money") | None,
            "The same in another currency, rounded; null where one of them has no rate by then.",
            {
                "currency": Given(CurrencyCode, "Which currency.", required=True),
                "at": Given(dt.date, "The day whose rates are used; today's when left out."),
            },
        ),
    },
)


@strawberry.input(description="An exact amount in a currency.")
class MoneyInput:
    """An amount and its currency, as clients send it."""

    amount: Decimal = described('How much, as a string such as "1250.00".')
    currency: CurrencyCode | None = described(
        "In which currency; the workspace's when left out.", default=None
    )


@strawberry.type(description="Groups of an aggregate are told apart by their keys.")
class EnumKey:
    """A value of a closed list or a text."""

    field: str = described("The field grouped by.")
    value: str | None = described("Its value; null where records have none.")


@strawberry.type(description="A month an aggregate's group stands for.")
class MonthKey:
    """A month."""

    field: str = described("The field grouped by.")
    month: str | None = described("The month as `2026-04`; null where records have none.")


@strawberry.type(description="A record an aggregate's group stands for.")
class RecordKey:
    """A linked record."""

    field: str = described("The field grouped by.")
    record: Annotated["Node", strawberry.lazy("schema.declare")] | None = described(
        "The record; null where there is none or it is out of your sight."
    )


@strawberry.type(description="A value of a custom field that an aggregate's group stands for.")
class CustomFieldKey:
    """An option of a select, or whether a box is checked."""

    field: str = described("The key of the custom field.")
    label: str | None = described("The option, or `true` or `false`; null where there is none.")
    option_id: str | None = described("The id of the option; null for checkboxes.")


AggregateKey = Annotated[
    EnumKey | MonthKey | RecordKey | CustomFieldKey,
    strawberry.union("AggregateKey", description="What a group of an aggregate stands for."),
]
