"""Cases: opened, moved through their statuses under running clocks, taken, converted to deals."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.cases import Case, CaseStatus
from models.contacts import Contact
from models.enums import CaseOrigin, CasePriority, CaseStatusCategory
from models.registry import REGISTRY, pointer
from services import (
    boards,
    case_statuses,
    case_templates,
    custom_fields,
    deals,
    numbers,
    queues,
    records,
    sla,
    tasks,
)
from services.custom_values import Given
from services.rules import sla as clocks
from services.rules.cases import address
from services.rules.numbers import Numbered

CASE = metadata.tables["case"]
_WORKSPACE = metadata.tables["workspace"]

_STANDING = (CaseStatusCategory.OPEN, CaseStatusCategory.WAITING)
_DONE = (CaseStatusCategory.RESOLVED,)


async def create(
    ctx: Context,
    given: Mapping[str, Any],
    *,
    template_id: str | None = None,
    origin: CaseOrigin = CaseOrigin.AGENT,
) -> Any:
    """Open a case in the first status, under its priority's clocks, with its template's tasks."""
    entity = REGISTRY["Case"]
    records.may_write(ctx, entity)
    named = {name: value for name, value in given.items() if value is not None}
    needed = {"subject": None, "contact": None, "priority": CasePriority.MEDIUM}
    columns = await records.checked(ctx, entity, needed | named)
    if "company" not in given:
        columns |= await _company(ctx, columns["contact_id"])
    columns |= await _assigned(ctx, columns, given, origin)
    steps = await case_templates.checklist(ctx, template_id) if template_id else []
    status = await case_statuses.first(ctx, CaseStatusCategory.OPEN)
    rank = await boards.top(ctx, CASE, CASE.c.status_id, status.id)
    policy = await sla.policy(ctx, columns["priority"])
    (number,) = await numbers.take(ctx.act, Numbered.CASE)
    case = await ctx.act.insert(
        CASE,
        columns
        | clocks.due(policy, ctx.now)
        | {
            "number": number,
            "origin": origin,
            "status_id": status.id,
            "rank": rank,
            "template_id": template_id,
        },
    )
    about = {"case_id": case["id"], "owner_id": case["owner_id"]}
    if case["owner_id"] is None:
        about["team_id"] = case["team_id"]
    await tasks.add(ctx, [about | step for step in steps])
    return case


async def update(
    ctx: Context, record_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change a case; another priority sets its clocks anew, and without owner it is in a queue."""
    entity = REGISTRY["Case"]
    records.may_write(ctx, entity)
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.", ())
    case: Case = await records.locked(ctx, entity, record_id, expected_version)
    values = await records.checked(ctx, entity, given, case)
    if not values.get("owner_id", case.owner_id) and not values.get("team_id", case.team_id):
        values["team_id"] = await _support_team(ctx)
    if values.get("priority", case.priority) != case.priority:
        values |= clocks.due(
            await sla.policy(ctx, values["priority"]),
            case.created_at,
            paused_total=case.paused_total,
            paused_business=case.paused_business,
        )
        values |= _alarm(ctx, case, values)
    changed = {name: value for name, value in values.items() if getattr(case, name) != value}
    if not changed:
        return case
    return (await ctx.act.update(CASE, CASE.c.id == record_id, changed))[0]


async def restore(ctx: Context, record_id: str) -> Any:
    """Bring a deleted case back, to the top of the column it was in."""
    records.may_write(ctx, REGISTRY["Case"])
    case: Case = await ctx.get(Case, record_id, deleted=True)
    status = await case_statuses.entering(ctx, case.status_id)
    rank = await boards.top(ctx, CASE, CASE.c.status_id, status.id)
    await ctx.get(Case, record_id, lock=True, deleted=True)
    back = {"deleted_at": None, "rank": rank}
    return (await ctx.act.update(CASE, CASE.c.id == record_id, back, event="restored"))[0]


async def move(
    ctx: Context,
    case_id: str,
    status_id: str,
    *,
    after: str | None = None,
    before: str | None = None,
    expected_version: int | None = None,
    leaving: Sequence[CaseStatusCategory] | None = None,
) -> Any:
    """Put a case into a status and at its place there: the one act that changes a status."""
    entity = REGISTRY["Case"]
    records.may_write(ctx, entity)
    await ctx.get(Case, case_id)
    status = await case_statuses.entering(ctx, status_id)
    rank = await boards.place(
        ctx, CASE, CASE.c.status_id, status.id, card_id=case_id, after=after, before=before
    )
    case: Case = await records.locked(ctx, entity, case_id, expected_version)
    if leaving and await case_statuses.category_of(ctx, case.status_id) not in leaving:
        others = [one for one in CaseStatusCategory if one != status.category]
        raise await case_statuses.no_way(ctx, "It is there already.", *others, path="id")
    changed: dict[str, Any] = {"rank": rank}
    if case.status_id != status.id:
        policy = await sla.policy(ctx, case.priority)
        changed |= {"status_id": status.id} | clocks.entered(case, status.category, policy, ctx.now)
        changed |= _alarm(ctx, case, changed)
    elif case.rank == rank:
        return case
    event = "status_changed" if case.status_id != status.id else "updated"
    return (await ctx.act.update(CASE, CASE.c.id == case_id, changed, event=event))[0]


async def resolve(ctx: Context, case_id: str, *, expected_version: int | None = None) -> Any:
    """Put a case into the first status that is resolved; its clocks stop."""
    status: CaseStatus = await case_statuses.first(ctx, CaseStatusCategory.RESOLVED)
    return await move(ctx, case_id, status.id, expected_version=expected_version, leaving=_STANDING)


async def reopen(
    ctx: Context,
    case_id: str,
    *,
    status_id: str | None = None,
    expected_version: int | None = None,
) -> Any:
    """Put a resolved case back to work; its resolution clock goes on where it stopped."""
    if status_id is None:
        status: CaseStatus = await case_statuses.first(ctx, CaseStatusCategory.OPEN)
        status_id = status.id
    else:
        status = await case_statuses.entering(ctx, status_id)
    if status.category not in _STANDING:
        raise await case_statuses.no_way(ctx, f"{status.name} is resolved.", *_STANDING)
    return await move(ctx, case_id, status_id, expected_version=expected_version, leaving=_DONE)


async def claim(ctx: Context, case_id: str) -> Any:
    """Take a case that nobody owns; of several who try, one has it and the others learn who."""
    return await queues.claim(ctx, REGISTRY["Case"], case_id)


async def record_first_response(
    ctx: Context,
    case_id: str,
    *,
    at: datetime | None = None,
    expected_version: int | None = None,
) -> Any:
    """Note that the customer was answered outside the CRM, such as by phone."""
    entity = REGISTRY["Case"]
    records.may_write(ctx, entity)
    case: Case = await records.locked(ctx, entity, case_id, expected_version)
    if case.first_responded_at:
        message = f"It was answered at {case.first_responded_at:%Y-%m-%d %H:%M} UTC already."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    moment = at or ctx.now
    if not case.created_at <= moment <= ctx.now:
        message = "Send a time between the case's creation and now."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("respondedAt",))
    answered: dict[str, Any] = {"first_responded_at": moment}
    answered |= _alarm(ctx, case, answered)
    return (await ctx.act.update(CASE, CASE.c.id == case_id, answered, event="answered"))[0]


async def convert_to_deal(
    ctx: Context,
    case_id: str,
    *,
    stage_id: str | None = None,
    name: str | None = None,
    value: Any = None,
    close_date: date | None = None,
    custom: Sequence[Given] | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Open a deal for what a case asks for; the case stays, and each shows the other."""
    entity = REGISTRY["Case"]
    records.may_write(ctx, entity)
    case: Case = await records.locked(ctx, entity, case_id, expected_version)
    if case.deal_id:
        message = "It was converted before; a case becomes one deal."
        made = pointer("Deal", case.deal_id)
        raise UserError(UserErrorCode.CASE_CONVERTED, message, ("id",), deal=made)
    given = {"name": name or case.subject, "value": value, "close_date": close_date}
    own = custom_fields.handed_on(ctx, case, "deal", {custom_fields.NAME: custom})
    deal = await deals.create(ctx, given | own, stage_id=stage_id)
    # Set as they are: whoever works on the case may not see its contact and company.
    about = {"contact_id": case.contact_id, "company_id": case.company_id}
    deal = (await ctx.act.update(deals.DEAL, deals.DEAL.c.id == deal["id"], about))[0]
    linked = {"deal_id": deal["id"]}
    rows = await ctx.act.update(CASE, CASE.c.id == case_id, linked, event="converted")
    return {"case": rows[0], "deal": deal}


async def leave_queue(ctx: Context, team_id: str) -> None:
    """Before a team is dissolved: owned and deleted cases forget its queue, waiting ones bar it."""
    await queues.leave(ctx, CASE, team_id, "cases")


async def addresses(reading: Any, cases: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """The e-mail address of each case; one statement for all."""
    rows = await reading.fetch(
        sa.select(_WORKSPACE.c.support_domain).where(
            _WORKSPACE.c.workspace_id == reading.actor.workspace_id
        )
    )
    return [address(case["number"], rows[0]["support_domain"]) for case in cases]


def _alarm(ctx: Context, case: Case, changed: Mapping[str, Any]) -> dict[str, Any]:
    """What is known to be told of the clocks after a change, so that it is not told once more."""
    clock = {name: changed.get(name, getattr(case, name)) for name in clocks.COLUMNS}
    told = clocks.alarm(clock, ctx.now)
    return {} if told == case.sla_told else {"sla_told": told}


async def _company(ctx: Context, contact_id: str) -> dict[str, Any]:
    contact: Contact = await ctx.get(Contact, contact_id, path=("contactId",))
    return {"company_id": contact.primary_company_id}


async def _assigned(
    ctx: Context, columns: Mapping[str, Any], given: Mapping[str, Any], origin: CaseOrigin
) -> dict[str, Any]:
    owner_id = columns.get("owner_id")
    team_id = columns.get("team_id") or await _support_team(ctx)
    if not (owner_id or team_id or "owner" in given) and origin is CaseOrigin.AGENT:
        # Without any queue it would be out of the sight of whoever opens it.
        owner_id = ctx.actor.user_id
    return {"owner_id": owner_id, "team_id": team_id}


async def _support_team(ctx: Context) -> str | None:
    rows = await ctx.act.fetch(
        sa.select(_WORKSPACE.c.support_team_id).where(_WORKSPACE.c.workspace_id == ctx.workspace_id)
    )
    found: str | None = rows[0]["support_team_id"]
    return found
