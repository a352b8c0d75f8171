"""Core records of any kind, as acts on several of them name them."""

from collections.abc import Iterable, Sequence
from typing import Any

from auth.context import Context
from core.errors import Refusals, not_found
from models.registry import Entity
from services import records, redirects

Core = tuple[Entity, str]
"""A core record: its entity and its id."""


async def writable(ctx: Context, named: Sequence[Core], path: str) -> list[Core]:
    """The records, all of them in sight and the actor's to change; each once."""
    kinds = {entity.name: entity for entity, _ in named}
    for entity in kinds.values():
        records.may_write(ctx, entity)
    seen: set[str] = set()
    led: dict[str, str] = {}
    for entity in kinds.values():
        ids = [record_id for own, record_id in named if own is entity]
        found = await _seen(ctx, entity, ids)
        missing = [one for one in ids if one not in found]
        if missing and entity.mergeable:
            own = await redirects.survivors(ctx, missing)
            led |= own
            found |= await _seen(ctx, entity, own.values())
        seen |= found
    now = [(entity, led.get(record_id, record_id)) for entity, record_id in named]
    refused = [not_found((path, at)) for at, (_, one) in enumerate(now) if one not in seen]
    if refused:
        raise Refusals(refused)
    return list({record_id: (entity, record_id) for entity, record_id in now}.values())


async def _seen(ctx: Context, entity: Entity, ids: Iterable[str]) -> set[str]:
    wanted = list(ids)
    found: list[Any] = await ctx.find(entity.row, wanted) if wanted else []
    for row in found:
        await records.require_own(ctx, entity, row)
    return {row.id for row in found}
