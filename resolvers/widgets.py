"""What each kind of widget shows: a few statements each, whatever number of rows they count."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from auth.policy import WORKSPACE, readable, visible
from core.errors import Denied
from core.names import snake
from core.sql import render
from models.base import Uuid
from models.enums import Comparison, Metric, MetricFormat, StageCategory, TaskStatus, WidgetKind
from models.registry import REGISTRY, pointer
from resolvers.aggregate import key_column, key_of
from resolvers.feed import feed
from resolvers.listing import ordering
from resolvers.plans.rendering import rendered
from resolvers.reading import Reading
from resolvers.scopes import Scope
from services import metrics, stored_filters
from services.conditions import Filtering
from services.figures import added, figures
from services.rates import Home
from services.rules import comparisons, dates
from services.saved_views import Look
from services.saved_views import entity_of as saved_entity
from services.widgets import COUNT, entity_of

MOST_TASKS = 50
MOST_POINTS = 50
AHEAD = timedelta(hours=48)

Config = Mapping[str, Any]
Data = dict[str, Any]
Show = Callable[[Reading, Scope, Config], Awaitable[Data]]

_UNAVAILABLE: Data = {"kind": "UnavailableData", "reason": "NOT_AVAILABLE"}


async def _metric(reading: Reading, scope: Scope, config: Config) -> Data:
    metric = Metric[config["metric"]]
    of = metrics.METRICS[metric]
    entity = REGISTRY[of.entity]
    if not readable(entity, reading.actor):
        return _UNAVAILABLE
    home = Home.of(reading.actor, reading.now)
    statement = rendered(
        metrics.statement(
            metric, _no_keys, lambda rows: visible(entity, reading.actor, rows), scope.of
        )
    )

    async def read(days: Any) -> list[Any]:
        bound = home.bound()
        if of.is_flow:
            bound |= metrics.within(days, home.time_zone)
        return await reading.fetch(statement.with_values(**bound))

    previous: Decimal | None
    now = await read(comparisons.to_date(home.today))
    before = comparisons.month_before(home.today)
    if of.is_flow:
        days = comparisons.to_date(before)
        previous = metrics.value(metric, await read(days), home)
    else:
        kept = await reading.fetch(rendered(metrics.earlier(metric, before, scope.owners)))
        previous = Decimal(kept[0]["value"]) if kept else None
    compared = comparisons.Compared(metrics.value(metric, now, home), previous)
    sums = added(entity, now, home)
    return {
        "kind": "MetricData",
        "metric": metric,
        "value": compared.value,
        "previous_value": compared.previous,
        "delta_absolute": compared.absolute,
        "delta_percent": compared.percent,
        "comparison": Comparison.LAST_MONTH,
        "delta_display": config["delta_display"],
        "format": MetricFormat.MONEY if of.sum else MetricFormat.NUMBER,
        "currency": home.currency if of.sum else None,
        "unconverted": sums[f"unconverted_{of.sum}"] if of.sum else [],
    }


def _no_keys(_rows: Any) -> Sequence[Any]:
    return ()


async def _chart(reading: Reading, scope: Scope, config: Config) -> Data:
    entity = entity_of(config["record"])
    if not readable(entity, reading.actor):
        return _UNAVAILABLE
    field = entity.fields[snake(config["group_by"])]
    rows = entity.table.alias("item")
    conditions = [visible(entity, reading.actor, rows)]
    if "owner_id" in rows.c:
        conditions.append(scope.of(rows))
    key = key_column(rows, field).label("k0")
    measure = snake(config["measure"])
    groups = await _figures(reading, entity, rows, key, conditions)
    points = [
        {
            "keys": [key_of(field, value)],
            "count": sums["count"],
            "amount": None if measure == COUNT else sums[f"sum_{measure}"],
        }
        for value, sums in groups.items()
    ]
    points.sort(key=lambda one: one["count"] if measure == COUNT else one["amount"]["amount"])
    return {"kind": "SeriesData", "points": points[::-1][:MOST_POINTS]}


async def _figures(
    reading: Reading, entity: Any, rows: Any, key: Any, conditions: Sequence[Any]
) -> dict[Any, Any]:
    home = Home.of(reading.actor, reading.now)
    statement = rendered(figures(entity, rows, [key], *conditions))
    found: dict[Any, list[Any]] = {}
    for row in await reading.fetch(statement.with_values(**home.bound())):
        found.setdefault(row["k0"], []).append(row)
    return {value: added(entity, own, home) for value, own in found.items()}


async def _pipeline(reading: Reading, scope: Scope, config: Config) -> Data:
    deal, stage = REGISTRY["Deal"], REGISTRY["PipelineStage"]
    if not readable(deal, reading.actor):
        return _UNAVAILABLE
    stages = await reading.fetch(rendered(_stages(reading, config.get("pipeline_id"))))
    home = Home.of(reading.actor, reading.now)
    rows = deal.table.alias("item")
    month = dates.midnight(home.today.replace(day=1), home.time_zone)
    conditions = [
        visible(deal, reading.actor, rows),
        scope.of(rows),
        rows.c.stage_id == sa.any_(_ids([one["id"] for one in stages])),
        sa.or_(rows.c.closed_at.is_(None), rows.c.closed_at >= month),
    ]
    groups = await _figures(reading, deal, rows, rows.c.stage_id.label("k0"), conditions)
    nothing = {"count": 0, "sum_value": home.money(Decimal(0))}
    points = []
    for one in stages:
        sums = groups.get(one["id"], nothing)
        key = {"kind": "RecordKey", "field": "stage", "record": pointer(stage.name, one["id"])}
        points.append({"keys": [key], "count": sums["count"], "amount": sums["sum_value"]})
    return {"kind": "SeriesData", "points": points}


def _stages(reading: Reading, pipeline_id: str | None) -> sa.Select[Any]:
    """The living stages of a pipeline in their order, of the first one when none is named."""
    pipeline, stage = REGISTRY["Pipeline"].table.alias(), REGISTRY["PipelineStage"].table.alias()
    wanted: Any = pipeline_id
    if pipeline_id is None:
        wanted = (
            sa.select(pipeline.c.id)
            .where(
                visible(REGISTRY["Pipeline"], reading.actor, pipeline),
                pipeline.c.kind == "DEAL",
                pipeline.c.archived_at.is_(None),
            )
            .order_by(pipeline.c.position, pipeline.c.id)
            .limit(1)
            .scalar_subquery()
        )
    return (
        sa.select(stage.c.id)
        .where(
            visible(REGISTRY["PipelineStage"], reading.actor, stage),
            stage.c.pipeline_id == wanted,
            stage.c.archived_at.is_(None),
        )
        .order_by(stage.c.position, stage.c.id)
    )


def _ids(values: Sequence[str]) -> Any:
    return sa.literal(list(values), sa.ARRAY(Uuid))


async def _table(reading: Reading, scope: Scope, config: Config) -> Data:
    entity = entity_of(config["record"])
    if not readable(entity, reading.actor):
        return _UNAVAILABLE
    rows = entity.table.alias("item")
    conditions = [visible(entity, reading.actor, rows)]
    if "owner_id" in rows.c:
        conditions.append(scope.of(rows))
    order: Sequence[Mapping[str, Any]] = ()
    if chosen := config.get("order_by"):
        name = snake(chosen.removeprefix("-")).upper()
        order = [{"field": name, "direction": "DESC" if chosen.startswith("-") else "ASC"}]
    try:
        if config.get("view_id"):
            view = await views(reading, [config["view_id"]])
            given = stored_filters.taken(entity, view[0].filter) if view else None
            if given is None:
                return _UNAVAILABLE
            order = order or view[0].order_by
            filtering = Filtering(reading.actor, reading.now)
            conditions.append(filtering.where(entity, rows, given))
        by = ordering(entity, order, reading.actor, ("-id",))
    except (Denied, KeyError):
        # What it is filtered or ordered by is gone, as a custom field may be.
        return _UNAVAILABLE
    limit = sa.literal_column(str(config["rows"]), sa.Integer)
    found = await reading.fetch(render(by.page([rows.c.id], rows, conditions, None, limit)))
    return {"kind": "TableData", "records": [pointer(entity.name, row["id"]) for row in found]}


async def views(reading: Reading, ids: Sequence[str]) -> list[Look]:
    """The saved views that tables show, whoever they are shared with: records stay in sight."""
    view = REGISTRY["SavedView"].table
    statement = sa.select(view.c.record_type, view.c.filter, view.c.order_by, view.c.columns).where(
        view.c.workspace_id == WORKSPACE, view.c.id == sa.any_(_ids(ids))
    )
    found = await reading.fetch(rendered(statement))
    return [Look(saved_entity(row[0]), row[1], row[2], row[3]) for row in found]


async def _tasks(reading: Reading, _scope: Scope, _config: Config) -> Data:
    user = reading.actor.user_id
    return (await upcoming_tasks(reading, [user]))[user]


async def upcoming_tasks(reading: Reading, users: Sequence[str]) -> dict[str, Data]:
    """The tasks of the next 48 hours of each of some users, in one statement."""
    task = REGISTRY["Task"]
    if not readable(task, reading.actor):
        return dict.fromkeys(users, _UNAVAILABLE)
    rows = task.table.alias("item")
    user = (
        sa.func.unnest(_ids(users)).table_valued(sa.column("id", Uuid), name="wanted")
    ).render_derived()
    soon = (
        sa.select(rows.c.id, rows.c.due_at)
        .where(
            visible(task, reading.actor, rows),
            rows.c.owner_id == user.c.id,
            rows.c.status != TaskStatus.DONE,
            rows.c.due_at.between(reading.now, reading.now + AHEAD),
        )
        .order_by(rows.c.due_at, rows.c.id)
        .limit(MOST_TASKS)
        .lateral("soon")
    )
    statement = (
        sa.select(user.c.id.label("user_id"), soon.c.id)
        .select_from(user.join(soon, sa.true()))
        .order_by(soon.c.due_at, soon.c.id)
    )
    found: dict[str, list[Any]] = {one: [] for one in users}
    for row in await reading.fetch(rendered(statement)):
        found[row["user_id"]].append(pointer("Task", row["id"]))
    return {one: {"kind": "TaskListData", "tasks": own} for one, own in found.items()}


async def _forecast(reading: Reading, scope: Scope, _config: Config) -> Data:
    deal = REGISTRY["Deal"]
    if not readable(deal, reading.actor):
        return _UNAVAILABLE
    home = Home.of(reading.actor, reading.now)
    rows, stage = deal.table.alias("item"), REGISTRY["PipelineStage"].table.alias()
    won = sa.select(stage.c.id).where(
        visible(REGISTRY["PipelineStage"], reading.actor, stage),
        stage.c.category == StageCategory.WON,
    )
    month = metrics.within((home.today.replace(day=1), home.today), home.time_zone)
    is_open = rows.c.closed_at.is_(None)
    conditions = [
        visible(deal, reading.actor, rows),
        scope.of(rows),
        sa.or_(
            sa.and_(is_open, rows.c.close_date <= comparisons.month_end(home.today)),
            sa.and_(
                rows.c.stage_id.in_(won),
                rows.c.closed_at >= month["first_moment"],
                rows.c.closed_at < month["last_moment"],
            ),
        ),
    ]
    groups = await _figures(reading, deal, rows, is_open.label("k0"), conditions)
    nothing = {name: home.money(Decimal(0)) for name in ("sum_value", "sum_weighted_value")}
    opened, closed = (groups.get(one, nothing) for one in (True, False))
    weighted, value = opened["sum_weighted_value"], closed["sum_value"]
    left = [*opened.get("unconverted_value", []), *closed.get("unconverted_value", [])]
    return {
        "kind": "ForecastData",
        "weighted_open": weighted,
        "won_this_month": value,
        "total": home.money(weighted["amount"] + value["amount"]),
        "month": f"{home.today:%Y-%m}",
        "unconverted": left,
    }


async def _feed(reading: Reading, scope: Scope, _config: Config) -> Data:
    return {"kind": "FeedData", "items": await feed(reading, scope, 20)}


async def _nothing(_reading: Reading, _scope: Scope, _config: Config) -> Data:
    return _UNAVAILABLE


DATA: Mapping[str, Show] = {
    WidgetKind.KPI_CARD: _metric,
    WidgetKind.CHART: _chart,
    WidgetKind.TABLE: _table,
    WidgetKind.PIPELINE_BY_STAGE: _pipeline,
    WidgetKind.UPCOMING_TASKS: _tasks,
    WidgetKind.DEAL_FORECAST: _forecast,
    WidgetKind.ACTIVITY_FEED: _feed,
    WidgetKind.KPI_PROGRESS: _nothing,
    WidgetKind.REPORT: _nothing,
}
