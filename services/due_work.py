"""Work that must happen: a row written with the act that causes it, done by a worker."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from core.ids import new_id
from core.writes import Transaction
from models import metadata
from models.base import uuids


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


async def cancel(act: Transaction, kind: str, subject_ids: Collection[str]) -> None:
    """Ask no more for work on records."""
    mine = (
        DUE_WORK.c.workspace_id == act.workspace,
        DUE_WORK.c.kind == kind,
        DUE_WORK.c.subject_id == sa.any_(uuids(subject_ids)),
    )
    if subject_ids:
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
    act: Transaction, kind: str, moments: Mapping[str, tuple[str, datetime]]
) -> None:
    """Ask for work on records at moments, each under an id: asked for again it is the same."""
    if moments:
        await act.fetch_text(
            "INSERT INTO due_work (workspace_id, id, kind, subject_id, at)"
            " SELECT $1, wanted.id, $2, wanted.subject, wanted.at"
            " FROM unnest($3::uuid[], $4::uuid[], $5::timestamptz[]) AS wanted (id, subject, at)"
            " ON CONFLICT DO NOTHING",
            act.workspace,
            kind,
            list(moments),
            *([one[place] for one in moments.values()] for place in (0, 1)),
        )


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
