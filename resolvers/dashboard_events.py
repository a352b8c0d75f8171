"""The feed of a dashboard: what its widgets show, as soon as that is something else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from auth.policy import WORKSPACE
from core.codes import DenialCode
from core.errors import Denied
from core.ids import encode
from models import metadata
from models.base import Uuid
from models.enums import ResyncReason, WidgetKind
from resolvers.dashboards import widgets_of
from resolvers.feeds import Name, events
from resolvers.leanings import is_personal
from resolvers.plans.rendering import rendered
from resolvers.reading import Reading
from resolvers.scopes import Scope, scope_of
from resolvers.widget_sources import sources
from resolvers.widgets import DATA, upcoming_tasks, views
from schema.dashboard_view import DASHBOARD_EVENTS
from services import stored_filters
from services.widgets import entity_of

_DASHBOARD, _WIDGET = metadata.tables["dashboard"], metadata.tables["dashboard_widget"]
_SHARE, _TASK = metadata.tables["dashboard_share"], metadata.tables["task"]
_CONFIG = frozenset({_DASHBOARD.name, _WIDGET.name})
_SIGHT = frozenset({"dashboard.shared", "dashboard.deleted"})
_VIEW = "saved_view"
_PACE = 0.5


@dataclass(frozen=True, slots=True)
class _Widget:
    """A widget that is followed."""

    id: str
    kind: WidgetKind
    title: str
    config: Mapping[str, Any]
    tables: frozenset[str]


@dataclass(slots=True)
class DashboardEvents:
    """The feed of one dashboard in one scope: each widget is looked at once for all who follow."""

    dashboard: str
    scope: Scope
    pace: float = _PACE
    _widgets: dict[str, _Widget] = field(default_factory=dict)

    @property
    def entities(self) -> frozenset[str]:
        """The tables whose events concern it."""
        return _CONFIG.union(*(one.tables for one in self._widgets.values()))

    async def load(self, reading: Reading) -> None:
        """Read which widgets there are."""
        rows = await widgets_of(reading, encode("dash", self.dashboard))
        self._widgets = {row["id"]: await _widget(reading, row) for row in rows if row["id"]}

    async def configured(
        self, reading: Reading, events: Sequence[Mapping[str, Any]]
    ) -> ResyncReason | None:
        """Read the widgets again when they changed; the layout is read by who shows it."""
        own = [one for one in events if self._is_own(one)]
        if own or any(one["entity"] == _VIEW for one in events):
            await self.load(reading)
        if any(one["type"] in _SIGHT for one in own):
            return ResyncReason.PERMISSIONS_CHANGED
        reshaped = any(
            one["type"] != f"{_WIDGET.name}.updated" or not one["changes"].keys() <= _SHOWN
            for one in own
        )
        return ResyncReason.CONFIG_CHANGED if reshaped else None

    def _is_own(self, event: Mapping[str, Any]) -> bool:
        if event["entity"] == _DASHBOARD.name:
            return bool(event["record_id"] == self.dashboard)
        if event["entity"] != _WIDGET.name:
            return False
        on = event["changes"].get("dashboard_id") or {}
        return event["record_id"] in self._widgets or self.dashboard in on.values()

    async def concerned(
        self,
        reading: Reading,
        viewers: Collection[str],
        events: Sequence[Mapping[str, Any]] | None,
    ) -> list[Name]:
        """The widgets whose figures may be others; those of one's own tasks for each viewer."""
        touched = None if events is None else {one["entity"] for one in events}
        renewed = {one["record_id"] for one in events or () if one["entity"] == _WIDGET.name}
        found: list[Name] = []
        for one in self._widgets.values():
            whole = touched is None or one.id in renewed
            if not whole and not one.tables & (touched or set()):
                continue
            if one.kind is not WidgetKind.UPCOMING_TASKS:
                found.append((one.id, ""))
                continue
            whose: Collection[str] = viewers
            if not whole and reading.actor.owners is None:
                whose = await _assignees(reading, events or (), viewers)
            found += [(one.id, user) for user in sorted(whose)]
        return found

    async def values(self, reading: Reading, names: Sequence[Name]) -> dict[Name, dict[str, Any]]:
        """What widgets show now."""
        found: dict[Name, dict[str, Any]] = {}
        users = list(dict.fromkeys(user for _, user in names if user))
        tasks = await upcoming_tasks(reading, users) if users else {}
        for name in names:
            widget = self._widgets.get(name[0])
            if widget is None:
                continue
            data = tasks.get(name[1])
            if data is None:
                data = await DATA[widget.kind](reading, self.scope, widget.config)
            found[name] = {
                "kind": "WidgetChanged",
                "widget_id": encode("wdg", widget.id),
                "title": widget.title,
                "data": data,
            }
        return found


_SHOWN = frozenset({"title", "config"})


async def _widget(reading: Reading, row: Mapping[str, Any]) -> _Widget:
    kind = WidgetKind[row["kind"]]
    tables = sources(kind, row["config"], reading.actor, await _filter(reading, row["config"]))
    return _Widget(row["id"], kind, row["title"], row["config"], tables)


async def _filter(reading: Reading, config: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The filter of the saved view that a widget shows."""
    if not config.get("view_id"):
        return None
    found = await views(reading, [config["view_id"]])
    view = found[0] if found else None
    return (view and stored_filters.taken(view.entity, view.filter)) or {}


async def _assignees(
    reading: Reading, events: Sequence[Mapping[str, Any]], viewers: Collection[str]
) -> set[str]:
    """The viewers whose tasks changed, of those who see all tasks."""
    own = [one for one in events if one["entity"] == _TASK.name]
    changes = [one["changes"].get("owner_id") or {} for one in own]
    owners = {user for change in changes for user in change.values() if user}
    wanted = sa.literal([one["record_id"] for one in own], sa.ARRAY(Uuid))
    now = sa.select(_TASK.c.owner_id).where(
        _TASK.c.workspace_id == WORKSPACE, _TASK.c.id == sa.any_(wanted)
    )
    owners |= {row["owner_id"] for row in await reading.fetch(rendered(now))}
    return owners & set(viewers)


async def _sharing(reading: Reading, arguments: Mapping[str, Any]) -> Any:
    """The dashboard, how it comes into sight, and whose records count."""
    scope = await scope_of(reading, arguments.get("scope"))
    rows = await widgets_of(reading, arguments.get("dashboardId"))
    if not rows:
        raise Denied(DenialCode.INVALID_ID, "There is no such dashboard.")
    dashboard = rows[0]["dashboard_id"]
    whose: tuple[Any, ...] = (scope.kind, scope.owners, scope.team_id)
    for row in rows:
        filter_ = await _filter(reading, row["config"] or {})
        if filter_ and is_personal(entity_of(row["config"]["record"]), filter_):
            whose += (reading.actor.user_id,)
    return dashboard, await _way_in(reading, dashboard), whose


async def _way_in(reading: Reading, dashboard: str) -> str:
    """Why the viewer sees a dashboard: as its owner, by the role, or by a team of theirs."""
    shared = sa.and_(
        _SHARE.c.workspace_id == _DASHBOARD.c.workspace_id,
        _SHARE.c.dashboard_id == _DASHBOARD.c.id,
    )
    rows = await reading.fetch(
        rendered(
            sa.select(_DASHBOARD.c.owner_id, _SHARE.c.role, _SHARE.c.team_id)
            .select_from(_DASHBOARD.outerjoin(_SHARE, shared))
            .where(
                _DASHBOARD.c.workspace_id == WORKSPACE,
                _DASHBOARD.c.id == sa.literal(dashboard, Uuid),
            )
            .order_by(_SHARE.c.role, _SHARE.c.team_id)
        )
    )
    actor = reading.actor
    if any(row["role"] == actor.role for row in rows):
        return f"role {actor.role}"
    if rows and rows[0]["owner_id"] == actor.user_id:
        return f"owner {actor.user_id}"
    teams = (row["team_id"] for row in rows if row["team_id"] in actor.teams)
    return f"team {next(teams, None)}"


@events("dashboard_events", DASHBOARD_EVENTS, lambda _arguments: [], sharing=_sharing)
async def opening(reading: Reading, arguments: Mapping[str, Any]) -> DashboardEvents:
    """Follow a dashboard."""
    scope = await scope_of(reading, arguments.get("scope"))
    rows = await widgets_of(reading, arguments.get("dashboardId"))
    if not rows:
        raise Denied(DenialCode.INVALID_ID, "There is no such dashboard.")
    widgets = {row["id"]: await _widget(reading, row) for row in rows if row["id"]}
    return DashboardEvents(rows[0]["dashboard_id"], scope, _widgets=widgets)
