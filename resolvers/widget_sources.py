"""What widgets are made of: the tables whose events may change what one shows."""

from collections.abc import Callable, Mapping
from typing import Any

from auth.actor import Actor
from core.names import snake
from models.enums import Metric, WidgetKind
from models.registry import REGISTRY
from resolvers.feed import TYPES
from resolvers.leanings import leans_on
from services import metrics
from services.figures import summed
from services.widgets import entity_of

Config = Mapping[str, Any]
Tables = frozenset[str]

_MONEY = "exchange_rate"
_DEALS = frozenset({"deal", "pipeline", "pipeline_stage", _MONEY})


def sources(kind: WidgetKind, config: Config, actor: Actor, filter: Config | None = None) -> Tables:
    """The tables that decide what a widget shows somebody, those that decide on sight included.

    `filter` is that of the saved view it shows.
    """
    entities, tables = _BY_KIND[kind](config)
    if filter is not None:
        tables |= {"saved_view"} | leans_on(entity_of(config["record"]), actor, filter)
    return tables.union(
        (REGISTRY[name].table.name for name in entities),
        *(leans_on(REGISTRY[name], actor, None) for name in entities),
    )


Made = tuple[list[str], Tables]
"""The entities whose records are shown or counted, and further tables."""


def _card(config: Config) -> Made:
    of = metrics.METRICS[Metric[config["metric"]]]
    beside = {"Deal": {"pipeline_stage", _MONEY}, "Case": {"case_status"}}
    return [of.entity], frozenset(beside.get(of.entity, ()))


def _chart(config: Config) -> Made:
    entity = entity_of(config["record"])
    group = entity.fields[snake(config["group_by"])]
    named = {REGISTRY[group.target].table.name} if group.target else set()
    return [entity.name], frozenset(named | ({_MONEY} if summed(entity) else set()))


def _table(config: Config) -> Made:
    return [entity_of(config["record"]).name], frozenset()


def _feed(_config: Config) -> Made:
    return sorted({name for name, _ in TYPES.values()}), frozenset()


_BY_KIND: Mapping[WidgetKind, Callable[[Config], Made]] = {
    WidgetKind.KPI_CARD: _card,
    WidgetKind.CHART: _chart,
    WidgetKind.TABLE: _table,
    WidgetKind.PIPELINE_BY_STAGE: lambda _config: (["Deal"], _DEALS),
    WidgetKind.UPCOMING_TASKS: lambda _config: (["Task"], frozenset()),
    WidgetKind.DEAL_FORECAST: lambda _config: (["Deal"], _DEALS),
    WidgetKind.ACTIVITY_FEED: _feed,
    WidgetKind.KPI_PROGRESS: lambda _config: ([], frozenset()),
    WidgetKind.REPORT: lambda _config: ([], frozenset()),
}
