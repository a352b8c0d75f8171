"""How the fields of entities are read: from which column, in which form."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from graphql import (
    GraphQLEnumType,
    GraphQLLeafType,
    GraphQLOutputType,
    get_nullable_type,
    is_leaf_type,
)

from models.registry import Entity, Field, Kind

Serialize = Callable[[Any], Any]


class Form(StrEnum):
    """How a column is selected."""

    RAW = "raw"
    """As the driver gives it: the answer's writer knows it."""
    MOMENT = "moment"
    """A time as text with milliseconds and `Z`, made by the database."""
    BYTES = "bytes"
    """The sixteen bytes of an id: half of what its text costs, wherever no text is wanted."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's form, and what makes its value the wire's where the form does not."""

    name: str
    form: Form
    serialize: Serialize | None = None


_AS_THEY_ARE: dict[str, tuple[type, ...]] = {
    "String": (sa.Text,),
    "EmailAddress": (sa.Text,),
    "PhoneNumber": (sa.Text,),
    "TimeZone": (sa.Text,),
    "CurrencyCode": (sa.Text,),
    "Boolean": (sa.Boolean,),
    "Int": (sa.Integer,),
    "Date": (sa.Date,),
    "Decimal": (sa.Numeric,),
}


def column_of(entity: Entity, field: Field, answered: GraphQLOutputType) -> Column | None:
    """How a leaf's column is read; None where its value is no leaf."""
    leaf = get_nullable_type(answered)
    if field.kind is not Kind.COLUMN or not is_leaf_type(leaf):
        return None
    name = field.columns[0]
    stored = entity.table.c[name]
    if leaf.name == "DateTime" and isinstance(stored.type, sa.DateTime):
        return Column(name, Form.MOMENT)
    if _is_ready(leaf, stored):
        return Column(name, Form.RAW)
    return Column(name, Form.RAW, leaf.serialize)


def _is_ready(leaf: GraphQLLeafType, stored: sa.Column[Any]) -> bool:
    if isinstance(leaf, GraphQLEnumType):
        # The column's CHECK holds it to the values; they must be called as they are stored.
        return "choice" in stored.info and all(
            getattr(value.value, "value", value.value) == name
            for name, value in leaf.values.items()
        )
    wide = isinstance(stored.type, sa.BigInteger)
    return isinstance(stored.type, _AS_THEY_ARE.get(leaf.name, ())) and not wide


def selected(form: Form, column: Any) -> Any:
    """The expression of a column in its form."""
    if form is Form.MOMENT:
        pattern: Any = sa.literal_column("""'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'""")
        return sa.func.to_char(column, pattern)
    return sa.func.uuid_send(column) if form is Form.BYTES else column
