"""Asking for papers: the records that changes concern, each waited for once."""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from core.events import Event
from core.ids import new_id
from core.writes import Transaction
from models import metadata
from models.base import uuids
from services.documents.rendering import DUE
from services.documents.storing import KINDS

PARTS: Mapping[str, str] = {
    "quote_line": "quote_id",
    "contract_signer": "contract_id",
    "invoice_line": "invoice_id",
}
"""The tables of what is printed with a record, and the column that names it."""
PRINTED = (*KINDS, *PARTS)

MANY = 100
"""So many records at once are printed one after the other, in no hurry: others have work, too."""
_PAUSE = "interval '0.2 seconds'"

_WAIT = """
INSERT INTO due_work (workspace_id, id, kind, subject_id, at)
SELECT $1, wanted.id, $2, wanted.subject_id, now() + {pause}
FROM unnest($3::uuid[], $4::uuid[]) WITH ORDINALITY AS wanted (id, subject_id, place)
WHERE NOT EXISTS (
  SELECT FROM due_work AS waiting
  WHERE waiting.workspace_id = $1 AND waiting.kind = $2
    AND waiting.subject_id = wanted.subject_id AND waiting.attempts = 0
)
"""


_AT_ONCE = _WAIT.format(pause="interval '0'")
_IN_TURN = _WAIT.format(
    pause=f"""{_PAUSE} * (wanted.place + (
  SELECT count(*) FROM due_work AS earlier
  WHERE earlier.workspace_id = $1 AND earlier.kind = $2))"""
)


async def take_in(act: Transaction, events: Sequence[Event]) -> None:
    """Ask for the papers that a batch of events has made old."""
    records = {event.record_id for event in events if event.entity in KINDS}
    for table, column in PARTS.items():
        parts = [event for event in events if event.entity == table]
        records.update(_told(parts, column))
        unknown = [event.record_id for event in parts if column not in event.changes]
        records.update(await _of(act, table, column, unknown))
    await fresh(act, sorted(records))


async def fresh(act: Transaction, record_ids: Sequence[str]) -> None:
    """Have records printed as they are; what waits to be printed already is not asked for again."""
    if record_ids:
        ids = [new_id() for _ in record_ids]
        wait = _AT_ONCE if len(record_ids) <= MANY else _IN_TURN
        await act.fetch_text(wait, act.workspace, DUE, ids, list(record_ids))


def _told(events: Iterable[Event], column: str) -> Iterable[str]:
    """The records that events of parts name themselves: those that made or removed one."""
    for event in events:
        change = event.changes.get(column, {})
        yield from (str(one) for one in (change.get("before"), change.get("after")) if one)


async def _of(act: Transaction, table: str, column: str, ids: Sequence[str]) -> list[str]:
    """The records that parts belong to."""
    if not ids:
        return []
    part = metadata.tables[table]
    wanted = uuids(ids)
    rows = await act.fetch(
        sa.select(part.c[column])
        .where(part.c.workspace_id == act.workspace, part.c.id == sa.any_(wanted))
        .distinct()
    )
    return [str(row[0]) for row in rows]
