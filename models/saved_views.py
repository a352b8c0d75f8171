"""Saved views: a list's filter, order and columns, kept under a name and shared."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from models.base import Record, choice, folded, ref
from models.enums import CoreEntity, Sharing


class SavedView(Record):
    """How somebody looks at a list; a name is unique among one's views of a list."""

    __tablename__ = "saved_view"
    __table_args__ = (
        sa.Index(
            "saved_view_name_taken",
            "workspace_id",
            "owner_id",
            "record_type",
            "name_key",
            unique=True,
        ),
        sa.CheckConstraint("(sharing = 'TEAM') = (team_id IS NOT NULL)", name="team"),
    )

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    record_type: Mapped[CoreEntity] = choice(CoreEntity, index=True)
    owner_id: Mapped[str] = ref("user", nullable=False)
    sharing: Mapped[Sharing] = choice(Sharing, index=True)
    team_id: Mapped[str | None] = ref("team")
    filter: Mapped[dict[str, Any]]
    """As the list takes it; what lists can be filtered by may have changed since."""
    order_by: Mapped[list[Any]]
    """Each `{field, direction}`."""
    columns: Mapped[list[Any]]
