"""The mail outbox: what is to be sent, and how that went."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Record, choice, indexed, long_text, ref
from models.sale_enums import MailState


class Mail(Record):
    """A mail of the product, written in the act that causes it and sent by a worker."""

    __tablename__ = "mail"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(quote_id, contract_id, invoice_id) <= 1", name="about"),
    )

    owner_id: Mapped[str | None] = ref("user")
    """In whose name it is sent."""
    quote_id: Mapped[str | None] = ref("quote", on_delete="CASCADE")
    contract_id: Mapped[str | None] = ref("contract", on_delete="CASCADE")
    invoice_id: Mapped[str | None] = ref("invoice", on_delete="CASCADE")
    email_id: Mapped[str | None] = ref("email", on_delete="CASCADE")
    """The e-mail of a timeline that it carries."""
    case_id: Mapped[str | None] = ref("case", on_delete="CASCADE")
    kind: Mapped[str] = mapped_column(Key)
    """What it is for, such as QUOTE_SENT."""
    recipients: Mapped[list[Any]]
    """Addresses."""
    cc: Mapped[list[Any]] = mapped_column(server_default="[]")
    from_address: Mapped[str | None]
    """Whom it comes from; the installation's address where it is empty."""
    from_name: Mapped[str | None]
    reply_to: Mapped[str | None]
    in_reply_to: Mapped[str | None] = mapped_column(Key)
    reference_ids: Mapped[list[Any]] = mapped_column(server_default="[]")
    """The Message-IDs of its conversation, the oldest first."""
    automatic: Mapped[bool] = mapped_column(server_default=sa.true())
    """Whether nobody wrote it: answering machines leave it alone."""
    subject: Mapped[str]
    text: Mapped[str] = long_text()
    html: Mapped[str | None] = long_text()
    with_document: Mapped[bool] = mapped_column(server_default=sa.false())
    """Whether the PDF of the record it is about goes with it."""
    document_id: Mapped[str | None] = ref("document", on_delete="SET NULL")
    """The PDF that went with it."""
    message_id: Mapped[str] = indexed(Key)
    """Its Message-ID, the same at every try."""
    state: Mapped[MailState] = choice(MailState, index=True)
    attempts: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]
    sent_at: Mapped[datetime | None] = indexed()
    settled: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Receivers who are not tried again: nothing where they have it, or why they do not."""
