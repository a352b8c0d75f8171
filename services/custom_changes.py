"""Changes of custom fields that change values: an option that goes, another type."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from auth.actor import Actor
from auth.context import Context
from auth.custom_fields import FIELD, CustomField, Option
from auth.policy import WORKSPACE, visible
from auth.roles import Category, Level
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.base import Uuid
from models.enums import CoreEntity
from models.enums import CustomFieldType as Type
from models.registry import pointer
from services import custom_definitions as definitions
from services.custom_fields import VALUE
from services.custom_values import Given, entity_of, read, text_of
from services.rules.forms import Form

MOST_VALUES = 50_000
"""What one act converts."""
SAMPLES = 20

Fetch = Callable[[sa.Select[Any]], Awaitable[list[Any]]]

_OF_VALUE = """item.workspace_id = $1 AND item.id IN (
  SELECT record_id FROM custom_value
  WHERE workspace_id = $1 AND field_id = $3 AND text_key = $4)"""
_NEXT = "version = item.version + 1, updated_at = $2"
_REPLACE = f"""
UPDATE "{{table}}" AS item
SET custom = jsonb_set(item.custom, ARRAY[$5::text], to_jsonb($6::text)), {_NEXT}
WHERE {_OF_VALUE}
"""
# The others that the record has and the new one, in the order of the options.
_REPLACE_AMONG = f"""
UPDATE "{{table}}" AS item
SET custom = jsonb_set(item.custom, ARRAY[$5::text], (
  SELECT jsonb_agg(id ORDER BY at) FROM unnest($7::text[]) WITH ORDINALITY AS one (id, at)
  WHERE item.custom -> $5::text ? id OR id = $6::text)), {_NEXT}
WHERE {_OF_VALUE}
"""
_CONVERT = f"""
UPDATE "{{table}}" AS item
SET custom = CASE WHEN turned.after IS NULL THEN item.custom - $4::text
                  ELSE jsonb_set(item.custom, ARRAY[$4::text], turned.after) END, {_NEXT}
FROM unnest($5::jsonb[], $6::jsonb[]) AS turned (before, after)
WHERE item.workspace_id = $1
  AND item.id IN (SELECT record_id FROM custom_value WHERE workspace_id = $1 AND field_id = $3)
  AND item.custom -> $4::text = turned.before AND turned.after IS DISTINCT FROM turned.before
"""


async def remove_option(
    ctx: Context,
    field_id: str,
    option_id: str,
    *,
    replacement_id: str | None = None,
    expected_version: int | None = None,
) -> Any:
    """Take an option away; records that have it get another one."""
    row = await definitions.select(ctx, field_id, expected_version)
    definitions.require_option(row, option_id, "optionId")
    if replacement_id == option_id:
        message = "Name another option."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("replacementId",))
    if replacement_id is not None:
        definitions.require_option(row, replacement_id, "replacementId")
    field = CustomField.of(row)
    single = field.type is Type.SELECT
    key = field.place(option_id) if single else option_id
    used = await _used(ctx, field, key)
    if used and replacement_id is None:
        message = f"{used} records have it: say which option they get instead."
        raise UserError(UserErrorCode.IN_USE, message, ("replacementId",))
    left = [one for one in row.options if one["id"] != option_id]
    if used:
        facts = [ctx.workspace_id, ctx.now, field.id, key, field.key, replacement_id]
        if not single:
            facts.append([one["id"] for one in left])
        dml = _REPLACE if single else _REPLACE_AMONG
        await _write(ctx, field, dml, *facts)
    made = await definitions.set_options(ctx, row, left)
    if single:
        await definitions.derive_again(ctx, made)
    return made


async def _used(ctx: Context, field: CustomField, key: str) -> int:
    rows = await ctx.act.fetch(
        sa.select(sa.func.count()).where(
            VALUE.c.workspace_id == ctx.workspace_id,
            VALUE.c.field_id == sa.literal(field.id, Uuid),
            VALUE.c.text_key == key,
        )
    )
    return int(rows[0][0])


async def _write(ctx: Context, field: CustomField, dml: str, *facts: Any) -> None:
    table = metadata.tables[field.entity.lower()]
    text = dml.format(table=table.name)
    await ctx.act.write_set(table, f"{table.name}.updated", text, *facts)


@dataclass(frozen=True, slots=True)
class NewType:
    """What a field is to become."""

    type: Type
    options: Sequence[str] | None = None
    lookup: CoreEntity | None = None


@dataclass(frozen=True, slots=True)
class _Converted:
    """A value that some records have, and what it becomes; None where it is lost."""

    before: Any
    after: Any
    count: int
    record_id: str
    """One of them."""


async def change_type(
    ctx: Context,
    field_id: str,
    new: NewType,
    *,
    accept_lost: int = 0,
    expected_version: int | None = None,
) -> Any:
    """Let a field hold something else: all its values are converted, or nothing is changed."""
    row = await definitions.locked(ctx, field_id, expected_version)
    form = Form()
    field = CustomField.of(row)
    wanted = _wanted(form, field, new)
    form.done()

    async def fetch(statement: sa.Select[Any]) -> list[Any]:
        return await ctx.act.fetch(statement, ctx.actor.bound)

    values = await _conversions(fetch, ctx.actor, field, wanted)
    lost = sum(one.count for one in values if one.after is None)
    if lost > accept_lost:
        message = f"{lost} records would lose their value: {wanted.type} cannot hold it."
        raise UserError(UserErrorCode.VALUES_WOULD_BE_LOST, message, ("acceptLost",), lost=lost)
    options = [{"id": one.id, "name": one.name} for one in wanted.options]
    columns = {"type": wanted.type, "options": options, "lookup": wanted.lookup}
    made = (await ctx.act.update(FIELD, FIELD.c.id == field_id, columns))[0]
    facts = (ctx.workspace_id, ctx.now, field.id, field.key)
    pairs = [one.before for one in values], [one.after for one in values]
    if values:
        await _write(ctx, field, _CONVERT, *facts, *pairs)
    await definitions.derive_again(ctx, made)
    return await definitions.changed(ctx, made)


async def preview(reading: Any, field_id: str, new: NewType) -> dict[str, Any] | None:
    """What a change of type would do; None without the field."""
    reading.actor.require(Category.ADMIN, Level.WRITE)
    rows = await reading.fetch(
        sa.select(FIELD).where(
            FIELD.c.workspace_id == WORKSPACE, FIELD.c.id == sa.literal(field_id, Uuid)
        )
    )
    if not rows:
        return None
    field = CustomField.of(rows[0])
    wanted = _wanted(Form(), field, new)
    values = await _conversions(reading.fetch, reading.actor, field, wanted)
    total = sum(one.count for one in values)
    lost = sum(one.count for one in values if one.after is None)
    shown = sorted(values, key=lambda one: one.after is not None)[:SAMPLES]
    return {
        "total": total,
        "kept": total - lost,
        "lost": lost,
        "samples": [
            {
                "record": pointer(entity_of(field.entity).name, one.record_id),
                "before": text_of(field, one.before),
                "after": None if one.after is None else text_of(wanted, one.after),
            }
            for one in shown
        ],
    }


def _wanted(form: Form, field: CustomField, new: NewType) -> CustomField:
    """The field as it is to be; what is wrong with that is noted on the form."""
    kept: list[dict[str, str]] = []
    if field.options:
        kept = [{"id": one.id, "name": one.name} for one in field.options]
    options = definitions.named_options(form, new.type, new.options, kept)
    lookup = definitions.lookup_of(form, new.type, new.lookup)
    definitions.may_be_unique(form, new.type, is_unique=field.is_unique)
    made = tuple(Option(one["id"], one["name"]) for one in options)
    return replace(field, type=new.type, options=made, lookup=lookup)


async def _conversions(
    fetch: Fetch, actor: Actor, field: CustomField, wanted: CustomField
) -> list[_Converted]:
    """Every value the records have, with what it becomes."""
    table = metadata.tables[field.entity.lower()]
    value = table.c.custom[field.key]
    statement = (
        sa.select(value.label("value"), sa.func.count().label("count"), _one_id(table))
        .where(
            table.c.workspace_id == WORKSPACE,
            table.c.id.in_(
                sa.select(VALUE.c.record_id).where(
                    VALUE.c.workspace_id == WORKSPACE,
                    VALUE.c.field_id == sa.literal(field.id, Uuid),
                )
            ),
        )
        .group_by(sa.literal_column("1"))
    )
    rows = await fetch(statement)
    if sum(row["count"] for row in rows) > MOST_VALUES:
        message = f"More than {MOST_VALUES:,} records have a value; make a new field instead."
        raise UserError(UserErrorCode.TOO_MANY, message, ("id",))
    after = [_converted(field, wanted, row["value"], actor.currency) for row in rows]
    if wanted.type is Type.LOOKUP:
        after = await _in_sight(fetch, actor, wanted, after)
    return [
        _Converted(row["value"], new, row["count"], row["record_id"])
        for row, new in zip(rows, after, strict=True)
    ]


def _one_id(table: sa.Table) -> Any:
    return sa.func.min(sa.cast(table.c.id, sa.Text)).label("record_id")


def _converted(field: CustomField, wanted: CustomField, value: Any, currency: str) -> Any:
    form = Form()
    given = Given(field.key, None, text_of(field, value))
    found = read(form, wanted, given, currency)
    return None if form.refusals else found


async def _in_sight(
    fetch: Fetch, actor: Actor, wanted: CustomField, ids: Sequence[Any]
) -> list[Any]:
    assert wanted.lookup is not None  # noqa: S101 - it is a look-up
    entity = entity_of(wanted.lookup)
    asked = sa.bindparam("ids", [one for one in ids if one], type_=sa.ARRAY(Uuid))
    statement = sa.select(entity.table.c.id).where(
        visible(entity, actor, entity.table), entity.table.c.id == sa.any_(asked)
    )
    seen = {row["id"] for row in await fetch(statement)}
    return [one if one in seen else None for one in ids]
