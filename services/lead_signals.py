"""Signals of leads: which events raise a score, and what follows when one gets high."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth import rights
from auth.context import Context
from core.events import Event
from core.writes import Transaction
from models import metadata
from models.automation_enums import LeadSignal
from models.base import uuids
from models.enums import AssignmentKind, Direction, NotificationKind
from services import effects, lead_scores, notifications, routing
from services.lead_scores import LEAD, Told
from services.notifications import Telling
from services.rules import assignment
from services.rules.leads import CLOSED

_INBOUND = ("email", "call", "sms")
_OPENED = {"email.opened": "open", "email.clicked": "click"}
_COME = tuple(f"{table}.{word}" for table in _INBOUND for word in ("created", "linked"))
EVENTS = (
    "lead.created",
    "lead.form_submitted",
    "page_visit.created",
    *_OPENED,
    *_COME,
)
"""The events that may be signals."""
SCORED = "lead.scored"
_ENTRY = metadata.tables["timeline_entry"]
_RULE, _WORKSPACE = metadata.tables["lead_assignment_rule"], metadata.tables["workspace"]


async def take_in(act: Transaction, events: Sequence[Event]) -> None:
    """Count the signals among events, each once, whoever tells them how often."""
    told = [*_forms(events), *_visits(events), *await _opened(act, events)]
    told += await _outreach(act, events)
    await lead_scores.count(act, told)


def _forms(events: Sequence[Event]) -> Iterator[Told]:
    """Leads that sent a form; a lead that was made by it, too."""
    for event in events:
        if event.entity == "lead" and (sent := event.data.get("submission")):
            yield Told(f"form:{sent}", event.record_id, LeadSignal.FORM_SUBMISSION, event.at)


def _visits(events: Sequence[Event]) -> Iterator[Told]:
    for event in events:
        lead_id = event.changes.get("lead_id", {}).get("after")
        if event.entity == "page_visit" and lead_id:
            yield Told(f"visit:{event.record_id}", lead_id, LeadSignal.PAGE_VISIT, event.at)


async def _opened(act: Transaction, events: Sequence[Event]) -> list[Told]:
    """Leads in whose timelines an e-mail is that was opened, or a link of it followed."""
    opened = [event for event in events if event.type in _OPENED]
    places = await _places(act, [event.record_id for event in opened])
    return [
        Told(
            f"email:{event.record_id}:{_OPENED[event.type]}:{place['record_id']}",
            place["record_id"],
            LeadSignal.EMAIL_OPEN,
            event.at,
        )
        for event in opened
        for place in places
        if place["item_id"] == event.record_id
    ]


async def _outreach(act: Transaction, events: Sequence[Event]) -> list[Told]:
    """Leads who wrote or called by themselves: what a machine sent for them does not count."""
    come = [event.record_id for event in events if event.type in _COME]
    inbound = sa.or_(*(_is_inbound(table) for table in _INBOUND))
    return [
        Told(
            f"{place['item_kind']}:{place['item_id']}:in:{place['record_id']}",
            place["record_id"],
            LeadSignal.OUTREACH,
            min(place["at"], act.now),
        )
        for place in await _places(act, come, inbound)
    ]


def _is_inbound(name: str) -> sa.ColumnElement[bool]:
    item = metadata.tables[name]
    found = sa.exists().where(
        item.c.workspace_id == _ENTRY.c.workspace_id,
        item.c.id == _ENTRY.c.item_id,
        item.c.direction == Direction.INBOUND,
    )
    if "automatic" in item.c:
        found = found.where(~item.c.automatic)
    return sa.and_(_ENTRY.c.item_kind == name, found)


async def _places(
    act: Transaction, item_ids: Sequence[str], *conditions: sa.ColumnElement[bool]
) -> Sequence[Any]:
    """Where activities are in the timelines of leads."""
    if not item_ids:
        return []
    items = uuids(item_ids)
    return await act.fetch(
        sa.select(_ENTRY).where(
            _ENTRY.c.workspace_id == act.workspace,
            _ENTRY.c.item_id == sa.any_(items),
            _ENTRY.c.record_kind == "lead",
            *conditions,
        )
    )


@dataclass(frozen=True, slots=True)
class _Rise:
    """A score that rose."""

    position: int
    lead_id: str
    before: int
    after: int

    def crosses(self, threshold: int) -> bool:
        """Whether it came from below a threshold to it, or beyond."""
        return self.before < threshold <= self.after


async def follow(act: Transaction, events: Sequence[Event]) -> None:
    """Where a score rose high enough, give away the lead and alert who has it, once a rise."""
    rises = list(_rises(events))
    if not rises:
        return
    threshold, by_score = await _settings(act)
    crossing = [rise for rise in rises if rise.crosses(threshold)]
    if not (crossing or by_score):
        return
    actor = await rights.of_system_in(act, None, id=rises[0].lead_id)
    ctx = Context(actor, act)
    if by_score:
        await _give_away(ctx, rises)
    await _alert(ctx, crossing)


def _rises(events: Sequence[Event]) -> Iterator[_Rise]:
    for event in events:
        change = event.changes.get("score")
        if change and change["after"] > change["before"]:
            yield _Rise(event.position, event.record_id, change["before"], change["after"])


async def _settings(act: Transaction) -> tuple[int, bool]:
    """The score that is high, and whether rules of assignment look at scores."""
    by_score = sa.exists().where(
        _RULE.c.workspace_id == act.workspace,
        _RULE.c.kind == AssignmentKind.SCORE,
        _RULE.c.active,
    )
    rows = await act.fetch(
        sa.select(_WORKSPACE.c.score_threshold, by_score).where(
            _WORKSPACE.c.workspace_id == act.workspace
        )
    )
    return rows[0][0], rows[0][1]


async def _give_away(ctx: Context, rises: Sequence[_Rise]) -> None:
    """Leads that nobody has taken go by the rules of scores whose range they came into."""
    lowest: dict[str, int] = {}
    for rise in rises:
        # By now a score has risen from the lowest of its places, perhaps through several.
        lowest[rise.lead_id] = min(rise.before, lowest.get(rise.lead_id, rise.before))
    for lead in await _open(ctx, list(lowest), LEAD.c.owner_id.is_(None), lock=True):
        before = lowest[lead["id"]]

        def fits(rule: Mapping[str, Any], known: Mapping[str, Any], before: int = before) -> bool:
            return (
                rule["kind"] == AssignmentKind.SCORE
                and assignment.fits(rule, known)
                and not assignment.within(rule, before)
            )

        routed = await routing.owner_for(ctx, lead, fits=fits, unmatched=False)
        if routed is None:
            continue
        whose = {"owner_id": routed.owner_id} if routed.owner_id else {"team_id": routed.team_id}
        await ctx.act.update(LEAD, LEAD.c.id == lead["id"], whose, event="assigned")
    await notifications.tell(ctx)


async def _alert(ctx: Context, crossing: Sequence[_Rise]) -> None:
    first = await effects.firsts(ctx.act, {f"lead_score:{rise.position}" for rise in crossing})
    risen = {rise.lead_id: rise for rise in crossing if f"lead_score:{rise.position}" in first}
    if not risen:
        return
    owned = await _open(ctx, list(risen), LEAD.c.owner_id.is_not(None))
    told = [
        Telling(
            [lead["owner_id"]],
            ("lead", lead["id"]),
            f"The lead “{lead['name']}” has reached a score of {risen[lead['id']].after}.",
        )
        for lead in owned
    ]
    await notifications.notify_many(ctx, NotificationKind.LEAD_SCORE, told)


async def _open(
    ctx: Context, lead_ids: Sequence[str], *conditions: Any, lock: bool = False
) -> Sequence[Any]:
    """Those of the leads that are worked on."""
    chosen = uuids(lead_ids)
    statement = (
        sa.select(LEAD)
        .where(
            LEAD.c.workspace_id == ctx.workspace_id,
            LEAD.c.id == sa.any_(chosen),
            LEAD.c.deleted_at.is_(None),
            LEAD.c.status.not_in(CLOSED),
            *conditions,
        )
        .order_by(LEAD.c.id)
    )
    return await ctx.act.fetch(statement.with_for_update() if lock else statement)
