"""Workspaces and the four tables that are read before a workspace is known."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Technical, Uuid, choice, ref
from models.enums import Plan
from models.sale_enums import ContractType


class Workspace(Technical):
    """One customer's isolated world; its id is its `workspace_id`."""

    __tablename__ = "workspace"

    name: Mapped[str]
    time_zone: Mapped[str]
    currency: Mapped[str]
    industry: Mapped[str | None]
    plan: Mapped[Plan] = choice(Plan)
    days_to_close: Mapped[int] = mapped_column(server_default="30")
    """How far ahead a deal without a close date is expected to close."""
    support_domain: Mapped[str | None]
    """Domain of the cases' e-mail addresses."""
    support_team_id: Mapped[str | None] = ref("team")
    """The team whose queue new cases wait in."""
    logo_file_id: Mapped[str | None] = ref("file")
    address: Mapped[str | None]
    """Its postal address and what else documents name it with, line by line."""
    locale: Mapped[str] = mapped_column(server_default="en_US")
    """How documents write dates and amounts."""
    tax_percent: Mapped[Decimal] = mapped_column(server_default="0")
    """The tax rate new quotes and invoices begin with."""
    quote_valid_days: Mapped[int] = mapped_column(server_default="30")
    """How many days a new quote can be accepted."""
    quote_terms: Mapped[str | None]
    """What new quotes print below their sums."""
    payment_terms_days: Mapped[int] = mapped_column(server_default="30")
    """How many days after its issue an invoice is due."""
    contract_type: Mapped[ContractType] = choice(
        ContractType, server_default=ContractType.MSA.value
    )
    """The type of a contract that comes of a quote."""
    contract_auto_send: Mapped[bool] = mapped_column(server_default=sa.true())
    """Whether a contract goes to its signers as soon as the quote is accepted."""
    contract_signer_id: Mapped[str | None] = ref("user")
    """Who signs for us; the deal's owner where nobody is named."""
    invoice_won_deals: Mapped[bool] = mapped_column(server_default=sa.false())
    """Whether a deal won by hand is invoiced by its accepted quote."""
    lead_team_id: Mapped[str | None] = ref("team")
    """The team whose queue leads wait in that no rule of assignment fits."""
    score_threshold: Mapped[int] = mapped_column(server_default="80")
    """The score from which a lead's owner is alerted."""
    stalled_days: Mapped[int] = mapped_column(server_default="7")
    """After how many days without anything an open deal counts as stalled."""
    support_address: Mapped[str | None]
    """Whom answers to cases come from; support@ its support domain where it is empty."""
    mail_tracking: Mapped[bool] = mapped_column(server_default=sa.true())
    """Whether opens and clicks of mails are noted."""
    profile_saved_at: Mapped[datetime | None]
    """When an Admin first saved the company's profile."""
    skipped_steps: Mapped[list[Any]] = mapped_column(server_default="[]")
    """The steps of the setup wizard that an Admin left for later."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")


class Counter(Technical):
    """The last number given to a kind of document, by year where the number shows one."""

    __tablename__ = "counter"

    kind: Mapped[str] = mapped_column(Key, primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(sa.BigInteger)


class EventHead(Base):
    """A workspace's last position in its event log, and the epoch of its access rules."""

    __tablename__ = "event_head"

    workspace_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    position: Mapped[int] = mapped_column(sa.BigInteger, server_default="0")
    access_epoch: Mapped[int] = mapped_column(sa.BigInteger, server_default="0")
    relayed: Mapped[int] = mapped_column(sa.BigInteger, server_default="0")
    """The position that every consumer of events has passed."""
    kept_after: Mapped[int] = mapped_column(sa.BigInteger, server_default="0")
    """Events up to here are too old to be kept: nobody goes on from before it."""


class Credential(Base):
    """The hash of a token, and whose it is: sessions, API keys, invitations, resets."""

    __tablename__ = "credential"
    __table_args__ = (sa.Index("credential_subject_ix", "workspace_id", "subject_id"),)

    hash: Mapped[bytes] = mapped_column(sa.LargeBinary, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Key)
    subject_id: Mapped[str] = mapped_column(Uuid)
    expires_at: Mapped[datetime | None]


class Login(Base):
    """An e-mail address and password that open a workspace."""

    __tablename__ = "login"
    __table_args__ = (sa.UniqueConstraint("email_key", "workspace_id", name="login_email_taken"),)

    workspace_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    email_key: Mapped[str] = mapped_column(Key)
    password_hash: Mapped[str]
    demo: Mapped[bool] = mapped_column(server_default=sa.false())
    """Made by the demo: a production process refuses to start beside such a login."""


class DueWork(Base):
    """Work that must happen, written in the transaction of the act that causes it."""

    __tablename__ = "due_work"
    __table_args__ = (
        sa.Index("due_work_unsorted_ix", "at", postgresql_where=sa.text("lane IS NULL")),
        sa.Index(
            "due_work_lane_ix",
            "lane",
            "workspace_id",
            "at",
            postgresql_where=sa.text("lane IS NOT NULL"),
        ),
    )

    workspace_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Key)
    subject_id: Mapped[str] = mapped_column(Uuid)
    at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    last_error: Mapped[str | None]
    lane: Mapped[int | None] = mapped_column(sa.SmallInteger)
    """The priority of its kind, from when it is due; null while it waits for that."""


class TestClock(Base):
    """The offset of business time, honoured by processes that were told to."""

    __tablename__ = "test_clock"
    __table_args__ = (sa.CheckConstraint("id", name="single_row"),)

    id: Mapped[bool] = mapped_column(primary_key=True, server_default=sa.true())
    offset_seconds: Mapped[int] = mapped_column(sa.BigInteger)
