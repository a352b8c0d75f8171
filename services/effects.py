"""The effect ledger: what happens outside of a record happens once, by its key."""

from sqlalchemy.dialects.postgresql import insert

from core.writes import Transaction
from models import metadata

_EFFECT = metadata.tables["effect"]


async def first(act: Transaction, key: str) -> bool:
    """Whether an effect has not happened yet; asked in the transaction in which it happens.

    A second act that asks meanwhile waits for the first to end.
    """
    statement = insert(_EFFECT).values(workspace_id=act.workspace, key=key, at=act.now)
    return bool(await act.fetch(statement.on_conflict_do_nothing().returning(_EFFECT.c.key)))
