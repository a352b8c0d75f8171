"""Files, and the records they are attached to."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Attached, Key, Restorable, folded, indexed, ref, searched


class File(Restorable):
    """A file that is kept; its bytes lie where its upload was received."""

    __tablename__ = "file"
    __table_args__ = (sa.UniqueConstraint("workspace_id", "upload_id", name="file_upload_taken"),)

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    content_type: Mapped[str] = indexed(Key)
    size: Mapped[int] = indexed()
    sha256: Mapped[str] = mapped_column(Key)
    width: Mapped[int | None]
    height: Mapped[int | None]
    owner_id: Mapped[str] = ref("user", nullable=False)
    """Who uploaded it."""
    upload_id: Mapped[str] = ref("upload", nullable=False)
    search_key: Mapped[str] = searched("name")


class FileAttachment(Attached):
    """A file's place beside a record."""

    __tablename__ = "file_attachment"

    file_id: Mapped[str] = ref("file", nullable=False, on_delete="CASCADE", primary_key=True)
