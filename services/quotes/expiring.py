"""Quotes whose last day has passed: they expire, each once."""

from typing import Any

import sqlalchemy as sa

from core.writes import Transaction
from models.sale_enums import QuoteStatus
from services import sweeps
from services.quotes.states import QUOTE


def _late(today: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        QUOTE.c.status.in_((QuoteStatus.SENT, QuoteStatus.VIEWED)),
        QUOTE.c.valid_until < today,
        QUOTE.c.deleted_at.is_(None),
    )


ASKED = sweeps.question(sweeps.rows(QUOTE, _late(sweeps.TODAY)))
"""Whether a quote has to expire."""


async def expire(act: Transaction) -> None:
    """Let the quotes of a workspace expire that were not answered by their last day there."""
    today = await sweeps.today(act)
    expired = {"status": QuoteStatus.EXPIRED}
    for row in await act.update(QUOTE, _late(today), expired, event="expired"):
        cause = f"not accepted by {row['valid_until']}"
        act.emit("quote.expired", "quote", row["id"], cause=cause)
