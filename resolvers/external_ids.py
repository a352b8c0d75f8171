"""External ids: what other systems call records."""

from typing import Any

from auth.context import Context
from models.registry import Pointer
from resolvers.mutation import mutation, of_any_kind
from schema import external_ids as given
from services import external_ids

_RECORD = "The record as it is now."


@mutation(records=of_any_kind(_RECORD))
async def external_id_add(ctx: Context, input: given.ExternalIdAddInput) -> dict[str, Any]:
    """Note what another system calls a record; `…Upsert` finds it by that."""
    core: Any = input.record_id
    name = external_ids.Name(input.source, input.value)
    return {"records": [Pointer(*await external_ids.add(ctx, core, name))]}


@mutation(records=of_any_kind(_RECORD))
async def external_id_remove(ctx: Context, input: given.ExternalIdRemoveInput) -> dict[str, Any]:
    """Forget what another system calls a record."""
    core: Any = input.record_id
    name = external_ids.Name(input.source, input.value)
    return {"records": [Pointer(*await external_ids.remove(ctx, core, name))]}
