"""Dashboards: their acts, and what their widgets show to whom."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
import strawberry
from strawberry import UNSET

from auth.context import Context
from auth.policy import visible
from models.registry import REGISTRY, pointer
from resolvers.crud import crud
from resolvers.mutation import mutation
from resolvers.plans.rendering import rendered
from resolvers.queries import valued
from resolvers.reading import Reading
from resolvers.scopes import Scope, scope_of
from resolvers.widgets import DATA
from schema import dashboards as given
from schema.dashboard_view import VIEW_ARGUMENTS, DashboardView
from schema.dashboards import Dashboard, DashboardWidget
from schema.types import Answered, Given
from services import dashboards
from services.conditions import read_id
from services.rules.layout import Place

crud(
    Dashboard,
    create=dashboards.create,
    update=dashboards.update,
    delete=dashboards.delete,
    without=frozenset({"upsert", "bulk"}),
)


@mutation(dashboard=Dashboard)
async def dashboard_share(ctx: Context, input: given.DashboardShareInput) -> Any:
    """Share a dashboard with exactly these teams and roles; empty lists keep it to its owner."""
    return await dashboards.share(ctx, input.id, input.team_ids, input.roles)


@mutation(dashboard=Dashboard, widget=DashboardWidget)
async def dashboard_widget_add(
    ctx: Context, input: given.DashboardWidgetAddInput
) -> dict[str, Any]:
    """Put a widget on a dashboard, under those there are."""
    dashboard, widget = await dashboards.widget_add(
        ctx, input.dashboard_id, input.kind, input.title, _config(input.config)
    )
    return {"dashboard": dashboard, "widget": widget}


@mutation(widget=DashboardWidget)
async def dashboard_widget_update(ctx: Context, input: given.DashboardWidgetUpdateInput) -> Any:
    """Change what a widget is called or shows; the others stay as they are."""
    return await dashboards.widget_update(
        ctx, input.id, input.title, _config(input.config), input.expected_version
    )


@mutation(dashboard=Dashboard)
async def dashboard_widget_remove(ctx: Context, input: given.DashboardWidgetRemoveInput) -> Any:
    """Take a widget off its dashboard; one of the same kind can be added again."""
    return await dashboards.widget_remove(ctx, input.id)


@mutation(dashboard=Dashboard)
async def dashboard_layout_save(ctx: Context, input: given.DashboardLayoutSaveInput) -> Any:
    """Lay out all widgets of a dashboard at once."""
    places = {str(one.id): Place(one.x, one.y, one.width, one.height) for one in input.widgets}
    return await dashboards.save_layout(ctx, input.id, places, input.expected_version)


def _config(settings: given.WidgetConfigInput | None) -> dict[str, Any]:
    if settings is None:
        return {}
    return {name: value for name, value in vars(settings).items() if value is not UNSET}


@valued(
    "dashboard_view",
    Answered(
        DashboardView | None,
        "A dashboard with what its widgets show; null when there is no such one in your sight.",
        {
            "id": Given(strawberry.ID, "The dashboard; the one everybody lands on if left out."),
            **VIEW_ARGUMENTS,
        },
    ),
)
async def dashboard_view(reading: Reading, arguments: Mapping[str, Any]) -> Any:
    """The dashboard, its widgets, and the figures of each."""
    scope = await scope_of(reading, arguments.get("scope"))
    rows = await widgets_of(reading, arguments.get("id"))
    if not rows:
        return None
    return {
        "dashboard": pointer("Dashboard", rows[0]["dashboard_id"]),
        "scope": {"kind": scope.kind, "team": pointer("Team", scope.team_id)},
        "event_cursor": str(reading.position),
        "widgets": [await _view(reading, scope, row) for row in rows if row["id"]],
    }


async def widgets_of(reading: Reading, wire_id: str | None) -> list[Any]:
    """The widgets of a dashboard in sight, from the top; one row without a widget if it is bare."""
    entity, widgets = REGISTRY["Dashboard"], REGISTRY["DashboardWidget"]
    wanted, widget = entity.table.alias(), widgets.table.alias()
    chosen: Any = wanted.c.is_main
    if wire_id:
        chosen = wanted.c.id == read_id(wire_id, "Dashboard")
    on_it = sa.and_(
        widget.c.workspace_id == wanted.c.workspace_id, widget.c.dashboard_id == wanted.c.id
    )
    columns = (widget.c.id, widget.c.kind, widget.c.title, widget.c.config)
    statement = (
        sa.select(wanted.c.id.label("dashboard_id"), *columns)
        .select_from(wanted.outerjoin(widget, on_it))
        .where(visible(entity, reading.actor, wanted), chosen)
        .order_by(widget.c.y, widget.c.x)
    )
    return await reading.fetch(rendered(statement))


async def _view(reading: Reading, scope: Scope, row: Mapping[str, Any]) -> dict[str, Any]:
    data = await DATA[row["kind"]](reading, scope, row["config"])
    return {"widget": pointer("DashboardWidget", row["id"]), "data": data}
