"""E-mails that are written here: into the timeline and the outbox, in one act."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import new_id
from models import metadata
from models.activities import Email
from models.base import Uuid
from models.enums import Direction
from models.registry import REGISTRY
from services import (
    activities,
    email_files,
    email_templates,
    mail_tracking,
    outbox,
    reachability,
    records,
)
from services.mail_tracking import Woven
from services.matching import About, matching
from services.rules import mail_html
from services.rules.forms import Form

EMAIL = metadata.tables["email"]
COMPOSED, UNSOLICITED = "EMAIL", "UNSOLICITED_EMAIL"
"""What mails are for: written by somebody, or one that its receiver may do without."""
LONGEST_SUBJECT = 500
_MOST_REFERENCES = 20
_OVERHEAD = 16 * 1024
_USER = metadata.tables["user"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What an e-mail is part of."""

    thread_id: str | None = None
    in_reply_to: str | None = None
    references: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An e-mail that is about to be sent."""

    kind: str
    owner_id: str
    to: Sequence[str]
    cc: Sequence[str]
    subject: str
    html: str
    text: str
    conversation: Conversation
    automatic: bool
    case_id: str | None
    template_id: str | None
    sender: tuple[str, str] | None
    reply_to: str | None
    mail_id: str = field(default_factory=new_id)

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        return outbox.message_id(self.mail_id)


async def send(
    ctx: Context,
    *,
    to: Sequence[str],
    subject: str,
    html: str,
    about: Sequence[About] | None,
    owner_id: str | None = None,
    cc: Sequence[str] = (),
    template_id: str | None = None,
    file_ids: Sequence[str] = (),
    upload_ids: Sequence[str] = (),
    reply_to: str | None = None,
    answers: str | None = None,
    automatic: bool = False,
    unsolicited: bool = False,
    kind: str = "",
    case_id: str | None = None,
    sender: tuple[str, str] | None = None,
) -> Any:
    """Write an e-mail and have it sent; it is in the timelines of what it is about at once.

    `unsolicited` ones are refused for who opted out or bounced, and say how to opt out. Without
    `about` it is about whom its addresses lead to. `sender` is the address and name it comes from.
    """
    records.may_write(ctx, REGISTRY["Email"])
    addresses = outbox.checked(to, "to")
    copies = outbox.checked(cc, "cc") if cc else []
    title, body, text = await _words(subject, html)
    people = await reachability.of(ctx, [*addresses, *copies])
    if unsolicited:
        reachability.require_wanted(people)
    files = await email_files.chosen(ctx, file_ids, upload_ids, text_size=_size(body))
    if about is None:
        about = await matching(ctx, [*addresses, *copies], [])
    draft = Draft(
        kind=kind or (UNSOLICITED if unsolicited else COMPOSED),
        owner_id=owner_id or ctx.actor.user_id,
        to=addresses,
        cc=copies,
        subject=title,
        html=body,
        text=text,
        conversation=await _conversation(ctx, answers),
        automatic=automatic,
        case_id=case_id,
        template_id=template_id,
        sender=sender,
        reply_to=reply_to,
    )
    email = await _filed(ctx, draft, about)
    await email_files.attach(ctx, email["id"], files, about)
    tracked = await mail_tracking.woven(
        ctx, email, people, is_tracked=case_id is None, unsolicited=unsolicited
    )
    await _handed_on(ctx, draft, email["id"], tracked)
    return email


async def _filed(ctx: Context, draft: Draft, about: Sequence[About]) -> Any:
    """The e-mail as it is in timelines."""
    sender = draft.sender[0] if draft.sender else await _address(ctx, draft.owner_id)
    columns = {
        "direction": Direction.OUTBOUND,
        "owner_id": draft.owner_id,
        "from_address": sender,
        "to_addresses": draft.to,
        "cc_addresses": draft.cc,
        "subject": draft.subject,
        "body": draft.text,
        "html": draft.html,
        "thread_id": draft.conversation.thread_id or draft.message_id,
        "message_id": draft.message_id,
        "in_reply_to": draft.conversation.in_reply_to,
        "automatic": draft.automatic,
        "template_id": draft.template_id,
    }
    return await activities.add(ctx, Email, columns, about)


async def _handed_on(ctx: Context, draft: Draft, email_id: str, tracked: Woven) -> None:
    """The e-mail as it is in the outbox."""
    await outbox.write(
        ctx,
        kind=draft.kind,
        recipients=draft.to,
        subject=draft.subject,
        text=tracked.text,
        html=tracked.html,
        about=("case", draft.case_id) if draft.case_id else None,
        reply_to=draft.reply_to,
        owner_id=draft.owner_id,
        mail_id=draft.mail_id,
        envelope=outbox.Envelope(
            email_id=email_id,
            cc=draft.cc,
            sender=draft.sender,
            in_reply_to=draft.conversation.in_reply_to,
            references=draft.conversation.references,
            automatic=draft.automatic,
        ),
    )


async def send_template(
    ctx: Context,
    template_id: str,
    entity_name: str,
    record_id: str,
    *,
    owner_id: str | None = None,
    to: Sequence[str] | None = None,
    automatic: bool = True,
    unsolicited: bool = True,
) -> Any:
    """Send a template, filled in for a record, to the record's own address unless told whom to."""
    template = await email_templates.live(ctx, template_id)
    entity = REGISTRY[entity_name]
    if template.record_type and template.record_type != entity.table.name.upper():
        message = f"The template is about a {template.record_type.lower()}; choose another one."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("templateId",))
    filled = await email_templates.fill(ctx, template, record_id, sender_id=owner_id)
    receivers = to or [await reachability.address_of(ctx, entity, record_id)]
    return await send(
        ctx,
        to=receivers,
        subject=filled.subject,
        html=filled.html,
        about=await _around(ctx, entity.table.name, record_id, receivers),
        owner_id=owner_id,
        template_id=template_id,
        automatic=automatic,
        unsolicited=unsolicited,
    )


async def compose(
    ctx: Context,
    *,
    to: Sequence[str],
    subject: str | None,
    html: str | None,
    about: Sequence[About] | None,
    template_id: str | None = None,
    **more: Any,
) -> Any:
    """Send what a user wrote, or a template filled in for the first record it is about."""
    if about is not None:
        await activities.require_seen(ctx, about, "about")
    if template_id is not None:
        template = await email_templates.live(ctx, template_id)
        record_type = (template.record_type or "").lower()
        record_id = next((one for kind, one in about or () if kind == record_type), None)
        filled = await email_templates.fill(ctx, template, record_id, path="about")
        subject, html = subject or filled.subject, html or filled.html
    return await send(
        ctx,
        to=to,
        subject=subject or "",
        html=html or "",
        about=about,
        template_id=template_id,
        **more,
    )


async def _words(subject: str, html: str) -> tuple[str, str, str]:
    """The subject in one line, the body cleaned, and its text."""
    form = Form()
    title = outbox.one_line(subject)
    title = form.text("subject", title, longest=LONGEST_SUBJECT)
    if len(html) > mail_html.LONGEST:
        message = f"Use at most {mail_html.LONGEST:,} characters."
        form.refuse(UserErrorCode.TOO_LONG, message, "html")
    # The HTML of a long mail takes a while.
    body = await asyncio.to_thread(mail_html.cleaned, html)
    text = await asyncio.to_thread(mail_html.text_of, body)
    if not text and "<img" not in body:
        form.refuse(UserErrorCode.REQUIRED, "Write something.", "html")
    form.done()
    return title, body, text


def _size(html: str) -> int:
    """How many bytes the texts of a mail take at most, and what stands before them."""
    return _OVERHEAD + 4 * len(html.encode())


async def _address(ctx: Context, user_id: str) -> str:
    rows = await ctx.act.fetch(
        sa.select(_USER.c.email).where(
            _USER.c.workspace_id == ctx.workspace_id, _USER.c.id == sa.literal(user_id, Uuid)
        )
    )
    return str(rows[0]["email"])


async def _conversation(ctx: Context, answers: str | None) -> Conversation:
    """What an answer is part of; a mail that answers nothing begins a conversation."""
    if answers is None:
        return Conversation()
    email: Any = await ctx.get(Email, answers, path=("answersId",))
    if email.thread_id is None:
        references = [email.message_id] if email.message_id else []
        return Conversation(email.message_id, email.message_id, references)
    rows = await ctx.act.fetch(
        sa.select(EMAIL.c.message_id)
        .where(
            EMAIL.c.workspace_id == ctx.workspace_id,
            EMAIL.c.thread_id == email.thread_id,
            EMAIL.c.message_id.is_not(None),
            EMAIL.c.deleted_at.is_(None),
        )
        .order_by(EMAIL.c.at.desc(), EMAIL.c.id.desc())
        .limit(_MOST_REFERENCES)
    )
    earlier = [row["message_id"] for row in reversed(rows) if row["message_id"] != email.message_id]
    references = [*earlier, email.message_id] if email.message_id else earlier
    return Conversation(email.thread_id, email.message_id, references)


async def _around(
    ctx: Context, table: str, record_id: str, receivers: Sequence[str]
) -> Sequence[About]:
    """A record, and the people its mail goes to."""
    found = await matching(ctx, receivers, [])
    people = [one for one in found if one[0] in {"contact", "lead", "company"}]
    return list(dict.fromkeys([(table, record_id), *people]))
