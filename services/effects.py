"""The effect ledger: what happens outside of a record happens once, by its key."""

from collections.abc import Collection

from sqlalchemy.dialects.postgresql import insert

from core.writes import Transaction
from models import metadata

_EFFECT = metadata.tables["effect"]


async def first(act: Transaction, key: str) -> bool:
    """Whether an effect has not happened yet; asked in the transaction in which it happens.

    A second act that asks meanwhile waits for the first to end.
    """
    return bool(await firsts(act, [key]))


async def firsts(act: Transaction, keys: Collection[str]) -> set[str]:
    """Those of several effects that have not happened yet."""
    if not keys:
        return set()
    # In one order, so that two acts never wait for each other.
    rows = [{"workspace_id": act.workspace, "key": key, "at": act.now} for key in sorted(keys)]
    statement = insert(_EFFECT).values(rows).on_conflict_do_nothing()
    return {row["key"] for row in await act.fetch(statement.returning(_EFFECT.c.key))}
