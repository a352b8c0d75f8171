"""What an Admin sets for a role, and what each role begins with."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from core.writes import Transaction
from models import metadata
from models.enums import Role
from models.registry import REGISTRY
from services import records
from services.rules.quotes import HUNDRED

SETTING = metadata.tables["role_setting"]
_USER = metadata.tables["user"]

DISCOUNT_LIMITS: Mapping[Role, int] = {
    Role.REP: 15,
    Role.MANAGER: 25,
    Role.EXECUTIVE: 100,
    Role.ADMIN: 100,
    Role.FINANCE: 15,
}
"""The highest discount a role gives by itself, in percent, until an Admin says else."""


async def seed(act: Transaction) -> None:
    """Give a fresh workspace the settings of its five roles."""
    rows = [
        {"role": role, "discount_limit_percent": Decimal(limit)}
        for role, limit in DISCOUNT_LIMITS.items()
    ]
    await act.insert_many(SETTING, rows)


async def update(
    ctx: Context, record_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change what a role may do by itself; quotes are held to it when they change next."""
    ctx.require(Category.ADMIN)
    limit = given.get("discount_limit_percent")
    if limit is not None and not 0 <= limit <= HUNDRED:
        message = "Send a percentage from 0 to 100."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("discountLimitPercent",))
    return await records.update(ctx, REGISTRY["RoleSetting"], record_id, given, expected_version)


async def discount_limit(ctx: Context, user_id: str | None) -> Decimal:
    """The highest discount a user gives by themselves; without a user, that of who acts."""
    role: Any = sa.literal(ctx.actor.role)
    if user_id is not None:
        role = (
            sa.select(_USER.c.role)
            .where(_USER.c.workspace_id == ctx.workspace_id, _USER.c.id == user_id)
            .scalar_subquery()
        )
    (row,) = await ctx.act.fetch(
        sa.select(SETTING.c.discount_limit_percent).where(
            SETTING.c.workspace_id == ctx.workspace_id, SETTING.c.role == role
        )
    )
    return Decimal(row["discount_limit_percent"])
