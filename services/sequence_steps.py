"""Steps of sequences: done one after the other, each in one act with what has been done so far."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from auth import rights
from auth.context import Context
from core.codes import UserErrorCode
from core.errors import Refusals, UserError
from core.events import Event
from core.writes import Transaction
from models.automation_enums import EnrollmentStatus, SequenceStepKind, StopReason
from models.contacts import Contact
from models.leads import Lead
from services import answers, due_work, emails, notifications, sequences, tasks
from services.rules.leads import CLOSED
from services.sequences import ENROLLMENT, STEP

ACT = "sequenceStep"
_COMES_IN = ("email.created", "email.linked")
_ROWS: dict[str, type[Any]] = {"contact": Contact, "lead": Lead}
_STOPPED_BY = {
    UserErrorCode.RECIPIENT_OPTED_OUT: StopReason.OPTED_OUT,
    UserErrorCode.RECIPIENT_BOUNCED: StopReason.BOUNCED,
}


async def advance(act: Transaction, enrollment_id: str) -> None:
    """Do the next step of an enrollment, or end it where its contact or lead wants no more."""
    act.name = ACT
    known = await _read(act, enrollment_id)
    if known is None:
        return
    ctx = Context(await rights.of_system_in(act, known["owner_id"], id=enrollment_id), act)
    kind = "contact" if known["contact_id"] else "lead"
    # Kept before the enrollment, as by who enrolls and who merges.
    found = await ctx.find(_ROWS[kind], [known[f"{kind}_id"]], lock=True)
    row = await _read(act, enrollment_id, lock=True)
    if row is None:
        return
    if row[f"{kind}_id"] != known[f"{kind}_id"] or row["next_at"] > act.now:
        # Whom it is about was merged meanwhile, or its step was done and this is heard of again.
        await due_work.enqueue(act, sequences.DUE, enrollment_id, row["next_at"])
        return
    reason = _reason(found[0] if found else None)
    # What brings answers here may be behind.
    if reason is None and await answers.has_come(act, enrollment_id):
        reason = StopReason.REPLIED
    if reason is not None:
        await sequences.end(act, enrollment_id, reason)
        return
    try:
        async with act.savepoint():
            await _do(ctx, row, kind)
            await notifications.tell(ctx)
    except UserError as refused:
        why = _STOPPED_BY.get(refused.code, StopReason.FAILED)
        await sequences.end(act, enrollment_id, why, refused.message)
    except Refusals as refused:
        await sequences.end(act, enrollment_id, StopReason.FAILED, str(refused))


async def follow(act: Transaction, events: Sequence[Event]) -> None:
    """End what goes on with those who answered, whose address is dead, or who are gone."""
    came = [event.record_id for event in events if event.type in _COMES_IN]
    answered = await answers.to_sequences(act, came) if came else []
    if answered:
        await sequences.stop(act, StopReason.REPLIED, enrollment_ids=answered)
    ended: dict[StopReason, dict[str, list[str]]] = {}
    for event in events:
        if event.entity in _ROWS and (reason := _ending(event)) is not None:
            ended.setdefault(reason, {}).setdefault(event.entity, []).append(event.record_id)
    for reason, people in ended.items():
        await sequences.stop(
            act,
            reason,
            contact_ids=people.get("contact", ()),
            lead_ids=people.get("lead", ()),
        )


def _ending(event: Event) -> StopReason | None:
    """Why an event of a contact or lead ends what goes on with it; None where it does not."""
    changed = {name: change.get("after") for name, change in event.changes.items()}
    if event.type.endswith(".deleted") or changed.get("status") in CLOSED:
        return StopReason.CLOSED
    if changed.get("email_opted_out"):
        return StopReason.OPTED_OUT
    return StopReason.BOUNCED if changed.get("email_bounced_at") else None


async def _read(act: Transaction, enrollment_id: str, *, lock: bool = False) -> Any:
    """An enrollment that goes on."""
    statement = sa.select(ENROLLMENT).where(
        ENROLLMENT.c.workspace_id == act.workspace,
        ENROLLMENT.c.id == enrollment_id,
        ENROLLMENT.c.status == EnrollmentStatus.ACTIVE,
    )
    rows = await act.fetch(statement.with_for_update() if lock else statement)
    return rows[0] if rows else None


def _reason(who: Contact | Lead | None) -> StopReason | None:
    """Why nothing more is to be sent to somebody; None where it may be."""
    if who is None or (isinstance(who, Lead) and who.status in CLOSED):
        return StopReason.CLOSED
    if who.email_opted_out:
        return StopReason.OPTED_OUT
    return StopReason.BOUNCED if who.email_bounced_at else None


async def _do(ctx: Context, row: Any, kind: str) -> None:
    """Do the step whose turn it is, and ask for the one after it."""
    done = row["steps_done"]
    steps = await ctx.act.fetch(
        sa.select(STEP)
        .where(
            STEP.c.workspace_id == ctx.workspace_id,
            STEP.c.sequence_id == row["sequence_id"],
            STEP.c.position > done,
        )
        .order_by(STEP.c.position)
        .limit(2)
    )
    if steps:
        await _STEPS[SequenceStepKind[steps[0]["kind"]]](ctx, steps[0], row, kind)
    following = steps[1:]
    values: dict[str, Any] = {"steps_done": done + 1 if steps else done}
    if following:
        at = ctx.now + timedelta(minutes=following[0]["wait_minutes"])
        values["next_at"] = at
        await due_work.enqueue(ctx.act, sequences.DUE, row["id"], at)
    else:
        over = {"status": EnrollmentStatus.FINISHED, "finished_at": ctx.now, "next_at": None}
        values |= over
    event = "advanced" if following else "finished"
    await ctx.act.update(ENROLLMENT, ENROLLMENT.c.id == row["id"], values, event=event)


async def _mail(ctx: Context, step: Any, row: Any, kind: str) -> None:
    await emails.send_template(
        ctx, step["template_id"], kind.capitalize(), row[f"{kind}_id"], owner_id=row["owner_id"]
    )


async def _task(ctx: Context, step: Any, row: Any, kind: str) -> None:
    about = {
        "title": step["title"],
        "description": step["description"],
        "owner_id": row["owner_id"],
        f"{kind}_id": row[f"{kind}_id"],
    }
    await tasks.add(ctx, [about])


_STEPS = {SequenceStepKind.EMAIL: _mail, SequenceStepKind.TASK: _task}
