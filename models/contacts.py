"""Contacts: the people we do business with, and the companies they belong to."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Core, Record, choice, folded, indexed, joined, ref, searched
from models.enums import ContactStatus, Origin


class Contact(Core):
    """A person; an e-mail address belongs to one of them unless a duplicate is allowed."""

    __tablename__ = "contact"
    __table_args__ = (
        sa.Index(
            "contact_email_taken",
            "workspace_id",
            "email_key",
            unique=True,
            postgresql_where=sa.text(
                "email_key <> '' AND NOT duplicate_allowed AND deleted_at IS NULL"
            ),
        ),
        sa.CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="email_or_phone"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "id", "primary_company_id"],
            [
                "contact_company.workspace_id",
                "contact_company.contact_id",
                "contact_company.company_id",
            ],
            name="contact_primary_company_member_fk",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
    )

    first_name: Mapped[str]
    last_name: Mapped[str]
    name: Mapped[str] = joined("first_name || ' ' || last_name")
    name_key: Mapped[str] = folded("first_name || ' ' || last_name")
    job_title: Mapped[str | None]
    email: Mapped[str | None]
    email_key: Mapped[str] = folded("coalesce(email, '')")
    phone: Mapped[str | None] = indexed()
    status: Mapped[ContactStatus] = choice(ContactStatus, index=True)
    origin: Mapped[Origin] = choice(Origin, index=True, server_default="MANUAL")
    owner_id: Mapped[str | None] = ref("user")
    primary_company_id: Mapped[str | None] = ref("company")
    duplicate_allowed: Mapped[bool] = mapped_column(server_default=sa.false())
    email_opted_out: Mapped[bool] = indexed(server_default=sa.false())
    """Whether they want no mail of sequences and workflows."""
    email_bounced_at: Mapped[datetime | None]
    """When their address was last found to take no mail."""
    search_key: Mapped[str] = searched("first_name", "last_name", "email", "phone")


class ContactCompany(Record):
    """A contact's place in a company; one of a contact's companies may be the primary."""

    __tablename__ = "contact_company"
    __table_args__ = (
        sa.UniqueConstraint(
            "workspace_id", "contact_id", "company_id", name="contact_company_taken"
        ),
    )

    contact_id: Mapped[str] = ref("contact", nullable=False, on_delete="CASCADE")
    company_id: Mapped[str] = ref("company", nullable=False, on_delete="CASCADE")
