"""What background work remembers: how far each consumer is, what took effect, what was given up."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Record, Technical, Uuid, choice, indexed
from models.enums import DeadLetterState


class ConsumerOffset(Technical):
    """The position up to which a consumer has taken in a workspace's events."""

    __tablename__ = "consumer_offset"

    consumer: Mapped[str] = mapped_column(Key, primary_key=True)
    position: Mapped[int] = mapped_column(sa.BigInteger)
    attempts: Mapped[int] = mapped_column(server_default="0")
    """How often the event behind it failed."""
    retry_at: Mapped[datetime | None]
    error: Mapped[str | None]


class Effect(Technical):
    """An effect that happened, by its key: written in the effect's own transaction."""

    __tablename__ = "effect"
    __table_args__ = (sa.Index("effect_at_ix", "workspace_id", "at"),)

    key: Mapped[str] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime]


class DeadLetter(Record):
    """Work that was tried several times and given up; it can be replayed."""

    __tablename__ = "dead_letter"

    kind: Mapped[str] = indexed(Key)
    """The consumer's name, or the kind of job."""
    subject_id: Mapped[str | None] = mapped_column(Uuid)
    """Job: the record it was about."""
    position: Mapped[int | None] = mapped_column(sa.BigInteger)
    """Consumer: the event it could not take in."""
    attempts: Mapped[int]
    error: Mapped[str]
    state: Mapped[DeadLetterState] = choice(
        DeadLetterState, index=True, server_default=DeadLetterState.WAITING.value
    )
