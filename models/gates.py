"""What a stage asks for before a deal enters it, who approves, and the tasks it brings."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from models.base import Record, choice, folded, indexed, ref
from models.enums import (
    ApprovalDecision,
    GateConditionKind,
    GateMode,
    TaskPriority,
    TemplateAssignee,
)
from models.sale_enums import ContractType


class StageGate(Record):
    """What must hold before a deal enters a stage."""

    __tablename__ = "stage_gate"
    __table_args__ = (sa.UniqueConstraint("workspace_id", "stage_id", name="stage_gate_taken"),)

    stage_id: Mapped[str] = ref("pipeline_stage", nullable=False, on_delete="CASCADE")
    mode: Mapped[GateMode] = choice(GateMode)


class GateCondition(Record):
    """One thing a gate asks for; its kind says which of the other columns is filled."""

    __tablename__ = "gate_condition"
    __table_args__ = (
        sa.CheckConstraint(
            "CASE kind WHEN 'FIELD' THEN field IS NOT NULL WHEN 'TASK' THEN task_title IS NOT NULL"
            " WHEN 'APPROVAL' THEN approver_id IS NOT NULL ELSE contract_type IS NOT NULL END",
            name="complete",
        ),
    )

    gate_id: Mapped[str] = ref("stage_gate", nullable=False, on_delete="CASCADE")
    position: Mapped[int] = indexed()
    kind: Mapped[GateConditionKind] = choice(GateConditionKind)
    field: Mapped[str | None]
    task_title: Mapped[str | None]
    task_title_key: Mapped[str] = folded("coalesce(task_title, '')")
    approver_id: Mapped[str | None] = ref("user")
    contract_type: Mapped[ContractType | None] = choice(ContractType)


class ApprovalRequest(Record):
    """What a named user is asked: whether a deal may enter a stage."""

    __tablename__ = "approval_request"
    __table_args__ = (
        sa.Index(
            "approval_request_pending_taken",
            "workspace_id",
            "deal_id",
            "condition_id",
            unique=True,
            postgresql_where=sa.text("decision = 'PENDING'"),
        ),
    )

    deal_id: Mapped[str] = ref("deal", nullable=False, on_delete="CASCADE")
    condition_id: Mapped[str | None] = ref("gate_condition", on_delete="SET NULL")
    stage_id: Mapped[str] = ref("pipeline_stage", nullable=False)
    approver_id: Mapped[str] = ref("user", nullable=False)
    requested_by_id: Mapped[str] = ref("user", nullable=False)
    deal_name: Mapped[str]
    """As it was when asked: who decides may not see the deal itself."""
    decision: Mapped[ApprovalDecision] = choice(ApprovalDecision, index=True)
    decided_by_id: Mapped[str | None] = ref("user")
    decided_at: Mapped[datetime | None]
    comment: Mapped[str | None]
    answer: Mapped[str | None]
    used_at: Mapped[datetime | None]
    """When the deal moved on by it: an approval opens a gate once."""


class StageTaskTemplate(Record):
    """A task that is made each time a deal enters a stage."""

    __tablename__ = "stage_task_template"
    __table_args__ = (
        sa.CheckConstraint(
            "(assignee = 'USER') = (user_id IS NOT NULL)"
            " AND (assignee = 'TEAM') = (team_id IS NOT NULL)",
            name="assignee_named",
        ),
        sa.CheckConstraint("due_offset_days >= 0", name="due_offset_days"),
    )

    stage_id: Mapped[str] = ref("pipeline_stage", nullable=False, on_delete="CASCADE")
    position: Mapped[int] = indexed()
    title: Mapped[str]
    assignee: Mapped[TemplateAssignee] = choice(TemplateAssignee)
    user_id: Mapped[str | None] = ref("user")
    team_id: Mapped[str | None] = ref("team")
    priority: Mapped[TaskPriority] = choice(TaskPriority)
    due_offset_days: Mapped[int]
