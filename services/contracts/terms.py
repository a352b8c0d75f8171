"""The terms of contracts: in force from their first day, expired after their last."""

from datetime import date

import sqlalchemy as sa

from core.writes import Transaction
from models.sale_enums import ContractStatus
from services.contracts import states
from services.contracts.states import CONTRACT
from services.rules.tasks import day_of


async def follow(act: Transaction) -> None:
    """Bring every contract of a workspace to where the day puts it."""
    workspace = await states.workspace(act)
    today = day_of(act.now, workspace["time_zone"])
    await activate(act, today)
    ended = sa.and_(CONTRACT.c.status == ContractStatus.ACTIVE, CONTRACT.c.ends_on < today)
    await states.move_all(act, ended, "expire", cause="its last day has passed")


async def activate(act: Transaction, today: date, *only: sa.ColumnElement[bool]) -> None:
    """Put signed contracts into force whose first day has come."""
    due = sa.and_(
        CONTRACT.c.status == ContractStatus.FULLY_SIGNED, CONTRACT.c.starts_on <= today, *only
    )
    await states.move_all(act, due, "activate", cause="signed by all, and its first day has come")
