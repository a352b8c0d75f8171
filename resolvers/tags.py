"""Tags: made, changed and merged; put on records and taken off."""

from typing import Any

import strawberry

from auth.context import Context
from core.ids import encode
from models.registry import REGISTRY, Pointer
from resolvers.mutation import extra, mutation, of_any_kind
from schema import tags as given
from schema.inputs import UNSET
from schema.tags import Tag
from services import tags
from services.cores import Core


@mutation(tag=Tag)
async def tag_create(ctx: Context, input: given.TagCreateInput) -> Any:
    """Make a tag; `tagsAdd` makes those it names by itself."""
    return await tags.create(ctx, name=input.name, color=input.color)


@mutation(tag=Tag)
async def tag_update(ctx: Context, input: given.TagUpdateInput) -> Any:
    """Rename or recolour a tag, on every record that has it."""
    sent = {name: getattr(input, name) for name in ("name", "color")}
    values = {name: value for name, value in sent.items() if value is not UNSET}
    return await tags.update(ctx, input.id, values, expected_version=input.expected_version)


@mutation(tag_id=extra(strawberry.ID, "The tag that is gone."))
async def tag_delete(ctx: Context, input: given.TagDeleteInput) -> dict[str, Any]:
    """Remove a tag, and take it off every record."""
    await tags.delete(ctx, input.id, expected_version=input.expected_version)
    return {"tag_id": encode(REGISTRY["Tag"].prefix, input.id)}


@mutation(tag=Tag)
async def tag_merge(ctx: Context, input: given.TagMergeInput) -> Any:
    """Put another tag on every record that has this one, which is then gone."""
    return await tags.merge(ctx, input.id, input.into_id)


@mutation(records=of_any_kind("The records as they are now, those you may see."))
async def tags_add(ctx: Context, input: given.TagsAddInput) -> dict[str, Any]:
    """Put tags on records: `tagsAdd(input: {recordIds: ["cnt_…"], names: ["Partner"]})`."""
    named: Any = input.record_ids
    return {"records": _pointers(await tags.add(ctx, named, input.tag_ids, input.names))}


@mutation(records=of_any_kind("The records as they are now, those you may see."))
async def tags_remove(ctx: Context, input: given.TagsRemoveInput) -> dict[str, Any]:
    """Take tags off records."""
    named: Any = input.record_ids
    return {"records": _pointers(await tags.remove(ctx, named, input.tag_ids, input.names))}


def _pointers(found: list[Core]) -> list[Pointer]:
    return [Pointer(entity, record_id) for entity, record_id in found]
