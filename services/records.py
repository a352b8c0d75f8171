"""The acts every record shares: create, update, delete, restore."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import Path, UserError
from core.names import camel
from models.enums import UserStatus
from models.people import User
from models.registry import REGISTRY, Entity, Kind
from services import custom_fields, redirects
from services.rules.forms import Form
from services.values import cleaned, wire

_EVENTS = sa.table(
    "event",
    sa.column("record_id"),
    sa.column("entity"),
    sa.column("position"),
    sa.column("changes"),
)


async def create(ctx: Context, entity: Entity, given: Mapping[str, Any], **columns: Any) -> Any:
    """Create a record from the values of its fields; `columns` are set as they are.

    It is the actor's unless it has an owner or waits in a queue.
    """
    may_write(ctx, entity)
    values = await checked(ctx, entity, _complete(entity, given)) | columns
    whose = ("owner_id", entity.queue)
    if "owner_id" in entity.table.c and not any(values.get(name) for name in whose):
        values["owner_id"] = ctx.actor.user_id
    return await ctx.act.insert(entity.table, values)


async def update(
    ctx: Context,
    entity: Entity,
    record_id: str,
    given: Mapping[str, Any],
    expected_version: int | None = None,
) -> Any:
    """Change the fields that are given; what is as it was makes no version and no event."""
    may_write(ctx, entity)
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.", ())
    row = await locked(ctx, entity, record_id, expected_version)
    values = await checked(ctx, entity, given, row)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return row
    table = entity.table
    if "email" in changed and "email_bounced_at" in table.c:
        # Of another address nothing is known yet.
        changed["email_bounced_at"] = None
    return (await ctx.act.update(table, table.c.id == record_id, changed))[0]


async def delete(
    ctx: Context, entity: Entity, record_id: str, expected_version: int | None = None
) -> Any:
    """Delete a record: restorable ones stay for 30 days."""
    may_write(ctx, entity)
    row = await locked(ctx, entity, record_id, expected_version)
    table = entity.table
    if entity.restorable:
        where = table.c.id == record_id
        await ctx.act.update(table, where, {"deleted_at": ctx.now}, event="deleted")
    else:
        await ctx.act.delete(table, table.c.id == record_id)
    return row


async def restore(ctx: Context, entity: Entity, record_id: str, **columns: Any) -> Any:
    """Bring a deleted record back; `columns` are set with it."""
    may_write(ctx, entity)
    row = await ctx.get(entity.row, record_id, lock=True, deleted=True)
    await require_own(ctx, entity, row)
    await redirects.refuse_merged(ctx, entity, record_id)
    table = entity.table
    where = table.c.id == row.id  # type: ignore[attr-defined]
    values = {"deleted_at": None, **columns}
    return (await ctx.act.update(table, where, values, event="restored"))[0]


async def in_turn(ctx: Context, what: str, *values: str) -> None:
    """Let only one act at a time look for a value and go by what it finds, until it ends.

    Several values are to be sorted: everybody takes them in the same order.
    """
    await ctx.act.fetch_text(
        "SELECT pg_advisory_xact_lock(hashtextextended(turn, 0)) FROM unnest($1::text[]) AS turn",
        [f"{ctx.workspace_id} {what} {value}" for value in values],
    )


def may_write(ctx: Context, entity: Entity) -> None:
    """Deny unless the actor's role writes this kind of record."""
    ctx.require(Category(entity.category))


async def locked(
    ctx: Context, entity: Entity, record_id: str, expected_version: int | None = None
) -> Any:
    """The record, kept from others until the act ends, at the version the caller read."""
    row: Any = await ctx.get(entity.row, record_id, lock=True)
    await require_own(ctx, entity, row)
    if expected_version is not None and row.version != expected_version:
        since = max(row.version - expected_version, 0)
        raise UserError(
            UserErrorCode.STALE_VERSION,
            "The record changed since you read it.",
            ("expectedVersion",),
            current_version=row.version,
            changed_fields=await _changed(ctx, entity, record_id, since),
        )
    return row


async def require_own(ctx: Context, entity: Entity, row: Any, path: Path = ("id",)) -> None:
    """Refuse to change a record that is in sight only because it, or its whole, is shared."""
    if not (entity.members or entity.within) or await _is_own(ctx, entity, row):
        return
    message = "This is shared with you to be read; its owner or their manager may change it."
    raise UserError(UserErrorCode.READ_ONLY, message, path)


async def _is_own(ctx: Context, entity: Entity, row: Any) -> bool:
    owners = ctx.actor.owners
    if owners is None or row.owner_id in owners:
        return True
    if entity.queue and row.owner_id is None and getattr(row, entity.queue) in ctx.actor.teams:
        return True
    if not entity.within:
        return False
    link = entity.fields[entity.within]
    whole = REGISTRY[link.target]
    found = await ctx.find(whole.row, [getattr(row, link.columns[0])])
    return bool(found) and await _is_own(ctx, whole, found[0])


async def checked(
    ctx: Context, entity: Entity, given: Mapping[str, Any], row: Any = None
) -> dict[str, Any]:
    """The columns for the given fields; every refusal of the input is told at once.

    `row` is the record as it is; without one it is a new one, which has what is required.
    """
    form = Form()
    own = {name: value for name, value in given.items() if name != custom_fields.NAME}
    columns = cleaned(form, entity, own, currency=ctx.actor.currency)
    before = None if row is None else row.custom if "custom" in entity.table.c else {}
    custom = await custom_fields.begun(ctx, form, entity, given.get(custom_fields.NAME), before)
    form.done()
    for name, value in own.items():
        field = entity.fields[name]
        if field.kind is Kind.LINK and value is not None:
            await _check_link(ctx, field.target, value, wire(field))
    return columns | await custom_fields.settled(ctx, custom, row.id if row is not None else None)


async def _check_link(ctx: Context, target: str, record_id: str, path: str) -> None:
    # A user who is about to leave is waited for: what they would be given has to be handed over.
    keep = target == "User"
    row: Any = await ctx.get(REGISTRY[target].row, record_id, path=(path,), keep=keep)
    if isinstance(row, User) and row.status != UserStatus.ACTIVE:
        message = "This user has left the workspace; choose an active one."
        raise UserError(UserErrorCode.INVALID_VALUE, message, (path,))


async def _changed(ctx: Context, entity: Entity, record_id: str, versions: int) -> list[str]:
    rows = await ctx.act.fetch(
        sa.select(_EVENTS.c.changes)
        .where(
            _EVENTS.c.entity == entity.table.name,
            _EVENTS.c.record_id == sa.literal(record_id, sa.Uuid(as_uuid=False)),
        )
        .order_by(_EVENTS.c.position.desc())
        .limit(versions)
    )
    columns = {name for row in rows for name in row["changes"]}
    named = {column: name for name, field in entity.fields.items() for column in field.columns}
    return sorted({camel(named.get(column, column)) for column in columns})


def _complete(entity: Entity, given: Mapping[str, Any]) -> dict[str, Any]:
    required = {name: None for name, field in entity.fields.items() if field.required}
    return required | dict(given)
