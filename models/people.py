"""Users, teams, invitations, sessions and API keys."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Record, Technical, choice, folded, indexed, joined, ref
from models.enums import Role, UserStatus


class User(Record):
    """A person who works in the workspace."""

    __tablename__ = "user"
    __table_args__ = (sa.Index("user_email_taken", "workspace_id", "email_key", unique=True),)

    email: Mapped[str]
    email_key: Mapped[str] = folded("email")
    first_name: Mapped[str]
    last_name: Mapped[str]
    name: Mapped[str] = joined("first_name || ' ' || last_name")
    name_key: Mapped[str] = folded("first_name || ' ' || last_name")
    role: Mapped[Role] = choice(Role, index=True)
    status: Mapped[UserStatus] = choice(UserStatus, index=True)
    avatar_file_id: Mapped[str | None] = ref("file", back=True)
    """The image that shows them."""
    walkthrough_completed_at: Mapped[datetime | None]
    """When they went through the demo walkthrough."""


class RoleSetting(Record):
    """What an Admin has set for a role."""

    __tablename__ = "role_setting"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "role", name="role_setting_taken"),
        sa.CheckConstraint("discount_limit_percent BETWEEN 0 AND 100", name="limit"),
    )

    role: Mapped[Role] = choice(Role, index=True)
    discount_limit_percent: Mapped[Decimal]
    """The highest discount it gives without an approval."""


class Team(Record):
    """A named group of users with a manager."""

    __tablename__ = "team"
    __table_args__ = (sa.Index("team_name_taken", "workspace_id", "name_key", unique=True),)

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    manager_id: Mapped[str] = ref("user", nullable=False)


class TeamMember(Record):
    """A user's place in a team."""

    __tablename__ = "team_member"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "team_id", "user_id", name="team_member_taken"),
    )

    team_id: Mapped[str] = ref("team", nullable=False, on_delete="CASCADE")
    user_id: Mapped[str] = ref("user", nullable=False)


class Invitation(Record):
    """An offer to join the workspace with a role, open for seven days."""

    __tablename__ = "invitation"

    email: Mapped[str]
    email_key: Mapped[str] = folded("email")
    role: Mapped[Role] = choice(Role)
    team_ids: Mapped[list[Any]]
    invited_by_id: Mapped[str] = ref("user", nullable=False)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Session(Technical):
    """A user's signed-in browser or program."""

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(sa.Uuid(as_uuid=False), primary_key=True)
    user_id: Mapped[str] = ref("user", nullable=False)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ip: Mapped[str | None]
    user_agent: Mapped[str | None]


class ApiKey(Record):
    """A user's key for programs; the secret itself is never stored."""

    __tablename__ = "api_key"

    name: Mapped[str]
    hint: Mapped[str] = mapped_column(Key)
    owner_id: Mapped[str] = ref("user", nullable=False)
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None] = indexed()
