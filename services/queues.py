"""Queues of teams: whoever takes a waiting record first has it, and the others are told who."""

from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.policy import TEAMS, visible
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from models import metadata
from models.registry import Entity, pointer
from services import records

_USER = metadata.tables["user"]


async def claim(
    ctx: Context, entity: Entity, record_id: str, *, kept: str = "", event: str = "claimed"
) -> Any:
    """Take a record that nobody owns out of a queue in sight: one act does, all others fail.

    Where an owned record is in no queue, `kept` is the column that remembers the queue.
    """
    records.may_write(ctx, entity)
    table = entity.table
    # Those of the actor's queues are found after somebody took them as well.
    in_queue = sa.and_(
        table.c.workspace_id == ctx.workspace_id,
        table.c.deleted_at.is_(None),
        table.c[kept or entity.queue] == sa.any_(TEAMS),
    )
    found = await ctx.act.fetch(
        sa.select(table)
        .where(table.c.id == record_id, sa.or_(visible(entity, ctx.actor, table), in_queue))
        .with_for_update(),
        ctx.actor.bound,
    )
    if not found:
        raise not_found()
    (row,) = found
    if row["owner_id"]:
        raise await _taken(ctx, row["owner_id"])
    mine: dict[str, Any] = {"owner_id": ctx.actor.user_id}
    if kept:
        mine |= {kept: row[entity.queue], entity.queue: None}
    return (await ctx.act.update(table, table.c.id == record_id, mine, event=event))[0]


async def leave(ctx: Context, table: sa.Table, team_id: str, what: str) -> None:
    """Before a team is dissolved: owned and deleted ones forget its queue, waiting ones bar it."""
    waiting = sa.and_(table.c.owner_id.is_(None), table.c.deleted_at.is_(None))
    mine = sa.and_(table.c.workspace_id == ctx.workspace_id, table.c.team_id == team_id)
    rows = await ctx.act.fetch(sa.select(sa.func.count()).select_from(table).where(mine, waiting))
    if rows[0][0]:
        message = f"{rows[0][0]} {what} wait in its queue; assign them, or give them another queue."
        raise UserError(UserErrorCode.IN_USE, message, ("id",))
    await ctx.act.update(table, sa.and_(table.c.team_id == team_id, ~waiting), {"team_id": None})


async def _taken(ctx: Context, owner_id: str) -> UserError:
    rows = await ctx.act.fetch(
        sa.select(_USER.c.name).where(
            _USER.c.workspace_id == ctx.workspace_id, _USER.c.id == owner_id
        )
    )
    message = f"{rows[0]['name']} has it already."
    by = pointer("User", owner_id)
    return UserError(UserErrorCode.ALREADY_CLAIMED, message, ("id",), by=by)
