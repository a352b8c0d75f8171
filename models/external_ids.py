"""What records are called in other systems."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Attached, Key


class ExternalId(Attached):
    """What a system calls a record; it calls one record of a kind so."""

    __tablename__ = "external_id"
    __table_args__ = (
        sa.Index(
            "external_id_taken", "workspace_id", "record_kind", "source", "value", unique=True
        ),
        # A lead that was converted goes on being what the other system calls it.
        {"info": {"of_one_kind": True}},
    )

    source: Mapped[str] = mapped_column(Key, primary_key=True)
    value: Mapped[str] = mapped_column(Key, primary_key=True)
