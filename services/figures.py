"""Figures over records: how many, what they come to in the workspace's currency, what is left out.

Aggregates, boards, forecasts and summaries add up with these, so that their numbers agree.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from core.money import rounded
from models.registry import Entity, Field
from services.rates import Home, converted, weighted

Figures = dict[str, Any]


def summed(entity: Entity) -> list[Field]:
    """The amounts of an entity that are added up."""
    return [field for field in entity.fields.values() if field.sum]


def figures(entity: Entity, rows: Any, keys: Sequence[Any], *conditions: Any) -> sa.Select[Any]:
    """The statement of the figures by labelled keys, a row for each and each currency.

    It leaves the parameters of a `Home` open.
    """
    currencies = list(dict.fromkeys(field.columns[1] for field in summed(entity)))
    columns = [rows.c[name].label(f"currency_{name}") for name in currencies]
    statement = sa.select(*keys, *columns, sa.func.count().label("count"), *_sums(entity, rows))
    return statement.where(*conditions).group_by(*keys, *columns)


def _sums(entity: Entity, rows: Any) -> list[Any]:
    found = []
    for field in summed(entity):
        value = converted(field, rows)
        left = sa.func.sum(rows.c[field.columns[0]]).filter(value.is_(None))
        found += [
            sa.func.sum(value).label(f"sum_{field.name}"),
            sa.func.count(value).label(f"kept_{field.name}"),
            left.label(f"left_{field.name}"),
        ]
        if field.weight:
            expected = sa.func.sum(weighted(field, rows))
            found.append(expected.label(f"weighted_{field.name}"))
    return found


def added(entity: Entity, rows: Sequence[Mapping[str, Any]], home: Home) -> Figures:
    """Rows of the statement as one set of figures."""
    found: Figures = {"count": sum(row["count"] for row in rows)}
    for field in summed(entity):
        name = field.name
        amount, kept = total(rows, f"sum_{name}"), sum(row[f"kept_{name}"] for row in rows)
        found[f"sum_{name}"] = home.money(amount)
        found[f"avg_{name}"] = home.money(amount / kept) if kept else None
        currency = f"currency_{field.columns[1]}"
        found[f"unconverted_{name}"] = unconverted(rows, f"left_{name}", currency)
        if field.weight:
            found[f"sum_weighted_{name}"] = home.money(total(rows, f"weighted_{name}"))
    return found


def total(rows: Sequence[Mapping[str, Any]], name: str) -> Decimal:
    """What a column of sums comes to."""
    return sum((Decimal(row[name]) for row in rows if row[name] is not None), Decimal(0))


def unconverted(
    rows: Sequence[Mapping[str, Any]], left: str, currency: str
) -> list[dict[str, Any]]:
    """What a column of sums comes to that have no rate, by the currency in another column."""
    others: dict[str, Decimal] = {}
    for row in rows:
        if row[left] is not None:
            code = row[currency]
            others[code] = others.get(code, Decimal(0)) + Decimal(row[left])
    return [
        {"amount": rounded(amount, code), "currency": code}
        for code, amount in sorted(others.items())
    ]
