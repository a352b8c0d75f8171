"""Correspondence: templates of e-mails, and what came in by mail."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.automation_enums import InboundState
from models.base import Key, Record, Technical, choice, folded, indexed, long_text, ref
from models.enums import CoreEntity


class EmailTemplate(Record):
    """The subject and body of an e-mail, with merge fields."""

    __tablename__ = "email_template"
    __table_args__ = (
        sa.Index(
            "email_template_name_taken",
            "workspace_id",
            "name_key",
            unique=True,
            postgresql_where=sa.text("archived_at IS NULL"),
        ),
    )

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    record_type: Mapped[CoreEntity | None] = choice(CoreEntity, index=True)
    """What the record is whose fields it may use besides those of the sender."""
    subject: Mapped[str]
    body: Mapped[str] = long_text()
    """HTML in Liquid."""
    archived_at: Mapped[datetime | None] = indexed()


class InboundMail(Record):
    """A mail that came in, once by its Message-ID, and what became of it."""

    __tablename__ = "inbound_mail"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "message_id", name="inbound_mail_message_taken"),
    )

    message_id: Mapped[str] = mapped_column(Key)
    from_address: Mapped[str]
    to_addresses: Mapped[list[Any]]
    subject: Mapped[str | None]
    state: Mapped[InboundState] = choice(InboundState, index=True)
    email_id: Mapped[str | None] = ref("email", on_delete="SET NULL")
    case_id: Mapped[str | None] = ref("case", on_delete="SET NULL")
    about_mail_id: Mapped[str | None] = ref("mail", on_delete="SET NULL")
    """BOUNCE: the mail that was not delivered."""
    error: Mapped[str | None]
    received_at: Mapped[datetime] = indexed()


class EmailFile(Technical):
    """A file that goes with an e-mail of a timeline, or came with it."""

    __tablename__ = "email_file"

    email_id: Mapped[str] = ref("email", nullable=False, on_delete="CASCADE", primary_key=True)
    file_id: Mapped[str] = ref("file", nullable=False, primary_key=True)
