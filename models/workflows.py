"""Workflows: what sets them off, what they do, their versions, and the ledger of their runs."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.automation_enums import (
    WorkflowAction,
    WorkflowRunStatus,
    WorkflowStepStatus,
    WorkflowTrigger,
)
from models.base import Key, Record, Uuid, choice, folded, indexed, ref
from models.enums import CoreEntity


class Workflow(Record):
    """An automation: a trigger, conditions, and steps in their order."""

    __tablename__ = "workflow"
    __table_args__ = (
        sa.Index(
            "workflow_name_taken",
            "workspace_id",
            "name_key",
            unique=True,
            postgresql_where=sa.text("archived_at IS NULL"),
        ),
        sa.Index(
            "workflow_listening_ix",
            "workspace_id",
            "trigger",
            "record_type",
            postgresql_where=sa.text("active"),
        ),
    )

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    description: Mapped[str | None]
    trigger: Mapped[WorkflowTrigger] = choice(WorkflowTrigger, index=True)
    record_type: Mapped[CoreEntity | None] = choice(CoreEntity, index=True)
    """What its records are; null where it is about none."""
    settings: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """What its trigger looks at beyond that, such as the field, the stage or the schedule."""
    conditions: Mapped[dict[str, Any] | None]
    """The filter its records have to fit, as their list takes it."""
    payload_conditions: Mapped[dict[str, Any] | None]
    """WEBHOOK_RECEIVED: what the payload has to fit."""
    steps: Mapped[list[Any]]
    """Each `{kind, …}`; a branch holds further ones in `then` and `else`."""
    revision: Mapped[int] = mapped_column(server_default="1")
    """Counts the changes of what it does; each is kept."""
    active: Mapped[bool] = indexed(server_default=sa.false())
    activated_at: Mapped[datetime | None]
    activated_after: Mapped[int | None] = mapped_column(sa.BigInteger)
    """Position of the event log when it was activated: earlier events do not set it off."""
    owner_id: Mapped[str | None] = ref("user")
    """Who saved it last: what it makes without naming anybody is theirs."""
    hook_hint: Mapped[str | None] = mapped_column(Key)
    """WEBHOOK_RECEIVED: the end of its key; the key itself is never stored."""
    turns: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Whose turn it was last, by the path of each step that gives records out in turn."""
    problem: Mapped[str | None]
    """Why it cannot run any more, such as a field that is gone."""
    archived_at: Mapped[datetime | None] = indexed()


class WorkflowRevision(Record):
    """What a workflow was from one change to the next."""

    __tablename__ = "workflow_revision"
    __table_args__ = (
        sa.UniqueConstraint(
            "workspace_id", "workflow_id", "revision", name="workflow_revision_taken"
        ),
    )

    workflow_id: Mapped[str] = ref("workflow", nullable=False, on_delete="CASCADE")
    revision: Mapped[int] = indexed()
    definition: Mapped[dict[str, Any]]
    """`{name, trigger, record_type, settings, conditions, payload_conditions, steps}`."""
    saved_by_id: Mapped[str | None] = ref("user")


class WorkflowRun(Record):
    """One time a workflow was set off, and how far it is."""

    __tablename__ = "workflow_run"
    __table_args__ = (
        # A second delivery of what sets it off finds the first.
        sa.UniqueConstraint("workspace_id", "workflow_id", "key", name="workflow_run_taken"),
        sa.Index("workflow_run_record_ix", "workspace_id", "record_id", "workflow_id", "id"),
    )

    workflow_id: Mapped[str] = ref("workflow", nullable=False, on_delete="CASCADE")
    revision: Mapped[int]
    key: Mapped[str] = mapped_column(Key)
    """What set it off: `event:POSITION`, `schedule:MOMENT:RECORD`, `hook:ID`."""
    status: Mapped[WorkflowRunStatus] = choice(WorkflowRunStatus, index=True)
    position: Mapped[int | None] = mapped_column(sa.BigInteger)
    """The event that set it off."""
    event_type: Mapped[str | None] = mapped_column(Key)
    record_kind: Mapped[str | None] = mapped_column(Key)
    """The table of the record it is about."""
    record_id: Mapped[str | None] = mapped_column(Uuid)
    payload: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """What came with it: the body of a webhook, what an event changed."""
    chain: Mapped[list[Any]] = mapped_column(server_default="[]")
    """The runs that led to it, the first first: each `{workflow_id, run_id}`."""
    next_step: Mapped[str | None] = mapped_column(Key)
    """The path of the step that comes next, such as `2` or `1.then.0`."""
    tries: Mapped[int] = mapped_column(server_default="0")
    """How often that step was tried in vain, since it was begun or retried."""
    resume_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None] = indexed()
    error: Mapped[str | None]


class WorkflowStep(Record):
    """One try of one step of a run: what went in, what came out, how long it took."""

    __tablename__ = "workflow_step"
    __table_args__ = (
        sa.UniqueConstraint(
            "workspace_id", "run_id", "path", "attempt", name="workflow_step_taken"
        ),
    )

    run_id: Mapped[str] = ref("workflow_run", nullable=False, on_delete="CASCADE", index=False)
    path: Mapped[str] = mapped_column(Key)
    action: Mapped[WorkflowAction] = choice(WorkflowAction)
    attempt: Mapped[int]
    status: Mapped[WorkflowStepStatus] = choice(WorkflowStepStatus)
    input: Mapped[dict[str, Any]]
    output: Mapped[dict[str, Any]]
    error: Mapped[str | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
