"""Dashboards, their widgets, whom they are shared with, and what metrics were at night."""

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Record, Technical, Uuid, choice, folded, indexed, ref
from models.enums import Metric, Role, WidgetKind


class Dashboard(Record):
    """A named page of widgets."""

    __tablename__ = "dashboard"
    __table_args__ = (
        sa.Index("dashboard_name_taken", "workspace_id", "owner_id", "name_key", unique=True),
        sa.Index(
            "dashboard_main_taken", "workspace_id", unique=True, postgresql_where=sa.text("is_main")
        ),
    )

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    owner_id: Mapped[str] = ref("user", nullable=False)
    is_main: Mapped[bool] = mapped_column(server_default=sa.false())
    """The one everybody lands on."""


class DashboardWidget(Record):
    """One widget, with its place on a grid of twelve columns."""

    __tablename__ = "dashboard_widget"

    dashboard_id: Mapped[str] = ref("dashboard", nullable=False, on_delete="CASCADE")
    kind: Mapped[WidgetKind] = choice(WidgetKind)
    title: Mapped[str]
    config: Mapped[dict[str, Any]]
    """What it shows, by its kind: checked when it is written."""
    x: Mapped[int]
    y: Mapped[int] = indexed(sa.Integer)
    width: Mapped[int]
    height: Mapped[int]


class DashboardShare(Technical):
    """A role or a team that sees a dashboard."""

    __tablename__ = "dashboard_share"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(role, team_id) = 1", name="one"),
        sa.UniqueConstraint(
            "workspace_id",
            "dashboard_id",
            "role",
            "team_id",
            name="dashboard_share_taken",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    dashboard_id: Mapped[str] = ref("dashboard", nullable=False, on_delete="CASCADE")
    role: Mapped[Role | None] = choice(Role, nullable=True)
    team_id: Mapped[str | None] = ref("team", on_delete="CASCADE")


class MetricSnapshot(Technical):
    """What a metric was at the end of a day, for the records of one owner."""

    __tablename__ = "metric_snapshot"

    day: Mapped[date] = mapped_column(primary_key=True)
    metric: Mapped[Metric] = mapped_column(Key, primary_key=True, info={"choice": Metric})
    owner_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    """Zeros for records that are nobody's; that row tells that the day was taken."""
    value: Mapped[Decimal]
