"""Activities in a book: what was written, called, sent and talked about, and with whom."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from models.enums import CallOutcome, Direction, MeetingStatus
from services.demo.book import Book, Row
from services.demo.world import Person

_OUR_NUMBER = "+14155550100"
_NOTES = (
    "Prefers to be called in the morning. Decides together with finance.",
    "Compares us with two others; price matters less than the time to go live.",
    "Wants to start with one team and to grow from there.",
    "Asked for a reference from the same industry.",
)
_CALLS = (
    ("Went through the open questions about the rollout.", CallOutcome.CONNECTED),
    ("Left a message about the offer.", CallOutcome.VOICEMAIL),
    ("Agreed to meet with the technical team.", CallOutcome.CONNECTED),
    (None, CallOutcome.NO_ANSWER),
)
_MAILS = (
    ("Thank you for your time", "Here are the points we spoke about, and what happens next."),
    ("Your questions about the contract", "Please find our answers below."),
    ("Next steps", "We would like to begin in the first week of next month."),
)
_MESSAGES = ("Running five minutes late, sorry!", "Thanks, got it.", "Can we speak at four?")
_MEETINGS = ("Product demo", "Kickoff", "Quarterly review")
_TRANSCRIPT = "Shall we begin? — Yes. We have three questions about the reports …"
_MINUTE = 60


def unit(book: Book, serial: int, people: Sequence[Row], deals: Sequence[Row]) -> None:
    """Add a unit's note, call, e-mail with its answer, message and meeting."""
    rng = Random(f"{book.world.seed}:{serial}:activities")
    owners = {one.id: one for one in book.world.owners}
    for at in range(2):
        deal = deals[(serial + at) % len(deals)]
        contact = next(one for one in people if one["id"] == deal["contact_id"])
        seller = owners[contact["owner_id"]]
        about = [("contact", contact), ("deal", deal)]
        if at == 0:
            note(book, rng.choice(_NOTES), seller, about, ago=rng.randrange(1, 40))
            said = rng.choice(_MAILS)
            ago = rng.randrange(2, 30)
            mail(book, said, contact, seller, about, ago=ago)
            mail(book, (f"Re: {said[0]}", "Sounds good."), contact, seller, about, ago=ago - 1)
        else:
            summary, outcome = rng.choice(_CALLS)
            minutes = rng.randrange(2, 45) if outcome is CallOutcome.CONNECTED else 0
            call(book, summary, contact, seller, about, ago=ago - 1, minutes=minutes, end=outcome)
            message(book, rng.choice(_MESSAGES), contact, seller, about, ago=rng.randrange(1, 20))
            coming = serial % 3 == 0
            day = -rng.randrange(1, 10) if coming else rng.randrange(1, 35)
            meeting(book, rng.choice(_MEETINGS), contact, seller, about, ago=day)


def note(book: Book, body: str, owner: Person, about: Sequence[Any], *, ago: int) -> Row:
    """A note about records."""
    return _placed(book, "note", ago, about, body=body, owner_id=owner.id)


def call(
    book: Book,
    summary: str | None,
    contact: Row,
    owner: Person,
    about: Sequence[Any],
    *,
    ago: int,
    minutes: int,
    end: CallOutcome = CallOutcome.CONNECTED,
) -> Row:
    """A call to a contact."""
    return _placed(
        book,
        "call",
        ago,
        about,
        direction=Direction.OUTBOUND,
        from_number=_OUR_NUMBER,
        to_number=contact["phone"],
        duration_seconds=minutes * _MINUTE,
        outcome=end,
        summary=summary,
        owner_id=owner.id,
    )


def mail(
    book: Book,
    said: tuple[str, str],
    contact: Row,
    owner: Person,
    about: Sequence[Any],
    *,
    ago: int,
) -> Row:
    """An e-mail to a contact, or an answer of theirs: its subject and its text."""
    subject, body = said
    answer = subject.startswith("Re: ")
    theirs = contact["email"] or "office@customer.example"
    return _placed(
        book,
        "email",
        ago,
        about,
        direction=Direction.INBOUND if answer else Direction.OUTBOUND,
        from_address=theirs if answer else owner.email,
        to_addresses=[owner.email if answer else theirs],
        subject=subject,
        body=body,
        owner_id=owner.id,
    )


def message(
    book: Book, body: str, contact: Row, owner: Person, about: Sequence[Any], *, ago: int
) -> Row:
    """A text message from a contact."""
    return _placed(
        book,
        "sms",
        ago,
        about,
        direction=Direction.INBOUND,
        from_number=contact["phone"] or _OUR_NUMBER,
        to_number=_OUR_NUMBER,
        body=body,
        owner_id=owner.id,
    )


def meeting(
    book: Book, title: str, contact: Row, owner: Person, about: Sequence[Any], *, ago: int
) -> Row:
    """A meeting of an hour; one to come has a day below zero, one that was has a transcript."""
    held = ago > 0
    made = _placed(
        book,
        "meeting",
        ago,
        about,
        title=title,
        status=MeetingStatus.HELD if held else MeetingStatus.SCHEDULED,
        attendees=[one for one in (owner.email, contact["email"]) if one],
        transcript=_TRANSCRIPT if held else None,
        owner_id=owner.id,
    )
    made["ends_at"] = made["at"] + timedelta(hours=1)
    return made


def _placed(book: Book, kind: str, ago: int, about: Sequence[Any], **columns: Any) -> Row:
    """An activity of a day, with its place in the timelines of records."""
    at = _moment(book, ago)
    row = book.add(kind, max(ago, 0), at=at, **columns)
    for table, record in about:
        entry = {"record_id": record["id"], "record_kind": table, "item_id": row["id"]}
        book.entries.append(entry | {"item_kind": kind, "at": at})
    return row


def _moment(book: Book, ago: int) -> datetime:
    """Some time of a day, to come where the day is below zero."""
    if ago < 0:
        return book.world.now - timedelta(days=ago)
    return book.world.moment(ago)
