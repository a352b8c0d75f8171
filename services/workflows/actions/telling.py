"""Steps that tell somebody something: mail, notifications, sequences, text messages, chat."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.enums import NotificationKind, UserStatus
from models.notifications import ABOUT
from services import emails, notifications, reporting_lines, sequences
from services.workflows.actions.doing import Doing, NothingToDo, told, wire

_USER, _MEMBER = metadata.tables["user"], metadata.tables["team_member"]
_CONTACT = metadata.tables["contact"]
_UNWANTED = frozenset({UserErrorCode.RECIPIENT_OPTED_OUT, UserErrorCode.RECIPIENT_BOUNCED})
_OF_BUSINESS = frozenset({"case", "quote", "contract", "invoice"})
"""What is told about these is part of a customer's business: an opt-out does not end it."""


async def send_email(doing: Doing) -> Mapping[str, Any]:
    """Send a mail to the record's person, its owner or an address; one not wanted is skipped."""
    ctx, step = doing.ctx, doing.step
    owner = await doing.owner()
    to = await address(doing, owner)
    doing.said["address"] = to
    to_record = step.get("to", "RECORD") == "RECORD"
    unsolicited = to_record and doing.run["record_kind"] not in _OF_BUSINESS
    try:
        if step.get("template_id"):
            sent = await emails.send_template(
                ctx,
                step["template_id"],
                doing.kind.name,
                doing.run["record_id"],
                owner_id=owner,
                to=[to],
                automatic=True,
                unsolicited=unsolicited,
            )
        else:
            sent = await emails.send(
                ctx,
                to=[to],
                subject=await doing.text("subject") or "",
                html=await doing.text("body", html=True) or "",
                about=doing.about,
                owner_id=owner,
                automatic=True,
                unsolicited=unsolicited,
            )
    except UserError as refused:
        if refused.code in _UNWANTED:
            raise NothingToDo(refused.message) from refused
        raise
    return told("Email", sent) | {"to": to}


async def address(doing: Doing, owner: str) -> str:
    """Where a mail goes."""
    to = doing.step.get("to", "RECORD")
    if to == "ADDRESS":
        return (await doing.text("address") or "").strip()
    found = await _of_user(doing, owner) if to == "OWNER" else await _of_record(doing)
    if not found:
        message = "The record has no e-mail address to write to."
        raise UserError(UserErrorCode.REQUIRED, message, ("to",))
    return found


async def _of_user(doing: Doing, user_id: str) -> str | None:
    found = await reporting_lines.addresses(doing.ctx.act, [user_id])
    return found.get(user_id)


async def _of_record(doing: Doing) -> str | None:
    """The address of the record itself, or of the contact it is about."""
    record = await doing.record()
    for name in ("email", "bill_to_email"):
        if found := getattr(record, name, None):
            return str(found)
    contact = await _contact(doing, record)
    return None if contact is None else contact["email"]


async def _contact(doing: Doing, record: Any) -> Any:
    contact_id = getattr(record, "contact_id", None)
    if contact_id is None:
        return None
    rows = await doing.ctx.act.fetch(
        sa.select(_CONTACT.c.id, _CONTACT.c.email, _CONTACT.c.phone).where(
            _CONTACT.c.workspace_id == doing.ctx.workspace_id,
            _CONTACT.c.id == contact_id,
            _CONTACT.c.deleted_at.is_(None),
        )
    )
    return rows[0] if rows else None


async def send_notification(doing: Doing) -> Mapping[str, Any]:
    """Tell users in the product, each by the ways they have chosen."""
    text = await doing.text("text") or ""
    users = await _users(doing)
    if not users:
        reason = "Nobody is there to be told."
        raise NothingToDo(reason)
    await notifications.notify(
        doing.ctx,
        users,
        NotificationKind.WORKFLOW,
        record=next((one for one in doing.about if one[0] in ABOUT), None),
        text=text,
    )
    return {"users": [wire("User", one) for one in users]}


async def _users(doing: Doing) -> list[str]:
    """Who is told: those who have left are not."""
    act, step = doing.ctx.act, doing.step
    to = step.get("to", "OWNER")
    owner = await doing.owner()
    if to == "MANAGER":
        team = getattr(await doing.record(), "team_id", None) if doing.entity else None
        return await reporting_lines.managers_of(act, owner_id=owner, team_id=team)
    if to == "TEAM":
        members = sa.select(_MEMBER.c.user_id).where(
            _MEMBER.c.workspace_id == act.workspace, _MEMBER.c.team_id == step["team_id"]
        )
        return await _active(doing, _USER.c.id.in_(members))
    ids = step["user_ids"] if to == "USERS" else [owner]
    return await _active(doing, _USER.c.id.in_(list(ids)))


async def _active(doing: Doing, which: sa.ColumnElement[bool]) -> list[str]:
    act = doing.ctx.act
    rows = await act.fetch(
        sa.select(_USER.c.id)
        .where(_USER.c.workspace_id == act.workspace, which, _USER.c.status == UserStatus.ACTIVE)
        .order_by(_USER.c.id)
    )
    return [row["id"] for row in rows]


async def add_to_sequence(doing: Doing) -> Mapping[str, Any]:
    """Enroll the record's contact or lead; who is or was in the sequence is left alone."""
    owner = await doing.owner()
    who = doing.links("lead", "contact")
    if not who:
        message = "A sequence is for a contact or a lead, and the record has none."
        raise UserError(UserErrorCode.REQUIRED, message)
    ids = {f"{name}_id": one for name, one in who.items()}
    try:
        row = await sequences.enroll(doing.ctx, doing.step["sequence_id"], owner_id=owner, **ids)
    except UserError as refused:
        if refused.code in _UNWANTED | {UserErrorCode.ALREADY_ENROLLED}:
            raise NothingToDo(refused.message) from refused
        raise
    return {"enrollment": wire("SequenceEnrollment", row["id"])}


async def number(doing: Doing) -> str:
    """The telephone number a text message goes to."""
    if doing.step.get("to") == "NUMBER" or doing.step.get("number"):
        return (await doing.text("number") or "").strip()
    record = await doing.record()
    contact = None if getattr(record, "phone", None) else await _contact(doing, record)
    found = getattr(record, "phone", None) or (contact and contact["phone"])
    if not found:
        message = "The record has no telephone number to write to."
        raise UserError(UserErrorCode.REQUIRED, message, ("to",))
    doing.said["number"] = str(found)
    return str(found)
