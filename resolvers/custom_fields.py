"""Custom fields: what Admins do with them, and the page of entity types."""

from collections.abc import Iterator, Mapping
from typing import Any

import strawberry

from auth.context import Context
from auth.custom_fields import CustomField as Known
from core.names import camel, spaced
from models.enums import CoreEntity, CustomFieldType
from models.registry import Entity, Kind, Write, pointer
from resolvers.mutation import mutation, several
from resolvers.queries import valued
from resolvers.reading import Reading
from schema import custom_fields as given
from schema.custom_fields import CustomField
from schema.inputs import UNSET
from schema.types import Answered, Given
from services import custom_changes as changes
from services import custom_definitions as definitions
from services.conditions import read_id
from services.custom_values import entity_of


@mutation(custom_field=CustomField)
async def custom_field_create(ctx: Context, input: given.CustomFieldCreateInput) -> Any:
    """Give all records of a kind a field; every process knows it from its next request on.

    For example `{entity: CONTACT, label: "Industry", type: SELECT, options: ["Retail", "Travel"]}`.
    """
    return await definitions.create(
        ctx,
        entity=input.entity,
        label=input.label,
        kind=input.type,
        key=input.key,
        description=input.description,
        required=input.required,
        is_unique=input.is_unique,
        options=input.options,
        lookup=input.lookup,
    )


@mutation(custom_field=CustomField)
async def custom_field_update(ctx: Context, input: given.CustomFieldUpdateInput) -> Any:
    """Change what a field is called, and whether it is required or unique.

    Records that lack what is required now stay as they are until somebody edits them.
    """
    named = ("label", "description", "required", "is_unique")
    values = {one: getattr(input, one) for one in named if getattr(input, one) is not UNSET}
    return await definitions.update(ctx, input.id, values, input.expected_version)


@mutation(custom_field=CustomField)
async def custom_field_archive(ctx: Context, input: given.CustomFieldArchiveInput) -> Any:
    """Take a field out of use; its values are kept until it is restored."""
    return await definitions.archive(ctx, input.id, input.expected_version)


@mutation(custom_field=CustomField)
async def custom_field_restore(ctx: Context, input: given.CustomFieldRestoreInput) -> Any:
    """Bring an archived field back, with its values."""
    return await definitions.restore(ctx, input.id, input.expected_version)


@mutation(custom_fields=several(CustomField))
async def custom_field_reorder(
    ctx: Context, input: given.CustomFieldReorderInput
) -> dict[str, Any]:
    """Put the fields of a kind of record into a new order."""
    return {"custom_fields": await definitions.reorder(ctx, input.entity, input.field_ids)}


@mutation(custom_field=CustomField)
async def custom_field_option_add(ctx: Context, input: given.CustomFieldOptionAddInput) -> Any:
    """Offer one more option of a select, behind the others."""
    return await definitions.add_option(ctx, input.id, input.name, input.expected_version)


@mutation(custom_field=CustomField)
async def custom_field_option_rename(
    ctx: Context, input: given.CustomFieldOptionRenameInput
) -> Any:
    """Call an option something else; records that have it keep it."""
    return await definitions.rename_option(
        ctx, input.id, input.option_id, input.name, input.expected_version
    )


@mutation(custom_field=CustomField)
async def custom_field_option_remove(
    ctx: Context, input: given.CustomFieldOptionRemoveInput
) -> Any:
    """Take an option away; while records have it, `replacementId` says what they get instead."""
    return await changes.remove_option(
        ctx,
        input.id,
        input.option_id,
        replacement_id=input.replacement_id,
        expected_version=input.expected_version,
    )


@mutation(custom_field=CustomField)
async def custom_field_option_reorder(
    ctx: Context, input: given.CustomFieldOptionReorderInput
) -> Any:
    """Put the options of a select into a new order; lists by the field follow it."""
    return await definitions.reorder_options(
        ctx, input.id, input.option_ids, input.expected_version
    )


@mutation(custom_field=CustomField)
async def custom_field_type_change(ctx: Context, input: given.CustomFieldTypeChangeInput) -> Any:
    """Let a field hold something else: all values are converted, or nothing is changed.

    `customFieldTypeChangePreview` tells what would be lost; the act is refused when it is more
    than `acceptLost`.
    """
    new = changes.NewType(input.type, input.options, input.lookup)
    return await changes.change_type(
        ctx,
        input.id,
        new,
        accept_lost=input.accept_lost,
        expected_version=input.expected_version,
    )


@valued(
    "custom_field_type_change_preview",
    Answered(
        given.CustomFieldTypeChangePreview | None,
        "What another type would do to the values of a custom field; for Admins.",
        {
            "id": Given(strawberry.ID, "The field.", required=True),
            "type": Given(CustomFieldType, "What it is to hold.", required=True),
            "options": Given(list[str], "What a select is to offer, by name."),
            "lookup": Given(CoreEntity, "The kind of record a LOOKUP leads to."),
        },
    ),
)
async def custom_field_type_change_preview(
    reading: Reading, arguments: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Counts and samples."""
    lookup = arguments.get("lookup")
    new = changes.NewType(
        CustomFieldType[str(arguments["type"])],
        arguments.get("options"),
        CoreEntity[str(lookup)] if lookup else None,
    )
    return await changes.preview(reading, read_id(arguments["id"], "CustomField"), new)


@valued(
    "entity_types",
    Answered(
        list[given.EntityType],
        "The kinds of records with all their fields, built-in and custom, as an Admin sees them.",
    ),
)
async def entity_types(reading: Reading, _arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the declarations and the workspace say."""
    return [
        {
            "entity": kind,
            "name": entity_of(kind).name,
            "fields": [
                *_built_in(entity_of(kind)),
                *map(_own, reading.actor.custom.of(kind).values()),
            ],
        }
        for kind in CoreEntity
    ]


def _built_in(entity: Entity) -> Iterator[dict[str, Any]]:
    for name, field in entity.fields.items():
        if field.kind in {Kind.COLUMN, Kind.MONEY, Kind.LINK, Kind.ID}:
            yield _field(
                camel(name),
                spaced(name).capitalize(),
                field.scalar or field.target,
                description=field.description,
                is_writable=field.write is not Write.NEVER,
                required=field.required,
            )


def _own(field: Known) -> dict[str, Any]:
    return _field(
        field.key,
        field.label,
        field.type,
        description=field.description,
        is_custom=True,
        required=field.required,
        options=[{"id": one.id, "name": one.name} for one in field.options],
        custom_field=pointer("CustomField", field.id),
    )


def _field(key: str, label: str, kind: str, **more: Any) -> dict[str, Any]:
    plain = {"is_custom": False, "is_writable": True, "options": [], "custom_field": None}
    return {"key": key, "label": label, "type": str(kind)} | plain | more
