"""Custom fields of records: what is written of them is checked here, whoever writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.custom_fields import FIELD, CustomField, Fields, gathered
from core.codes import UserErrorCode
from core.errors import Path, Refusals, UserError, not_found
from models import metadata
from models.base import Uuid
from models.enums import CustomFieldType as Type
from models.registry import REGISTRY, Entity, pointer
from services.custom_values import Given, entity_of, read, text_of, wire
from services.rules.forms import Form

VALUE = metadata.tables["custom_value"]
NAME = "custom_fields"
PATH = "customFields"

_UNIQUE = "SELECT custom_unique($1, $2) AS key"
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"


@dataclass(slots=True)
class Reading:
    """The custom values of one input being checked for a record that exists, or a new one."""

    entity: Entity
    fields: Fields
    before: Mapping[str, Any]
    after: dict[str, Any]
    paths: dict[str, Path]
    """Where in the input each key was given that has a value."""


async def keep(ctx: Context, entity: Entity) -> Fields:
    """The fields of a kind of record as they are now; nobody changes them before the act ends."""
    known: Fields | None = ctx.kept.get((NAME, entity.name))
    return known if known is not None else await _locked(ctx, entity)


async def keep_for_all(ctx: Context, entity: Entity) -> None:
    """Keep them once for many records; call it outside of what may fail on its own."""
    ctx.kept[NAME, entity.name] = await _locked(ctx, entity)


async def _locked(ctx: Context, entity: Entity) -> Fields:
    rows = await ctx.act.fetch(
        sa.select(FIELD)
        .where(
            FIELD.c.workspace_id == ctx.workspace_id,
            FIELD.c.entity == entity.table.name.upper(),
            FIELD.c.archived_at.is_(None),
        )
        .order_by(FIELD.c.position, FIELD.c.id)
        .with_for_update(read=True)
    )
    return gathered(rows).of(entity.table.name)


async def begun(
    ctx: Context,
    form: Form,
    entity: Entity,
    given: Sequence[Given] | None,
    before: Mapping[str, Any] | None,
) -> Reading | None:
    """Read what an input says of custom fields; `before` is None for a new record."""
    if "custom" not in entity.table.c:
        return None
    known = ctx.actor.custom.of(entity.table.name)
    if given is None and not any(field.required for field in known.values()):
        return None
    fields = known if given is None else await keep(ctx, entity)
    was = dict(before or {})
    reading = Reading(entity, fields, was, dict(was), {})
    _take(form, reading, given or (), ctx.actor.currency)
    for field in fields.values():
        if field.required and field.key not in reading.after and field.key not in reading.paths:
            message = f"Fill in “{field.label}” (`{field.key}`)."
            form.refuse(UserErrorCode.REQUIRED, message, PATH)
    return reading


def _take(form: Form, reading: Reading, given: Iterable[Given], currency: str) -> None:
    for one in given:
        field = reading.fields.get(one.key)
        if field is None:
            known = ", ".join(list(reading.fields)[:20]) or "none"
            message = f"No custom field has the key “{one.key[:60]}”; there are: {known}."
            form.refuse(UserErrorCode.INVALID_VALUE, message, *one.path, *_key(one))
        elif one.key in reading.paths:
            message = f"`{one.key}` is given twice."
            form.refuse(UserErrorCode.DUPLICATE, message, *one.path, *_key(one))
        else:
            _set(form, reading, field, one, currency)


def _key(one: Given) -> tuple[str, ...]:
    return ("key",) if one.type is not None else ()


def _set(form: Form, reading: Reading, field: CustomField, one: Given, currency: str) -> None:
    wrong = len(form.refusals)
    value = read(form, field, one, currency)
    reading.paths[field.key] = (*one.path, wire(field.type)) if one.type else one.path
    if value is not None:
        reading.after[field.key] = value
        return
    reading.after.pop(field.key, None)
    if field.required and len(form.refusals) == wrong:
        message = "Fill this in; it cannot be empty."
        form.refuse(UserErrorCode.REQUIRED, message, *reading.paths[field.key])


async def settled(
    ctx: Context, reading: Reading | None, record_id: str | None = None
) -> dict[str, Any]:
    """The columns for what was read, once nothing was refused: look-ups in sight, no twins."""
    if reading is None or reading.after == reading.before:
        return {}
    changed = _changed(reading)
    await _check_lookups(ctx, reading, changed)
    for field in changed:
        if field.is_unique:
            await _check_twin(ctx, reading, field, record_id)
    return {"custom": reading.after}


def _changed(reading: Reading) -> list[CustomField]:
    """The fields that have another value now."""
    return [
        field
        for key, field in reading.fields.items()
        if key in reading.after and reading.after[key] != reading.before.get(key)
    ]


async def _check_lookups(ctx: Context, reading: Reading, changed: Sequence[CustomField]) -> None:
    """Refuse look-ups at what does not exist in this workspace or is out of sight."""
    wanted: dict[str, list[CustomField]] = {}
    for field in changed:
        if field.type is Type.LOOKUP and field.lookup is not None:
            wanted.setdefault(field.lookup, []).append(field)
    missing = []
    for fields in wanted.values():
        assert fields[0].lookup is not None  # noqa: S101 - they are look-ups
        row: Any = entity_of(fields[0].lookup).row
        found = await ctx.find(row, [reading.after[field.key] for field in fields])
        seen = {one.id for one in found}
        missing += [field for field in fields if reading.after[field.key] not in seen]
    if missing:
        raise Refusals([not_found(reading.paths[field.key]) for field in missing])


async def _check_twin(
    ctx: Context, reading: Reading, field: CustomField, record_id: str | None
) -> None:
    """Refuse a value another live record has; those who bring the same at once take turns."""
    value = reading.after[field.key]
    (made,) = await ctx.act.fetch_text(_UNIQUE, field.type, value)
    await ctx.act.fetch_text(_TURN, f"{ctx.workspace_id} {field.id} {made['key']}")
    rows = await ctx.act.fetch(
        sa.select(VALUE.c.record_id).where(
            VALUE.c.workspace_id == ctx.workspace_id,
            VALUE.c.field_id == sa.literal(field.id, Uuid),
            VALUE.c.unique_key == made["key"],
        )
    )
    others = [row["record_id"] for row in rows if row["record_id"] != record_id]
    if others:
        raise UserError(
            UserErrorCode.DUPLICATE,
            f"Another record has this “{field.label}”.",
            reading.paths[field.key],
            existing=pointer(reading.entity.name, others[0]),
        )


async def merged(ctx: Context, survivor: Any, others: Sequence[Any]) -> dict[str, Any]:
    """The custom values of a record that takes in others: its own, then those of each in turn.

    The rows are of one table. A unique value is free only once the others are deleted: delete
    them first, then write this.
    """
    fields = await keep(ctx, REGISTRY.of_table(survivor.__tablename__))
    rows = [survivor.custom, *(other.custom for other in others)]
    return dict(survivor.custom) | {key: rows[at][key] for key, at in kept_of(fields, rows).items()}


def kept_of(fields: Fields, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """By field in use, whose value survives a merge: that of the first record that has one."""
    having = ((key, (at for at, row in enumerate(rows) if key in row)) for key in fields)
    found = ((key, next(places, None)) for key, places in having)
    return {key: at for key, at in found if at is not None}


async def repoint(ctx: Context, old: Sequence[str], new: str, kind: str) -> None:
    """Let every look-up at one of some records of a table lead to another one of it."""
    rows = await ctx.act.fetch(
        sa.select(FIELD)
        .where(FIELD.c.workspace_id == ctx.workspace_id, FIELD.c.lookup == kind.upper())
        .order_by(FIELD.c.id)
        .with_for_update(read=True)
    )
    ids = sa.bindparam(None, list(old), type_=sa.ARRAY(sa.Text))
    for field in rows:
        table = metadata.tables[field["entity"].lower()]
        pointing = sa.select(VALUE.c.record_id).where(
            VALUE.c.workspace_id == ctx.workspace_id,
            VALUE.c.field_id == sa.literal(field["id"], Uuid),
            VALUE.c.text_key == sa.any_(ids),
        )
        place = sa.cast(sa.literal([field["key"]], sa.ARRAY(sa.Text)), sa.ARRAY(sa.Text))
        moved = sa.func.jsonb_set(table.c.custom, place, sa.func.to_jsonb(sa.literal(new, sa.Text)))
        await ctx.act.update(table, table.c.id.in_(pointing), {"custom": moved})


def handed_on(
    ctx: Context, row: Any, table: str, given: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What a record becomes in a table, as values to create it with: what is said comes first."""
    fields = ctx.actor.custom
    said = list((given or {}).get(NAME) or ())
    keys = {one.key for one in said}
    known = carried(fields.of(row.__tablename__), row.custom, fields.of(table))
    values = [*(one for one in known if one.key not in keys), *said]
    return {NAME: values} if values else {}


def carried(fields: Fields, custom: Mapping[str, Any], to: Fields) -> list[Given]:
    """What a record knows, as values of another kind's fields of the same keys."""
    found = []
    for key, value in custom.items():
        if key in fields and key in to:
            one = Given(key, None, text_of(fields[key], value), (PATH,))
            form = Form()
            if read(form, to[key], one, "") is not None and not form.refusals:
                found.append(one)
    return found
