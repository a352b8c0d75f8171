"""Figures of custom fields: what their numbers and amounts come to."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from auth.custom_fields import CustomField
from models.enums import CustomFieldType as Type
from services.figures import total, unconverted
from services.rates import Home, exchanged
from services.rules.custom_fields import number

SUMMED = frozenset({Type.NUMBER, Type.CURRENCY})
"""What can be added up."""
_MICRO = Decimal("0.000001")


def currencies(fields: Sequence[CustomField], rows: Any) -> list[Any]:
    """The labelled currencies of the amounts, to group by."""
    return [
        rows.c.custom[field.key]["currency"].astext.label(f"own_currency_{at}")
        for at, field in enumerate(fields)
        if field.type is Type.CURRENCY
    ]


def sums(fields: Sequence[CustomField], rows: Any) -> list[Any]:
    """The labelled sums and counts; amounts at today's rates."""
    found = []
    for at, field in enumerate(fields):
        value, value_at_home = _value(field, rows)
        found += [
            sa.func.sum(value_at_home).label(f"own_sum_{at}"),
            sa.func.count(value_at_home).label(f"own_kept_{at}"),
            sa.func.sum(value).filter(value_at_home.is_(None)).label(f"own_left_{at}"),
        ]
    return found


def _value(field: CustomField, rows: Any) -> tuple[Any, Any]:
    own = rows.c.custom[field.key]
    if field.type is Type.NUMBER:
        plain: Any = sa.cast(own.astext, sa.Numeric)
        return plain, plain
    amount = sa.cast(own["amount"].astext, sa.Numeric)
    return amount, exchanged(amount, own["currency"].astext)


def added(
    fields: Sequence[CustomField], rows: Sequence[Mapping[str, Any]], home: Home
) -> list[dict[str, Any]]:
    """Rows of the statement as what each field comes to."""
    return [_added(field, at, rows, home) for at, field in enumerate(fields)]


def _added(
    field: CustomField, at: int, rows: Sequence[Mapping[str, Any]], home: Home
) -> dict[str, Any]:
    kept = sum(row[f"own_kept_{at}"] for row in rows)
    amount = total(rows, f"own_sum_{at}")
    average = amount / kept if kept else None
    shown = {"key": field.key, "label": field.label, "count": kept, "unconverted": []}
    shown |= dict.fromkeys(("sum_number", "avg_number", "sum_money", "avg_money"))
    if field.type is Type.NUMBER:
        shown["sum_number"] = number(amount)
        shown["avg_number"] = None if average is None else number(average.quantize(_MICRO))
        return shown
    return shown | {
        "sum_money": home.money(amount),
        "avg_money": None if average is None else home.money(average),
        "unconverted": unconverted(rows, f"own_left_{at}", f"own_currency_{at}"),
    }
