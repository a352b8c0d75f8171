"""Activities: how one comes to be, and which records it is about."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from auth.context import Context
from models import metadata
from models.activities import Activity
from models.base import Uuid

ENTRY = metadata.tables["timeline_entry"]

About = tuple[str, str]
"""A record an activity is about: the table it lies in, and its id."""


async def add(
    ctx: Context,
    row_class: type[Activity],
    columns: Mapping[str, Any],
    records: Iterable[About] = (),
) -> Any:
    """Insert an activity with its places in the timelines of records; the caller checked them."""
    table = metadata.tables[row_class.__tablename__]
    row = await ctx.act.insert(table, {"at": ctx.now} | dict(columns))
    await attach(ctx, table.name, row, records)
    return row


async def attach(ctx: Context, kind: str, row: Any, records: Iterable[About]) -> None:
    """Give an activity its place in more timelines; where it is already it stays once."""
    places = [
        {
            "workspace_id": ctx.workspace_id,
            "record_id": record_id,
            "record_kind": record_kind,
            "item_id": row["id"],
            "item_kind": kind,
            "at": row["at"],
        }
        for record_kind, record_id in records
    ]
    if places:
        await ctx.act.fetch(insert(ENTRY).values(places).on_conflict_do_nothing())


async def detach(ctx: Context, item_id: str, records: Sequence[str]) -> None:
    """Take an activity out of the timelines of records."""
    ids = sa.bindparam(None, list(records), type_=sa.ARRAY(Uuid))
    await ctx.act.fetch(
        sa.delete(ENTRY).where(
            ENTRY.c.workspace_id == ctx.workspace_id,
            ENTRY.c.item_id == item_id,
            ENTRY.c.record_id == sa.any_(ids),
        )
    )
