"""Activities, as the API shows them: notes, calls, e-mails, SMS and meetings."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import strawberry

from auth.roles import Category
from core.codes import UserErrorCode
from models import activities as rows
from models.enums import CallOutcome, Direction, MeetingStatus
from models.registry import Scope, Write
from models.sale_enums import MailState
from schema import scalars
from schema.declare import Node, column, computed, entity, link, many
from schema.inputs import RECORD, UNSET, MutationInput, act_input, arg
from schema.refusals import UserError, records, refusal
from schema.timelines import TimelineItem
from services import mailing

T = TypeVar("T", bound=type)

LONG = 50_000
"""Characters of a text of an activity, such as a note or the body of an e-mail."""
TRANSCRIPT = 500_000
"""Characters of a transcript: ten hours of talking."""


def _about(target: str, what: str) -> Any:
    """The records of a kind that an activity is about."""
    sentence = f"The {what} it is about."
    return many(target, sentence, by="item_id", through="timeline_entry", to="record_id")


_COMMON: dict[str, tuple[Any, Any]] = {
    "at": (
        column(
            "When it happened, or will; lists and timelines come by it, latest first.",
            write=Write.ALWAYS,
            filter=True,
            order=True,
        ),
        datetime,
    ),
    "owner": (
        link("User", "Who wrote, called, sent or met; null where it was none of us.", group=True),
        None,
    ),
    "source": (column("The system it came from; empty when it was logged here."), str),
    "external_id": (
        column("What that system calls it; a second delivery of it changes nothing."),
        str | None,
    ),
    "unmatched": (
        column("Whether nobody was found whom it is about, and it waits to be assigned."),
        bool,
    ),
    "contacts": (_about("Contact", "contacts"), None),
    "companies": (_about("Company", "companies"), None),
    "leads": (_about("Lead", "leads"), None),
    "deals": (_about("Deal", "deals"), None),
    "cases": (_about("Case", "cases"), None),
}
"""What all activities have: each with its type, where the declaration does not tell it."""


def _activity(row: type[rows.Activity], prefix: str, plural: str) -> Callable[[T], T]:
    """Declare an activity: seen by its owner, and by who sees a record it is about."""
    declare = entity(
        row,
        prefix=prefix,
        plural=plural,
        category=Category.COMMUNICATIONS,
        scope=Scope.ATTACHED,
        attached="timeline_entry",
        order="-at",
    )

    def complete(cls: T) -> T:
        for name, (note, hint) in _COMMON.items():
            setattr(cls, name, note)
            if hint is not None:
                cls.__annotations__[name] = hint
        return declare(cls)

    return complete


@_activity(rows.Note, "note", "notes")
class Note(Node, TimelineItem):
    """A text somebody wrote about records."""

    body: str = column("What it says.", write=Write.ALWAYS, required=True, max_length=LONG)
    mentions = many(
        "User", "The users who are named in it.", by="note_id", through="mention", to="user_id"
    )


@_activity(rows.Call, "call", "calls")
class Call(Node, TimelineItem):
    """A phone call, tried or held."""

    direction: Direction = column("Which way it went.", write=Write.ALWAYS, filter=True, group=True)
    from_number: scalars.PhoneNumber | None = column(
        "Whose number called.", write=Write.ALWAYS, filter=True
    )
    to_number: scalars.PhoneNumber | None = column(
        "Which number was called.", write=Write.ALWAYS, filter=True
    )
    duration_seconds: int | None = column(
        "How long it took, in seconds.", write=Write.ALWAYS, filter=True
    )
    outcome: CallOutcome | None = column(
        "How it ended.", write=Write.ALWAYS, filter=True, group=True
    )
    summary: str | None = column("What was said, in short.", write=Write.ALWAYS, max_length=LONG)
    transcript: str | None = column(
        "What was said, word for word.", write=Write.ALWAYS, max_length=TRANSCRIPT
    )
    has_transcript: bool = column("Whether there is a transcript.")
    recording_url: str | None = column(
        "Where it can be listened to.", write=Write.ALWAYS, max_length=2000
    )


@_activity(rows.Email, "eml", "emails")
class Email(Node, TimelineItem):
    """An e-mail that was sent or received."""

    direction: Direction = column("Which way it went.", write=Write.ALWAYS, filter=True, group=True)
    from_address: scalars.EmailAddress = column("Who sent it.", filter="from_key")
    to_addresses: list[scalars.EmailAddress] = column("To whom it was sent.")
    cc_addresses: list[scalars.EmailAddress] = column("Who got a copy.")
    subject: str | None = column(
        "Its subject.",
        write=Write.ALWAYS,
        max_length=998,
        filter="subject_key",
    )
    body: str | None = column("Its text.", write=Write.ALWAYS, max_length=TRANSCRIPT)
    thread_id: str | None = column(
        "What its mailbox calls the conversation it is part of.", filter=True
    )
    message_id: str | None = column("Its Message-ID, with angle brackets.", filter=True)
    html: str | None = column(
        "What it looks like, cleaned of all that runs; one that came in loads nothing either."
    )
    automatic: bool = column("Whether a machine wrote it: nothing follows from it.")
    from_stranger: bool = column(
        "Whether it came into a case's conversation from somebody who was not part of it."
    )
    template = link("EmailTemplate", "The template it was made of.")
    attachments = many(
        "File", "The files that go with it.", by="email_id", through="email_file", to="file_id"
    )
    delivery_state: MailState | None = computed(
        "How far it is on its way; null where it was not sent from here.",
        batch=mailing.states,
        needs=("id",),
    )
    delivery_error: str | None = computed(
        "What the mail server said, where it was not taken or not for everybody.",
        batch=mailing.errors,
        needs=("id",),
    )
    opened_at: datetime | None = column("When it was first seen to be opened.", filter=True)
    open_count: int = column("How often it was; readers that load no pictures are not seen.")
    clicked_at: datetime | None = column("When a link in it was first followed.", filter=True)
    click_count: int = column("How often one was.")
    bounced_at: datetime | None = column("When it was found not to be delivered.", filter=True)
    bounce_reason: str | None = column("What the other side said.")


@_activity(rows.Sms, "sms", "smsMessages")
class Sms(Node, TimelineItem):
    """A text message."""

    direction: Direction = column("Which way it went.", write=Write.ALWAYS, filter=True, group=True)
    from_number: scalars.PhoneNumber = column("Whose number sent it.", filter=True)
    to_number: scalars.PhoneNumber = column("Which number it was sent to.", filter=True)
    body: str = column("Its text.", write=Write.ALWAYS, required=True, max_length=LONG)


@_activity(rows.Meeting, "mtg", "meetings")
class Meeting(Node, TimelineItem):
    """A meeting, to come or past."""

    title: str = column(
        "What it is called.",
        write=Write.ALWAYS,
        required=True,
        filter="title_key",
        order="title_key",
    )
    ends_at: datetime | None = column("When it ends.", write=Write.ALWAYS, filter=True)
    status: MeetingStatus = column(
        "What became of it.", write=Write.ALWAYS, filter=True, group=True
    )
    location: str | None = column(
        "Where it takes place: a room, or the address of a call.",
        write=Write.ALWAYS,
        max_length=2000,
    )
    attendees: list[scalars.EmailAddress] = column("Who takes part, by e-mail address.")
    summary: str | None = column("What was said, in short.", write=Write.ALWAYS, max_length=LONG)
    transcript: str | None = column(
        "What was said, word for word.", write=Write.ALWAYS, max_length=TRANSCRIPT
    )
    has_transcript: bool = column("Whether there is a transcript.")
    recording_url: str | None = column(
        "Where it can be watched.", write=Write.ALWAYS, max_length=2000
    )


@refusal(UserErrorCode.AMBIGUOUS_MENTION)
class AmbiguousMentionError(UserError):
    """Several users have the name that stands behind an @."""

    candidates = records("User", "Those who have it; write @ and the e-mail address of one.")


_ABOUT = (
    "The records it is about, of any kind. Left out, it is linked to every contact, lead, company,"
    " open deal and open case that its addresses or numbers lead to."
)


@act_input
class ActivityInput(MutationInput):
    """What every activity is logged with."""

    at: datetime | None = arg("When it happened; now when left out.", default=None)
    about: list[strawberry.ID] | None = arg(_ABOUT, of=RECORD, default=UNSET)
    source: str = arg("The system it comes from, such as `gmail`.", max_length=40, default="")
    external_id: str | None = arg(
        "What that system calls it: a second delivery answers the first and changes nothing.",
        max_length=500,
        default=None,
    )


@act_input
class NoteAddInput(MutationInput):
    """A note, and the records it is about."""

    body: str = arg(
        "What it says. `@` before the name or the e-mail address of a user mentions them.",
        max_length=None,
    )
    about: list[strawberry.ID] = arg("The records it is about, of any kind.", of=RECORD)
    mention_ids: list[strawberry.ID] = arg(
        "Users it mentions beside those named in its text.", of="User", default_factory=list
    )
    at: datetime | None = arg("When it was written; now when left out.", default=None)


@act_input
class CallLogInput(ActivityInput):
    """A phone call."""

    direction: Direction = arg("Which way it went.")
    from_number: scalars.PhoneNumber | None = arg("Whose number called.", default=UNSET)
    to_number: scalars.PhoneNumber | None = arg("Which number was called.", default=UNSET)
    duration_seconds: int | None = arg("How long it took, in seconds.", default=UNSET)
    outcome: CallOutcome | None = arg("How it ended.", default=UNSET)
    summary: str | None = arg("What was said, in short.", max_length=None, default=UNSET)
    transcript: str | None = arg("What was said, word for word.", max_length=None, default=UNSET)
    recording_url: str | None = arg("Where it can be listened to.", max_length=None, default=UNSET)


@act_input
class EmailLogInput(ActivityInput):
    """An e-mail."""

    direction: Direction = arg("Which way it went.")
    from_address: scalars.EmailAddress = arg("Who sent it.")
    to_addresses: list[scalars.EmailAddress] = arg("To whom it was sent; at most 200.")
    cc_addresses: list[scalars.EmailAddress] = arg(
        "Who got a copy; at most 200.", default_factory=list
    )
    subject: str = arg("Its subject.", max_length=None, default="")
    body: str = arg("Its text.", max_length=None, default="")
    thread_id: str | None = arg(
        "What its mailbox calls the conversation it is part of.", max_length=500, default=UNSET
    )


@act_input
class SmsLogInput(ActivityInput):
    """A text message."""

    direction: Direction = arg("Which way it went.")
    from_number: scalars.PhoneNumber = arg("Whose number sent it.")
    to_number: scalars.PhoneNumber = arg("Which number it was sent to.")
    body: str = arg("Its text.", max_length=None)


@act_input
class MeetingLogInput(ActivityInput):
    """A meeting, to come or past."""

    title: str = arg("What it is called.")
    ends_at: datetime | None = arg("When it ends.", default=UNSET)
    status: MeetingStatus = arg(
        "What became of it; SCHEDULED when left out.", default=MeetingStatus.SCHEDULED
    )
    location: str | None = arg(
        "Where it takes place: a room, or the address of a call.", max_length=None, default=UNSET
    )
    attendees: list[scalars.EmailAddress] = arg(
        "Who takes part, by e-mail address; at most 200.", default_factory=list
    )
    summary: str | None = arg("What was said, in short.", max_length=None, default=UNSET)
    transcript: str | None = arg("What was said, word for word.", max_length=None, default=UNSET)
    recording_url: str | None = arg("Where it can be watched.", max_length=None, default=UNSET)


def linking(api: type, verb: str) -> type:
    """The input of linking an activity to records, or of unlinking it."""
    noun = api.__name__
    namespace = {
        "__annotations__": {"id": strawberry.ID, "record_ids": list[strawberry.ID]},
        "__module__": __name__,
        "__doc__": f"Which {noun.lower()}, and which records.",
        "id": arg("Which one.", of=noun),
        "record_ids": arg("The records, of any kind; at most 100.", of=RECORD),
    }
    return act_input(type(f"{noun}{verb}Input", (MutationInput,), namespace))
