"""What is kept for a while only: answers to idempotency keys, keys of effects."""

from datetime import timedelta

import sqlalchemy as sa

from core.writes import Transaction
from models import metadata

IDEMPOTENCY_KEYS = timedelta(hours=72)
EFFECTS = timedelta(days=90)
"""How long an effect's key is remembered: longer than anything is tried again."""
_KEPT = {
    "idempotency_key": ("created_at", IDEMPOTENCY_KEYS),
    "effect": ("at", EFFECTS),
}


async def forget(act: Transaction) -> None:
    """Remove what a workspace no longer needs."""
    for name, (column, kept) in _KEPT.items():
        table = metadata.tables[name]
        old = sa.and_(table.c.workspace_id == act.workspace, table.c[column] < act.now - kept)
        await act.fetch(sa.delete(table).where(old))
