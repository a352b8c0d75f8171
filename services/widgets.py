"""What widgets show: their settings by kind, checked against what there is."""

from collections.abc import Callable, Mapping
from typing import Any

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import encode
from core.names import camel
from models.deals import Pipeline
from models.enums import CoreEntity, DeltaDisplay, Metric, PipelineKind, WidgetKind
from models.registry import REGISTRY, Entity
from models.saved_views import SavedView
from services.figures import summed

COUNT = "count"
_NAMES = ("metric", "delta_display", "record", "group_by", "measure", "rows", "order_by")
_IDS = {"pipeline_id": "pip", "view_id": "view"}
MOST_ROWS = 50
_DEFAULT_ROWS = 10
_TITLES = {
    WidgetKind.KPI_CARD: "Figure",
    WidgetKind.CHART: "Chart",
    WidgetKind.TABLE: "Table",
    WidgetKind.PIPELINE_BY_STAGE: "Pipeline by Stage",
    WidgetKind.UPCOMING_TASKS: "Upcoming Tasks",
    WidgetKind.DEAL_FORECAST: "Deal Forecast",
    WidgetKind.ACTIVITY_FEED: "Recent Activity",
    WidgetKind.KPI_PROGRESS: "KPI Progress",
    WidgetKind.REPORT: "Report",
}
Config = dict[str, Any]


def title_of(kind: WidgetKind) -> str:
    """What a widget is called until somebody calls it something else."""
    return _TITLES[kind]


def settings(config: Mapping[str, Any]) -> Config:
    """Settings as the API shows them: all there are, ids as clients know them."""
    shown = {name: config.get(name) for name in _NAMES}
    ids = {name: (prefix, config.get(name)) for name, prefix in _IDS.items()}
    return shown | {
        name: encode(prefix, one) if one else None for name, (prefix, one) in ids.items()
    }


def entity_of(record: str) -> Entity:
    """The entity of a kind of record."""
    return REGISTRY[record.capitalize()]


async def checked(ctx: Context, kind: WidgetKind, given: Mapping[str, Any]) -> Config:
    """The settings a kind of widget has, of those given; the others are refused."""
    pipeline = given.get("pipeline_id")
    if pipeline is not None:
        found: Any = await ctx.get(Pipeline, pipeline, path=("config", "pipelineId"))
        if found.kind != PipelineKind.DEAL:
            _refuse("pipeline_id", "Choose a pipeline of deals.")
    if given.get("view_id"):
        given = await _of_view(ctx, given)
    check = _CHECKS.get(kind)
    known = {} if check is None else check(given)
    for name, value in given.items():
        if name not in known and value is not None:
            _refuse(name, f"A widget of the kind {kind} has no such setting.")
    return known


def _card(given: Mapping[str, Any]) -> Config:
    if given.get("metric") is None:
        _refuse("metric", "Say which figure the card shows.", UserErrorCode.REQUIRED)
    shown = given.get("delta_display") or DeltaDisplay.PERCENT
    return {"metric": str(Metric[given["metric"]]), "delta_display": str(DeltaDisplay[shown])}


def _chart(given: Mapping[str, Any]) -> Config:
    entity = _record(given)
    groups = {camel(name): name for name, field in entity.fields.items() if field.group}
    group = groups.get(given.get("group_by") or "")
    if group is None:
        _refuse("group_by", f"Group a {entity.name} by one of: {', '.join(groups)}.")
    sums = {COUNT: COUNT} | {camel(field.name): field.name for field in summed(entity)}
    measure = sums.get(given.get("measure") or COUNT)
    if measure is None:
        _refuse("measure", f"Measure one of: {', '.join(sums)}.")
    return {
        "record": given["record"],
        "group_by": camel(str(group)),
        "measure": camel(str(measure)),
    }


def _table(given: Mapping[str, Any]) -> Config:
    entity = _record(given)
    rows = _DEFAULT_ROWS if given.get("rows") is None else given["rows"]
    if not 1 <= rows <= MOST_ROWS:
        _refuse("rows", f"A table shows 1 to {MOST_ROWS} records.")
    orders = [camel(name) for name, field in entity.fields.items() if field.order]
    order = given.get("order_by")
    if order is not None and order.removeprefix("-") not in orders:
        _refuse("order_by", f"Order by one of: {', '.join(orders)}; `-` before it for descending.")
    shown = {"record": given["record"], "rows": rows, "order_by": order}
    return shown | {"view_id": given.get("view_id")}


async def _of_view(ctx: Context, given: Mapping[str, Any]) -> Config:
    """The settings of a table that shows a saved view: its records are the view's."""
    view: Any = await ctx.get(SavedView, given["view_id"], path=("config", "viewId"))
    if given.get("record") not in {None, view.record_type}:
        _refuse("record", f"The view is of the kind {view.record_type}; leave `record` out.")
    return {**given, "record": view.record_type}


def _pipeline(given: Mapping[str, Any]) -> Config:
    return {"pipeline_id": given.get("pipeline_id")}


def _record(given: Mapping[str, Any]) -> Entity:
    if given.get("record") is None:
        _refuse("record", "Say which kind of record.", UserErrorCode.REQUIRED)
    return entity_of(CoreEntity[given["record"]])


def _refuse(name: str, message: str, code: UserErrorCode = UserErrorCode.INVALID_VALUE) -> None:
    raise UserError(code, message, ("config", camel(name)))


_CHECKS: Mapping[WidgetKind, Callable[[Mapping[str, Any]], Config]] = {
    WidgetKind.KPI_CARD: _card,
    WidgetKind.CHART: _chart,
    WidgetKind.TABLE: _table,
    WidgetKind.PIPELINE_BY_STAGE: _pipeline,
}
