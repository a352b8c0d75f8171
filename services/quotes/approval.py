"""Who approves discounts, and what is asked of them when one is above its seller's limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import TEAM_MANAGERS
from models import metadata
from models.enums import NotificationKind, Role, UserStatus
from services import notifications

_USER = metadata.tables["user"]
_TEAM, _MEMBER = metadata.tables["team"], metadata.tables["team_member"]

DECIDING = frozenset({Role.ADMIN, Role.EXECUTIVE})
"""Who decides where no manager of the seller's team can."""


@dataclass(frozen=True, slots=True)
class Approvers:
    """Who may decide about a discount."""

    users: Sequence[str]
    managers: bool
    """Whether they manage a team of the seller; else they are all Admins and Executives."""

    @property
    def named(self) -> str | None:
        """The one who is asked by name."""
        return self.users[0] if self.managers and self.users else None


async def approvers(ctx: Context, owner_id: str | None, requester_id: str | None) -> Approvers:
    """The managers of the seller's teams; where there is none, Admins and Executives.

    Neither the seller nor who asked is among them.
    """
    apart = [one for one in (owner_id, requester_id) if one is not None]
    able = sa.and_(
        _USER.c.workspace_id == ctx.workspace_id,
        _USER.c.status == UserStatus.ACTIVE,
        _USER.c.id.not_in(apart),
    )
    manages = (
        sa.select(_TEAM.c.manager_id)
        .join(_MEMBER, _MEMBER.c.team_id == _TEAM.c.id)
        .where(
            _TEAM.c.workspace_id == ctx.workspace_id,
            _MEMBER.c.workspace_id == ctx.workspace_id,
            _MEMBER.c.user_id == owner_id,
        )
    )
    managing = sa.and_(_USER.c.id.in_(manages), _USER.c.role.in_(TEAM_MANAGERS))
    rows = await ctx.act.fetch(
        sa.select(_USER.c.id, sa.func.coalesce(managing, sa.false()).label("manages"))
        .where(able, sa.or_(managing, _USER.c.role.in_(DECIDING)))
        .order_by(_USER.c.id)
    )
    managers = [row["id"] for row in rows if row["manages"]]
    return Approvers(managers or [row["id"] for row in rows], bool(managers))


def asked(ctx: Context, deciding: Approvers) -> dict[str, Any]:
    """What a quote keeps of a question that nobody has answered."""
    return {
        "approver_id": deciding.named,
        "approval_requested_by_id": ctx.actor.user_id,
        "approval_comment": None,
        "approval_decided_at": None,
    }


async def tell(ctx: Context, quote: Any, percent: Decimal, deciding: Approvers) -> None:
    """Tell who decides that the discount of a quote waits for them."""
    who = await notifications.actor_name(ctx)
    text = f"{who} asks you to approve {percent.normalize():f}% off in {quote['number']}"
    await notifications.notify(
        ctx,
        [deciding.named] if deciding.named else deciding.users,
        NotificationKind.APPROVAL_REQUESTED,
        record=("quote", quote["id"]),
        text=f"{text}, “{quote['title']}”.",
    )
