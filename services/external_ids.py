"""What records are called in other systems: unique for a system and a kind of record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.policy import WORKSPACE
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.base import Uuid
from models.registry import Entity, pointer
from services import cores, records
from services.rules.forms import Form

_NAMES = metadata.tables["external_id"]

LONGEST_SOURCE = 60
LONGEST_VALUE = 200
MOST = 20


@dataclass(frozen=True, slots=True)
class Name:
    """What a system calls a record."""

    source: str
    value: str


async def matched(ctx: Context, entity: Entity, name: Name) -> str | None:
    """The record a system calls so; who looks for it comes in turn, until the act ends."""
    (name,) = _checked([name], "match", "externalId")
    await records.in_turn(ctx, *turn(entity, name))
    holder = (await _holders(ctx, entity, [name])).get(name)
    if holder is None:
        return None
    if not await ctx.find(entity.row, [holder]):
        raise _taken(entity, holder, ("match", "externalId"))
    return holder


def turn(entity: Entity, name: Name) -> tuple[str, str]:
    """What acts that look for a record by its name take turns by."""
    return f"{entity.table.name}.external_id", f"{_source(name.source)} {name.value.strip()}"


async def put(
    ctx: Context, entity: Entity, record_id: str, names: Sequence[Name], *path: str | int
) -> None:
    """Let systems call a record so; a name that another one has is refused."""
    wanted = list(dict.fromkeys(_checked(names, *path)))
    if len(wanted) > MOST:
        message = f"A record has at most {MOST} external ids."
        raise UserError(UserErrorCode.TOO_MANY, message, path)
    holders = await _holders(ctx, entity, wanted)
    for name in wanted:
        if holders.get(name, record_id) != record_id:
            raise _taken(entity, holders[name], path)
    new = [name for name in wanted if name not in holders]
    if not new:
        return
    # What is left of these names belongs to deleted records, and is free.
    await ctx.act.fetch(sa.delete(_NAMES).where(_of(ctx, entity, new)))
    rows = [
        {
            "workspace_id": ctx.workspace_id,
            "record_id": record_id,
            "record_kind": entity.table.name,
            "source": name.source,
            "value": name.value,
        }
        for name in new
    ]
    await ctx.act.fetch(sa.insert(_NAMES).values(rows))
    told = [f"{name.source} {name.value}" for name in new]
    ctx.act.emit(f"{entity.table.name}.updated", entity.table.name, record_id, called=told)


async def add(ctx: Context, core: cores.Named, name: Name) -> cores.Core:
    """Let a system call a record so."""
    ((entity, record_id),) = await cores.writable(ctx, [core], "recordId")
    await put(ctx, entity, record_id, [name], "value")
    return entity, record_id


async def remove(ctx: Context, core: cores.Named, name: Name) -> cores.Core:
    """Let a system call a record so no more."""
    ((entity, record_id),) = await cores.writable(ctx, [core], "recordId")
    names = _checked([name], "value")
    own = sa.and_(_of(ctx, entity, names), _NAMES.c.record_id == sa.literal(record_id, Uuid))
    gone = await ctx.act.fetch(sa.delete(_NAMES).where(own).returning(_NAMES.c.value))
    if not gone:
        message = "The record is not called so in this system."
        raise UserError(UserErrorCode.NOT_FOUND, message, ("value",))
    told = [f"{one.source} {one.value}" for one in names]
    kind = entity.table.name
    ctx.act.emit(f"{kind}.updated", kind, record_id, called_no_more=told)
    return entity, record_id


async def batch(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[list[dict[str, str]]]:
    """What systems call each of the records."""
    ids = [row["id"] for row in rows]
    found = await reading.fetch(
        sa.select(_NAMES.c.record_id, _NAMES.c.source, _NAMES.c.value)
        .where(
            _NAMES.c.workspace_id == WORKSPACE,
            _NAMES.c.record_id == sa.any_(sa.bindparam("records", ids, type_=sa.ARRAY(Uuid))),
        )
        .order_by(_NAMES.c.source, _NAMES.c.value)
    )
    names: dict[str, list[dict[str, str]]] = {}
    for row in found:
        names.setdefault(row["record_id"], []).append(
            {"source": row["source"], "value": row["value"]}
        )
    return [names.get(one, []) for one in ids]


async def _holders(ctx: Context, entity: Entity, names: Sequence[Name]) -> dict[Name, str]:
    """The records that are called so and are not deleted, whoever sees them."""
    table = entity.table
    conditions = [table.c.deleted_at.is_(None)] if entity.restorable else []
    rows = await ctx.act.fetch(
        sa.select(_NAMES.c.source, _NAMES.c.value, _NAMES.c.record_id)
        .join(
            table,
            sa.and_(
                table.c.workspace_id == _NAMES.c.workspace_id, table.c.id == _NAMES.c.record_id
            ),
        )
        .where(_of(ctx, entity, names), *conditions)
    )
    return {Name(row["source"], row["value"]): row["record_id"] for row in rows}


def _of(ctx: Context, entity: Entity, names: Sequence[Name]) -> sa.ColumnElement[bool]:
    pairs = [(name.source, name.value) for name in names]
    return sa.and_(
        _NAMES.c.workspace_id == ctx.workspace_id,
        _NAMES.c.record_kind == entity.table.name,
        sa.or_(
            *(
                sa.and_(_NAMES.c.source == source, _NAMES.c.value == value)
                for source, value in pairs
            )
        ),
    )


def _checked(names: Sequence[Name], *path: str | int) -> list[Name]:
    form = Form()
    found = [
        Name(
            _source(form.text("source", name.source, longest=LONGEST_SOURCE)),
            form.text("value", name.value, longest=LONGEST_VALUE),
        )
        for name in names
    ]
    form.refusals = [refused.at(*path) for refused in form.refusals]
    form.done()
    return found


def _source(text: str) -> str:
    return text.strip().casefold()


def _taken(entity: Entity, holder: str, path: tuple[str | int, ...]) -> UserError:
    message = "Another record is called so in this system."
    existing = pointer(entity.name, holder)
    return UserError(UserErrorCode.DUPLICATE, message, path, existing=existing)
