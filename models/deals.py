"""Pipelines, their stages, and the deals that move through them."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import (
    Core,
    Key,
    Record,
    choice,
    folded,
    indexed,
    ranked,
    ref,
    searched,
    thousandths,
)
from models.enums import LeadStatus, PipelineKind, ProbabilitySource, StageCategory


class Pipeline(Record):
    """An ordered sequence of stages."""

    __tablename__ = "pipeline"
    __table_args__ = (
        sa.Index("pipeline_name_taken", "workspace_id", "kind", "name_key", unique=True),
    )

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    kind: Mapped[PipelineKind] = choice(PipelineKind, index=True)
    position: Mapped[int] = indexed()
    archived_at: Mapped[datetime | None] = indexed()


class PipelineStage(Record):
    """One step of a pipeline."""

    __tablename__ = "pipeline_stage"
    __table_args__ = (
        sa.CheckConstraint("probability BETWEEN 0 AND 100", name="probability"),
        sa.UniqueConstraint(
            "workspace_id",
            "pipeline_id",
            "position",
            name="pipeline_stage_position_taken",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.UniqueConstraint("workspace_id", "pipeline_id", "id", name="pipeline_stage_of_pipeline"),
        sa.Index(
            "pipeline_stage_name_taken",
            "workspace_id",
            "pipeline_id",
            "name_key",
            unique=True,
            postgresql_where=sa.text("archived_at IS NULL"),
        ),
    )

    pipeline_id: Mapped[str] = ref("pipeline", nullable=False, on_delete="CASCADE")
    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    position: Mapped[int] = indexed()
    probability: Mapped[int]
    color: Mapped[str]
    category: Mapped[StageCategory] = choice(StageCategory)
    lead_status: Mapped[LeadStatus | None] = choice(LeadStatus)
    """Stages of a lead pipeline only: the fixed status a lead in it has."""
    archived_at: Mapped[datetime | None] = indexed()


class Deal(Core):
    """An active sale."""

    __tablename__ = "deal"
    __table_args__ = (
        sa.CheckConstraint("probability BETWEEN 0 AND 100", name="probability"),
        sa.CheckConstraint("value_amount >= 0", name="value_amount"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "pipeline_id", "stage_id"],
            ["pipeline_stage.workspace_id", "pipeline_stage.pipeline_id", "pipeline_stage.id"],
            name="deal_stage_of_pipeline_fk",
        ),
        ranked("deal", "stage_id"),
    )

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    pipeline_id: Mapped[str] = ref("pipeline", nullable=False)
    stage_id: Mapped[str] = ref("pipeline_stage", nullable=False)
    value_amount: Mapped[Decimal]
    value_currency: Mapped[str] = mapped_column(sa.Text(collation="C"))
    value_milli: Mapped[int] = thousandths("value_amount")
    probability: Mapped[int] = indexed()
    probability_source: Mapped[ProbabilitySource] = choice(ProbabilitySource)
    close_date: Mapped[date] = indexed()
    closed_at: Mapped[datetime | None] = indexed()
    contact_id: Mapped[str | None] = ref("contact", timeline=True)
    company_id: Mapped[str | None] = ref("company", timeline=True)
    owner_id: Mapped[str | None] = ref("user")
    stage_entered_at: Mapped[datetime] = indexed()
    stalled_at: Mapped[datetime | None] = indexed()
    """Since when nothing has happened to it for too long; null while something does."""
    rank: Mapped[str] = mapped_column(Key)
    search_key: Mapped[str] = searched("name")


class StageChange(Record):
    """A deal's time in one stage: when it came, from where, by whom, and when it left."""

    __tablename__ = "stage_change"

    deal_id: Mapped[str] = ref("deal", nullable=False, on_delete="CASCADE")
    from_stage_id: Mapped[str | None] = ref("pipeline_stage")
    to_stage_id: Mapped[str] = ref("pipeline_stage", nullable=False)
    by_id: Mapped[str | None] = ref("user")
    entered_at: Mapped[datetime] = indexed()
    left_at: Mapped[datetime | None]
