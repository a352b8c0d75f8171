"""What belongs to core records of any kind: tags, files, activities follow their record."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from auth.context import Context
from core.writes import Transaction
from models import metadata
from models.base import Attached, Base, Uuid, uuids


async def move(ctx: Context, old: Sequence[str], new: str, kind: str) -> None:
    """Hand everything that belongs to some records to one; what it has already stays once.

    `kind` is the table of the new record.
    """
    for table in attached():
        names = [column.name for column in table.c]
        # What is deleted in the same statement does not stand in the way of what replaces it.
        belonging = _of(ctx.act, table, old)
        if table.info.get("of_one_kind"):
            belonging = sa.and_(belonging, table.c.record_kind == kind)
        taken = sa.delete(table).where(belonging).returning(*table.c).cte("taken")
        given = {"record_id": sa.literal(new, Uuid), "record_kind": sa.literal(kind)}
        moved = sa.select(*(given.get(name, taken.c[name]) for name in names))
        await ctx.act.fetch(insert(table).from_select(names, moved).on_conflict_do_nothing())


async def forget(act: Transaction, records: Sequence[str]) -> None:
    """Remove everything that belongs to records that are gone for good, or places them."""
    for table in attached():
        for name in {"record_id", "item_id"} & set(table.c.keys()):
            await act.fetch(sa.delete(table).where(_of(act, table, records, name)))


def attached() -> Iterator[sa.Table]:
    """The tables whose rows belong to core records."""
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Attached):
            yield metadata.tables[mapper.class_.__tablename__]


def _of(
    act: Transaction, table: sa.Table, records: Sequence[str], name: str = "record_id"
) -> sa.ColumnElement[bool]:
    ids = uuids(records)
    belongs: Any = sa.and_(table.c.workspace_id == act.workspace, table.c[name] == sa.any_(ids))
    return belongs  # type: ignore[no-any-return]
