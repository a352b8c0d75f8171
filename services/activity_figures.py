"""When each of many records was last the subject of an activity."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from auth.policy import WORKSPACE
from auth.roles import Category, Level
from core.sql import Remembered
from models import metadata
from models.activities import Activity
from models.base import Uuid

_ENTRY = metadata.tables["timeline_entry"]
_STATEMENTS = Remembered()
_RECORDS = sa.bindparam("records", None, type_=sa.ARRAY(Uuid))
_NOW = sa.bindparam("now", None, type_=sa.DateTime(timezone=True))


async def last_activities(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[datetime | None]:
    """The moments of the latest activities that are past; one statement for all records."""
    if not reading.actor.may(Category.COMMUNICATIONS, Level.READ):
        return [None] * len(rows)
    statement = _STATEMENTS.of("latest", _latest)
    ids = [row["id"] for row in rows]
    found = await reading.fetch(statement.with_values(records=ids, now=reading.now))
    return [row[0] for row in found]


def _latest() -> sa.Select[Any]:
    """For each record the newest entry of each kind whose activity is not deleted."""
    above = (
        sa.func.unnest(_RECORDS)
        .table_valued(sa.column("id", Uuid), with_ordinality="ord", name="above")
        .render_derived()
    )
    newest = []
    for kind in Activity.__subclasses__():
        entry, item = _ENTRY.alias(), metadata.tables[kind.__tablename__].alias()
        found = sa.select(entry.c.at).where(
            entry.c.workspace_id == WORKSPACE,
            entry.c.record_id == above.c.id,
            entry.c.item_kind == kind.__tablename__,
            entry.c.at <= _NOW,
            item.c.workspace_id == WORKSPACE,
            item.c.id == entry.c.item_id,
            item.c.deleted_at.is_(None),
        )
        latest = found.order_by(entry.c.at.desc(), entry.c.item_id.desc()).limit(1)
        newest.append(latest.correlate(above).scalar_subquery())
    return sa.select(sa.func.greatest(*newest)).select_from(above).order_by(above.c.ord)
