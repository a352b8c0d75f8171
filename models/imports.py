"""Uploads and the imports made from them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Record, Technical, Uuid, choice, ref
from models.enums import ImportStatus


class Upload(Technical):
    """A file a client is sending or has sent; its bytes lie in the file store."""

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    owner_id: Mapped[str] = ref("user", nullable=False)
    file_name: Mapped[str]
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    sha256: Mapped[str | None] = mapped_column(Key)
    content_type: Mapped[str | None] = mapped_column(Key)
    """What its bytes are, whatever it is called."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    flaw: Mapped[str | None]
    """Why it cannot be kept as a file."""
    created_at: Mapped[datetime]


class Import(Record):
    """One file of rows being brought in; it resumes at `done_rows` after a crash."""

    __tablename__ = "import"

    entity: Mapped[str] = mapped_column(Key)
    file_name: Mapped[str]
    upload_id: Mapped[str] = mapped_column(Uuid)
    status: Mapped[ImportStatus] = choice(ImportStatus, index=True)
    owner_id: Mapped[str] = ref("user", nullable=False)
    columns: Mapped[list[Any]]
    mapping: Mapped[list[Any]]
    start_workflows: Mapped[bool] = mapped_column(server_default=sa.false())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]


class ImportProgress(Technical):
    """How far an import is: moves with every batch, in the batch's own transaction."""

    __tablename__ = "import_progress"

    import_id: Mapped[str] = ref("import", nullable=False, on_delete="CASCADE", primary_key=True)
    total_rows: Mapped[int]
    done_rows: Mapped[int] = mapped_column(server_default="0")
    created_rows: Mapped[int] = mapped_column(server_default="0")
    updated_rows: Mapped[int] = mapped_column(server_default="0")
    failed_rows: Mapped[int] = mapped_column(server_default="0")


class ImportRowError(Technical):
    """A row that was not brought in, and why."""

    __tablename__ = "import_row_error"

    import_id: Mapped[str] = ref("import", nullable=False, on_delete="CASCADE", primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    column: Mapped[str | None]
    code: Mapped[str] = mapped_column(Key)
    reason: Mapped[str]
    cells: Mapped[list[Any]]
