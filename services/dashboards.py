"""Dashboards: named pages of widgets, laid out on a grid and shared with teams or roles."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.policy import WORKSPACE
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import new_id
from core.writes import Transaction
from models import metadata
from models.dashboards import Dashboard, DashboardWidget
from models.enums import Metric, Role, UserStatus, WidgetKind
from models.people import Team
from models.registry import REGISTRY
from services import records
from services.rules.layout import COLUMNS, Place, below, clash
from services.widgets import checked, settings, title_of

MOST_WIDGETS = 40
MOST_SHARES = 50
DASHBOARD = metadata.tables["dashboard"]
WIDGET = metadata.tables["dashboard_widget"]
SHARE = metadata.tables["dashboard_share"]
_USER = metadata.tables["user"]

_CARDS = (
    (Metric.TOTAL_CONTACTS, "Total Contacts", "PERCENT"),
    (Metric.PIPELINE_VALUE, "Pipeline Value", "PERCENT"),
    (Metric.OPEN_CASES, "Open Cases", "ABSOLUTE"),
    (Metric.DEALS_CLOSED, "Deals Closed (MTD)", "ABSOLUTE"),
)
_MAIN = (
    (WidgetKind.PIPELINE_BY_STAGE, Place(0, 2, 8, 4)),
    (WidgetKind.DEAL_FORECAST, Place(8, 2, 4, 4)),
    (WidgetKind.ACTIVITY_FEED, Place(0, 6, 8, 4)),
    (WidgetKind.UPCOMING_TASKS, Place(8, 6, 4, 4)),
)
_FRESH = (
    (WidgetKind.UPCOMING_TASKS, Place(0, 0, 6, 4)),
    (WidgetKind.DEAL_FORECAST, Place(6, 0, 6, 4)),
)


async def seed(act: Transaction, owner_id: str) -> None:
    """The dashboard every workspace begins with, in every role's sight."""
    values = {"name": "Overview", "owner_id": owner_id, "is_main": True}
    dashboard = await act.insert(DASHBOARD, values)
    cards = [
        _widget(
            dashboard["id"],
            WidgetKind.KPI_CARD,
            title,
            Place(at * 3, 0, 3, 2),
            {"metric": metric, "delta_display": shown},
        )
        for at, (metric, title, shown) in enumerate(_CARDS)
    ]
    rest = [_widget(dashboard["id"], kind, title_of(kind), place) for kind, place in _MAIN]
    await act.insert_many(WIDGET, [*cards, *rest])
    shares = [{"id": new_id(), "dashboard_id": dashboard["id"], "role": role} for role in Role]
    await act.insert_many(SHARE, shares)


async def create(ctx: Context, given: Mapping[str, Any]) -> Any:
    """A dashboard of the actor's own, with the built-in widgets on it."""
    made = await records.create(ctx, REGISTRY["Dashboard"], given, owner_id=ctx.actor.user_id)
    widgets = [_widget(made["id"], kind, title_of(kind), place) for kind, place in _FRESH]
    await ctx.act.insert_many(WIDGET, widgets)
    return made


async def update(
    ctx: Context,
    record_id: str,
    given: Mapping[str, Any],
    expected_version: int | None = None,
) -> Any:
    """Rename a dashboard."""
    await _own(ctx, record_id, expected_version)
    return await records.update(ctx, REGISTRY["Dashboard"], record_id, given)


async def delete(ctx: Context, record_id: str, expected_version: int | None = None) -> Any:
    """Remove a dashboard with its widgets; the main one stays."""
    dashboard = await _own(ctx, record_id, expected_version)
    if dashboard.is_main:
        message = "Everybody lands on this dashboard; rename it or change its widgets instead."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("id",))
    await ctx.act.delete(WIDGET, _of(record_id))
    await ctx.act.delete(DASHBOARD, DASHBOARD.c.id == _id(record_id))
    return dashboard


async def share(
    ctx: Context, record_id: str, team_ids: Sequence[str], roles: Sequence[Role]
) -> Any:
    """Let exactly these teams and roles see a dashboard, besides its owner."""
    dashboard = await _own(ctx, record_id)
    teams, chosen = list(dict.fromkeys(team_ids)), list(dict.fromkeys(roles))
    if len(teams) + len(chosen) > MOST_SHARES:
        message = f"A dashboard is shared with at most {MOST_SHARES} teams and roles."
        raise UserError(UserErrorCode.TOO_MANY, message, ("teamIds",))
    found = {team.id for team in await ctx.find(Team, teams, keep=True)}
    for at, team in enumerate(teams):
        if team not in found:
            raise UserError(UserErrorCode.NOT_FOUND, "There is no such team.", ("teamIds", str(at)))
    shares = sa.and_(
        SHARE.c.workspace_id == ctx.workspace_id, SHARE.c.dashboard_id == _id(record_id)
    )
    await ctx.act.fetch(sa.delete(SHARE).where(shares))
    rows = [{"role": None, "team_id": team} for team in teams]
    rows += [{"role": role, "team_id": None} for role in chosen]
    filled = [{"id": new_id(), "dashboard_id": record_id, **row} for row in rows]
    if filled:
        await ctx.act.insert_many(SHARE, filled)
    changed = await ctx.act.update(DASHBOARD, DASHBOARD.c.id == _id(record_id), {}, event="shared")
    return changed[0] if changed else dashboard


async def widget_add(
    ctx: Context,
    dashboard_id: str,
    kind: WidgetKind,
    title: str | None,
    config: Mapping[str, Any],
) -> Any:
    """Put a widget under the others; the dashboard it is on and the widget."""
    await _own(ctx, dashboard_id, path="dashboardId")
    places = [_place(row) for row in await _widgets(ctx, dashboard_id)]
    if len(places) >= MOST_WIDGETS:
        message = f"A dashboard holds at most {MOST_WIDGETS} widgets; remove one first."
        raise UserError(UserErrorCode.TOO_MANY, message, ("dashboardId",))
    known = await checked(ctx, kind, config)
    wide = kind in {WidgetKind.CHART, WidgetKind.TABLE, WidgetKind.PIPELINE_BY_STAGE}
    place = below(places, 8 if wide else 4, 2 if kind is WidgetKind.KPI_CARD else 4)
    made = _widget(dashboard_id, kind, title or title_of(kind), place, known)
    widget = await ctx.act.insert(WIDGET, made)
    return await _touched(ctx, dashboard_id, "widget_added"), widget


async def widget_update(
    ctx: Context,
    widget_id: str,
    title: str | None,
    config: Mapping[str, Any],
    expected_version: int | None = None,
) -> Any:
    """Change what a widget shows or what it is called."""
    widget = await _of_own(ctx, widget_id)
    if expected_version is not None and widget.version != expected_version:
        await records.locked(ctx, REGISTRY["DashboardWidget"], widget_id, expected_version)
    merged = {**widget.config, **config}
    values: dict[str, Any] = {"config": await checked(ctx, WidgetKind[widget.kind], merged)}
    if title is not None:
        values["title"] = title
    where = WIDGET.c.id == _id(widget_id)
    return (await ctx.act.update(WIDGET, where, values))[0]


async def widget_remove(ctx: Context, widget_id: str) -> Any:
    """Take a widget away; the dashboard as it is then."""
    widget = await _of_own(ctx, widget_id)
    await ctx.act.delete(WIDGET, WIDGET.c.id == _id(widget_id))
    return await _touched(ctx, widget.dashboard_id, "widget_removed")


async def save_layout(
    ctx: Context, record_id: str, places: Mapping[str, Place], expected_version: int
) -> Any:
    """Lay out all widgets of a dashboard at once, or none."""
    await _own(ctx, record_id, expected_version)
    widgets = {row["id"]: row for row in await _widgets(ctx, record_id)}
    for at, (widget, place) in enumerate(places.items()):
        path = ("widgets", str(at))
        if widget not in widgets:
            message = "There is no such widget on this dashboard."
            raise UserError(UserErrorCode.NOT_FOUND, message, (*path, "id"))
        if not place.fits:
            message = f"A widget lies within {COLUMNS} columns and is at least one cell large."
            raise UserError(UserErrorCode.INVALID_VALUE, message, path)
    if set(places) != set(widgets):
        message = "Name every widget of the dashboard; one was added meanwhile, or left out."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("widgets",))
    if pair := clash(list(places.values())):
        message = f"The widgets {pair[0]} and {pair[1]} lie on each other."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("widgets", str(pair[1])))
    for widget, place in places.items():
        if place != _place(widgets[widget]):
            values = dict(zip(_SIDES, (place.x, place.y, place.width, place.height), strict=True))
            await ctx.act.update(WIDGET, WIDGET.c.id == _id(widget), values)
    return await _touched(ctx, record_id, "layout_saved")


_SIDES = ("x", "y", "width", "height")


async def _own(
    ctx: Context, record_id: str, expected_version: int | None = None, path: str = "id"
) -> Any:
    """A dashboard that the actor may change: their own; for an Admin the main one and orphans."""
    ctx.require(Category.REPORTS)
    dashboard: Any = await ctx.get(Dashboard, record_id, path=(path,), lock=True)
    if dashboard.owner_id != ctx.actor.user_id and not (
        ctx.actor.role is Role.ADMIN
        and (dashboard.is_main or await _has_left(ctx, dashboard.owner_id))
    ):
        message = "This dashboard is shared with you to be read; make one of your own to change."
        raise UserError(UserErrorCode.READ_ONLY, message, (path,))
    if expected_version is not None and dashboard.version != expected_version:
        await records.locked(ctx, REGISTRY["Dashboard"], record_id, expected_version)
    return dashboard


async def _has_left(ctx: Context, user_id: str) -> bool:
    owner = sa.and_(_USER.c.workspace_id == ctx.workspace_id, _USER.c.id == _id(user_id))
    (row,) = await ctx.act.fetch(sa.select(_USER.c.status).where(owner))
    return bool(row["status"] != UserStatus.ACTIVE)


async def _of_own(ctx: Context, widget_id: str) -> Any:
    """A widget of a dashboard that the actor may change; the dashboard is kept from others."""
    ctx.require(Category.REPORTS)
    widget: Any = await ctx.get(DashboardWidget, widget_id)
    await _own(ctx, widget.dashboard_id)
    return await ctx.get(DashboardWidget, widget_id, lock=True)


async def _touched(ctx: Context, dashboard_id: str, event: str) -> Any:
    """The dashboard at its next version: whoever laid it out from an older one is told."""
    where = DASHBOARD.c.id == _id(dashboard_id)
    return (await ctx.act.update(DASHBOARD, where, {}, event=event))[0]


async def _widgets(ctx: Context, dashboard_id: str) -> list[Any]:
    own = sa.and_(WIDGET.c.workspace_id == ctx.workspace_id, _of(dashboard_id))
    return await ctx.act.fetch(sa.select(WIDGET).where(own).order_by(WIDGET.c.y, WIDGET.c.x))


def _widget(
    dashboard_id: str,
    kind: WidgetKind,
    title: str,
    place: Place,
    config: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    sides = dict(zip(_SIDES, (place.x, place.y, place.width, place.height), strict=True))
    known = {"dashboard_id": dashboard_id, "kind": kind, "title": title}
    return known | {"config": dict(config or {}), **sides}


def _place(row: Mapping[str, Any]) -> Place:
    return Place(*(row[side] for side in _SIDES))


def _of(dashboard_id: str) -> sa.ColumnElement[bool]:
    return WIDGET.c.dashboard_id == _id(dashboard_id)  # type: ignore[no-any-return]


def _id(record_id: str) -> Any:
    return sa.literal(record_id, DASHBOARD.c.id.type)


async def roles_of(reading: Any, dashboards: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """The roles that see each of many dashboards."""
    ids = [one["id"] for one in dashboards]
    rows = await reading.fetch(
        sa.select(SHARE.c.dashboard_id, SHARE.c.role)
        .where(
            SHARE.c.workspace_id == WORKSPACE,
            SHARE.c.dashboard_id == sa.any_(sa.literal(ids, sa.ARRAY(DASHBOARD.c.id.type))),
            SHARE.c.role.is_not(None),
        )
        .order_by(SHARE.c.role)
    )
    return [[row["role"] for row in rows if row["dashboard_id"] == one] for one in ids]


async def configs_of(_reading: Any, widgets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The settings of widgets, with every setting there is."""
    return [settings(one["config"]) for one in widgets]
