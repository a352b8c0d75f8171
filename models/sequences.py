"""Sequences: timed e-mails and tasks, and who goes through them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.automation_enums import EnrollmentStatus, SequenceStepKind, StopReason
from models.base import Record, choice, folded, indexed, long_text, ref


class Sequence(Record):
    """E-mails and tasks in an order, each some time after the one before."""

    __tablename__ = "sequence"
    __table_args__ = (
        sa.Index(
            "sequence_name_taken",
            "workspace_id",
            "name_key",
            unique=True,
            postgresql_where=sa.text("archived_at IS NULL"),
        ),
    )

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    archived_at: Mapped[datetime | None] = indexed()


class SequenceStep(Record):
    """One e-mail or task of a sequence."""

    __tablename__ = "sequence_step"
    __table_args__ = (
        sa.CheckConstraint("wait_minutes >= 0", name="wait"),
        sa.CheckConstraint("(kind = 'EMAIL') = (template_id IS NOT NULL)", name="template"),
        sa.CheckConstraint("(kind = 'TASK') = (title IS NOT NULL)", name="title"),
    )

    sequence_id: Mapped[str] = ref("sequence", nullable=False, on_delete="CASCADE")
    position: Mapped[int] = indexed()
    wait_minutes: Mapped[int]
    """How long after the step before, or after the enrollment."""
    kind: Mapped[SequenceStepKind] = choice(SequenceStepKind)
    template_id: Mapped[str | None] = ref("email_template")
    title: Mapped[str | None]
    description: Mapped[str | None] = long_text()


class SequenceEnrollment(Record):
    """A contact's or lead's way through a sequence: once each."""

    __tablename__ = "sequence_enrollment"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(contact_id, lead_id) = 1", name="who"),
        sa.UniqueConstraint(
            "workspace_id", "sequence_id", "contact_id", name="sequence_enrollment_contact_taken"
        ),
        sa.UniqueConstraint(
            "workspace_id", "sequence_id", "lead_id", name="sequence_enrollment_lead_taken"
        ),
    )

    sequence_id: Mapped[str] = ref("sequence", nullable=False, on_delete="CASCADE")
    contact_id: Mapped[str | None] = ref("contact", on_delete="CASCADE")
    lead_id: Mapped[str | None] = ref("lead", on_delete="CASCADE")
    owner_id: Mapped[str | None] = ref("user")
    """In whose name its mails go out and whose its tasks are."""
    status: Mapped[EnrollmentStatus] = choice(EnrollmentStatus, index=True)
    stop_reason: Mapped[StopReason | None] = choice(StopReason)
    steps_done: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[datetime | None] = indexed()
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]
