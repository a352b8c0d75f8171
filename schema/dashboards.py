"""Dashboards and their widgets, as they are kept and laid out."""

import strawberry
from strawberry import UNSET

from auth.roles import Category
from models import dashboards as rows
from models.enums import CoreEntity, DeltaDisplay, Metric, Role, WidgetKind
from models.registry import Scope, Write
from schema.declare import Node, column, computed, entity, link, many
from schema.inputs import MutationInput, act_input, arg, nested_input
from schema.values import described
from services import dashboards

_EXPECTED_VERSION = "The version you read; the act is refused when it has changed since."


@strawberry.type(description="What a widget is set to show; what its kind does not have is null.")
class WidgetConfig:
    """Settings of a widget."""

    metric: Metric | None = described("KPI_CARD: which figure.")
    delta_display: DeltaDisplay | None = described("KPI_CARD: which difference is shown.")
    record: CoreEntity | None = described("CHART and TABLE: which records.")
    group_by: str | None = described("CHART: the field that records are grouped by.")
    measure: str | None = described("CHART: `count`, or the amount that is added up.")
    rows: int | None = described("TABLE: how many records.")
    order_by: str | None = described("TABLE: a field, `-` before it to descend.")
    pipeline_id: strawberry.ID | None = described("PIPELINE_BY_STAGE: the pipeline; null: first.")
    view_id: strawberry.ID | None = described("TABLE: the saved view it shows; null: all records.")


@entity(
    rows.Dashboard,
    prefix="dash",
    plural="dashboards",
    category=Category.REPORTS,
    scope=Scope.SHARED,
    shares="dashboard_share",
    order="name_key",
)
class Dashboard(Node):
    """A named page of widgets: yours, or shared with a team or role of yours."""

    name: str = column(
        "What it is called; nobody has two of a name.",
        write=Write.ALWAYS,
        required=True,
        max_length=80,
        filter="name_key",
        order="name_key",
    )
    owner = link("User", "Who may change it.", always=True)
    is_main: bool = column("Whether everybody lands on it; Admins may change that one too.")
    teams = many(
        "Team",
        "The teams that see it.",
        by="dashboard_id",
        through="dashboard_share",
        to="team_id",
    )
    roles: list[Role] = computed("The roles that see it.", batch=dashboards.roles_of, needs=("id",))
    widgets = many("DashboardWidget", "Its widgets from the top.", by="dashboard_id", order="y,x")


@entity(
    rows.DashboardWidget,
    prefix="wdg",
    plural="dashboardWidgets",
    category=Category.REPORTS,
    scope=Scope.PARENT,
    parent="dashboard",
)
class DashboardWidget(Node):
    """A widget on a grid of twelve columns; `dashboardView` tells what it shows."""

    dashboard = link("Dashboard", "The dashboard it is on.", always=True)
    kind: WidgetKind = column("What it shows.")
    title: str = column("What it is called.", max_length=80)
    config: WidgetConfig = computed("Its settings.", batch=dashboards.configs_of, needs=("config",))
    x: int = column("Its first column, from 0.")
    y: int = column("Its first row, from 0.", order=True)
    width: int = column("How many columns it takes.")
    height: int = column("How many rows it takes.")


@nested_input
class WidgetConfigInput:
    """Settings of a widget; its kind has some of them."""

    metric: Metric | None = arg("KPI_CARD: which figure.", default=UNSET)
    delta_display: DeltaDisplay | None = arg(
        "KPI_CARD: which difference is shown; PERCENT when left out.", default=UNSET
    )
    record: CoreEntity | None = arg("CHART and TABLE: which records.", default=UNSET)
    group_by: str | None = arg("CHART: the field to group by, as `status`.", default=UNSET)
    measure: str | None = arg("CHART: `count` or an amount, as `value`.", default=UNSET)
    rows: int | None = arg("TABLE: how many records, 1 to 50; 10 when left out.", default=UNSET)
    order_by: str | None = arg("TABLE: a field, `-` before it to descend.", default=UNSET)
    view_id: strawberry.ID | None = arg(
        "TABLE: the saved view it shows, with its filter and, unless you send one, its order.",
        of="SavedView",
        default=UNSET,
    )
    pipeline_id: strawberry.ID | None = arg(
        "PIPELINE_BY_STAGE: the pipeline; the first when left out.", of="Pipeline", default=UNSET
    )


@nested_input
class WidgetPlaceInput:
    """Where a widget lies, on a grid of twelve columns."""

    id: strawberry.ID = arg("The widget.", of="DashboardWidget")
    x: int = arg("Its first column, from 0.")
    y: int = arg("Its first row, from 0.")
    width: int = arg("How many columns it takes.")
    height: int = arg("How many rows it takes.")


@act_input
class DashboardShareInput(MutationInput):
    """Who sees a dashboard besides its owner, in place of who did."""

    id: strawberry.ID = arg("The dashboard.", of="Dashboard")
    team_ids: list[strawberry.ID] = arg("These teams.", of="Team", default_factory=list)
    roles: list[Role] = arg("These roles.", default_factory=list)


@act_input
class DashboardWidgetAddInput(MutationInput):
    """A widget that goes under those there are."""

    dashboard_id: strawberry.ID = arg("The dashboard.", of="Dashboard")
    kind: WidgetKind = arg("What it shows.")
    title: str | None = arg("What it is called.", default=None, max_length=80)
    config: WidgetConfigInput | None = arg("Its settings.", default=None)


@act_input
class DashboardWidgetUpdateInput(MutationInput):
    """What changes on a widget; settings left out stay."""

    id: strawberry.ID = arg("The widget.", of="DashboardWidget")
    title: str | None = arg("What it is called.", default=None, max_length=80)
    config: WidgetConfigInput | None = arg("Its settings.", default=None)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class DashboardWidgetRemoveInput(MutationInput):
    """A widget that is to go."""

    id: strawberry.ID = arg("The widget.", of="DashboardWidget")


@act_input
class DashboardLayoutSaveInput(MutationInput):
    """Where all widgets of a dashboard lie."""

    id: strawberry.ID = arg("The dashboard.", of="Dashboard")
    widgets: list[WidgetPlaceInput] = arg("All its widgets, in any order.")
    expected_version: int = arg("The dashboard's version you laid it out from.")
