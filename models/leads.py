"""Leads: early interest, before there is a contact; and the rules that say whose they are."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import (
    Core,
    Key,
    Record,
    choice,
    folded,
    indexed,
    joined,
    long_text,
    ranked,
    ref,
    searched,
)
from models.enums import AssignmentKind, LeadStatus, Origin

_NAME = "coalesce(first_name || ' ', '') || last_name"


class Lead(Core):
    """Somebody who may become a contact."""

    __tablename__ = "lead"
    __table_args__ = (
        sa.CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        sa.CheckConstraint(
            "(status = 'CONVERTED') = (converted_at IS NOT NULL)", name="converted_at"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "pipeline_id", "stage_id"],
            ["pipeline_stage.workspace_id", "pipeline_stage.pipeline_id", "pipeline_stage.id"],
            name="lead_stage_of_pipeline_fk",
        ),
        sa.Index(
            "lead_score_created_ix",
            "workspace_id",
            sa.text("score DESC"),
            sa.text("created_at DESC"),
            sa.text("id DESC"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        ),
        ranked("lead", "stage_id"),
    )

    first_name: Mapped[str | None]
    last_name: Mapped[str]
    name: Mapped[str] = joined(_NAME)
    name_key: Mapped[str] = folded(_NAME)
    job_title: Mapped[str | None]
    company_name: Mapped[str | None]
    company_name_key: Mapped[str] = folded("coalesce(company_name, '')")
    email: Mapped[str | None]
    email_key: Mapped[str] = folded("coalesce(email, '')")
    phone: Mapped[str | None] = indexed()
    website: Mapped[str | None]
    industry: Mapped[str | None]
    employee_count: Mapped[int | None] = indexed()
    street: Mapped[str | None]
    city: Mapped[str | None]
    state: Mapped[str | None]
    postcode: Mapped[str | None]
    country: Mapped[str | None]
    country_key: Mapped[str] = folded("coalesce(country, '')")
    description: Mapped[str | None] = long_text()
    origin: Mapped[Origin] = choice(Origin, index=True)
    score: Mapped[int] = indexed(server_default="0")
    pipeline_id: Mapped[str] = ref("pipeline", nullable=False)
    stage_id: Mapped[str] = ref("pipeline_stage", nullable=False)
    stage_entered_at: Mapped[datetime] = indexed()
    status: Mapped[LeadStatus] = choice(LeadStatus, index=True)
    rank: Mapped[str] = mapped_column(Key)
    owner_id: Mapped[str | None] = ref("user")
    team_id: Mapped[str | None] = ref("team")
    """The team whose queue it waits in while it has no owner."""
    email_opted_out: Mapped[bool] = indexed(server_default=sa.false())
    """Whether they want no mail of sequences and workflows."""
    email_bounced_at: Mapped[datetime | None]
    """When their address was last found to take no mail."""
    disqualified_reason: Mapped[str | None]
    converted_at: Mapped[datetime | None] = indexed()
    converted_by_id: Mapped[str | None] = ref("user")
    converted_contact_id: Mapped[str | None] = ref("contact")
    converted_company_id: Mapped[str | None] = ref("company")
    converted_deal_id: Mapped[str | None] = ref("deal")
    form_id: Mapped[str | None] = ref("web_form", on_delete="SET NULL")
    search_key: Mapped[str] = searched(
        "first_name", "last_name", "company_name", "email", "phone", body=["description"]
    )


class LeadAssignmentRule(Record):
    """Which new leads go to whom; the first rule that fits decides."""

    __tablename__ = "lead_assignment_rule"

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    kind: Mapped[AssignmentKind] = choice(AssignmentKind)
    position: Mapped[int] = indexed()
    active: Mapped[bool] = mapped_column(server_default=sa.true())
    country: Mapped[str | None]
    state: Mapped[str | None]
    postcode_prefix: Mapped[str | None]
    least: Mapped[int | None]
    """Smallest company size or score it fits."""
    most: Mapped[int | None]
    fallback_team_id: Mapped[str | None] = ref("team")
    turns: Mapped[int] = mapped_column(sa.BigInteger, server_default="0")
    """How many leads it has given away: whose turn it is."""


class LeadAssignmentMember(Record):
    """A user who gets leads by a rule, in an order."""

    __tablename__ = "lead_assignment_member"
    __table_args__ = (
        sa.UniqueConstraint(
            "workspace_id", "rule_id", "user_id", name="lead_assignment_member_taken"
        ),
    )

    rule_id: Mapped[str] = ref("lead_assignment_rule", nullable=False, on_delete="CASCADE")
    user_id: Mapped[str] = ref("user", nullable=False)
    position: Mapped[int] = indexed()
