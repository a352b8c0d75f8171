"""Lead scores: what each signal is worth, the signals there were, and visits of pages."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.automation_enums import LeadSignal
from models.base import Key, Record, Technical, choice, indexed, ref


class LeadScoreWeight(Record):
    """What a signal adds to a lead's score, and how fast that fades."""

    __tablename__ = "lead_score_weight"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "signal", name="lead_score_weight_taken"),
        sa.CheckConstraint("points BETWEEN 0 AND 100", name="points"),
        sa.CheckConstraint("most BETWEEN 0 AND 100", name="most"),
        sa.CheckConstraint("half_life_days BETWEEN 1 AND 3650", name="half_life"),
    )

    signal: Mapped[LeadSignal] = choice(LeadSignal, index=True)
    points: Mapped[int]
    """What one adds."""
    most: Mapped[int]
    """What all of its kind add together at most."""
    half_life_days: Mapped[int | None]
    """After how many days one counts half; null where it does not fade."""


class LeadSignalSeen(Technical):
    """One signal of a lead, once by its key."""

    __tablename__ = "lead_signal"
    __table_args__ = (sa.Index("lead_signal_lead_ix", "workspace_id", "lead_id", "signal", "at"),)

    key: Mapped[str] = mapped_column(Key, primary_key=True)
    """What told of it, such as `email:ID:open`: telling it again adds nothing."""
    lead_id: Mapped[str] = ref("lead", nullable=False, on_delete="CASCADE", index=False)
    signal: Mapped[LeadSignal] = choice(LeadSignal)
    at: Mapped[datetime]


class PageVisit(Record):
    """A visit of a page by a lead or contact who is known."""

    __tablename__ = "page_visit"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "event_id", name="page_visit_event_taken"),
        sa.CheckConstraint("num_nonnulls(lead_id, contact_id) = 1", name="who"),
    )

    event_id: Mapped[str] = mapped_column(Key)
    """What the page calls it, so that sending it again changes nothing."""
    lead_id: Mapped[str | None] = ref("lead", on_delete="CASCADE")
    contact_id: Mapped[str | None] = ref("contact", on_delete="CASCADE")
    url: Mapped[str]
    title: Mapped[str | None]
    referrer: Mapped[str | None]
    at: Mapped[datetime] = indexed()


class TrackingKey(Record):
    """The key web pages tell of visits with; it is part of the page and no secret."""

    __tablename__ = "tracking_key"

    name: Mapped[str]
    domain: Mapped[str] = mapped_column(Key)
    """The site: what leads to it and below it brings along who is known."""
    key: Mapped[str] = mapped_column(Key)
    revoked_at: Mapped[datetime | None] = indexed()
