"""What is kept for a while only: answers to idempotency keys, keys of effects."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from core.writes import Transaction
from models import metadata
from services import sweeps

IDEMPOTENCY_KEYS = timedelta(hours=72)
EFFECTS = timedelta(days=90)
"""How long an effect's key is remembered: longer than anything is tried again."""
_KEPT = {
    "idempotency_key": ("created_at", IDEMPOTENCY_KEYS),
    "effect": ("at", EFFECTS),
}


def _old(now: datetime | None = None) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """What is too old, table by table."""
    for name, (column, kept) in _KEPT.items():
        table = metadata.tables[name]
        yield table, table.c[column] < sweeps.before(kept, now)


ASKED = sweeps.question(*(sweeps.rows(table, old) for table, old in _old()))
"""Whether something is too old."""


async def forget(act: Transaction) -> None:
    """Remove what a workspace no longer needs."""
    for table, old in _old(act.now):
        await act.fetch(sa.delete(table).where(table.c.workspace_id == act.workspace, old))
