"""Work that must happen: a row written with the act that causes it, done by a worker."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

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


async def cancel(act: Transaction, kind: str, subject_id: str) -> None:
    """Ask no more for work on a record."""
    mine = (
        DUE_WORK.c.workspace_id == act.workspace,
        DUE_WORK.c.kind == kind,
        DUE_WORK.c.subject_id == subject_id,
    )
    await act.fetch(sa.delete(DUE_WORK).where(*mine))


async def waits(act: Transaction, kind: str, subject_id: str, at: datetime) -> bool:
    """Whether work on a record is asked for at a moment or later."""
    statement = sa.select(DUE_WORK.c.id).where(
        DUE_WORK.c.workspace_id == act.workspace,
        DUE_WORK.c.kind == kind,
        DUE_WORK.c.subject_id == subject_id,
        DUE_WORK.c.at >= at,
    )
    return bool(await act.fetch(statement.limit(1)))


async def enqueue_once(
    act: Transaction, kind: str, subject_id: str, at: datetime, due_id: str
) -> None:
    """Ask for work at a moment under an id of its own: asked for again it is the same."""
    statement = insert(DUE_WORK).values(
        workspace_id=act.workspace, id=due_id, kind=kind, subject_id=subject_id, at=at
    )
    await act.fetch(statement.on_conflict_do_nothing())


async def moment(act: Transaction, due_id: str) -> datetime | None:
    """When work is due; None where it is done."""
    rows = await act.fetch(
        sa.select(DUE_WORK.c.at).where(
            DUE_WORK.c.workspace_id == act.workspace, DUE_WORK.c.id == due_id
        )
    )
    return rows[0]["at"] if rows else None


async def enqueue_many(act: Transaction, kind: str, moments: Mapping[str, datetime | None]) -> None:
    """Ask for work on records, each at its own moment or now, in one statement."""
    if moments:
        await act.fetch_text(
            "INSERT INTO due_work (workspace_id, id, kind, subject_id, at)"
            " SELECT $1, wanted.id, $2, wanted.subject, coalesce(wanted.at, now())"
            " FROM unnest($3::uuid[], $4::uuid[], $5::timestamptz[]) AS wanted (id, subject, at)",
            act.workspace,
            kind,
            [new_id() for _ in moments],
            list(moments),
            list(moments.values()),
        )
