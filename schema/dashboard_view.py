"""What a dashboard shows: the figures of its widgets, for those whose records count."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from models.enums import Comparison, DeltaDisplay, FeedVerb, Metric, MetricFormat, ScopeKind
from schema.declare import Node, derived
from schema.live import AFTER, ORIGIN, ResyncRequired, union_of
from schema.scalars import Cursor
from schema.types import Answered, Given, build_type
from schema.values import AggregateKey, described

_Records = Annotated["Node", strawberry.lazy("schema.declare")]


@strawberry.input(one_of=True, description="Whose records count: exactly one of these.")
class DashboardScopeInput:
    """A choice of records."""

    mine: bool | None = described("Your own.", default=strawberry.UNSET)
    team_id: strawberry.ID | None = described(
        "Those of a team's members.", default=strawberry.UNSET
    )
    all: bool | None = described("Everybody's.", default=strawberry.UNSET)


@strawberry.type(description="Whose records count on a dashboard.")
class DashboardScope:
    """The scope a dashboard was read with."""

    kind: ScopeKind = described("Whose.")
    team: derived("Team") | None = described("The team that was chosen.")  # type: ignore[valid-type]


@strawberry.type(description="One figure, beside what it was.")
class MetricData:
    """A KPI card."""

    metric: Metric = described("Which figure.")
    value: Decimal = described("What it is.")
    previous_value: Decimal | None = described(
        "What it was; null while no earlier night has been kept."
    )
    delta_absolute: Decimal | None = described("How much more it is.")
    delta_percent: Decimal | None = described("The same in percent; null when it was nothing.")
    comparison: Comparison = described("What it is compared with.")
    delta_display: DeltaDisplay = described("Which difference the card shows.")
    format: MetricFormat = described("How it is written.")
    currency: str | None = described("The currency of an amount.")
    unconverted: list[derived("Money")] = described(  # type: ignore[valid-type]
        "Sums that have no exchange rate and are left out, by currency."
    )


@strawberry.type(description="One of the figures of a chart.")
class SeriesPoint:
    """A group of records."""

    keys: list[AggregateKey] = described("What it stands for.")
    count: int = described("How many records.")
    amount: derived("Money") | None = described("What they come to, if amounts are added up.")  # type: ignore[valid-type]


@strawberry.type(description="Figures side by side.")
class SeriesData:
    """A chart."""

    points: list[SeriesPoint] = described("The groups, largest first; stages in their order.")


@strawberry.type(description="Records in a list.")
class TableData:
    """A table."""

    records: list[_Records] = described("The records you see.")


@strawberry.type(description="Tasks that are due soon.")
class TaskListData:
    """The viewer's tasks of the next 48 hours."""

    tasks: list[derived("Task")] = described("Your open tasks, the soonest first.")  # type: ignore[valid-type]


@strawberry.type(description="What this month's deals come to at its end.")
class ForecastData:
    """The month-end forecast."""

    weighted_open: derived("Money") = described(  # type: ignore[valid-type]
        "Value × probability of the open deals that close by the end of the month."
    )
    won_this_month: derived("Money") = described("The deals won this month.")  # type: ignore[valid-type]
    total: derived("Money") = described("Both together.")  # type: ignore[valid-type]
    month: str = described("The month as `2026-04`.")
    unconverted: list[derived("Money")] = described(  # type: ignore[valid-type]
        "Sums that have no exchange rate and are left out, by currency."
    )


@strawberry.type(description="Something that happened.")
class FeedItem:
    """One line of an activity feed."""

    actor: str | None = described("Who did it, by name; null for the system.")
    verb: FeedVerb = described("What they did.")
    subject: _Records | None = described("To what.")
    subject_name: str = described("What that is called.")
    amount: derived("Money") | None = described("What a deal is worth.")  # type: ignore[valid-type]
    occurred_at: datetime = described("When.")


@strawberry.type(description="What happened lately, newest first.")
class FeedData:
    """An activity feed."""

    items: list[FeedItem] = described("Its lines; what you may not see is left out.")


@strawberry.type(description="A widget whose figures do not exist yet.")
class UnavailableData:
    """A widget that shows nothing."""

    reason: str = described("Why, as `NOT_AVAILABLE`.")


WidgetData = Annotated[
    MetricData | SeriesData | TableData | TaskListData | ForecastData | FeedData | UnavailableData,
    strawberry.union("WidgetData", description="What a widget shows."),
]


@strawberry.type(description="A widget with what it shows.")
class WidgetView:
    """One widget of a dashboard that is being looked at."""

    widget: derived("DashboardWidget") = described("The widget.")  # type: ignore[valid-type]
    data: WidgetData = described("What it shows.")


@strawberry.type(description="A dashboard with what its widgets show.")
class DashboardView:
    """A dashboard that is being looked at."""

    dashboard: derived("Dashboard") = described("The dashboard.")  # type: ignore[valid-type]
    scope: DashboardScope = described("Whose records count.")
    event_cursor: Cursor = described(
        "Where the event log stood before it was read; what follows is later."
    )
    widgets: list[WidgetView] = described("Its widgets from the top.")


VIEW_ARGUMENTS = {
    "scope": Given(
        DashboardScopeInput,
        "Whose records count; what your role begins with when left out: your own for"
        " Sales Reps and Finance, your teams' for Managers, else everybody's.",
    ),
}

_WIDGET_CHANGED = build_type(
    "WidgetChanged",
    "A widget shows something else: here is all of it as it is now.",
    ORIGIN
    | {
        "widget_id": Answered(strawberry.ID, "The widget."),
        "title": Answered(str, "What it is called."),
        "data": Answered(WidgetData, "What it shows."),
    },
)

DASHBOARD_EVENTS = Answered(
    union_of(
        [_WIDGET_CHANGED, ResyncRequired],
        "DashboardEvent",
        "What happens on a dashboard; `ResyncRequired` also when its layout or sharing changed.",
    ),
    "What the widgets of `dashboardView` show whenever that changes, at most about twice a second."
    " Resume with the last cursor; loss is never silent.",
    {
        "dashboard_id": Given(
            strawberry.ID, "The dashboard; the one everybody lands on if left out."
        ),
        **VIEW_ARGUMENTS,
        "after": AFTER,
    },
)
