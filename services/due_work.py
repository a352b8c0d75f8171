"""Work that must happen: a row written with the act that causes it, done by a worker."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from core.ids import new_id
from core.writes import Transaction
from models import metadata


class Interrupted(Exception):
    """The process is about to end; what is left of the work is done elsewhere."""


DUE_WORK = metadata.tables["due_work"]


async def enqueue(act: Transaction, kind: str, subject_id: str, at: datetime | None = None) -> None:
    """Ask for work on a record, to be begun at a moment of the database's clock, or now."""
    statement = sa.insert(DUE_WORK).values(
        workspace_id=act.workspace,
        id=new_id(),
        kind=kind,
        subject_id=subject_id,
        at=sa.func.now() if at is None else at,
    )
    await act.fetch(statement)


async def enqueue_many(act: Transaction, kind: str, moments: Mapping[str, datetime]) -> None:
    """Ask for work on records, each at its own moment, in one statement."""
    if moments:
        await act.fetch_text(
            "INSERT INTO due_work (workspace_id, id, kind, subject_id, at)"
            " SELECT $1, wanted.id, $2, wanted.subject, wanted.at"
            " FROM unnest($3::uuid[], $4::uuid[], $5::timestamptz[]) AS wanted (id, subject, at)",
            act.workspace,
            kind,
            [new_id() for _ in moments],
            list(moments),
            list(moments.values()),
        )
