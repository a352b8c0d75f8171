"""Records that look alike and are not the same: what was said of them is remembered."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Attached, Uuid


class NotDuplicate(Attached):
    """Another record that this one is no duplicate of; each of the two has a row."""

    __tablename__ = "not_duplicate"

    other_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    said_at: Mapped[datetime]
