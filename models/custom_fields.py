"""Fields a workspace has made for its records, and the keys their values are found by."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Record, Technical, Uuid, choice, folded, indexed, ref
from models.enums import CoreEntity, CustomFieldType


class CustomField(Record):
    """A field of one kind of record; its key is in every value and never changes."""

    __tablename__ = "custom_field"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "entity", "key", name="custom_field_key_taken"),
        sa.CheckConstraint("(type = 'LOOKUP') = (lookup IS NOT NULL)", name="lookup_of_type"),
    )

    entity: Mapped[CoreEntity] = choice(CoreEntity, index=True)
    key: Mapped[str] = mapped_column(Key)
    label: Mapped[str]
    label_key: Mapped[str] = folded("label")
    description: Mapped[str | None]
    type: Mapped[CustomFieldType] = choice(CustomFieldType, index=True)
    lookup: Mapped[CoreEntity | None] = choice(CoreEntity)
    """The kind of record a look-up leads to."""
    required: Mapped[bool]
    is_unique: Mapped[bool]
    options: Mapped[list[Any]] = mapped_column(server_default="[]")
    """Each `{id, name}`, in their order."""
    position: Mapped[int] = indexed()
    archived_at: Mapped[datetime | None] = indexed()


class CustomValue(Technical):
    """A value as it is compared and ordered, derived by the database from `custom`."""

    __tablename__ = "custom_value"
    __table_args__ = (
        # A record has a value once. The planner needs to know: it then reads in order, and stops.
        sa.Index(
            "custom_value_key_ix",
            "workspace_id",
            "field_id",
            "text_key",
            "record_id",
            unique=True,
        ),
        sa.Index(
            "custom_value_taken",
            "workspace_id",
            "field_id",
            "unique_key",
            unique=True,
            postgresql_where=sa.text("unique_key IS NOT NULL"),
        ),
    )

    record_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    field_id: Mapped[str] = ref(
        "custom_field", primary_key=True, nullable=False, on_delete="CASCADE", index=False
    )
    ord: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    """The place among the options of a record that may have several."""
    text_key: Mapped[str] = mapped_column(Key)
    """A text that sorts as the values do: folded texts, numbers of one length, days, options."""
    currency: Mapped[str | None] = mapped_column(Key)
    unique_key: Mapped[str | None] = mapped_column(Key)
    """Set where no two live records may have the value."""
