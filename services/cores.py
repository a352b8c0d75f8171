"""Core records of any kind, as acts on several of them name them."""

from collections.abc import Sequence
from typing import Any

from auth.context import Context
from core.errors import Refusals, not_found
from models.registry import REGISTRY, Entity
from services import records

Named = tuple[str, str]
"""A core record as an input names it: its table and its id."""

Core = tuple[Entity, str]
"""A core record: its entity and its id."""


async def writable(ctx: Context, named: Sequence[Named], path: str) -> list[Core]:
    """The records, all of them in sight and the actor's to change; each once."""
    kinds = {table: REGISTRY.of_table(table) for table, _ in named}
    for entity in kinds.values():
        records.may_write(ctx, entity)
    seen: set[str] = set()
    for table, entity in kinds.items():
        seen |= await _seen(ctx, entity, [one for own, one in named if own == table])
    refused = [not_found((path, at)) for at, (_, one) in enumerate(named) if one not in seen]
    if refused:
        raise Refusals(refused)
    return [(kinds[table], one) for table, one in dict.fromkeys(named)]


async def _seen(ctx: Context, entity: Entity, ids: Sequence[str]) -> set[str]:
    found: list[Any] = await ctx.find(entity.row, ids)
    for row in found:
        await records.require_own(ctx, entity, row)
    return {row.id for row in found}
