"""Feeds of states: what is told as it is now, without a place in the log."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from itertools import count
from typing import Any

import sqlalchemy as sa

from auth.policy import visible
from core.codes import DenialCode
from core.errors import Denied
from models import metadata
from models.enums import ImportStatus
from models.registry import REGISTRY, pointer
from resolvers.feeds import Anew, states
from schema.live import HEARTBEAT, IMPORT_PROGRESS, MAX_BEATS
from services.conditions import read_id

LOOK_SECONDS = 0.5
_PROGRESS = metadata.tables["import_progress"]
_ENDED = {ImportStatus.COMPLETED, ImportStatus.FAILED}
_COUNTS = ("total_rows", "done_rows", "created_rows", "updated_rows", "failed_rows")


@states("import_progress", IMPORT_PROGRESS)
async def import_progress(anew: Anew, arguments: Mapping[str, Any]) -> AsyncIterator[Any]:
    """Tell an import's counts whenever they changed, until it ends."""
    entity = REGISTRY["Import"]
    record, table = read_id(arguments["id"], "Import"), entity.table
    told: Any = None
    while True:
        reading = await anew()
        statement = (
            sa.select(table.c.status, *(_PROGRESS.c[name] for name in _COUNTS))
            .join(
                _PROGRESS,
                sa.and_(
                    _PROGRESS.c.workspace_id == table.c.workspace_id,
                    _PROGRESS.c.import_id == table.c.id,
                ),
            )
            .where(visible(entity, reading.actor, table), table.c.id == record)
        )
        rows = await reading.fetch(statement)
        if not rows:
            return
        if dict(rows[0]) != told:
            told = dict(rows[0])
            yield {**told, "import_": pointer("Import", record)}
        if told["status"] in _ENDED:
            return
        await asyncio.sleep(LOOK_SECONDS)


@states("heartbeat", HEARTBEAT, public=True)
async def heartbeat(_anew: Anew, arguments: Mapping[str, Any]) -> AsyncIterator[Any]:
    """Count the seconds."""
    most = arguments.get("count")
    if most is not None and not 1 <= most <= MAX_BEATS:
        message = f"`count` lies between 1 and {MAX_BEATS:,}."
        raise Denied(DenialCode.BAD_USER_INPUT, message)
    for number in count(1):
        yield number
        if number == most:
            return
        await asyncio.sleep(1)
