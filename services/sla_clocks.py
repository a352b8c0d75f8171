"""SLA clocks at work: cases turn amber and red by themselves, and missed targets are escalated."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from auth import rights
from auth.context import Context
from core.events import Event
from core.writes import Transaction
from models import metadata
from models.base import uuids
from models.enums import NotificationKind
from services import due_work, notifications, outbox, reporting_lines
from services.rules import letters
from services.rules import sla as clocks

CASE = metadata.tables["case"]
DUE = "sla_clock"
"""The kind of work that looks at the clocks of a case."""
ACT = "caseEscalate"
_BEGINNING = "case.created"
_BACK = "case.restored"
_ESCALATED = {
    clocks.FIRST_RESPONSE: "first_response_escalated_at",
    clocks.RESOLUTION: "resolution_escalated_at",
}
_DUE_AT = {
    clocks.FIRST_RESPONSE: "first_response_due_at",
    clocks.RESOLUTION: "resolution_due_at",
}
_WORDS = {clocks.FIRST_RESPONSE: "answered", clocks.RESOLUTION: "resolved"}


async def follow(act: Transaction, events: Sequence[Event]) -> None:
    """Have the clocks of cases looked at when they turn next, where what happened changes that."""
    since = _changed(events)
    if not since:
        return
    ids = uuids(since)
    rows = await act.fetch(
        sa.select(CASE).where(
            CASE.c.workspace_id == act.workspace,
            CASE.c.id == sa.any_(ids),
            CASE.c.deleted_at.is_(None),
        )
    )
    moments = {row["id"]: _moment(row, since[row["id"]]) for row in rows}
    found = {case: at for case, at in moments.items() if at is not None}
    await due_work.enqueue_many(act, DUE, found)


async def look(act: Transaction, case_id: str) -> None:
    """Tell how a case stands where that has changed, escalate a missed target, and look again.

    One target at a time, so that each is an event of its own.
    """
    act.name = ACT
    rows = await act.fetch(
        sa.select(CASE)
        .where(CASE.c.workspace_id == act.workspace, CASE.c.id == case_id)
        .where(CASE.c.deleted_at.is_(None))
        .with_for_update(key_share=True)
    )
    if not rows:
        return
    case = rows[0]
    changed: dict[str, Any] = {}
    if (told := clocks.alarm(case, act.now)) != case["sla_told"]:
        changed["sla_told"] = told
    targets = clocks.missed(case, act.now)
    event = "updated"
    if targets:
        changed[_ESCALATED[targets[0]]] = act.now
        event = "escalated"
    if changed:
        case = (await act.update(CASE, CASE.c.id == case_id, changed, event=event))[0]
    if targets:
        await _escalate(act, case, targets[0])
    at = act.now if len(targets) > 1 else clocks.next_turn(case, act.now)
    if at is not None:
        await due_work.enqueue(act, DUE, case_id, at)


def _changed(events: Sequence[Event]) -> dict[str, tuple[datetime, bool]]:
    """The cases whose clocks were set or changed: since when, and whether they were new."""
    found: dict[str, tuple[datetime, bool]] = {}
    for event in events:
        is_new = event.type == _BEGINNING
        if is_new or event.type == _BACK or clocks.COLUMNS & event.changes.keys():
            at, was_new = found.get(event.record_id, (event.at, True))
            found[event.record_id] = (min(at, event.at), is_new and was_new)
    return found


def _moment(case: Mapping[str, Any], change: tuple[datetime, bool]) -> datetime | None:
    """When the clocks of a case are to be looked at; at once where they are not as was told.

    A case that begins late, such as one brought over from elsewhere, is nobody's fault.
    """
    since, is_new = change
    stale = clocks.alarm(case, since) != case["sla_told"] or clocks.missed(case, since)
    if stale and not is_new:
        return since
    return clocks.next_turn(case, since)


async def _escalate(act: Transaction, case: Mapping[str, Any], target: str) -> None:
    """Say that a target was missed: in the log, to the owner, and by mail to who answers."""
    act.emit("case.escalated", "case", case["id"], target=target)
    ctx = Context(await rights.of_system_in(act, None, id=case["id"]), act)
    managers = await reporting_lines.managers_of(
        act, owner_id=case["owner_id"], team_id=case["team_id"]
    )
    at = case[_DUE_AT[target]].astimezone(ZoneInfo(ctx.actor.time_zone))
    due = f"{at:%Y-%m-%d %H:%M}"
    people = [case["owner_id"], *managers] if case["owner_id"] else managers
    await notifications.notify(
        ctx,
        people,
        NotificationKind.CASE_ESCALATED,
        record=("case", case["id"]),
        text=f"{case['number']} “{case['subject']}” was not {_WORDS[target]} by {due}.",
    )
    addresses = list((await reporting_lines.addresses(act, managers)).values())
    if addresses:
        words = letters.case_escalated(
            number=case["number"],
            subject=case["subject"],
            priority=case["priority"],
            missed=_WORDS[target],
            due=due,
        )
        await outbox.write(
            act,
            kind="CASE_ESCALATED",
            recipients=addresses[: outbox.MOST_RECIPIENTS],
            subject=words.subject,
            text=words.text,
            about=("case", case["id"]),
        )
