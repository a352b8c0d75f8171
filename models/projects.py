"""Projects: milestones, members, and templates to begin from."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import (
    Core,
    Key,
    Record,
    choice,
    folded,
    indexed,
    long_text,
    ranked,
    ref,
    searched,
)
from models.enums import TaskPriority


class Project(Core):
    """Tasks under a shared goal, such as a customer's onboarding."""

    __tablename__ = "project"
    __table_args__ = (
        sa.CheckConstraint("ends_on >= starts_on", name="ends_on"),
        sa.CheckConstraint("num_nonnulls(contact_id, company_id, deal_id) <= 1", name="related"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "pipeline_id", "stage_id"],
            ["pipeline_stage.workspace_id", "pipeline_stage.pipeline_id", "pipeline_stage.id"],
            name="project_stage_of_pipeline_fk",
        ),
        ranked("project", "stage_id"),
    )

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    description: Mapped[str | None] = long_text()
    pipeline_id: Mapped[str] = ref("pipeline", nullable=False)
    stage_id: Mapped[str] = ref("pipeline_stage", nullable=False)
    stage_entered_at: Mapped[datetime] = indexed()
    rank: Mapped[str] = mapped_column(Key)
    starts_on: Mapped[date] = indexed()
    ends_on: Mapped[date] = indexed()
    completed_at: Mapped[datetime | None] = indexed()
    contact_id: Mapped[str | None] = ref("contact")
    company_id: Mapped[str | None] = ref("company")
    deal_id: Mapped[str | None] = ref("deal")
    owner_id: Mapped[str | None] = ref("user")
    search_key: Mapped[str] = searched("name", body=["description"])


class ProjectMember(Record):
    """A user a project is shared with."""

    __tablename__ = "project_member"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "project_id", "user_id", name="project_member_taken"),
    )

    project_id: Mapped[str] = ref("project", nullable=False, on_delete="CASCADE")
    user_id: Mapped[str] = ref("user", nullable=False)


class Milestone(Record):
    """A phase of a project."""

    __tablename__ = "milestone"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "project_id", "id", name="milestone_of_project"),
    )

    project_id: Mapped[str] = ref("project", nullable=False, on_delete="CASCADE")
    name: Mapped[str]
    position: Mapped[int] = indexed()


class ProjectTemplate(Record):
    """A structure of milestones and tasks to begin projects from."""

    __tablename__ = "project_template"

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    description: Mapped[str | None]
    duration_days: Mapped[int]
    archived_at: Mapped[datetime | None] = indexed()


class ProjectTemplateMilestone(Record):
    """A milestone of a template."""

    __tablename__ = "project_template_milestone"

    template_id: Mapped[str] = ref("project_template", nullable=False, on_delete="CASCADE")
    name: Mapped[str]
    position: Mapped[int] = indexed()


class ProjectTemplateTask(Record):
    """A task of a template, due so many days after the project's start."""

    __tablename__ = "project_template_task"
    __table_args__ = (sa.CheckConstraint("due_offset_days >= 0", name="due_offset_days"),)

    template_id: Mapped[str] = ref("project_template", nullable=False, on_delete="CASCADE")
    milestone_id: Mapped[str | None] = ref("project_template_milestone", on_delete="CASCADE")
    position: Mapped[int] = indexed()
    title: Mapped[str]
    description: Mapped[str | None]
    priority: Mapped[TaskPriority] = choice(TaskPriority)
    due_offset_days: Mapped[int]
