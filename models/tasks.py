"""Tasks: one piece of work, whose it is, what it is about, and what it waits for."""

from datetime import datetime

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
from models.enums import TaskPriority, TaskStatus


class Task(Core):
    """A piece of work; it belongs to a user, or waits in a team's queue."""

    __tablename__ = "task"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(owner_id, team_id) = 1", name="assignee"),
        sa.CheckConstraint(
            "num_nonnulls(deal_id, lead_id, case_id, contact_id, company_id, project_id) <= 1",
            name="related",
        ),
        sa.CheckConstraint("(status = 'DONE') = (completed_at IS NOT NULL)", name="completed_at"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "project_id", "milestone_id"],
            ["milestone.workspace_id", "milestone.project_id", "milestone.id"],
            name="task_milestone_of_project_fk",
        ),
        sa.CheckConstraint(
            "milestone_id IS NULL OR project_id IS NOT NULL", name="milestone_of_project"
        ),
        sa.Index(
            "task_spawned_taken",
            "workspace_id",
            "stage_change_id",
            "template_id",
            unique=True,
        ),
        # What may become late: few of all tasks, looked through every few minutes.
        sa.Index(
            "task_pending_ix",
            "workspace_id",
            "due_at",
            "id",
            postgresql_where=sa.text(
                "overdue_at IS NULL AND status <> 'DONE' AND deleted_at IS NULL"
            ),
        ),
        ranked("task", "status"),
    )

    title: Mapped[str]
    title_key: Mapped[str] = folded("title")
    description: Mapped[str | None] = long_text()
    status: Mapped[TaskStatus] = choice(TaskStatus, index=True)
    status_key: Mapped[int] = graded("status", TaskStatus)
    priority: Mapped[TaskPriority] = choice(TaskPriority, index=True)
    priority_key: Mapped[int] = graded("priority", TaskPriority)
    due_at: Mapped[datetime] = indexed()
    completed_at: Mapped[datetime | None] = indexed()
    overdue_at: Mapped[datetime | None] = indexed()
    """When it was found not to be done in time."""
    owner_id: Mapped[str | None] = ref("user")
    team_id: Mapped[str | None] = ref("team")
    claimed_from_id: Mapped[str | None] = ref("team", on_delete="SET NULL")
    """The queue its owner took it from, to which it can go back."""
    rank: Mapped[str] = mapped_column(Key)
    position: Mapped[int] = indexed(server_default="0")
    """Its place in the checklist or milestone it is part of."""
    deal_id: Mapped[str | None] = ref("deal", timeline=True)
    lead_id: Mapped[str | None] = ref("lead", timeline=True)
    case_id: Mapped[str | None] = ref("case", timeline=True)
    contact_id: Mapped[str | None] = ref("contact", timeline=True)
    company_id: Mapped[str | None] = ref("company", timeline=True)
    project_id: Mapped[str | None] = ref("project")
    milestone_id: Mapped[str | None] = ref("milestone")
    template_id: Mapped[str | None] = ref("stage_task_template", on_delete="SET NULL")
    stage_change_id: Mapped[str | None] = ref("stage_change", on_delete="SET NULL")
    """The entry into a stage that brought it."""
    gate_condition_id: Mapped[str | None] = ref("gate_condition", on_delete="SET NULL")
    """The condition of a stage gate that it fulfils when done."""
    search_key: Mapped[str] = searched("title", body=["description"])


class TaskDependency(Record):
    """One task that must be done before another can start."""

    __tablename__ = "task_dependency"
    __table_args__ = (
        sa.UniqueConstraint(
            "workspace_id", "blocker_id", "blocked_id", name="task_dependency_taken"
        ),
        sa.CheckConstraint("blocker_id <> blocked_id", name="not_itself"),
    )

    blocker_id: Mapped[str] = ref("task", nullable=False, on_delete="CASCADE")
    blocked_id: Mapped[str] = ref("task", nullable=False, on_delete="CASCADE")
