"""What lies beside the demo's records: tags, files, a sequence, and one contact twice."""

import hashlib
from collections.abc import Sequence
from itertools import groupby

import sqlalchemy as sa

from core.files import Files
from core.writes import Transaction
from models import metadata
from models.automation_enums import EnrollmentStatus, SequenceStepKind, StopReason
from services import uploads
from services.demo.book import Book, Row
from services.tags import COLOR, SEEDED

_TAG, _TAGGING = metadata.tables["tag"], metadata.tables["tagging"]
_UPLOAD, _FILE = metadata.tables["upload"], metadata.tables["file"]
_PLACE = metadata.tables["file_attachment"]
_KEY_ACCOUNT = "Key account"
_PARTNER_EVERY, _INFLUENCER_EVERY = 4, 7
_STEPS = (("Send the notes of the call", 0), ("Call again", 3), ("Ask for a decision", 7))
"""What is done after the first call, and so many days after the step before."""
_FILES = (
    ("Globex requirements.txt", "text/plain", "Single sign-on, 240 seats, go-live in spring.\n"),
    ("Globex seats.csv", "text/csv", "Team,Seats\nSales,120\nSupport,80\nFinance,40\n"),
)


def double(book: Book) -> None:
    """Let two people of one company share a number and, nearly, a name."""
    busy = {row["contact_id"] for table in ("deal", "case") for row in book.rows[table]}
    by_company = groupby(book.rows["contact"], key=lambda row: row["primary_company_id"])
    for _, people in by_company:
        first, *others = people
        for other in others:
            if other["id"] not in busy:
                other |= {name: first[name] for name in ("first_name", "phone")}
                other["last_name"] = f"{first['last_name']}s"
                return


async def lay(act: Transaction, rest: Book, told: Book, owner: str, store: Files) -> None:
    """Put tags on records and files beside the manual's best customer."""
    await act.insert(_TAG, {"name": _KEY_ACCOUNT, "color": COLOR})
    known = sa.select(_TAG.c.id, _TAG.c.name).where(_TAG.c.workspace_id == act.workspace)
    rows = await act.fetch(known)
    tags = {row["name"]: row["id"] for row in rows}
    partner, influencer = (name for name, _ in SEEDED)
    people = rest.rows["contact"]
    customer = [told.rows["contact"][0], told.rows["company"][0], told.rows["deal"][0]]
    kinds = ("contact", "company", "deal")
    placed = [("contact", row, partner) for row in people[::_PARTNER_EVERY]]
    placed += [("contact", row, influencer) for row in people[1::_INFLUENCER_EVERY]]
    placed += [(kind, row, _KEY_ACCOUNT) for kind, row in zip(kinds, customer, strict=True)]
    values = [_beside(act, kind, row) | {"tag_id": tags[name]} for kind, row, name in placed]
    await act.fetch(sa.insert(_TAGGING).values(values))
    await _follow_up(act, people)
    for name, kind, text in _FILES:
        facts = {"name": name, "content_type": kind, "owner_id": owner}
        file = await _file(act, facts, text.encode(), store)
        await _attach(act, file, list(zip(kinds, customer, strict=True)))


async def _follow_up(act: Transaction, people: Sequence[Row]) -> None:
    """A sequence of tasks that one contact is through, and that another one answered."""
    sequence = await act.insert(metadata.tables["sequence"], {"name": "After the first call"})
    of_it: Row = {"sequence_id": sequence["id"]}
    steps = [
        of_it
        | {
            "position": position,
            "kind": SequenceStepKind.TASK,
            "title": title,
            "wait_minutes": days * 24 * 60,
        }
        for position, (title, days) in enumerate(_STEPS, start=1)
    ]
    await act.insert_many(metadata.tables["sequence_step"], steps)
    ends: tuple[Row, ...] = (
        {"status": EnrollmentStatus.FINISHED, "stop_reason": None, "steps_done": len(steps)},
        {
            "status": EnrollmentStatus.STOPPED,
            "stop_reason": StopReason.REPLIED,
            "steps_done": 1,
        },
    )
    enrollments = [
        of_it | end | {"contact_id": row["id"], "owner_id": row["owner_id"], "finished_at": act.now}
        for row, end in zip(people, ends, strict=False)
    ]
    await act.insert_many(metadata.tables["sequence_enrollment"], enrollments)


async def _file(act: Transaction, facts: Row, content: bytes, store: Files) -> str:
    known = facts | {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    named = {name: one for name, one in known.items() if name != "name"}
    upload = await act.insert(_UPLOAD, named | {"file_name": facts["name"]})
    await store.put_text(uploads.key(act.workspace, upload["id"]), content)
    made = await act.insert(_FILE, known | {"upload_id": upload["id"]})
    return str(made["id"])


async def _attach(act: Transaction, file: str, places: Sequence[tuple[str, Row]]) -> None:
    rows = [_beside(act, kind, row) | {"file_id": file} for kind, row in places]
    await act.fetch(sa.insert(_PLACE).values(rows))


def _beside(act: Transaction, kind: str, row: Row) -> Row:
    return {"workspace_id": act.workspace, "record_id": row["id"], "record_kind": kind}
