"""Merges of duplicates: by name, by selection, and what they would do."""

from collections.abc import Mapping
from typing import Any

from strawberry import UNSET

from auth.context import Context
from core.errors import not_found
from core.names import snake, spaced
from models.registry import Entity
from resolvers.crud import kept
from resolvers.mutation import register, register_result
from resolvers.queries import valued
from resolvers.reading import Reading
from schema import merging as given
from schema.enums import BulkPolicy
from schema.types import Answered
from services import bulk, merge_preview, merging
from services.conditions import read_id


def _wanted(input: Any, others: list[str], path: str) -> merging.Wanted:
    primary = None if input.primary_id in (UNSET, None) else input.primary_id
    choices = [merging.Choice(one.field.value.lower(), one.from_id) for one in input.choose]
    return merging.Wanted(primary, others, choices, path)


def _merging(entity: Entity) -> None:
    noun, what = snake(entity.name), spaced(entity.name)

    async def merge(ctx: Context, input: Any) -> Any:
        others = list(dict.fromkeys(input.duplicate_ids))
        return await merging.merge(ctx, entity, _wanted(input, others, "duplicateIds"))

    merge.__doc__ = (
        f"Merge duplicates into one {what}: everything that points at them points at it, its empty"
        " fields are filled from them, and their ids lead to it from now on."
    )
    merge.__annotations__ = {"ctx": Context, "input": given.merge_input(entity), "return": Any}
    register(f"{noun}_merge", merge, {noun: entity.api})


def _bulk(entity: Entity) -> None:
    noun, what = snake(entity.name), spaced(entity.name)

    async def merge(ctx: Context, input: Any) -> Any:
        ids = await kept(ctx, entity, input, alone=True)
        found: list[Any] = await ctx.find(entity.row, ids, alone=True)
        seen = {row.id for row in found}
        outcomes = [
            bulk.Outcome(None, [] if one in seen else [not_found(("ids", at))])
            for at, one in enumerate(ids)
        ]
        if any(one.errors for one in outcomes) and input.error_policy is BulkPolicy.REJECT_ALL:
            raise bulk.Rejected(outcomes)
        wanted = _wanted(input, [one for one in ids if one in seen], "ids")
        if wanted.primary in wanted.others:
            others = [one for one in wanted.others if one != wanted.primary]
            wanted = merging.Wanted(wanted.primary, others, wanted.chosen, "ids")
        survivor = await merging.merge(ctx, entity, wanted)
        return {"results": [one if one.errors else bulk.Outcome(survivor, []) for one in outcomes]}

    merge.__doc__ = f"Merge up to {merging.MOST + 1} selected {what} records into one of them."
    kind = given.bulk_merge_input(entity)
    merge.__annotations__ = {"ctx": Context, "input": kind, "return": Mapping}
    register(f"{noun}_bulk_merge", merge, {"results": register_result(entity)})


def _previewing(entity: Entity) -> None:
    noun = snake(entity.name)
    description = "What a merge would move, and field by field which value would survive."
    answered = Answered(
        given.preview_of(entity) | None, description, given.preview_arguments(entity)
    )

    @valued(f"{noun}_merge_preview", answered)
    async def preview(reading: Reading, arguments: Mapping[str, Any]) -> Any:
        primary = arguments.get("primaryId")
        choices = [
            merging.Choice(_field(one).lower(), read_id(_from(one), entity.name))
            for one in arguments.get("choose") or ()
        ]
        others = [read_id(one, entity.name) for one in arguments["duplicateIds"]]
        wanted = merging.Wanted(
            read_id(primary, entity.name) if primary else None,
            list(dict.fromkeys(others)),
            choices,
        )
        return await merge_preview.preview(reading, entity, wanted)


def _field(choice: Any) -> str:
    return str(choice["field"])


def _from(choice: Any) -> str:
    return str(choice["fromId"])


for _entity in given.MERGEABLE:
    _merging(_entity)
    _bulk(_entity)
    _previewing(_entity)
