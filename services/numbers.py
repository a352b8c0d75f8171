"""Numbers of documents, taken from one counter row a kind (and year where it is shown)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core.writes import Transaction
from models import metadata
from services.rules.numbers import Numbered, formatted

_COUNTER = metadata.tables["counter"]


async def take(
    act: Transaction, kind: Numbered, year: int | None = None, count: int = 1
) -> list[str]:
    """The next `count` numbers of a kind.

    Take them late: others who want one wait until this transaction ends, which is what keeps
    the numbers consecutive.
    """
    if count == 0:
        return []
    last = await reserve(act, kind, count, year)
    return [formatted(kind, value, year) for value in range(last - count + 1, last + 1)]


async def reserve(act: Transaction, kind: str, count: int, year: int | None = None) -> int:
    """Move a counter on and return the last value taken."""
    first = insert(_COUNTER).values(
        workspace_id=act.workspace, kind=kind, year=year or 0, value=count
    )
    moved = first.on_conflict_do_update(
        index_elements=["workspace_id", "kind", "year"],
        set_={"value": _COUNTER.c.value + sa.literal(count, sa.BigInteger)},
    )
    rows = await act.fetch(moved.returning(_COUNTER.c.value))
    return int(rows[0]["value"])
