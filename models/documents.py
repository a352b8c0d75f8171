"""The PDFs of quotes, contracts and invoices."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Technical, Uuid, ref


class Document(Technical):
    """A PDF as it was rendered; its bytes lie in the file store by their hash."""

    __tablename__ = "document"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(quote_id, contract_id, invoice_id) = 1", name="about"),
        sa.UniqueConstraint("workspace_id", "quote_id", "fingerprint", name="document_quote_taken"),
        sa.UniqueConstraint(
            "workspace_id", "contract_id", "fingerprint", name="document_contract_taken"
        ),
        sa.UniqueConstraint(
            "workspace_id", "invoice_id", "fingerprint", name="document_invoice_taken"
        ),
    )

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    quote_id: Mapped[str | None] = ref("quote", on_delete="CASCADE")
    contract_id: Mapped[str | None] = ref("contract", on_delete="CASCADE")
    invoice_id: Mapped[str | None] = ref("invoice", on_delete="CASCADE")
    record_version: Mapped[int]
    """The version of the record that it shows; raised where a later one looks the same."""
    fingerprint: Mapped[str] = mapped_column(Key)
    """SHA-256 of all that is printed."""
    sha256: Mapped[str] = mapped_column(Key)
    """SHA-256 of the PDF."""
    size: Mapped[int]
    pages: Mapped[int]
    rendered_at: Mapped[datetime]


class RenderFailure(Technical):
    """Why the PDF of a record could not be rendered, until it could."""

    __tablename__ = "render_failure"

    record_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    record_version: Mapped[int]
    error: Mapped[str]
    at: Mapped[datetime]
