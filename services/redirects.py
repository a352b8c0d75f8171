"""Where the ids of records lead that were merged into others."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from auth.context import Context
from auth.policy import WORKSPACE
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.base import Uuid, uuids
from models.registry import Entity, pointer

_MERGED = metadata.tables["merged_record"]


def leading(ids: Sequence[str]) -> sa.Select[Any]:
    """The statement that finds where ids lead: rows of the old id and the new one."""
    return sa.select(_MERGED.c.old_id, _MERGED.c.new_id).where(
        _MERGED.c.workspace_id == WORKSPACE, _MERGED.c.old_id == sa.any_(uuids(ids))
    )


async def survivors(ctx: Context, ids: Sequence[str]) -> dict[str, str]:
    """The records that were merged away, each with the one it was merged into."""
    rows = await ctx.act.fetch(leading(ids), ctx.actor.bound)
    return {row["old_id"]: row["new_id"] for row in rows}


async def read(reading: Any, ids: Sequence[str]) -> dict[str, str]:
    """The same, asked by who reads."""
    rows = await reading.fetch(leading(ids))
    return {row["old_id"]: row["new_id"] for row in rows}


async def lead(ctx: Context, old: Sequence[str], new: str, kind: str) -> None:
    """Let ids lead to a record from now on, and with them those that led to theirs."""
    await ctx.act.fetch(
        sa.update(_MERGED)
        .where(_MERGED.c.workspace_id == ctx.workspace_id, _MERGED.c.new_id == sa.any_(uuids(old)))
        .values(new_id=sa.literal(new, Uuid))
    )
    rows = [
        {
            "workspace_id": ctx.workspace_id,
            "old_id": one,
            "record_kind": kind,
            "new_id": new,
            "merged_at": ctx.now,
        }
        for one in old
    ]
    added = insert(_MERGED).values(rows)
    await ctx.act.fetch(
        added.on_conflict_do_update(
            index_elements=["workspace_id", "old_id"], set_={"new_id": added.excluded.new_id}
        )
    )


async def refuse_merged(ctx: Context, entity: Entity, record_id: str) -> None:
    """Refuse to bring back a record that lives on in another."""
    if not entity.mergeable:
        return
    led = await survivors(ctx, [record_id])
    if led:
        raise _merged(entity, led[record_id], "undo the merge instead")


async def refuse_deleting(ctx: Context, entity: Entity, record_id: str) -> None:
    """Refuse to delete a record that lives on in another one that the actor sees."""
    led = await survivors(ctx, [record_id])
    if led and await ctx.find(entity.row, [led[record_id]]):
        raise _merged(entity, led[record_id], "delete that one if you mean it")


def _merged(entity: Entity, survivor: str, what: str) -> UserError:
    message = f"The {entity.name.lower()} was merged into another; {what}."
    known = pointer(entity.name, survivor)
    return UserError(UserErrorCode.MERGED, message, ("id",), survivor=known)
