"""Undoing an act: who may, whether it is too late, and what stands in the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.policy import changeable
from auth.roles import Category, Level
from core.codes import UserErrorCode
from core.errors import Path, UserError, not_found
from core.ids import began, encode
from core.names import camel, spaced
from core.sql import Rendered
from models.base import Uuid
from models.enums import ImportStatus
from models.registry import REGISTRY, Entity, Pointer
from services import due_work
from services.rules.undo import IMPORT, KEPT, is_undoable
from services.undo import collisions, inversion, net, papers, tables

AT_ONCE = 2_000
"""An act of more events is undone by a worker: a request would have to wait too long."""
DUE = "undo.run"
SHOWN = 100
_PATH: Path = ("operationId",)

_ACT = """
SELECT act, actor_kind, actor_id, min(at) AS began, max(at) AS at, count(*) AS events
FROM event WHERE workspace_id = $1 AND operation_id = $2
GROUP BY act, actor_kind, actor_id ORDER BY min(position)
"""
_CLAIM = """
INSERT INTO undone_act (workspace_id, operation_id, by_operation_id, user_id, at, finished_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING 1
"""
# Acts of many records are looked at from their last ones.
_RECENT = """
SELECT mine.operation_id, mine.act, mine.at, undone.finished_at AS undone_at, (
  SELECT count(*) FROM event
  WHERE workspace_id = $1 AND operation_id = mine.operation_id) AS records
FROM (
  SELECT operation_id, max(act) AS act, max(at) AS at, max(position) AS position
  FROM (SELECT * FROM event WHERE workspace_id = $1 AND actor_id = $2
        ORDER BY position DESC LIMIT 5000) AS latest
  GROUP BY operation_id ORDER BY max(position) DESC LIMIT {first}) AS mine
LEFT JOIN undone_act AS undone ON undone.workspace_id = $1
  AND undone.operation_id = mine.operation_id
ORDER BY mine.position DESC
"""
_IMPORT_STATUS = "SELECT status FROM import WHERE workspace_id = $1 AND id = $2 FOR UPDATE"
_UNDONE = "SELECT finished_at FROM undone_act WHERE workspace_id = $1 AND operation_id = $2"
_TOUCHED = """
CREATE TEMPORARY TABLE undo_touched ON COMMIT DROP AS
SELECT entity, record_id FROM undo_net WHERE NOT made
"""
_TOUCHED_BY = """
INSERT INTO undo_touched
SELECT DISTINCT '{whole}', (before ->> '{column}')::uuid FROM undo_gone WHERE entity = '{name}'
UNION SELECT DISTINCT '{whole}', t."{column}" FROM undo_net AS n
  JOIN "{name}" AS t ON t.workspace_id = $1 AND t.id = n.record_id WHERE n.entity = '{name}'
"""
_TOUCHED_BY_ATTACHED = """
INSERT INTO undo_touched
SELECT DISTINCT row ->> 'record_kind', (row ->> 'record_id')::uuid
FROM undo_loose CROSS JOIN LATERAL (VALUES (before), (after)) AS each (row)
WHERE table_name = '{name}' AND row IS NOT NULL AND NOT EXISTS (
  SELECT FROM undo_net AS w WHERE w.made AND w.record_id = (row ->> 'record_id')::uuid)
"""
_RECORDS = """
SELECT entity, record_id FROM undo_net
UNION SELECT entity, record_id FROM undo_touched
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Act:
    """What is known of an act."""

    operation_id: str
    name: str | None
    actor: tuple[str, str | None]
    at: datetime
    events: int


@dataclass(frozen=True, slots=True)
class Undone:
    """An act that was undone, and how many records came back to what they were."""

    act: Act
    count: int
    records: Sequence[Pointer]
    finished: bool = True
    """False where a worker is at it."""


async def undo(ctx: Context, operation_id: str) -> Undone:
    """Take an act back, all of it or nothing, as an act of its own."""
    act = await find(ctx, operation_id)
    refuse(ctx, act)
    await refuse_running(ctx, act)
    at_once = act.events <= AT_ONCE
    claim = (ctx.workspace_id, operation_id, ctx.act.operation_id, ctx.actor.user_id, ctx.now)
    # Of two at once the second waits here for the first, and then is told.
    if not await ctx.act.fetch_text(_CLAIM, *claim, ctx.now if at_once else None):
        raise _undone()
    if not at_once:
        await due_work.enqueue(ctx.act, DUE, operation_id)
        return Undone(act, act.events, (), finished=False)
    names = await check(ctx, act)
    await inversion.apply(ctx, names)
    if papers.concerns(act.name):
        await papers.settle(ctx)
    return await _told(ctx, act)


async def preview(ctx: Context, act: Act) -> None:
    """Refuse as `undo` would, and change nothing."""
    refuse(ctx, act)
    await refuse_running(ctx, act)
    if await undone_at(ctx, act):
        raise _undone()
    if act.events <= AT_ONCE:
        await check(ctx, act)


async def undone_at(ctx: Context, act: Act) -> Sequence[Any]:
    """A row with when it was undone, null while a worker is at it; none where it was not."""
    return await ctx.act.fetch_text(_UNDONE, ctx.workspace_id, act.operation_id)


async def recent(reading: Any, first: int) -> list[dict[str, Any]]:
    """The actor's own last acts, and whether undo would look at them at all."""
    author = reading.actor.author
    values = {"workspace": reading.actor.workspace_id, "actor": author.id}
    rows = await reading.run(Rendered(_RECENT.format(first=first), tuple(values), {}), values)
    return [
        {
            "operation_id": encode("op", row["operation_id"]),
            "act": row["act"],
            "at": row["at"],
            "record_count": row["records"],
            "undone_at": row["undone_at"],
            "undoable": row["undone_at"] is None
            and is_undoable(row["act"])
            and row["at"] >= reading.now - KEPT,
        }
        for row in rows
    ]


async def find(ctx: Context, operation_id: str) -> Act:
    """The act of an operation; NOT_FOUND where there is none in this workspace.

    Of one whose id is old the log may know no more than that it is too late.
    """
    rows = await ctx.act.fetch_text(_ACT, ctx.workspace_id, operation_id)
    if not rows and began(operation_id) < ctx.now - KEPT:
        raise _expired()
    if not rows:
        raise not_found(_PATH)
    first = rows[0]
    return Act(
        operation_id,
        first["act"],
        (first["actor_kind"], first["actor_id"]),
        max(row["at"] for row in rows),
        sum(row["events"] for row in rows),
    )


def refuse(ctx: Context, act: Act) -> None:
    """Refuse what its kind, its age or its actor keeps from being undone."""
    if act.actor != (ctx.actor.author.kind, ctx.actor.author.id) and not ctx.actor.may(
        Category.ADMIN, Level.WRITE
    ):
        message = "Who did it may undo it, or an Admin."
        raise UserError(UserErrorCode.NOT_YOUR_ACT, message, _PATH)
    if not is_undoable(act.name):
        what = f"`{act.name}`" if act.name else "This act"
        message = f"{what} cannot be undone; change the records themselves."
        raise UserError(UserErrorCode.NOT_UNDOABLE, message, _PATH)
    if act.at < ctx.now - KEPT:
        raise _expired()


async def refuse_running(ctx: Context, act: Act) -> None:
    """Refuse an import that still brings records in."""
    if act.name != IMPORT:
        return
    rows = await ctx.act.fetch_text(_IMPORT_STATUS, ctx.workspace_id, act.operation_id)
    if rows and rows[0]["status"] in {ImportStatus.QUEUED, ImportStatus.RUNNING}:
        message = "The import is still running; undo it when it has ended."
        raise UserError(UserErrorCode.IMPORT_STATE, message, _PATH)


async def check(ctx: Context, act: Act) -> set[str]:
    """Refuse where a record is out of reach or not as it was left; the tables it is about."""
    names = await net.gather(ctx, act.operation_id)
    await _check_reach(ctx, names)
    await inversion.lock_boards(ctx, names)
    found = await papers.seen(ctx) if papers.concerns(act.name) else []
    found += await collisions.found(ctx, names, act.at)
    if any(one.gone for one in found):
        message = "Records of this act were removed for good; it cannot be undone any more."
        raise UserError(UserErrorCode.UNDO_PURGED, message, _PATH)
    if found:
        message = "What this act changed was changed again; `collisions` lists records and fields."
        raise UserError(
            UserErrorCode.UNDO_COLLISION,
            message,
            _PATH,
            collisions=[_collision(one) for one in found],
        )
    return names


async def _check_reach(ctx: Context, names: set[str]) -> None:
    await ctx.act.fetch_text(_TOUCHED)
    for table in tables.remembered():
        if table.name not in names:
            continue
        if tables.attached(table):
            await ctx.act.fetch_text(_TOUCHED_BY_ATTACHED.format(name=table.name))
        elif tables.versioned(table):
            for one in tables.parents(table):
                text = _TOUCHED_BY.format(name=table.name, whole=one.target, column=one.column)
                await ctx.act.fetch_text(text, ctx.workspace_id)
    by_table = {entity.table.name: entity for entity in REGISTRY.values()}
    for row in await ctx.act.fetch_text("SELECT DISTINCT entity FROM undo_touched"):
        entity = by_table.get(row["entity"])
        if entity is not None:
            await _check_entity(ctx, entity)


async def _check_entity(ctx: Context, entity: Entity) -> None:
    if entity.category:
        ctx.require(Category(entity.category))
    condition = changeable(entity, ctx.actor, entity.table)
    if condition is None:
        return
    touched = sa.table("undo_touched", sa.column("entity"), sa.column("record_id", Uuid))
    own = entity.table
    beyond = await ctx.act.fetch(
        sa.select(sa.literal(1))
        .select_from(touched.join(own, own.c.id == touched.c.record_id))
        .where(
            touched.c.entity == own.name,
            own.c.workspace_id == ctx.workspace_id,
            sa.not_(sa.func.coalesce(condition, sa.false())),
        )
        .limit(1),
        ctx.actor.bound,
    )
    if beyond:
        what = spaced(entity.name)
        message = f"It changed a {what} that is not yours to change; ask an Admin to undo it."
        raise UserError(UserErrorCode.READ_ONLY, message, _PATH)


def _expired() -> UserError:
    message = f"Acts can be undone for {KEPT.days} days."
    return UserError(UserErrorCode.UNDO_EXPIRED, message, _PATH)


def _undone() -> UserError:
    message = "This act was undone before."
    return UserError(UserErrorCode.ALREADY_UNDONE, message, _PATH)


def _collision(one: collisions.Collision) -> Mapping[str, Any]:
    by_table = {entity.table.name: entity for entity in REGISTRY.values()}
    entity = by_table.get(one.entity)
    fields = {}
    if entity is not None:
        fields = {column: name for name, f in entity.fields.items() for column in f.columns}
    named = sorted({camel(fields.get(column, column)) for column in one.fields})
    known = entity is not None and entity.listed and one.record_id
    return {
        "record": Pointer(entity, one.record_id) if known and entity else None,
        "fields": named,
    }


async def _told(ctx: Context, act: Act) -> Undone:
    rows = await ctx.act.fetch_text(_RECORDS)
    by_table = {entity.table.name: entity for entity in REGISTRY.values() if entity.listed}
    known = [
        (by_table[row["entity"]], row["record_id"]) for row in rows if row["entity"] in by_table
    ]
    core = [one for one in known if one[0].core] or known
    return Undone(act, len(core), [Pointer(*one) for one in core[:SHOWN]])
