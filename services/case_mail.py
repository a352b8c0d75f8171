"""Mail of cases: confirmations to contacts, agents' answers, and what customers write back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from auth import rights
from auth.context import Context
from core.codes import UserErrorCode
from core.errors import Refusals, UserError
from core.events import Event
from core.writes import Transaction
from models import metadata
from models.activities import Email
from models.base import Uuid
from models.cases import Case
from models.contacts import Contact
from models.enums import CaseStatusCategory, NotificationKind
from models.registry import REGISTRY
from services import cases, effects, emails, notifications, records
from services.cases import CASE
from services.matching import About
from services.rules import cases as rules
from services.rules import letters, mail_html

REPLY, CONFIRMATION = "CASE_REPLY", "CASE_CONFIRMATION"
_PENDING_AGENT = "pending agent"
_ONE_AN = timedelta(hours=1)
"""A contact is told of one case in this time: two machines that write to each other stop."""
_LATEST = timedelta(days=1)
"""Who opened a case longer ago is not told now, such as when this has just been installed."""
_STATUS, _WORKSPACE = metadata.tables["case_status"], metadata.tables["workspace"]
_EMAIL, _ENTRY = metadata.tables["email"], metadata.tables["timeline_entry"]
_MAIL, _MEMBER = metadata.tables["mail"], metadata.tables["team_member"]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a workspace's support is reached."""

    name: str
    address: str | None
    """Whom answers come from."""
    domain: str | None


async def desk(act: Transaction) -> Desk:
    """Where the act's workspace has its support."""
    rows = await act.fetch(
        sa.select(
            _WORKSPACE.c.name, _WORKSPACE.c.support_address, _WORKSPACE.c.support_domain
        ).where(_WORKSPACE.c.workspace_id == act.workspace)
    )
    name, address, domain = rows[0]
    return Desk(name, rules.support_address(address, domain), domain)


async def reply(
    ctx: Context,
    case_id: str,
    *,
    html: str,
    cc: Sequence[str] = (),
    file_ids: Sequence[str] = (),
    upload_ids: Sequence[str] = (),
    to_status_id: str | None = None,
) -> tuple[Any, Any]:
    """Answer a case's contact from the support address; the case and the e-mail."""
    entity = REGISTRY["Case"]
    records.may_write(ctx, entity)
    case: Case = await records.locked(ctx, entity, case_id)
    support = await desk(ctx.act)
    if support.address is None:
        message = "Cases have no address yet: an Admin sets `supportDomain` of the workspace."
        raise UserError(UserErrorCode.REQUIRED, message, ("id",))
    contact = await _contact(ctx, case.contact_id)
    if contact is None or not contact["email"]:
        message = "The contact has no e-mail address: fill one in, or call them."
        raise UserError(UserErrorCode.REQUIRED, message, ("id",))
    sender = f"{await notifications.actor_name(ctx)} ({support.name})"
    email = await emails.send(
        ctx,
        to=[contact["email"]],
        cc=cc,
        subject=f"Re: [{case.number}] {case.subject}",
        html=html,
        about=_about(case),
        file_ids=file_ids,
        upload_ids=upload_ids,
        reply_to=rules.address(case.number, support.domain),
        answers=await _last(ctx, case_id),
        kind=REPLY,
        case_id=case_id,
        sender=(support.address, sender),
    )
    row: Any = case
    if case.first_responded_at is None:
        answered = {"first_responded_at": ctx.now}
        row = (await ctx.act.update(CASE, CASE.c.id == case_id, answered, event="answered"))[0]
    if to_status_id is not None:
        row = await cases.move(ctx, case_id, to_status_id)
    return row, email


async def taken_in(ctx: Context, case: Case, *, from_stranger: bool) -> None:
    """What follows when a customer writes to a case: it waits for an agent, and that one is told.

    A stranger's mail changes no status.
    """
    if not from_stranger:
        status_id = await _waiting_for_agent(ctx, case)
        if status_id is not None:
            await cases.move(ctx, case.id, status_id)
    text = f"There is an answer in {case.number} “{case.subject}”."
    await notifications.notify(
        ctx,
        await _agents(ctx, case),
        NotificationKind.CASE_REPLY,
        record=("case", case.id),
        text=text,
    )


async def confirm(act: Transaction, events: Sequence[Event]) -> None:
    """Tell the contacts of cases that these were opened, once each; or note why that cannot be."""
    for event in events:
        is_loaded = event.import_id is not None or event.request_id == "demo"
        if is_loaded or act.now - event.at > _LATEST:
            continue
        if not await effects.first(act, f"case_confirmation:{event.record_id}"):
            continue
        actor = await rights.of_system_in(act, None, id=event.record_id)
        ctx = Context(actor, act)
        found = await ctx.find(Case, [event.record_id], lock=True)
        if found:
            await _confirm(ctx, found[0])


async def _confirm(ctx: Context, case: Case) -> None:
    act = ctx.act
    support = await desk(act)
    if support.domain is None or support.address is None:
        # A workspace without addresses of cases tells nobody of them.
        return
    contact = await _contact(ctx, case.contact_id)
    problem = await _objection(ctx, contact)
    if problem is None and contact is not None:
        words = letters.case_opened(
            workspace=support.name,
            customer=contact["first_name"],
            number=case.number,
            subject=case.subject,
        )
        try:
            async with act.savepoint():
                await emails.send(
                    ctx,
                    to=[contact["email"]],
                    subject=words.subject,
                    html=mail_html.html_of(words.text),
                    about=_about(case),
                    reply_to=rules.address(case.number, support.domain),
                    answers=await _last(ctx, case.id),
                    automatic=True,
                    kind=CONFIRMATION,
                    case_id=case.id,
                    sender=(support.address, support.name),
                )
        except (UserError, Refusals) as refused:
            problem = str(refused)
    if problem is not None:
        values = {"confirmation_problem": problem}
        await act.update(CASE, CASE.c.id == case.id, values)


async def _objection(ctx: Context, contact: Any) -> str | None:
    """Why a contact is not written to."""
    if contact is None or not contact["email"]:
        return "The contact has no e-mail address."
    if contact["email_bounced_at"] is not None:
        return f"Mail to {contact['email']} came back before."
    recent = await ctx.act.fetch(
        sa.select(sa.literal(1))
        .select_from(_MAIL.join(CASE, CASE.c.id == _MAIL.c.case_id))
        .where(
            _MAIL.c.workspace_id == ctx.workspace_id,
            CASE.c.workspace_id == ctx.workspace_id,
            CASE.c.contact_id == sa.literal(contact["id"], Uuid),
            _MAIL.c.kind == CONFIRMATION,
            _MAIL.c.created_at > ctx.now - _ONE_AN,
        )
        .limit(1)
    )
    return "The contact was told of another case within the hour." if recent else None


async def _contact(ctx: Context, contact_id: str) -> Any:
    """The contact of a case, whether the agent sees them otherwise or not."""
    table = metadata.tables[Contact.__tablename__]
    rows = await ctx.act.fetch(
        sa.select(table).where(
            table.c.workspace_id == ctx.workspace_id,
            table.c.id == contact_id,
            table.c.deleted_at.is_(None),
        )
    )
    return rows[0] if rows else None


async def _last(ctx: Context, case_id: str) -> str | None:
    """The last e-mail of a case's conversation with its customer."""
    rows = await ctx.act.fetch(
        sa.select(_EMAIL.c.id)
        .join(
            _ENTRY,
            sa.and_(
                _ENTRY.c.workspace_id == _EMAIL.c.workspace_id, _ENTRY.c.item_id == _EMAIL.c.id
            ),
        )
        .where(
            _ENTRY.c.workspace_id == ctx.workspace_id,
            _ENTRY.c.record_id == sa.literal(case_id, Uuid),
            _ENTRY.c.item_kind == Email.__tablename__,
            _EMAIL.c.message_id.is_not(None),
            ~_EMAIL.c.from_stranger,
            _EMAIL.c.deleted_at.is_(None),
        )
        .order_by(_ENTRY.c.at.desc(), _EMAIL.c.id.desc())
        .limit(1)
    )
    return str(rows[0]["id"]) if rows else None


async def _waiting_for_agent(ctx: Context, case: Case) -> str | None:
    """The status a case goes to when its customer writes; None where it stays."""
    rows = await ctx.act.fetch(
        sa.select(_STATUS.c.id, _STATUS.c.name_key, _STATUS.c.category, _STATUS.c.archived_at)
        .where(_STATUS.c.workspace_id == ctx.workspace_id)
        .order_by(_STATUS.c.position)
    )
    now = next(row["category"] for row in rows if row["id"] == case.status_id)
    if now == CaseStatusCategory.OPEN:
        return None
    live = [
        row
        for row in rows
        if row["category"] == CaseStatusCategory.OPEN and row["archived_at"] is None
    ]
    named = [row for row in live if row["name_key"] == _PENDING_AGENT]
    return str((named or live)[0]["id"])


async def _agents(ctx: Context, case: Case) -> list[str]:
    """Who answers for a case: its owner, else who is in the team whose queue it waits in."""
    if case.owner_id is not None:
        return [case.owner_id]
    if case.team_id is None:
        return []
    rows = await ctx.act.fetch(
        sa.select(_MEMBER.c.user_id).where(
            _MEMBER.c.workspace_id == ctx.workspace_id, _MEMBER.c.team_id == case.team_id
        )
    )
    return [row["user_id"] for row in rows]


def _about(case: Case) -> list[About]:
    about = [("case", case.id), ("contact", case.contact_id)]
    return [*about, ("company", case.company_id)] if case.company_id else about
