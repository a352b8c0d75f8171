"""Activities: notes, calls, e-mails, SMS and meetings, and the records they are about."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import (
    Attached,
    Key,
    Restorable,
    Technical,
    Uuid,
    choice,
    folded,
    indexed,
    long_text,
    present,
    ref,
    searched,
)
from models.enums import CallOutcome, Direction, MeetingStatus


def _own_indexes(table: str) -> tuple[sa.Index, ...]:
    """A second delivery finds the first; what nobody was found for is found without the rest."""
    return (
        sa.Index(
            f"{table}_external_taken",
            "workspace_id",
            "source",
            "external_id",
            unique=True,
            postgresql_where=sa.text("external_id IS NOT NULL"),
        ),
        sa.Index(
            f"{table}_unmatched_ix",
            "workspace_id",
            "at",
            "id",
            postgresql_where=sa.text("unmatched AND deleted_at IS NULL"),
        ),
    )


class Activity(Restorable):
    """What all activities have."""

    __abstract__ = True

    at: Mapped[datetime] = indexed(sort_order=-9)
    owner_id: Mapped[str | None] = ref("user")
    """Who wrote, called, sent or met."""
    source: Mapped[str] = mapped_column(Key, server_default="", sort_order=80)
    """The system it came from; empty when it was logged here."""
    external_id: Mapped[str | None] = mapped_column(Key, sort_order=81)
    """What that system calls it."""
    unmatched: Mapped[bool] = mapped_column(server_default=sa.false(), sort_order=82)
    """Whether nobody was found whom it is about, and nobody has said so since."""


class Note(Activity):
    """A text somebody wrote about records."""

    __tablename__ = "note"
    __table_args__ = _own_indexes("note")

    body: Mapped[str] = long_text()
    search_key: Mapped[str] = searched(body=["body"])


class Call(Activity):
    """A phone call, tried or held."""

    __tablename__ = "call"
    __table_args__ = (
        *_own_indexes("call"),
        sa.CheckConstraint("duration_seconds >= 0", name="duration"),
    )

    direction: Mapped[Direction] = choice(Direction, index=True)
    from_number: Mapped[str | None] = indexed()
    to_number: Mapped[str | None] = indexed()
    duration_seconds: Mapped[int | None] = indexed()
    outcome: Mapped[CallOutcome | None] = choice(CallOutcome, index=True)
    summary: Mapped[str | None] = long_text()
    transcript: Mapped[str | None] = long_text()
    has_transcript: Mapped[bool] = present("transcript")
    recording_url: Mapped[str | None]
    search_key: Mapped[str] = searched("summary", "from_number", "to_number", body=["transcript"])


class Email(Activity):
    """An e-mail that was sent or received."""

    __tablename__ = "email"
    __table_args__ = _own_indexes("email")

    direction: Mapped[Direction] = choice(Direction, index=True)
    from_address: Mapped[str]
    from_key: Mapped[str] = folded("from_address")
    to_addresses: Mapped[list[Any]]
    cc_addresses: Mapped[list[Any]] = mapped_column(server_default="[]")
    subject: Mapped[str | None]
    subject_key: Mapped[str] = folded("left(coalesce(subject, ''), 200)")
    body: Mapped[str | None] = long_text()
    thread_id: Mapped[str | None] = indexed(Key)
    """What its mailbox calls the conversation it is part of."""
    message_id: Mapped[str | None] = indexed(Key)
    """Its Message-ID, with its angle brackets."""
    in_reply_to: Mapped[str | None] = mapped_column(Key)
    html: Mapped[str | None] = long_text()
    """What it looks like, cleaned of all that runs or loads from elsewhere."""
    automatic: Mapped[bool] = mapped_column(server_default=sa.false())
    """Whether a machine wrote it: nothing follows from it."""
    from_stranger: Mapped[bool] = mapped_column(server_default=sa.false())
    """Whether it came into a case's conversation from somebody who was not part of it."""
    template_id: Mapped[str | None] = ref("email_template", on_delete="SET NULL")
    opened_at: Mapped[datetime | None] = indexed()
    """When it was first seen to be opened."""
    open_count: Mapped[int] = mapped_column(server_default="0")
    clicked_at: Mapped[datetime | None] = indexed()
    click_count: Mapped[int] = mapped_column(server_default="0")
    bounced_at: Mapped[datetime | None] = indexed()
    bounce_reason: Mapped[str | None]
    search_key: Mapped[str] = searched("subject", "from_address", body=["body"])


class Sms(Activity):
    """A text message."""

    __tablename__ = "sms"
    __table_args__ = _own_indexes("sms")

    direction: Mapped[Direction] = choice(Direction, index=True)
    from_number: Mapped[str] = indexed()
    to_number: Mapped[str] = indexed()
    body: Mapped[str] = long_text()
    search_key: Mapped[str] = searched("from_number", "to_number", body=["body"])


class Meeting(Activity):
    """A meeting, to come or past."""

    __tablename__ = "meeting"
    __table_args__ = (
        *_own_indexes("meeting"),
        sa.CheckConstraint("ends_at >= at", name="ends_at"),
    )

    title: Mapped[str]
    title_key: Mapped[str] = folded("title")
    status: Mapped[MeetingStatus] = choice(MeetingStatus, index=True)
    ends_at: Mapped[datetime | None] = indexed()
    location: Mapped[str | None]
    attendees: Mapped[list[Any]] = mapped_column(server_default="[]")
    """Their e-mail addresses."""
    summary: Mapped[str | None] = long_text()
    transcript: Mapped[str | None] = long_text()
    has_transcript: Mapped[bool] = present("transcript")
    recording_url: Mapped[str | None]
    search_key: Mapped[str] = searched("title", "location", body=["summary", "transcript"])


class TimelineEntry(Attached):
    """An activity's place in the timeline of a record it is about."""

    __tablename__ = "timeline_entry"
    __table_args__ = (
        sa.Index("timeline_entry_item_ix", "workspace_id", "item_id"),
        sa.Index("timeline_entry_at_ix", "workspace_id", "record_id", "item_kind", "at", "item_id"),
    )

    item_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    item_kind: Mapped[str] = mapped_column(Key)
    """The table the activity lies in."""
    at: Mapped[datetime]
    """The activity's own moment, so that a timeline is read in order."""


class Mention(Technical):
    """A user who is named in a note."""

    __tablename__ = "mention"

    note_id: Mapped[str] = ref("note", nullable=False, on_delete="CASCADE", primary_key=True)
    user_id: Mapped[str] = ref("user", nullable=False, primary_key=True)
