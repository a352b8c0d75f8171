"""Notifications: what users are told, each once."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.automation_enums import MailChoice
from models.base import Record, choice, indexed, ref
from models.enums import NotificationKind

ABOUT = (
    "note",
    "contact",
    "company",
    "lead",
    "deal",
    "case",
    "task",
    "project",
    "quote",
    "contract",
    "invoice",
)
"""The tables of what a notification may be about."""


class Notification(Record):
    """Something a user is told, about one record at most."""

    __tablename__ = "notification"
    __table_args__ = (
        sa.CheckConstraint(
            f"num_nonnulls({', '.join(f'{table}_id' for table in ABOUT)}) <= 1", name="about"
        ),
        sa.Index(
            "notification_unread_ix",
            "workspace_id",
            "owner_id",
            "id",
            postgresql_where=sa.text("read_at IS NULL"),
        ),
        sa.Index(
            "notification_digest_ix",
            "workspace_id",
            "owner_id",
            "id",
            postgresql_where=sa.text("digest AND read_at IS NULL"),
        ),
    )

    owner_id: Mapped[str] = ref("user", nullable=False)
    """Who is told."""
    kind: Mapped[NotificationKind] = choice(NotificationKind, index=True)
    text: Mapped[str]
    actor_id: Mapped[str | None] = ref("user")
    """Who did what is told."""
    read_at: Mapped[datetime | None] = indexed()
    in_app: Mapped[bool] = mapped_column(server_default=sa.true())
    """Whether it is shown in the product."""
    digest: Mapped[bool] = mapped_column(server_default=sa.false())
    """Whether the next digest tells it, unless it was read before."""
    at_once: Mapped[bool] = mapped_column(server_default=sa.false())
    """Whether it is mailed as it happens."""
    note_id: Mapped[str | None] = ref("note", on_delete="CASCADE")
    contact_id: Mapped[str | None] = ref("contact", on_delete="CASCADE")
    company_id: Mapped[str | None] = ref("company", on_delete="CASCADE")
    lead_id: Mapped[str | None] = ref("lead", on_delete="CASCADE")
    deal_id: Mapped[str | None] = ref("deal", on_delete="CASCADE")
    case_id: Mapped[str | None] = ref("case", on_delete="CASCADE")
    task_id: Mapped[str | None] = ref("task", on_delete="CASCADE")
    project_id: Mapped[str | None] = ref("project", on_delete="CASCADE")
    quote_id: Mapped[str | None] = ref("quote", on_delete="CASCADE")
    contract_id: Mapped[str | None] = ref("contract", on_delete="CASCADE")
    invoice_id: Mapped[str | None] = ref("invoice", on_delete="CASCADE")


class NotificationSetting(Record):
    """How a user is told one kind of thing."""

    __tablename__ = "notification_setting"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "owner_id", "kind", name="notification_setting_taken"),
    )

    owner_id: Mapped[str] = ref("user", nullable=False, index=False)
    kind: Mapped[NotificationKind] = choice(NotificationKind, index=True)
    in_app: Mapped[bool]
    mail: Mapped[MailChoice] = choice(MailChoice)
