"""The acts of an import before a worker takes over: create, map, run."""

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from auth.context import Context
from auth.roles import Category
from core import files
from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import new_id
from core.log import logger
from models import metadata
from models.enums import ImportStatus
from models.imports import Import
from services import due_work, uploads
from services.imports import detect, mapping

ACT = "import"
"""What all of an import's transactions are called: one act, whose operation is the import."""
DUE = "imports.run"
_LOG = logger("imports")
_IMPORT, _PROGRESS = metadata.tables["import"], metadata.tables["import_progress"]


async def create(ctx: Context, *, upload_id: str, entity: str) -> str:
    """Read an upload's columns and rows, and suggest what they hold; answers the import's id."""
    ctx.require(Category.CONTACTS)
    upload = await uploads.received(ctx, upload_id)
    place = uploads.key(ctx.workspace_id, upload_id)
    head = await asyncio.to_thread(detect.examine, partial(_read, place))
    values = {
        "id": new_id(),
        "entity": entity,
        "file_name": upload.name,
        "upload_id": upload_id,
        "status": ImportStatus.MAPPING,
        "owner_id": ctx.actor.user_id,
        "columns": _columns(ctx, head),
        "mapping": [],
    }
    row = await ctx.act.insert(_IMPORT, values)
    progress = {"import_id": row["id"], "total_rows": head.total_rows}
    await ctx.act.insert(_PROGRESS, progress)
    return str(row["id"])


def _read(place: str) -> Iterator[bytes]:
    return files.of_process().read(place)


def _columns(ctx: Context, head: detect.Head) -> list[dict[str, Any]]:
    suggestions = mapping.suggest(head.header, head.samples, ctx.actor.custom.of("contact"))
    return [
        {
            "header": header,
            "samples": samples,
            "suggested_field": suggestion.field,
            "confidence": suggestion.confidence,
        }
        for header, samples, suggestion in zip(head.header, head.samples, suggestions, strict=True)
    ]


async def set_mapping(ctx: Context, import_id: str, entries: Sequence[tuple[str, str]]) -> str:
    """Say which column holds which field; can be said again until the import runs."""
    ctx.require(Category.CONTACTS)
    row = await _in_mapping(ctx, import_id)
    header = [column["header"] for column in row.columns]
    stored = mapping.check(entries, header, ctx.actor.custom.of("contact"))
    await ctx.act.update(_IMPORT, _IMPORT.c.id == import_id, {"mapping": stored})
    return import_id


async def run(ctx: Context, import_id: str, *, start_workflows: bool) -> str:
    """Hand the import to the workers."""
    ctx.require(Category.CONTACTS)
    row = await _in_mapping(ctx, import_id)
    if not row.mapping:
        message = "Say which column holds which field first: `importMappingSet`."
        raise UserError(UserErrorCode.REQUIRED, message, ("mapping",))
    values = {"status": ImportStatus.QUEUED, "start_workflows": start_workflows}
    await ctx.act.join(import_id, name=ACT)
    await ctx.act.update(_IMPORT, _IMPORT.c.id == import_id, values)
    await due_work.enqueue(ctx.act, DUE, import_id)
    return import_id


async def _in_mapping(ctx: Context, import_id: str) -> Import:
    row = await ctx.get(Import, import_id, lock=True)
    if row.status != ImportStatus.MAPPING:
        message = f"The import is {row.status}: its mapping is settled and it runs only once."
        raise UserError(UserErrorCode.IMPORT_STATE, message, ("id",))
    return row
