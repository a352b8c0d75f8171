"""Sequences: what they consist of, who goes through them, and what ends that early."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from core.writes import Transaction
from models import metadata
from models import sequences as rows
from models.automation_enums import EnrollmentStatus, SequenceStepKind, StopReason
from models.base import Uuid, uuids
from models.contacts import Contact
from models.enums import CoreEntity, UserStatus
from models.leads import Lead
from models.people import User
from models.registry import REGISTRY, pointer
from services import bulk, due_work, records, redirects
from services.rules.forms import Form
from services.rules.leads import CLOSED

SEQUENCE = metadata.tables["sequence"]
STEP = metadata.tables["sequence_step"]
ENROLLMENT = metadata.tables["sequence_enrollment"]
_TEMPLATE = metadata.tables["email_template"]

DUE = "sequence_step"
"""The kind of work that does an enrollment's next step."""
MOST_STEPS = 50
MOST_AT_ONCE = 100
LONGEST_NAME = 120
LONGEST_TITLE = 200
LONGEST_TEXT = 5_000
LONGEST_WAIT = 365 * 24 * 60
_LONGEST_ERROR = 500
_ROWS: dict[str, type[Any]] = {"contact": Contact, "lead": Lead}
_WHO = {"contact": CoreEntity.CONTACT, "lead": CoreEntity.LEAD}


@dataclass(frozen=True, slots=True)
class Step:
    """An e-mail by a template or else a task, so long after the step before."""

    wait_minutes: int
    template_id: str | None = None
    title: str | None = None
    description: str | None = None


async def create(ctx: Context, *, name: str, steps: Sequence[Step]) -> Any:
    """Make a sequence with its steps in order."""
    ctx.require(Category.ADMIN)
    form = Form()
    text = form.text("name", name, longest=LONGEST_NAME)
    checked = _checked(form, steps)
    await _require_templates(ctx, steps)
    form.done()
    sequence = await ctx.act.insert(SEQUENCE, {"name": text})
    await _write(ctx, sequence["id"], checked)
    return sequence


async def update(
    ctx: Context,
    sequence_id: str,
    *,
    name: str | None = None,
    steps: Sequence[Step] | None = None,
    expected_version: int | None = None,
) -> Any:
    """Rename a sequence or replace its steps; who is in it goes on with the steps by their places.

    Whoever has done two steps does the new third one next.
    """
    ctx.require(Category.ADMIN)
    if name is None and steps is None:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Send a name, steps or both.")
    sequence = await _standing(ctx, sequence_id, expected_version)
    form = Form()
    text = sequence.name if name is None else form.text("name", name, longest=LONGEST_NAME)
    checked = [] if steps is None else _checked(form, steps)
    await _require_templates(ctx, steps or ())
    form.done()
    if steps is not None:
        await ctx.act.delete(STEP, STEP.c.sequence_id == sequence_id)
        await _write(ctx, sequence_id, checked)
    if text == sequence.name and steps is None:
        return sequence
    # Other steps are a new version of their sequence, whatever the name.
    return (await ctx.act.update(SEQUENCE, SEQUENCE.c.id == sequence_id, {"name": text}))[0]


async def archive(ctx: Context, sequence_id: str, *, expected_version: int | None = None) -> Any:
    """End a sequence: nobody new comes into it, and who is in it gets nothing more."""
    ctx.require(Category.ADMIN)
    await _standing(ctx, sequence_id, expected_version)
    await _stop(ctx.act, StopReason.ARCHIVED, ENROLLMENT.c.sequence_id == sequence_id)
    values = {"archived_at": ctx.now}
    where = SEQUENCE.c.id == sequence_id
    return (await ctx.act.update(SEQUENCE, where, values, event="archived"))[0]


async def enroll(
    ctx: Context,
    sequence_id: str,
    *,
    contact_id: str | None = None,
    lead_id: str | None = None,
    owner_id: str | None = None,
) -> Any:
    """Begin a sequence with a contact or a lead, once each, in the name of a user."""
    owner = await _begin(ctx, sequence_id, owner_id)
    kind = "contact" if lead_id is None else "lead"
    record_id = contact_id if lead_id is None else lead_id
    if record_id is None or (contact_id is not None and lead_id is not None):
        message = "Name a contact or a lead, one of them."
        raise UserError(UserErrorCode.REQUIRED, message, ("contactId",))
    return await _enroll(ctx, sequence_id, kind, record_id, owner)


async def enroll_many(
    ctx: Context,
    sequence_id: str,
    *,
    contact_ids: Sequence[str],
    lead_ids: Sequence[str],
    owner_id: str | None = None,
    explain: bulk.Explain,
) -> list[bulk.Outcome]:
    """Begin a sequence with contacts and leads; who is refused keeps nobody else from it."""
    owner = await _begin(ctx, sequence_id, owner_id)
    people = [("contact", at, one) for at, one in enumerate(contact_ids)]
    people += [("lead", at, one) for at, one in enumerate(lead_ids)]
    if not people:
        raise UserError(UserErrorCode.REQUIRED, "Name contacts, leads or both.", ("contactIds",))
    if len(people) > MOST_AT_ONCE:
        message = f"At most {MOST_AT_ONCE} at once; these are {len(people)}."
        path = "contactIds" if contact_ids else "leadIds"
        raise UserError(UserErrorCode.TOO_MANY, message, (path,))
    # Everybody keeps them in one order; who was merged away is who they live on in.
    survivors = await redirects.survivors(ctx, list(contact_ids))
    await ctx.find(Contact, [survivors.get(one, one) for one in contact_ids], lock=True)
    await ctx.find(Lead, lead_ids, lock=True)

    async def one(person: tuple[str, int, str]) -> Any:
        kind, at, record_id = person
        try:
            return await _enroll(ctx, sequence_id, kind, survivors.get(record_id, record_id), owner)
        except UserError as refused:
            place = (f"{kind}Ids", at)
            raise UserError(refused.code, refused.message, place, **refused.details) from refused

    return await bulk.run(
        ctx, people, one, explain=explain, follow=_nowhere, reject_all=False, path="contactIds"
    )


async def _nowhere(_ctx: Context, _row: Any, _refused: UserError) -> bool:
    return False


async def _begin(ctx: Context, sequence_id: str, owner_id: str | None) -> str:
    """Keep a sequence from being changed meanwhile; in whose name it is gone through."""
    ctx.require(Category.COMMUNICATIONS)
    path = ("sequenceId",)
    sequence: rows.Sequence = await ctx.get(rows.Sequence, sequence_id, path=path, keep=True)
    if sequence.archived_at:
        message = "This sequence is archived; choose another one."
        raise UserError(UserErrorCode.INVALID_VALUE, message, path)
    if owner_id is None:
        return ctx.actor.user_id
    user: User = await ctx.get(User, owner_id, path=("ownerId",), keep=True)
    if user.status != UserStatus.ACTIVE:
        message = "This user has left the workspace; choose an active one."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("ownerId",))
    return owner_id


async def _enroll(ctx: Context, sequence_id: str, kind: str, record_id: str, owner: str) -> Any:
    await _require_wanted(ctx, kind, record_id)
    await _require_free(ctx, sequence_id, kind, record_id)
    at = ctx.now + timedelta(minutes=await _first_wait(ctx, sequence_id, kind))
    values = {
        "sequence_id": sequence_id,
        "contact_id": None,
        "lead_id": None,
        f"{kind}_id": record_id,
        "owner_id": owner,
        "status": EnrollmentStatus.ACTIVE,
        "next_at": at,
    }
    row = await ctx.act.insert(ENROLLMENT, values)
    await due_work.enqueue(ctx.act, DUE, row["id"], at)
    return row


async def unenroll(ctx: Context, enrollment_id: str) -> Any:
    """Take a contact or lead out of a sequence; who is through stays as it is."""
    ctx.require(Category.COMMUNICATIONS)
    found: rows.SequenceEnrollment = await ctx.get(rows.SequenceEnrollment, enrollment_id)
    row: Any = await records.locked(ctx, REGISTRY["SequenceEnrollment"], found.id)
    if row.status != EnrollmentStatus.ACTIVE:
        message = f"This enrollment is {row.status}; nothing more comes of it."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    return (await _stop(ctx.act, StopReason.UNENROLLED, ENROLLMENT.c.id == enrollment_id))[0]


async def stop(
    act: Transaction,
    reason: StopReason,
    *,
    contact_ids: Sequence[str] = (),
    lead_ids: Sequence[str] = (),
    enrollment_ids: Sequence[str] = (),
) -> None:
    """End what goes on with some contacts and leads, and some enrollments."""
    which = [_one_of("contact_id", contact_ids), _one_of("lead_id", lead_ids)]
    await _stop(act, reason, sa.or_(*which, _one_of("id", enrollment_ids)))


async def end(act: Transaction, enrollment_id: str, reason: StopReason, error: str = "") -> None:
    """End one enrollment, with what went wrong."""
    await _stop(act, reason, ENROLLMENT.c.id == enrollment_id, error[:_LONGEST_ERROR] or None)


async def _stop(
    act: Transaction,
    reason: StopReason,
    which: sa.ColumnElement[bool],
    error: str | None = None,
) -> list[Any]:
    values = {
        "status": EnrollmentStatus.STOPPED,
        "stop_reason": reason,
        "finished_at": act.now,
        "next_at": None,
        "error": error,
    }
    active = sa.and_(ENROLLMENT.c.status == EnrollmentStatus.ACTIVE, which)
    return await act.update(ENROLLMENT, active, values, event="stopped")


def _one_of(column: str, ids: Sequence[str]) -> sa.ColumnElement[bool]:
    return ENROLLMENT.c[column] == sa.any_(uuids(ids))


async def _standing(ctx: Context, sequence_id: str, expected_version: int | None) -> Any:
    sequence = await records.locked(ctx, REGISTRY["Sequence"], sequence_id, expected_version)
    if sequence.archived_at:
        message = "This sequence is archived; make another one."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    return sequence


async def _require_wanted(ctx: Context, kind: str, record_id: str) -> None:
    """Keep who is enrolled from being enrolled twice; refused where mail is not wanted."""
    path = (f"{kind}Id",)
    who: Any = await ctx.get(_ROWS[kind], record_id, path=path, lock=True)
    if kind == "lead" and who.status in CLOSED:
        message = f"This lead is {who.status}; enroll its contact instead."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, path)
    if who.email_opted_out:
        message = f"{who.name} wants no such mail; write to them yourself, or leave them out."
        raise UserError(UserErrorCode.RECIPIENT_OPTED_OUT, message, path)
    if who.email_bounced_at:
        message = f"Mail to {who.email} came back; ask {who.name} for another address."
        raise UserError(UserErrorCode.RECIPIENT_BOUNCED, message, path)
    if not who.email:
        message = f"{who.name} has no e-mail address; add one first."
        raise UserError(UserErrorCode.REQUIRED, message, path)


async def _require_free(ctx: Context, sequence_id: str, kind: str, record_id: str) -> None:
    known = await ctx.act.fetch(
        sa.select(ENROLLMENT.c.id, ENROLLMENT.c.status).where(
            ENROLLMENT.c.workspace_id == ctx.workspace_id,
            ENROLLMENT.c.sequence_id == sequence_id,
            ENROLLMENT.c[f"{kind}_id"] == record_id,
        )
    )
    if known:
        message = f"They are in it already: {known[0]['status']}. A sequence is gone through once."
        raise UserError(
            UserErrorCode.ALREADY_ENROLLED,
            message,
            (f"{kind}Id",),
            enrollment=pointer("SequenceEnrollment", known[0]["id"]),
        )


async def _first_wait(ctx: Context, sequence_id: str, kind: str) -> int:
    """How long the first step waits; refused where a template is for another kind of record."""
    if ("sequence", sequence_id) not in ctx.kept:
        ctx.kept["sequence", sequence_id] = await ctx.act.fetch(
            sa.select(STEP.c.wait_minutes, _TEMPLATE.c.record_type, _TEMPLATE.c.name)
            .outerjoin(
                _TEMPLATE,
                sa.and_(
                    _TEMPLATE.c.workspace_id == STEP.c.workspace_id,
                    _TEMPLATE.c.id == STEP.c.template_id,
                ),
            )
            .where(STEP.c.workspace_id == ctx.workspace_id, STEP.c.sequence_id == sequence_id)
            .order_by(STEP.c.position)
        )
    steps = ctx.kept["sequence", sequence_id]
    for step in steps:
        if step["record_type"] not in (None, _WHO[kind]):
            message = f"Its e-mail “{step['name']}” is for {step['record_type'].lower()}s only."
            raise UserError(UserErrorCode.INVALID_VALUE, message, (f"{kind}Id",))
    return int(steps[0]["wait_minutes"])


async def _require_templates(ctx: Context, steps: Sequence[Step]) -> None:
    """Refuse templates that are not there, are archived, or are about other records."""
    wanted = list({one.template_id for one in steps if one.template_id})
    if not wanted:
        return
    ids = sa.bindparam(None, wanted, type_=sa.ARRAY(Uuid))
    found = await ctx.act.fetch(
        sa.select(_TEMPLATE.c.id, _TEMPLATE.c.record_type, _TEMPLATE.c.archived_at).where(
            _TEMPLATE.c.workspace_id == ctx.workspace_id, _TEMPLATE.c.id == sa.any_(ids)
        )
    )
    known = {row["id"]: row for row in found}
    for at, step in enumerate(steps):
        if step.template_id is None:
            continue
        path = ("steps", at, "templateId")
        template = known.get(step.template_id)
        if template is None:
            raise not_found(path)
        if template["archived_at"]:
            message = "This template is archived; choose another one."
            raise UserError(UserErrorCode.INVALID_VALUE, message, path)
        if template["record_type"] not in (None, *_WHO.values()):
            message = "Choose a template for contacts or for leads: those are enrolled."
            raise UserError(UserErrorCode.INVALID_VALUE, message, path)


async def _write(ctx: Context, sequence_id: str, steps: Sequence[dict[str, Any]]) -> None:
    values = [
        {"sequence_id": sequence_id, "position": position, **step}
        for position, step in enumerate(steps, start=1)
    ]
    await ctx.act.insert_many(STEP, values)


def _checked(form: Form, steps: Sequence[Step]) -> list[dict[str, Any]]:
    if not steps:
        form.refuse(UserErrorCode.REQUIRED, "Name at least one step.", "steps")
    if len(steps) > MOST_STEPS:
        message = f"A sequence has at most {MOST_STEPS} steps; these are {len(steps)}."
        raise UserError(UserErrorCode.TOO_MANY, message, ("steps",))
    checked = []
    for at, step in enumerate(steps):
        one = Form()
        checked.append(_checked_step(one, step))
        form.refusals += [refusal.at("steps", at) for refusal in one.refusals]
    return checked


def _checked_step(form: Form, step: Step) -> dict[str, Any]:
    is_mail = step.template_id is not None
    if not 0 <= step.wait_minutes <= LONGEST_WAIT:
        form.refuse(UserErrorCode.INVALID_VALUE, "Let it wait for 0 to 365 days.", "wait")
    if is_mail and (step.title is not None or step.description is not None):
        message = "A step is an e-mail or a task: send `templateId` or `title`."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "title")
    values = asdict(step) | {"kind": SequenceStepKind.EMAIL if is_mail else SequenceStepKind.TASK}
    if is_mail:
        return values | {"title": None, "description": None}
    title = form.text("title", step.title or "", longest=LONGEST_TITLE)
    text = form.optional_text("description", step.description, longest=LONGEST_TEXT)
    return values | {"title": title, "description": text}
