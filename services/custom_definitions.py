"""The fields a workspace makes for its records: made, changed, put in order, taken out of use."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import sqlalchemy as sa

from auth.context import Context
from auth.custom_fields import FIELD, CustomField
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from core.ids import encode, new_id
from models.custom_fields import CustomField as Row
from models.enums import CoreEntity
from models.enums import CustomFieldType as Type
from models.registry import REGISTRY
from services import records
from services.rules import custom_fields as rules
from services.rules.forms import Form

MOST_FIELDS = 100
"""Of one kind of record, archived ones included."""
MOST_OPTIONS = 200
LONGEST_NAME = 100
LONGEST_DESCRIPTION = 1_000
OPTION = "opt"

_SELECTS = frozenset({Type.SELECT, Type.MULTI_SELECT})
_NEVER_UNIQUE = frozenset({Type.SELECT, Type.MULTI_SELECT, Type.CHECKBOX, Type.CURRENCY})
_FORGET = "DELETE FROM custom_value WHERE workspace_id = $1 AND field_id = $2"
_DERIVE = """
INSERT INTO custom_value (workspace_id, field_id, record_id, ord, text_key, currency, unique_key)
SELECT record.workspace_id, field.id, record.id, keys.ord, keys.text_key, keys.currency,
       CASE WHEN field.is_unique AND record.deleted_at IS NULL
         THEN custom_unique(field.type, record.custom -> field.key) END
FROM custom_field AS field
JOIN "{table}" AS record ON record.workspace_id = field.workspace_id
                        AND record.custom ? field.key
CROSS JOIN LATERAL custom_keys(field.type, field.options, record.custom -> field.key) AS keys
WHERE field.workspace_id = $1 AND field.id = $2
"""


async def create(
    ctx: Context,
    *,
    entity: CoreEntity,
    label: str,
    kind: Type,
    key: str | None = None,
    description: str | None = None,
    required: bool = False,
    is_unique: bool = False,
    options: Sequence[str] | None = None,
    lookup: CoreEntity | None = None,
) -> Any:
    """Make a field behind the others of its kind of record; all its records have it at once."""
    ctx.require(Category.ADMIN)
    known = await _all(ctx, entity)
    if len(known) >= MOST_FIELDS:
        message = f"A kind of record has at most {MOST_FIELDS} custom fields, archived ones too."
        raise UserError(UserErrorCode.TOO_MANY, message, ("label",))
    form = Form()
    values = _described(form, {"label": label, "description": description})
    values["key"] = _key(form, key, values["label"], {row["key"] for row in known})
    values["options"] = named_options(form, kind, options)
    values["lookup"] = lookup_of(form, kind, lookup)
    may_be_unique(form, kind, is_unique=is_unique)
    form.done()
    return await changed(
        ctx,
        await ctx.act.insert(
            FIELD,
            values
            | {
                "entity": entity,
                "type": kind,
                "required": required,
                "is_unique": is_unique,
                "position": max((row["position"] for row in known), default=0) + 1,
            },
        ),
    )


async def update(
    ctx: Context, field_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change what a field is called and whether it must be there; values stay as they are."""
    ctx.require(Category.ADMIN)
    row = await locked(ctx, field_id, expected_version)
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.", ())
    form = Form()
    values = _described(form, given)
    for name in ("required", "is_unique"):
        if name in given and given[name] is None:
            path = "required" if name == "required" else "isUnique"
            form.refuse(UserErrorCode.REQUIRED, "Send true or false.", path)
        elif name in given:
            values[name] = given[name]
    may_be_unique(form, Type[row.type], is_unique=bool(values.get("is_unique")))
    form.done()
    new = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not new:
        return row
    made = (await ctx.act.update(FIELD, FIELD.c.id == field_id, new))[0]
    if "is_unique" in new:
        await derive_again(ctx, made)
    return await changed(ctx, made)


async def archive(ctx: Context, field_id: str, expected_version: int | None = None) -> Any:
    """Take a field out of use; its values are kept and come back with it."""
    row = await locked(ctx, field_id, expected_version)
    if row.archived_at is not None:
        return row
    new = {"archived_at": ctx.now}
    rows = await ctx.act.update(FIELD, FIELD.c.id == field_id, new, event="archived")
    return await changed(ctx, rows[0])


async def restore(ctx: Context, field_id: str, expected_version: int | None = None) -> Any:
    """Bring an archived field back, with the values it had."""
    row = await locked(ctx, field_id, expected_version)
    if row.archived_at is None:
        return row
    new = {"archived_at": None}
    rows = await ctx.act.update(FIELD, FIELD.c.id == field_id, new, event="restored")
    return await changed(ctx, rows[0])


async def reorder(ctx: Context, entity: CoreEntity, field_ids: Sequence[str]) -> list[Any]:
    """Put the fields in use of a kind of record into a new order."""
    ctx.require(Category.ADMIN)
    live = {row["id"]: row for row in await _all(ctx, entity) if row["archived_at"] is None}
    known = {row.id for row in await ctx.find(Row, field_ids)}
    for at, field_id in enumerate(field_ids):
        if field_id not in known:
            raise not_found(("fieldIds", at))
    if sorted(field_ids) != sorted(live):
        message = "Name every field in use of this kind of record, each once."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("fieldIds",))
    for position, field_id in enumerate(field_ids, start=1):
        if live[field_id]["position"] != position:
            where = FIELD.c.id == field_id
            live[field_id] = (await ctx.act.update(FIELD, where, {"position": position}))[0]
    ctx.act.access_changed()
    return [live[field_id] for field_id in field_ids]


async def locked(ctx: Context, field_id: str, expected_version: int | None) -> Row:
    """A field that an Admin is about to change: who writes its values waits, or was first."""
    ctx.require(Category.ADMIN)
    row: Row = await records.locked(ctx, REGISTRY["CustomField"], field_id, expected_version)
    return row


async def changed(ctx: Context, row: Any) -> Any:
    """Let every process read the fields anew before its next request."""
    ctx.act.access_changed()
    return row


async def derive_again(ctx: Context, row: Any) -> None:
    """Make the keys of all values of a field anew; DUPLICATE where they must differ and do not."""
    field = CustomField.of(row)
    facts = (ctx.workspace_id, field.id)
    await ctx.act.fetch_text(_FORGET, *facts)
    try:
        async with ctx.act.savepoint():
            await ctx.act.fetch_text(_DERIVE.format(table=field.entity.lower()), *facts)
    except asyncpg.UniqueViolationError as error:
        message = f"Some records have the same “{field.label}”; make them differ first."
        raise UserError(UserErrorCode.DUPLICATE, message, ("isUnique",)) from error


async def _all(ctx: Context, entity: CoreEntity) -> list[Any]:
    """The fields of a kind of record; who makes another one at the same time waits."""
    await records.in_turn(ctx, "custom fields", entity)
    return await ctx.act.fetch(
        sa.select(FIELD)
        .where(FIELD.c.workspace_id == ctx.workspace_id, FIELD.c.entity == entity)
        .order_by(FIELD.c.id)
        .with_for_update(key_share=True)
    )


def _described(form: Form, given: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "label" in given:
        values["label"] = form.text("label", given["label"] or "", longest=LONGEST_NAME)
    if "description" in given:
        text = given["description"]
        longest = LONGEST_DESCRIPTION
        values["description"] = form.optional_text("description", text, longest=longest)
    return values


def _key(form: Form, key: str | None, label: str, taken: set[str]) -> str:
    if key is None:
        plain = key = rules.key_of(label)
        number = 2
        while key in taken:
            key, number = f"{plain[:36]}{number}", number + 1
    elif not rules.KEY.fullmatch(key):
        message = "A key begins with a small letter; letters, digits and _ follow, at most 40."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "key")
    elif key in taken:
        message = "Another field of this kind of record, maybe an archived one, has this key."
        form.refuse(UserErrorCode.DUPLICATE, message, "key")
    return key


def named_options(
    form: Form, kind: Type, names: Sequence[str] | None, kept: Sequence[Any] = ()
) -> list[dict[str, str]]:
    """The options of a select: those that are kept, then new ones of these names."""
    if kind not in _SELECTS:
        if names:
            message = "Only SELECT and MULTI_SELECT have options."
            form.refuse(UserErrorCode.INVALID_VALUE, message, "options")
        return []
    options = list(kept)
    if len(names or ()) + len(options) > MOST_OPTIONS:
        message = f"A field has at most {MOST_OPTIONS} options; these are {len(names or ())}."
        form.refuse(UserErrorCode.TOO_MANY, message, "options")
        return options
    for at, name in enumerate(names or ()):
        options.append(_option(form, name, options, ("options", at)))
    return options


def _option(
    form: Form, name: str, others: Sequence[Any], path: tuple[str | int, ...]
) -> dict[str, str]:
    one = Form()
    text = one.text("", name, longest=LONGEST_NAME)
    if ";" in text:
        one.refuse(UserErrorCode.INVALID_VALUE, "Leave out the semicolon.", "")
    if any(text.casefold() == other["name"].casefold() for other in others):
        one.refuse(UserErrorCode.DUPLICATE, "Another option has this name.", "")
    form.refusals += [UserError(error.code, error.message, path) for error in one.refusals]
    return {"id": encode(OPTION, new_id()), "name": text}


def lookup_of(form: Form, kind: Type, lookup: CoreEntity | None) -> CoreEntity | None:
    """Where a look-up leads; only look-ups lead anywhere."""
    if (kind is Type.LOOKUP) is (lookup is None):
        message = "A LOOKUP names the kind of record it leads to, and no other type does."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "lookup")
    return lookup


def may_be_unique(form: Form, kind: Type, *, is_unique: bool) -> None:
    """Refuse to let values be unique that are shared by nature."""
    if is_unique and kind in _NEVER_UNIQUE:
        message = f"Values of {kind} may be had by many records."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "isUnique")


async def add_option(
    ctx: Context, field_id: str, name: str, expected_version: int | None = None
) -> Any:
    """Offer one more option, behind the others."""
    row = await select(ctx, field_id, expected_version)
    if len(row.options) >= MOST_OPTIONS:
        message = f"A field has at most {MOST_OPTIONS} options."
        raise UserError(UserErrorCode.TOO_MANY, message, ("name",))
    form = Form()
    options = [*row.options, _option(form, name, row.options, ("name",))]
    form.done()
    return await set_options(ctx, row, options)


async def rename_option(
    ctx: Context, field_id: str, option_id: str, name: str, expected_version: int | None = None
) -> Any:
    """Call an option something else; whoever has it keeps it."""
    row = await select(ctx, field_id, expected_version)
    require_option(row, option_id, "optionId")
    form = Form()
    others = [one for one in row.options if one["id"] != option_id]
    named = _option(form, name, others, ("name",)) | {"id": option_id}
    form.done()
    options = [named if one["id"] == option_id else one for one in row.options]
    return row if options == row.options else await set_options(ctx, row, options)


async def reorder_options(
    ctx: Context, field_id: str, option_ids: Sequence[str], expected_version: int | None = None
) -> Any:
    """Put options into a new order; lists by the field follow it."""
    row = await select(ctx, field_id, expected_version)
    known = {one["id"]: one for one in row.options}
    if sorted(option_ids) != sorted(known):
        message = "Name every option of the field, each once."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("optionIds",))
    made = await set_options(ctx, row, [known[one] for one in option_ids])
    if row.type == Type.SELECT:
        await derive_again(ctx, made)
    return made


async def set_options(ctx: Context, row: Row, options: Sequence[Any]) -> Any:
    """Write a field's options."""
    rows = await ctx.act.update(FIELD, FIELD.c.id == row.id, {"options": list(options)})
    return await changed(ctx, rows[0])


async def select(ctx: Context, field_id: str, expected_version: int | None) -> Row:
    """A field with options that an Admin is about to change."""
    row = await locked(ctx, field_id, expected_version)
    if row.type not in _SELECTS:
        message = "Only SELECT and MULTI_SELECT have options."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("id",))
    return row


def require_option(row: Row, option_id: str, path: str) -> None:
    """Refuse an id that none of a field's options has."""
    if not any(one["id"] == option_id for one in row.options):
        message = "The field has no option with this id."
        raise UserError(UserErrorCode.NOT_FOUND, message, (path,))
