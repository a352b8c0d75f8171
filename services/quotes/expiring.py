"""Quotes whose last day has passed: they expire, each once."""

import sqlalchemy as sa

from core.writes import Transaction
from models import metadata
from models.sale_enums import QuoteStatus
from services.quotes.states import QUOTE

_WORKSPACE = metadata.tables["workspace"]


async def expire(act: Transaction) -> None:
    """Let the quotes of a workspace expire that were not answered by their last day there."""
    today = (
        sa.select(
            sa.cast(
                sa.func.timezone(
                    _WORKSPACE.c.time_zone, sa.literal(act.now, sa.DateTime(timezone=True))
                ),
                sa.Date,
            )
        )
        .where(_WORKSPACE.c.workspace_id == act.workspace)
        .scalar_subquery()
    )
    late = sa.and_(
        QUOTE.c.status.in_((QuoteStatus.SENT, QuoteStatus.VIEWED)),
        QUOTE.c.valid_until < today,
        QUOTE.c.deleted_at.is_(None),
    )
    expired = {"status": QuoteStatus.EXPIRED}
    for row in await act.update(QUOTE, late, expired, event="expired"):
        cause = f"not accepted by {row['valid_until']}"
        act.emit("quote.expired", "quote", row["id"], cause=cause)
