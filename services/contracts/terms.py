"""The terms of contracts: in force from their first day, expired after their last."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from core.writes import Transaction
from models.sale_enums import ContractStatus
from services import sweeps
from services.contracts import states
from services.contracts.states import CONTRACT


def _begun(today: Any) -> sa.ColumnElement[bool]:
    return sa.and_(CONTRACT.c.status == ContractStatus.FULLY_SIGNED, CONTRACT.c.starts_on <= today)


def _ended(today: Any) -> sa.ColumnElement[bool]:
    return sa.and_(CONTRACT.c.status == ContractStatus.ACTIVE, CONTRACT.c.ends_on < today)


_LIVING = CONTRACT.c.deleted_at.is_(None)
ASKED = sweeps.question(
    *(sweeps.rows(CONTRACT, _LIVING, which(sweeps.TODAY)) for which in (_begun, _ended))
)
"""Whether a contract has to go into force, or to end."""


async def follow(act: Transaction) -> None:
    """Bring every contract of a workspace to where the day puts it."""
    today = await sweeps.today(act)
    await activate(act, today)
    await states.move_all(act, _ended(today), "expire", cause="its last day has passed")


async def activate(act: Transaction, today: date, *only: sa.ColumnElement[bool]) -> None:
    """Put signed contracts into force whose first day has come."""
    due = sa.and_(_begun(today), *only)
    await states.move_all(act, due, "activate", cause="signed by all, and its first day has come")
