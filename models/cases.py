"""Cases: what customers ask of support, the statuses they move through, and their clocks."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import (
    Core,
    Key,
    Record,
    choice,
    folded,
    graded,
    indexed,
    long_text,
    ranked,
    ref,
    searched,
)
from models.enums import CaseOrigin, CasePriority, CaseStatusCategory, SlaState, TaskPriority


class CaseStatus(Record):
    """A column of the case board."""

    __tablename__ = "case_status"
    __table_args__ = (
        sa.Index(
            "case_status_name_taken",
            "workspace_id",
            "name_key",
            unique=True,
            postgresql_where=sa.text("archived_at IS NULL"),
        ),
    )

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    position: Mapped[int] = indexed()
    color: Mapped[str]
    category: Mapped[CaseStatusCategory] = choice(CaseStatusCategory)
    archived_at: Mapped[datetime | None] = indexed()


class SlaPolicy(Record):
    """How soon cases of a priority are answered and resolved."""

    __tablename__ = "sla_policy"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "priority", name="sla_policy_priority_taken"),
        sa.CheckConstraint(
            "first_response_minutes > 0 AND resolution_minutes >= first_response_minutes",
            name="targets",
        ),
        sa.CheckConstraint("approaching_percent BETWEEN 1 AND 99", name="approaching_percent"),
    )

    priority: Mapped[CasePriority] = choice(CasePriority)
    first_response_minutes: Mapped[int]
    resolution_minutes: Mapped[int]
    approaching_percent: Mapped[int] = mapped_column(server_default="80")
    business_hours_only: Mapped[bool]


class BusinessHours(Record):
    """A span of a weekday in which the clocks of business hours run, in the workspace's zone."""

    __tablename__ = "business_hours"
    __table_args__ = (
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        sa.CheckConstraint("opens < closes", name="span"),
    )

    weekday: Mapped[int] = indexed()
    """1 is Monday."""
    opens: Mapped[str] = indexed(Key)
    """A time of the day, as 09:00."""
    closes: Mapped[str] = mapped_column(Key)
    """Later that day; 24:00 is its end."""


class CaseTemplate(Record):
    """A checklist of tasks for a kind of case."""

    __tablename__ = "case_template"
    __table_args__ = (
        sa.Index(
            "case_template_name_taken",
            "workspace_id",
            "name_key",
            unique=True,
            postgresql_where=sa.text("archived_at IS NULL"),
        ),
    )

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    archived_at: Mapped[datetime | None] = indexed()


class CaseTemplateTask(Record):
    """One task of a case template."""

    __tablename__ = "case_template_task"
    __table_args__ = (sa.CheckConstraint("due_offset_days >= 0", name="due_offset_days"),)

    template_id: Mapped[str] = ref("case_template", nullable=False, on_delete="CASCADE")
    position: Mapped[int] = indexed()
    title: Mapped[str]
    priority: Mapped[TaskPriority] = choice(TaskPriority)
    due_offset_days: Mapped[int]


class Case(Core):
    """A customer's problem, request or question."""

    __tablename__ = "case"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "number", name="case_number_taken"),
        ranked("case", "status_id"),
    )

    number: Mapped[str] = mapped_column(Key)
    number_key: Mapped[str] = folded("number")
    subject: Mapped[str]
    subject_key: Mapped[str] = folded("subject")
    description: Mapped[str | None] = long_text()
    origin: Mapped[CaseOrigin] = choice(CaseOrigin, index=True)
    status_id: Mapped[str] = ref("case_status", nullable=False)
    priority: Mapped[CasePriority] = choice(CasePriority, index=True)
    priority_key: Mapped[int] = graded("priority", CasePriority)
    category: Mapped[str | None]
    category_key: Mapped[str] = folded("coalesce(category, '')")
    contact_id: Mapped[str] = ref("contact", nullable=False, timeline=True)
    company_id: Mapped[str | None] = ref("company", timeline=True)
    deal_id: Mapped[str | None] = ref("deal", timeline=True)
    """The deal it was converted to."""
    owner_id: Mapped[str | None] = ref("user")
    team_id: Mapped[str | None] = ref("team")
    """The team whose queue it waits in while it has no owner."""
    template_id: Mapped[str | None] = ref("case_template", on_delete="SET NULL")
    rank: Mapped[str] = mapped_column(Key)
    first_response_due_at: Mapped[datetime] = indexed()
    first_responded_at: Mapped[datetime | None] = indexed()
    resolution_due_at: Mapped[datetime] = indexed()
    resolved_at: Mapped[datetime | None] = indexed()
    paused_at: Mapped[datetime | None] = indexed()
    """Since when the resolution clock stands still: waiting for the customer, or resolved."""
    paused_total: Mapped[timedelta] = mapped_column(sa.Interval, server_default=sa.text("'0'"))
    """How long it stood still before, around the clock."""
    paused_business: Mapped[timedelta] = mapped_column(sa.Interval, server_default=sa.text("'0'"))
    """The same in business hours, for the day its priority changes to one that counts those."""
    first_response_approaching_at: Mapped[datetime] = indexed()
    resolution_approaching_at: Mapped[datetime] = indexed()
    sla_told: Mapped[SlaState | None] = choice(SlaState)
    """The state of its clocks that was last told to those who watch."""
    first_response_escalated_at: Mapped[datetime | None] = indexed()
    """When its missed first response was made known, once."""
    resolution_escalated_at: Mapped[datetime | None] = indexed()
    confirmation_problem: Mapped[str | None]
    """Why its contact was not told that it was opened."""
    search_key: Mapped[str] = searched("number", "subject", "category", body=["description"])
