"""What undo reads beside the event log: rows of technical tables, and acts that were undone."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Technical, Uuid


class UndoRow(Technical):
    """A row no event tells of, as it was and as it became; the database writes it."""

    __tablename__ = "undo_row"

    operation_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    ord: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    table_name: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class UndoneAct(Technical):
    """An act that was undone, and the act that did it: nothing is undone twice."""

    __tablename__ = "undone_act"

    operation_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    by_operation_id: Mapped[str] = mapped_column(Uuid)
    user_id: Mapped[str] = mapped_column(Uuid)
    """Who asked, for the worker that undoes what takes long."""
    at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    """Null while a worker is at it."""
