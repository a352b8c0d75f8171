"""How far imports are, read for many at once."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from core.ids import encode
from core.settings import from_environment
from models import metadata
from models.base import Uuid

PREFIX = "imp"
_PROGRESS = metadata.tables["import_progress"]

Batch = Callable[[Any, Sequence[Any]], Awaitable[Sequence[Any]]]


def count(name: str) -> Batch:
    """One of the counts, for all imports of a level; the counts of a level are read together."""

    async def batch(reading: Any, rows: Sequence[Any]) -> list[int]:
        return [found[name] for found in await _found(reading, rows)]

    return batch


async def error_file_urls(reading: Any, rows: Sequence[Any]) -> list[str | None]:
    """Where the error files of imports are; None where no row failed."""
    base = from_environment().base_url
    return [
        f"{base}/files/{encode(PREFIX, row['id'])}" if found["failed_rows"] else None
        for row, found in zip(rows, await _found(reading, rows), strict=True)
    ]


async def _found(reading: Any, rows: Sequence[Any]) -> list[Any]:
    loader = reading.loader("import_progress", partial(_read, reading))
    found: list[Any] = await loader.load_many([row["id"] for row in rows])
    return found


async def _read(reading: Any, imports: Sequence[str]) -> list[Any]:
    wanted = sa.bindparam("imports", list(imports), type_=sa.ARRAY(Uuid))
    found = await reading.fetch(
        sa.select(_PROGRESS).where(
            _PROGRESS.c.workspace_id == reading.actor.workspace_id,
            _PROGRESS.c.import_id == sa.any_(wanted),
        )
    )
    by_id = {row["import_id"]: row for row in found}
    return [by_id[one] for one in imports]
