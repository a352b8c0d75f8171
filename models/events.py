"""The event log and the answers remembered for idempotency keys."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Technical, Uuid


class Event(Technical):
    """A fact that happened, at its position in the workspace's order of commits; kept by months."""

    __tablename__ = "event"
    __table_args__ = (
        sa.Index("event_record_ix", "workspace_id", "entity", "record_id", "position"),
        sa.Index("event_operation_ix", "workspace_id", "operation_id"),
        sa.Index("event_timeline_ix", "workspace_id", "record_id", "at", "position"),
        sa.Index("event_actor_ix", "workspace_id", "actor_id", "position"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    position: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    """In the key because the log lies in partitions by it; no two events share a position."""
    type: Mapped[str] = mapped_column(Key)
    entity: Mapped[str] = mapped_column(Key)
    record_id: Mapped[str] = mapped_column(Uuid)
    actor_kind: Mapped[str] = mapped_column(Key)
    actor_id: Mapped[str | None] = mapped_column(Uuid)
    request_id: Mapped[str]
    operation_id: Mapped[str] = mapped_column(Uuid)
    act: Mapped[str | None] = mapped_column(Key)
    """What was done, as clients call it; null before acts were named."""
    import_id: Mapped[str | None] = mapped_column(Uuid)
    changes: Mapped[dict[str, Any]]
    data: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class IdempotencyKey(Technical):
    """What an act answered, kept 72 hours so that a retry answers the same."""

    __tablename__ = "idempotency_key"
    __table_args__ = (sa.Index("idempotency_key_created_ix", "workspace_id", "created_at"),)

    key: Mapped[str] = mapped_column(Key, primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    result: Mapped[dict[str, Any] | None]
    operation_id: Mapped[str] = mapped_column(Uuid)
    position: Mapped[int | None] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime]
