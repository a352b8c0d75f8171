"""What the demo's metrics were at the end of the days of a month: figured out from its records."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from core.writes import Transaction
from models import metadata
from models.enums import Metric
from services.demo.world import World
from services.metrics import NOBODY
from services.rules import comparisons, dates

_SNAPSHOT = metadata.tables["metric_snapshot"]
_STOCKS: Mapping[Metric, tuple[str, str, str]] = {
    Metric.TOTAL_CONTACTS: ("contact", "deleted_at", ""),
    Metric.PIPELINE_VALUE: ("deal", "closed_at", "value_amount"),
    Metric.OPEN_DEALS: ("deal", "closed_at", ""),
    Metric.OPEN_CASES: ("case", "resolved_at", ""),
}
"""Of each: the records, since when one does not count any more, and what is added up."""


async def look_back(act: Transaction, world: World) -> None:
    """Keep what every stock was, from this day of the month before until yesterday."""
    today, zone = world.day(0), world.zone.key
    first = comparisons.month_before(today)
    days = [first + timedelta(days=ahead) for ahead in range((today - first).days)]
    ends = [dates.midnight(day + timedelta(days=1), zone) for day in days]
    rows: list[dict[str, Any]] = []
    for metric in _STOCKS:
        kept = {(at, NOBODY): 0 for at in range(len(days))}
        for row in await act.fetch(_statement(act.workspace, metric, ends)):
            kept[row["night"] - 1, row["owner_id"] or NOBODY] = row["value"]
        rows += [
            {"workspace_id": act.workspace, "day": days[at], "metric": metric, "owner_id": owner}
            | {"value": value}
            for (at, owner), value in kept.items()
        ]
    await act.fetch(sa.insert(_SNAPSHOT).values(rows))


def _statement(workspace: str, metric: Metric, ends: list[Any]) -> sa.Select[Any]:
    table, ended, added = _STOCKS[metric]
    item = metadata.tables[table].alias("item")
    moments = sa.literal(ends, sa.ARRAY(sa.DateTime(timezone=True)))
    end = (
        sa.func.unnest(moments)
        .table_valued(
            sa.column("at", sa.DateTime(timezone=True)), with_ordinality="night", name="ends"
        )
        .render_derived()
    )
    value: Any = sa.func.sum(item.c[added]) if added else sa.func.count()
    return (
        sa.select(end.c.night, item.c.owner_id, value.label("value"))
        .where(
            item.c.workspace_id == workspace,
            item.c.created_at < end.c.at,
            sa.or_(item.c[ended].is_(None), item.c[ended] >= end.c.at),
        )
        .group_by(end.c.night, item.c.owner_id)
    )
