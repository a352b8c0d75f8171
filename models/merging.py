"""Records that were merged into others: where their ids lead."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Technical, Uuid


class MergedRecord(Technical):
    """The record an id leads to since its own was merged away; never one that was merged too."""

    __tablename__ = "merged_record"
    __table_args__ = (sa.Index("merged_record_new_ix", "workspace_id", "new_id"),)

    old_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    record_kind: Mapped[str] = mapped_column(Key)
    """The table both lie in."""
    new_id: Mapped[str] = mapped_column(Uuid)
    merged_at: Mapped[datetime]
