"""Tags: words of a workspace's own that records of any kind are marked with."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from models.base import Attached, Record, folded, ref


class Tag(Record):
    """A word records are marked with; case and accents do not make another one."""

    __tablename__ = "tag"
    __table_args__ = (sa.Index("tag_name_taken", "workspace_id", "name_key", unique=True),)

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    color: Mapped[str]


class Tagging(Attached):
    """A record's tag."""

    __tablename__ = "tagging"

    tag_id: Mapped[str] = ref("tag", nullable=False, on_delete="CASCADE", primary_key=True)
