"""Where a mail that came in belongs: a conversation, a case, people who are known, or nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from connectors import smtp
from core.errors import Refusals, UserError
from core.files import Files
from core.settings import from_environment
from models import metadata
from models.activities import Email
from models.automation_enums import InboundState
from models.base import Uuid
from models.cases import Case
from models.enums import CaseOrigin, Direction, Origin
from services import activities, case_mail, cases, contacts, email_files
from services.case_mail import Desk
from services.cases import CASE
from services.matching import About, matching
from services.rules import cases as rules
from services.rules import inbound_mail
from services.rules.inbound_mail import Mail

SOURCE = "mail"
_EMAIL, _ENTRY = metadata.tables["email"], metadata.tables["timeline_entry"]
_CONTACT = metadata.tables["contact"]
_PEOPLE = frozenset({"contact", "lead", "company"})
_LONGEST_SUBJECT, _LONGEST_DESCRIPTION = 200, 50_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail belongs."""

    about: Sequence[About] = ()
    case: Case | None = None
    answered: Any = None
    """The e-mail it answers."""
    from_stranger: bool = False


async def file(ctx: Context, store: Files, mail: Mail) -> dict[str, Any]:
    """File a mail; what the row of what came in says afterwards."""
    own = await _ours(ctx, mail.message_id)
    if own is not None:
        # One of ours that somebody sent back to us: it is there already.
        return {"state": InboundState.FILED, "email_id": own}
    support = await case_mail.desk(ctx.act)
    is_automatic = mail.is_automatic or _is_us(mail, support)
    place = await _place(ctx, mail, support)
    problem = None
    if place.case is None and not is_automatic and _is_to(mail, support):
        place, problem = await _new_case(ctx, mail, place)
        is_new = place.case is not None
    else:
        is_new = False
    email, left_out = await _keep(ctx, store, mail, place, is_automatic=is_automatic)
    if place.case is not None and not is_automatic and not is_new:
        await case_mail.taken_in(ctx, place.case, from_stranger=place.from_stranger)
    state = InboundState.FILED if place.about else InboundState.UNMATCHED
    return {
        "state": InboundState.AUTO_REPLY if is_automatic else state,
        "email_id": email["id"],
        "case_id": place.case.id if place.case else None,
        "error": " ".join(one for one in (problem, *left_out) if one) or None,
    }


async def _place(ctx: Context, mail: Mail, support: Desk) -> Place:
    """Where a mail belongs among what is there."""
    known = await matching(ctx, [mail.sender], [])
    people = [one for one in known if one[0] in _PEOPLE]
    answered = await _answered(ctx, mail.answers)
    if answered is not None:
        about = await _about(ctx, answered["id"])
        case = await _case_of(ctx, about)
        if case is not None:
            is_part = _takes_part(answered, mail.sender)
            return await _in_case(ctx, case, mail, people, answered, is_part=is_part)
        return Place(list(dict.fromkeys([*about, *people])), answered=answered)
    for address in mail.sent_to:
        case = await _numbered(ctx, rules.number_in(address, support.domain))
        if case is not None:
            return await _in_case(ctx, case, mail, people, None, is_part=False)
    case = await _numbered(ctx, rules.number_named(mail.subject))
    if case is not None and await _is_contact(ctx, case, mail.sender):
        return await _in_case(ctx, case, mail, people, None, is_part=True)
    return Place(known)


async def _in_case(
    ctx: Context, case: Case, mail: Mail, people: Sequence[About], answered: Any, *, is_part: bool
) -> Place:
    """A place in a case's conversation; a stranger writes into it without being trusted."""
    is_part = is_part or await _is_contact(ctx, case, mail.sender)
    own: list[About] = [("case", case.id)]
    if is_part:
        own.append(("contact", case.contact_id))
        if case.company_id:
            own.append(("company", case.company_id))
    about = list(dict.fromkeys([*own, *people]))
    return Place(about, case, answered, from_stranger=not is_part)


async def _new_case(ctx: Context, mail: Mail, place: Place) -> tuple[Place, str | None]:
    """Open a case for who writes to support; or why that cannot be."""
    subject = mail.subject[:_LONGEST_SUBJECT].strip() or "No subject"
    try:
        async with ctx.act.savepoint():
            contact_id = await _person(ctx, mail)
            given = {
                "subject": subject,
                "description": mail.text[:_LONGEST_DESCRIPTION] or None,
                "contact": contact_id,
            }
            row = await cases.create(ctx, given, origin=CaseOrigin.EMAIL)
    except (UserError, Refusals) as refused:
        return place, f"No case was opened: {refused}"
    (case,) = await ctx.find(Case, [row["id"]])
    about: list[About] = [("case", case.id), ("contact", case.contact_id)]
    if case.company_id:
        about.append(("company", case.company_id))
    people = [one for one in place.about if one[0] in _PEOPLE]
    return Place(list(dict.fromkeys([*about, *people])), case, place.answered), None


async def _person(ctx: Context, mail: Mail) -> str:
    """The contact with the sender's address, or a new one."""
    known = await contacts.by_email(ctx, mail.sender)
    if known is not None:
        return known
    first, last = inbound_mail.person(mail.sender_name, mail.sender)
    values = {"first_name": first, "last_name": last, "email": mail.sender, "status": "CUSTOMER"}
    row = await contacts.create(ctx, values, origin=Origin.INTEGRATION)
    return str(row["id"])


async def _keep(
    ctx: Context, store: Files, mail: Mail, place: Place, *, is_automatic: bool
) -> tuple[Any, list[str]]:
    """The mail as an e-mail of timelines, with its files."""
    thread = None
    if place.answered is not None:
        thread = place.answered["thread_id"] or place.answered["message_id"]
    columns = {
        "direction": Direction.INBOUND,
        "from_address": mail.sender,
        "to_addresses": list(mail.to),
        "cc_addresses": list(mail.cc),
        "subject": mail.subject or None,
        "body": mail.text or None,
        "html": mail.html,
        "message_id": mail.message_id,
        "in_reply_to": mail.answers[0] if mail.answers else None,
        "thread_id": thread or mail.message_id,
        "automatic": is_automatic,
        "from_stranger": place.from_stranger,
        "source": SOURCE,
        "external_id": mail.message_id,
        "unmatched": not place.about,
    }
    email = await activities.add(ctx, Email, columns, place.about)
    left_out = list(mail.left_out)
    kept, size = [], 0
    for part in mail.parts:
        size += len(part.content)
        if size > email_files.LARGEST_MAIL:
            left_out.append(f"{part.name} was left out: the files have more than 25 MB.")
            continue
        found = await email_files.keep(ctx, store, part.name, part.content)
        if isinstance(found, str):
            left_out.append(found)
        else:
            kept.append(found)
    await email_files.attach(ctx, email["id"], kept, place.about)
    return email, left_out


async def _ours(ctx: Context, message_id: str) -> str | None:
    """The e-mail that has a Message-ID already."""
    rows = await ctx.act.fetch(
        sa.select(_EMAIL.c.id)
        .where(_EMAIL.c.workspace_id == ctx.workspace_id, _EMAIL.c.message_id == message_id)
        .limit(1)
    )
    return str(rows[0]["id"]) if rows else None


async def _answered(ctx: Context, message_ids: Sequence[str]) -> Any:
    """The nearest e-mail that a mail answers."""
    if not message_ids:
        return None
    rows = await ctx.act.fetch(
        sa.select(_EMAIL).where(
            _EMAIL.c.workspace_id == ctx.workspace_id,
            _EMAIL.c.message_id.in_(list(message_ids)),
            _EMAIL.c.deleted_at.is_(None),
        )
    )
    place = {one: at for at, one in enumerate(message_ids)}
    return min(rows, key=lambda row: place[row["message_id"]], default=None)


async def _about(ctx: Context, email_id: str) -> list[About]:
    rows = await ctx.act.fetch(
        sa.select(_ENTRY.c.record_kind, _ENTRY.c.record_id).where(
            _ENTRY.c.workspace_id == ctx.workspace_id,
            _ENTRY.c.item_id == sa.literal(email_id, Uuid),
        )
    )
    return [(row["record_kind"], row["record_id"]) for row in rows]


async def _case_of(ctx: Context, about: Sequence[About]) -> Case | None:
    ids = [one for kind, one in about if kind == "case"]
    found = await ctx.find(Case, ids) if ids else []
    # Ids are in the order of time: of several cases it is about the latest.
    return found[-1] if found else None


async def _numbered(ctx: Context, number: str | None) -> Case | None:
    if number is None:
        return None
    rows = await ctx.act.fetch(
        sa.select(CASE.c.id).where(
            CASE.c.workspace_id == ctx.workspace_id,
            CASE.c.number == number,
            CASE.c.deleted_at.is_(None),
        )
    )
    found = await ctx.find(Case, [rows[0]["id"]]) if rows else []
    return found[0] if found else None


async def _is_contact(ctx: Context, case: Case, sender: str) -> bool:
    """Whether a case's contact writes from their own address."""
    rows = await ctx.act.fetch(
        sa.select(sa.literal(1)).where(
            _CONTACT.c.workspace_id == ctx.workspace_id,
            _CONTACT.c.id == case.contact_id,
            _CONTACT.c.email_key == sa.func.fold(sender),
        )
    )
    return bool(rows)


def _takes_part(email: Any, sender: str) -> bool:
    """Whether somebody wrote or got an e-mail; one of a stranger vouches for nobody."""
    if email["from_stranger"]:
        return False
    known = (email["from_address"], *email["to_addresses"], *email["cc_addresses"])
    return sender.casefold() in {one.casefold() for one in known}


def _is_to(mail: Mail, support: Desk) -> bool:
    """Whether a mail was written to support."""
    if support.address is None:
        return False
    return support.address.casefold() in {one.casefold() for one in mail.sent_to}


def _is_us(mail: Mail, support: Desk) -> bool:
    """Whether a mail says that it comes from an address of ours: nothing may follow from that."""
    sender = mail.sender.casefold()
    own = {smtp.address(from_environment().mail_from)[1].casefold()}
    if support.address:
        own.add(support.address.casefold())
    return sender in own or rules.number_in(sender, support.domain) is not None
