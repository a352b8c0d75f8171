"""The workspace's own fields in a batch of rows: what is required, unique, and looked up."""

from collections.abc import Mapping, Sequence
from typing import Any

from auth.context import Context
from auth.custom_fields import CustomField, Fields
from core.codes import UserErrorCode
from core.errors import UserError
from models.enums import CustomFieldType
from models.registry import REGISTRY
from services import custom_fields
from services.custom_values import entity_of
from services.imports import lookups
from services.imports.mapping import OWN
from services.imports.targets import Match, Own, Row, RowError


async def kept(ctx: Context, read: Fields, mapped: Sequence[str]) -> Fields:
    """The fields as they are now, kept until the batch ends; rows were `read` by the same ones."""
    now = await custom_fields.keep(ctx, REGISTRY["Contact"])
    for name in mapped:
        key = name.removeprefix(OWN)
        if name.startswith(OWN) and now.get(key) != read.get(key):
            message = f"The custom field {key} was changed while the import ran; import again."
            raise UserError(UserErrorCode.IMPORT_STATE, message, ("id",))
    return now


async def unseen(ctx: Context, fields: Fields, rows: Sequence[Row]) -> list[RowError]:
    """The rows that look up records which are not there or out of sight."""
    errors = []
    for field in fields.values():
        name = OWN + field.key
        having = [row for row in rows if name in row.values]
        if field.type is not CustomFieldType.LOOKUP or field.lookup is None or not having:
            continue
        ids = {row.values[name] for row in having}
        seen = await lookups.in_sight(ctx, entity_of(field.lookup), ids)
        errors += [_unseen(row, name) for row in having if row.values[name] not in seen]
    return errors


def _unseen(row: Row, name: str) -> RowError:
    reason = "No such record, or you may not see it."
    return RowError(row.number, row.cells, [name], UserErrorCode.NOT_FOUND, reason)


async def rules(ctx: Context, fields: Fields, rows: Sequence[Row]) -> Own:
    """What holds for the rows of a batch."""
    own = Own(required={OWN + one.key: one.label for one in fields.values() if one.required})
    keys: dict[tuple[int, str], str] = {}
    for field in fields.values():
        name = OWN + field.key
        having = [row for row in rows if name in row.values]
        if field.is_unique and having:
            found = await _unique(ctx, field, name, having)
            keys |= found
            held = await lookups.holders(ctx, field, set(found.values()))
            own.holders.update({(name, key): record for key, record in held.items()})
    return Own(own.required, keys, own.holders)


async def _unique(
    ctx: Context, field: CustomField, name: str, rows: Sequence[Row]
) -> dict[tuple[int, str], str]:
    values = [row.values[name] for row in rows]
    keys = await lookups.unique_keys(ctx, field, values)
    return {(row.number, name): key for row, key in zip(rows, keys, strict=True)}


async def matched(ctx: Context, own: Own, matches: Mapping[int, Match]) -> Mapping[int, Match]:
    """The matches, with what is there already where something is required."""
    return await lookups.custom_of(ctx, matches) if own.required else matches


def stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """The custom values among those of a contact, by key."""
    return {name.removeprefix(OWN): value for name, value in values.items() if name.startswith(OWN)}
