"""Metrics: what KPI cards show, now, in the same days a month before, or at an earlier night."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from auth.policy import WORKSPACE
from core.sql import render
from core.writes import Transaction
from models import metadata
from models.base import Uuid
from models.enums import CaseStatusCategory, Metric, StageCategory
from models.registry import REGISTRY, Entity
from services import sweeps
from services.figures import added, figures
from services.rates import Home
from services.rules import dates

_LAST_HOUR = 23
NOBODY = "00000000-0000-0000-0000-000000000000"
_SNAPSHOT = metadata.tables["metric_snapshot"]
_WORKSPACE = metadata.tables["workspace"]
_FIRST = sa.bindparam("first_moment", None, type_=sa.DateTime(timezone=True))
_LAST = sa.bindparam("last_moment", None, type_=sa.DateTime(timezone=True))

Condition = Callable[[Any], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Definition:
    """What a metric counts or adds up: a stock as of now, or a flow within days."""

    entity: str
    which: Condition
    sum: str = ""
    """Field that is added up; records are counted when empty."""
    is_flow: bool = False


def _all(_rows: Any) -> Sequence[Any]:
    return ()


def _open_deal(rows: Any) -> Sequence[Any]:
    return (rows.c.closed_at.is_(None),)


def _open_case(rows: Any) -> Sequence[Any]:
    return (rows.c.status_id.not_in(_of_category("case_status", CaseStatusCategory.RESOLVED)),)


def _won(rows: Any) -> Sequence[Any]:
    won = _of_category("pipeline_stage", StageCategory.WON)
    return (rows.c.stage_id.in_(won), rows.c.closed_at >= _FIRST, rows.c.closed_at < _LAST)


def _new(rows: Any) -> Sequence[Any]:
    return (rows.c.created_at >= _FIRST, rows.c.created_at < _LAST)


def _of_category(table: str, category: str) -> Any:
    of = metadata.tables[table].alias()
    return sa.select(of.c.id).where(of.c.workspace_id == WORKSPACE, of.c.category == category)


METRICS: Mapping[Metric, Definition] = {
    Metric.TOTAL_CONTACTS: Definition("Contact", _all),
    Metric.PIPELINE_VALUE: Definition("Deal", _open_deal, sum="value"),
    Metric.OPEN_DEALS: Definition("Deal", _open_deal),
    Metric.OPEN_CASES: Definition("Case", _open_case),
    Metric.DEALS_CLOSED: Definition("Deal", _won, is_flow=True),
    Metric.WON_VALUE: Definition("Deal", _won, sum="value", is_flow=True),
    Metric.NEW_CONTACTS: Definition("Contact", _new, is_flow=True),
    Metric.NEW_LEADS: Definition("Lead", _new, is_flow=True),
}


def statement(metric: Metric, keys: Callable[[Any], Sequence[Any]], *conditions: Any) -> Any:
    """The statement of a metric's figures; `conditions` are made of its rows."""
    of = METRICS[metric]
    entity = REGISTRY[of.entity]
    rows = entity.table.alias("item")
    made = [one(rows) for one in conditions]
    return figures(entity, rows, keys(rows), *made, *of.which(rows))


def value(metric: Metric, rows: Sequence[Mapping[str, Any]], home: Home) -> Decimal:
    """What the rows of the statement come to."""
    of = METRICS[metric]
    sums = added(REGISTRY[of.entity], rows, home)
    return Decimal(sums[f"sum_{of.sum}"]["amount"] if of.sum else sums["count"])


def within(days: tuple[date, date], time_zone: str) -> dict[str, datetime]:
    """The moments between which days lie somewhere."""
    first, last = days
    return {
        "first_moment": dates.midnight(first, time_zone),
        "last_moment": dates.midnight(last + timedelta(days=1), time_zone),
    }


def earlier(metric: Metric, day: date, owners: Sequence[str] | None) -> Any:
    """What a stock was at the end of a day; no row when the day was not taken."""
    at = _SNAPSHOT
    total: Any = sa.func.sum(at.c.value)
    if owners is not None:
        mine = at.c.owner_id == sa.any_(sa.literal(list(owners), sa.ARRAY(Uuid)))
        total = sa.func.coalesce(total.filter(mine), 0)
    return (
        sa.select(total.label("value"))
        .where(at.c.workspace_id == WORKSPACE, at.c.day == day, at.c.metric == metric)
        .having(sa.func.bool_or(at.c.owner_id == NOBODY))
    )


ASKED = sweeps.question(
    sa.func.extract("hour", sweeps.LOCAL) == _LAST_HOUR,
    ~sweeps.rows(_SNAPSHOT, _SNAPSHOT.c.day == sweeps.TODAY, _SNAPSHOT.c.owner_id == NOBODY),
)
"""Whether it is a day's last hour, or one of which nothing was kept yet."""


async def take(act: Transaction) -> None:
    """Keep what every stock is today, by owner: once a day at first, and in its last hour."""
    (workspace,) = await act.fetch(
        sa.select(_WORKSPACE.c.currency, _WORKSPACE.c.time_zone).where(
            _WORKSPACE.c.workspace_id == act.workspace
        )
    )
    zone = workspace["time_zone"]
    local = act.now.astimezone(ZoneInfo(zone))
    home = Home(workspace["currency"], zone, local.date())
    if local.hour != _LAST_HOUR and await act.fetch(_taken(act.workspace, home.today)):
        return
    for metric, of in METRICS.items():
        if not of.is_flow:
            await _keep(act, metric, REGISTRY[of.entity], home)


def _taken(workspace: str, day: date) -> Any:
    at = _SNAPSHOT
    own = sa.and_(at.c.workspace_id == workspace, at.c.day == day, at.c.owner_id == NOBODY)
    return sa.select(at.c.day).where(own).limit(1)


async def _keep(act: Transaction, metric: Metric, entity: Entity, home: Home) -> None:
    rendered = render(statement(metric, _by_owner, lambda rows: _living(entity, rows)))
    bound = home.bound() | {"actor_workspace": act.workspace}
    by_owner: dict[str, list[Any]] = {NOBODY: []}
    for row in await act.fetch(rendered, bound):
        by_owner.setdefault(row["owner"] or NOBODY, []).append(row)
    rows = [
        {
            "workspace_id": act.workspace,
            "day": home.today,
            "metric": metric,
            "owner_id": owner,
            "value": value(metric, own, home),
        }
        for owner, own in by_owner.items()
    ]
    kept = insert(_SNAPSHOT).values(rows)
    await act.fetch(
        kept.on_conflict_do_update(
            constraint="metric_snapshot_pk", set_={"value": kept.excluded.value}
        )
    )


def _by_owner(rows: Any) -> Sequence[Any]:
    return (rows.c.owner_id.label("owner"),)


def _living(entity: Entity, rows: Any) -> Any:
    own = rows.c.workspace_id == WORKSPACE
    return sa.and_(own, rows.c.deleted_at.is_(None)) if entity.restorable else own
