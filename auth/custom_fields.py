"""The fields a workspace has made for its records, as everybody who acts there knows them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from models import metadata
from models.base import Technical
from models.enums import CoreEntity, CustomFieldType

FIELD = metadata.tables["custom_field"]

_COLUMNS = (
    "id",
    "entity",
    "key",
    "label",
    "description",
    "type",
    "lookup",
    "required",
    "is_unique",
    "options",
    "version",
)


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values of a select."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field in use."""

    id: str
    entity: CoreEntity
    key: str
    label: str
    description: str | None
    type: CustomFieldType
    lookup: CoreEntity | None
    required: bool
    is_unique: bool
    options: tuple[Option, ...]
    version: int

    @classmethod
    def of(cls, found: Any) -> "CustomField":
        """The field that a row describes, whether it was just read or is an object."""
        row = found
        if isinstance(found, Technical):
            row = {name: getattr(found, name) for name in _COLUMNS}
        return cls(
            id=row["id"],
            entity=CoreEntity[row["entity"]],
            key=row["key"],
            label=row["label"],
            description=row["description"],
            type=CustomFieldType[row["type"]],
            lookup=CoreEntity[row["lookup"]] if row["lookup"] else None,
            required=row["required"],
            is_unique=row["is_unique"],
            options=tuple(Option(one["id"], one["name"]) for one in row["options"]),
            version=row["version"],
        )

    def option(self, option_id: str) -> Option | None:
        """The option with an id."""
        return next((one for one in self.options if one.id == option_id), None)

    def place(self, option_id: str) -> str:
        """What the database keeps of a select's option: they sort in their order."""
        at = next((at for at, one in enumerate(self.options, 1) if one.id == option_id), 0)
        return f"{at:04}{option_id}"


Fields = Mapping[str, CustomField]
"""Fields of one kind of record by key, in their order."""


@dataclass(frozen=True, slots=True)
class CustomFields:
    """The fields in use of all kinds of records."""

    by_entity: Mapping[str, Fields] = field(default_factory=dict)

    def of(self, table: str) -> Fields:
        """Those of the records in a table."""
        return self.by_entity.get(table.upper(), {})

    def __iter__(self) -> Iterator[CustomField]:
        """All of them."""
        for fields in self.by_entity.values():
            yield from fields.values()


NONE = CustomFields()


def told(workspace: Any) -> sa.ScalarSelect[Any]:
    """The fields in use of a workspace as one text, to be read beside other rows."""
    parts = [part for name in _COLUMNS for part in (sa.literal(name, sa.Text), FIELD.c[name])]
    whole: Any = sa.func.jsonb_build_object(*parts)
    in_order = aggregate_order_by(whole, FIELD.c.position, FIELD.c.id)
    return (
        sa.select(sa.cast(sa.func.jsonb_agg(in_order), sa.Text))
        .where(FIELD.c.workspace_id == workspace, FIELD.c.archived_at.is_(None))
        .scalar_subquery()
    )


@lru_cache(maxsize=256)
def read(text: str | None) -> CustomFields:
    """The fields of such a text; those who read the same share them."""
    return gathered(orjson.loads(text)) if text else NONE


def gathered(rows: Any) -> CustomFields:
    """Fields by the kind of record they belong to."""
    by_entity: dict[str, dict[str, CustomField]] = {}
    for row in rows:
        by_entity.setdefault(row["entity"], {})[row["key"]] = CustomField.of(row)
    return CustomFields(by_entity)
