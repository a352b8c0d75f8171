"""Web forms, and what people sent through them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Record, choice, folded, indexed, ref
from models.enums import FormTarget


class WebForm(Record):
    """A form on somebody's web page; its key is part of the page and no secret."""

    __tablename__ = "web_form"

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    key: Mapped[str] = mapped_column(Key)
    target: Mapped[FormTarget] = choice(FormTarget)
    fields: Mapped[list[Any]]
    """Each `{name, label, field, required}`: an input of the page and the field it fills."""
    owner_id: Mapped[str | None] = ref("user")
    team_id: Mapped[str | None] = ref("team")
    redirect_url: Mapped[str | None]
    archived_at: Mapped[datetime | None] = indexed()


class FormSubmission(Record):
    """What somebody sent, and the record it made or joined."""

    __tablename__ = "form_submission"
    __table_args__ = (
        sa.UniqueConstraint(
            "workspace_id", "form_id", "sent_id", name="form_submission_sent_id_taken"
        ),
    )

    form_id: Mapped[str] = ref("web_form", nullable=False, on_delete="CASCADE")
    sent_id: Mapped[str | None] = mapped_column(Key)
    """What the page calls it, so that sending it again changes nothing."""
    values: Mapped[dict[str, Any]]
    contact_id: Mapped[str | None] = ref("contact", on_delete="SET NULL")
    lead_id: Mapped[str | None] = ref("lead", on_delete="SET NULL")
    case_id: Mapped[str | None] = ref("case", on_delete="SET NULL")
