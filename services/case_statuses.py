"""The statuses of cases: the columns of their board, and what each does to the clocks."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from auth.context import Context, as_row
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from core.writes import Transaction
from models import metadata
from models.cases import Case, CaseStatus
from models.enums import CaseStatusCategory
from models.registry import REGISTRY
from services import boards, records, sla
from services.rules import cases as rules
from services.rules import ranks
from services.rules import sla as clocks
from services.rules.colors import is_color
from services.rules.forms import Form

MOST = 50
LONGEST_NAME = 60

_STATUS = metadata.tables["case_status"]
_CASE = metadata.tables["case"]
_KEPT = (CaseStatusCategory.OPEN, CaseStatusCategory.RESOLVED)

_CLOCKS = {
    "first_responded_at": "timestamptz",
    "resolved_at": "timestamptz",
    "paused_at": "timestamptz",
    "paused_total": "interval",
    "paused_business": "interval",
    "resolution_due_at": "timestamptz",
    "resolution_approaching_at": "timestamptz",
}
_MOVE = f"""
UPDATE "case" AS card
SET status_id = $2, version = card.version + 1, updated_at = $3, rank = given.rank,
    {", ".join(f"{name} = given.{name}" for name in _CLOCKS)}
FROM unnest($4::uuid[], $5::text[], {
    ", ".join(f"${at}::{kind}[]" for at, kind in enumerate(_CLOCKS.values(), start=6))
}) AS given(id, rank, {", ".join(_CLOCKS)})
WHERE card.workspace_id = $1 AND card.id = given.id
"""


async def seed(act: Transaction) -> None:
    """Give a fresh workspace the statuses it begins with."""
    await act.insert_many(
        _STATUS,
        [
            {"position": position, **asdict(status)}
            for position, status in enumerate(rules.STATUSES, start=1)
        ],
    )


async def first(ctx: Context, category: CaseStatusCategory) -> Any:
    """The first status of a category; it is not archived before the act ends."""
    rows = await ctx.act.fetch(
        sa.select(_STATUS)
        .where(*_live(ctx), _STATUS.c.category == category)
        .order_by(_STATUS.c.position)
        .limit(1)
        .with_for_update(read=True)
    )
    return as_row(CaseStatus, rows[0])


async def entering(ctx: Context, status_id: str) -> CaseStatus:
    """A status that cases may enter; it is not archived before the act ends."""
    rows = await ctx.act.fetch(
        sa.select(_STATUS)
        .where(_STATUS.c.workspace_id == ctx.workspace_id, _STATUS.c.id == status_id)
        .with_for_update(read=True)
    )
    if not rows:
        raise not_found(("toStatusId",))
    status = as_row(CaseStatus, rows[0])
    if status.archived_at:
        raise await no_way(ctx, f"{status.name} is archived.")
    return status


async def category_of(ctx: Context, status_id: str) -> CaseStatusCategory:
    """What a status does to the clocks; that never changes."""
    rows = await ctx.act.fetch(
        sa.select(_STATUS.c.category).where(
            _STATUS.c.workspace_id == ctx.workspace_id, _STATUS.c.id == status_id
        )
    )
    return CaseStatusCategory[rows[0]["category"]]


async def no_way(
    ctx: Context, reason: str, *categories: CaseStatusCategory, path: str = "toStatusId"
) -> UserError:
    """The refusal of a transition, with the statuses that a case may go to instead."""
    rows = await ctx.act.fetch(
        sa.select(_STATUS.c.name)
        .where(*_live(ctx), _STATUS.c.category.in_(categories or tuple(CaseStatusCategory)))
        .order_by(_STATUS.c.position)
    )
    allowed = ", ".join(row["name"] for row in rows)
    return UserError(
        UserErrorCode.INVALID_TRANSITION, f"{reason} It may go to: {allowed}.", (path,)
    )


async def create(ctx: Context, *, name: str, color: str, category: CaseStatusCategory) -> Any:
    """Add a status behind those of its category."""
    ctx.require(Category.ADMIN)
    live = await _lock_all(ctx)
    if len(live) >= MOST:
        message = f"A workspace has at most {MOST} statuses; archive one first."
        raise UserError(UserErrorCode.TOO_MANY, message, ("name",))
    values = _checked({"name": name, "color": color})
    alike = [row["position"] for row in live if row["category"] == category]
    position = max(alike or [row["position"] for row in live]) + 1
    await ctx.act.update(
        _STATUS,
        sa.and_(_STATUS.c.position >= position, _STATUS.c.archived_at.is_(None)),
        {"position": _STATUS.c.position + 1},
    )
    return await ctx.act.insert(_STATUS, {**values, "category": category, "position": position})


async def update(
    ctx: Context,
    status_id: str,
    given: Mapping[str, str | None],
    *,
    expected_version: int | None = None,
) -> Any:
    """Change a status's name or colour."""
    ctx.require(Category.ADMIN)
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Send a name, a colour or both.")
    status: CaseStatus = await records.locked(
        ctx, REGISTRY["CaseStatus"], status_id, expected_version
    )
    values = _checked(given)
    changed = {name: value for name, value in values.items() if getattr(status, name) != value}
    if not changed:
        return status
    return (await ctx.act.update(_STATUS, _STATUS.c.id == status_id, changed))[0]


async def reorder(ctx: Context, status_ids: Sequence[str]) -> list[Any]:
    """Put all statuses into a new order."""
    ctx.require(Category.ADMIN)
    live = {row["id"]: row for row in await _lock_all(ctx)}
    await _known(ctx, status_ids, ("statusIds",))
    if sorted(status_ids) != sorted(live):
        message = "Name every status that is not archived, each once."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("statusIds",))
    for position, status_id in enumerate(status_ids, start=1):
        if live[status_id]["position"] != position:
            where = _STATUS.c.id == status_id
            live[status_id] = (await ctx.act.update(_STATUS, where, {"position": position}))[0]
    return [live[status_id] for status_id in status_ids]


async def archive(
    ctx: Context,
    status_id: str,
    *,
    move_to: str | None = None,
    expected_version: int | None = None,
) -> Any:
    """Take a status off the board; its cases go to another one, at the end of that column."""
    ctx.require(Category.ADMIN)
    live = {row["id"]: row for row in await _lock_all(ctx)}
    status: CaseStatus = await records.locked(
        ctx, REGISTRY["CaseStatus"], status_id, expected_version
    )
    if move_to is not None:
        await ctx.get(CaseStatus, move_to, path=("moveToStatusId",))
    if status.archived_at:
        raise UserError(UserErrorCode.INVALID_TRANSITION, "It is archived already.", ("id",))
    categories = [row["category"] for row in live.values()]
    if status.category in _KEPT and categories.count(status.category) == 1:
        message = f"It is the last status that is {status.category}; make another one first."
        raise UserError(UserErrorCode.IN_USE, message, ("id",))
    cases = await _cases(ctx, status_id)
    if cases and move_to is None:
        message = f"{len(cases)} cases are in it, deleted ones included: say where they go."
        raise UserError(UserErrorCode.REQUIRED, message, ("moveToStatusId",))
    if move_to is not None:
        if move_to == status_id or move_to not in live:
            message = "Name another status, one that is not archived."
            raise UserError(UserErrorCode.INVALID_VALUE, message, ("moveToStatusId",))
        await _move_all(ctx, status_id, as_row(CaseStatus, live[move_to]))
    changed = {"archived_at": ctx.now}
    return (await ctx.act.update(_STATUS, _STATUS.c.id == status_id, changed, event="archived"))[0]


async def _move_all(ctx: Context, status_id: str, target: CaseStatus) -> None:
    for column in sorted((status_id, target.id)):
        await boards.lock(ctx, _CASE, column)
    cases = await _cases(ctx, status_id, lock=True)
    policies = await sla.policies(ctx)
    rank = await boards.last_rank(ctx, _CASE, _CASE.c.status_id, target.id)
    places, states = [], []
    for case in cases:
        changed = clocks.entered(case, target.category, policies[case.priority], ctx.now)
        states.append([changed.get(name, getattr(case, name)) for name in _CLOCKS])
        rank = rank if case.deleted_at else ranks.between(rank, "")
        places.append(case.rank if case.deleted_at else rank)
    if cases:
        await ctx.act.write_set(
            _CASE,
            "case.status_changed",
            _MOVE,
            ctx.workspace_id,
            target.id,
            ctx.now,
            [case.id for case in cases],
            places,
            *map(list, zip(*states, strict=True)),
        )


async def _cases(ctx: Context, status_id: str, *, lock: bool = False) -> list[Case]:
    """All cases of a status in their order, deleted ones too."""
    statement = (
        sa.select(_CASE)
        .where(_CASE.c.workspace_id == ctx.workspace_id, _CASE.c.status_id == status_id)
        .order_by(_CASE.c.rank, _CASE.c.id)
    )
    rows = await ctx.act.fetch(statement.with_for_update() if lock else statement)
    return [as_row(Case, row) for row in rows]


def _live(ctx: Context) -> tuple[sa.ColumnElement[bool], ...]:
    return _STATUS.c.workspace_id == ctx.workspace_id, _STATUS.c.archived_at.is_(None)


async def _known(ctx: Context, status_ids: Sequence[str], path: tuple[str, ...]) -> None:
    found = {status.id for status in await ctx.find(CaseStatus, status_ids)}
    for at, status_id in enumerate(status_ids):
        if status_id not in found:
            raise not_found((*path, at))


async def _lock_all(ctx: Context) -> list[Any]:
    """The statuses on the board; nobody else changes or enters any before the act ends."""
    rows = await ctx.act.fetch(
        sa.select(_STATUS)
        .where(_STATUS.c.workspace_id == ctx.workspace_id)
        .order_by(_STATUS.c.id)
        .with_for_update()
    )
    return [row for row in rows if row["archived_at"] is None]


def _checked(given: Mapping[str, str | None]) -> dict[str, str]:
    form = Form()
    values = {}
    if "name" in given:
        values["name"] = form.text("name", given["name"] or "", longest=LONGEST_NAME)
    if "color" in given:
        values["color"] = (given["color"] or "").strip().lower()
        if not is_color(values["color"]):
            form.refuse(UserErrorCode.INVALID_VALUE, "Send a colour as #rrggbb.", "color")
    form.done()
    return values
