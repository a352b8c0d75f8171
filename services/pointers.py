"""What belongs to core records of any kind: tags, files, activities follow their record."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from auth.context import Context
from models import metadata
from models.base import Attached, Base, Uuid


async def move(ctx: Context, old: Sequence[str], new: str, kind: str) -> None:
    """Hand everything that belongs to some records to one; what it has already stays once.

    `kind` is the table of the new record.
    """
    for table in attached():
        names = [column.name for column in table.c]
        given = {"record_id": sa.literal(new, Uuid), "record_kind": sa.literal(kind)}
        moved = sa.select(*(given.get(name, table.c[name]) for name in names))
        rows = _of(ctx, table, old)
        await ctx.act.fetch(
            insert(table).from_select(names, moved.where(rows)).on_conflict_do_nothing()
        )
        await ctx.act.fetch(sa.delete(table).where(rows))


async def forget(ctx: Context, records: Sequence[str]) -> None:
    """Remove everything that belongs to records that are gone for good, or places them."""
    for table in attached():
        for name in {"record_id", "item_id"} & set(table.c.keys()):
            await ctx.act.fetch(sa.delete(table).where(_of(ctx, table, records, name)))


def attached() -> Iterator[sa.Table]:
    """The tables whose rows belong to core records."""
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Attached):
            yield metadata.tables[mapper.class_.__tablename__]


def _of(
    ctx: Context, table: sa.Table, records: Sequence[str], name: str = "record_id"
) -> sa.ColumnElement[bool]:
    ids = sa.bindparam(None, list(records), type_=sa.ARRAY(Uuid))
    belongs: Any = sa.and_(table.c.workspace_id == ctx.workspace_id, table.c[name] == sa.any_(ids))
    return belongs  # type: ignore[no-any-return]
