"""Steps that change the record: a field, its owner, its status or stage."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.enums import CaseStatusCategory, ContactStatus, LeadStatus, TaskStatus
from models.leads import Lead
from models.registry import Entity, Write
from services import (
    case_statuses,
    cases,
    contacts,
    deals,
    leads,
    projects,
    records,
    routing,
    tasks,
)
from services.contracts import making as contracts
from services.invoices import making as invoices
from services.quotes import terms as quotes
from services.workflows.actions.doing import Doing, NothingToDo, wire
from services.workflows.field_values import given

Update = Callable[..., Awaitable[Any]]

_WORKFLOW, _USER = metadata.tables["workflow"], metadata.tables["user"]
_UPDATE: Mapping[str, Update] = {
    "contact": contacts.update,
    "lead": leads.update,
    "deal": deals.update,
    "case": cases.update,
    "task": tasks.update,
    "project": projects.update,
    "quote": quotes.update,
    "contract": contracts.update,
    "invoice": invoices.update,
}
"""What the API calls to change each kind of record; the others are changed by `records.update`."""


async def update_field(doing: Doing) -> Mapping[str, Any]:
    """Give a field of the record a value; one that it has makes no change."""
    step, entity = doing.step, doing.kind
    value = step.get("value")
    if isinstance(value, str):
        value = await doing.text("value")
    row = await _update(doing, entity, given(entity, step["field"], value))
    return {"field": step["field"], "version": _version(row)}


async def _update(doing: Doing, entity: Entity, values: Mapping[str, Any]) -> Any:
    record_id = doing.run["record_id"]
    update = _UPDATE.get(entity.table.name)
    if update is None:
        return await records.update(doing.ctx, entity, record_id, values)
    return await update(doing.ctx, record_id, values)


def _version(row: Any) -> int:
    return int(row.version if hasattr(row, "version") else row["version"])


async def assign_owner(doing: Doing) -> Mapping[str, Any]:
    """Give the record to a user: the one named, whose turn it is, or whom the rules say."""
    step, entity = doing.step, doing.kind
    field = entity.fields.get("owner")
    if field is None or field.write is not Write.ALWAYS:
        message = f"Nobody can be given a {entity.name}."
        raise UserError(UserErrorCode.INVALID_VALUE, message)
    if step.get("by_rules"):
        return await _by_rules(doing)
    user = step.get("user_id") or await _in_turn(doing, step["user_ids"])
    await _update(doing, entity, {"owner": user})
    return {"owner": wire("User", user)}


async def _by_rules(doing: Doing) -> Mapping[str, Any]:
    """Give a lead to whom the workspace's rules of assignment give such leads."""
    if doing.kind.table.name != "lead":
        message = "Rules of assignment are about leads; name the user."
        raise UserError(UserErrorCode.INVALID_VALUE, message)
    lead = await doing.ctx.get(Lead, doing.run["record_id"], lock=True)
    routed = await routing.owner_for(doing.ctx, lead)
    if routed is None or not (routed.owner_id or routed.team_id):
        reason = "No rule of assignment fits the lead."
        raise NothingToDo(reason)
    values = {"owner_id": routed.owner_id, "team_id": routed.team_id}
    table = doing.kind.table
    await doing.ctx.act.update(table, table.c.id == lead.id, values, event="assigned")
    return {
        "owner": wire("User", routed.owner_id),
        "team": wire("Team", routed.team_id),
    }


async def _in_turn(doing: Doing, user_ids: Sequence[str]) -> str:
    """Whose turn it is: of those who have not left, the one behind whom it was last."""
    ctx, workflow_id = doing.ctx, doing.run["workflow_id"]
    mine = sa.and_(_WORKFLOW.c.workspace_id == ctx.workspace_id, _WORKFLOW.c.id == workflow_id)
    # One run at a time: two would both see the same turn.
    (row,) = await ctx.act.fetch(
        sa.select(_WORKFLOW.c.turns).where(mine).with_for_update(key_share=True)
    )
    people = await ctx.act.fetch(
        sa.select(_USER.c.id).where(
            _USER.c.workspace_id == ctx.workspace_id,
            _USER.c.id.in_(list(user_ids)),
            _USER.c.status == "ACTIVE",
        )
    )
    there = {one["id"] for one in people}
    if not there:
        message = "Everybody whose turn it could be has left; change the step."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("userIds",))
    last = row["turns"].get(doing.path)
    begin = user_ids.index(last) + 1 if last in user_ids else 0
    order = [*user_ids[begin:], *user_ids[:begin]]
    chosen = next(one for one in order if one in there)
    turns = row["turns"] | {doing.path: chosen}
    await ctx.act.fetch(sa.update(_WORKFLOW).where(mine).values(turns=turns))
    return chosen


async def change_status(doing: Doing) -> Mapping[str, Any]:
    """Move the record to a status or stage, by the way the board moves it."""
    table = doing.kind.table.name
    move = _MOVE.get(table)
    if move is None:
        message = f"A {doing.kind.name} changes its status by what happens to it, not by hand."
        raise UserError(UserErrorCode.INVALID_VALUE, message)
    await doing.record()
    row = await move(doing)
    return {"version": _version(row)}


async def _move_lead(doing: Doing) -> Any:
    step = doing.step
    status = LeadStatus[step["status"]] if step.get("status") else None
    reason = await doing.text("reason")
    if status is LeadStatus.DISQUALIFIED and reason is None:
        reason = f"Workflow “{doing.definition.name}”"
    return await leads.move(
        doing.ctx,
        doing.run["record_id"],
        status=status,
        stage_id=step.get("stage_id"),
        reason=reason,
    )


async def _move_deal(doing: Doing) -> Any:
    return (await deals.move(doing.ctx, doing.run["record_id"], _stage(doing))).deal


async def _move_project(doing: Doing) -> Any:
    return await projects.move(doing.ctx, doing.run["record_id"], _stage(doing))


async def _move_case(doing: Doing) -> Any:
    """Put a case into one of the workspace's statuses, or into the first of a category."""
    said = str(doing.step.get("status") or doing.step.get("stage_id"))
    if said in CaseStatusCategory.__members__:
        found = await case_statuses.first(doing.ctx, CaseStatusCategory[said])
        said = found.id
    return await cases.move(doing.ctx, doing.run["record_id"], str(UUID(said)))


async def _move_task(doing: Doing) -> Any:
    status = TaskStatus[doing.step["status"]]
    return await tasks.move(doing.ctx, doing.run["record_id"], status)


async def _move_contact(doing: Doing) -> Any:
    status = ContactStatus[doing.step["status"]]
    return await contacts.update(doing.ctx, doing.run["record_id"], {"status": status})


def _stage(doing: Doing) -> str:
    return str(doing.step.get("stage_id") or doing.step.get("status"))


_MOVE: Mapping[str, Callable[[Doing], Awaitable[Any]]] = {
    "contact": _move_contact,
    "lead": _move_lead,
    "deal": _move_deal,
    "case": _move_case,
    "task": _move_task,
    "project": _move_project,
}
