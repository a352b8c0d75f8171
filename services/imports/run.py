"""Running an import: batch by batch, from where the last committed one ended."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

import asyncpg
import sqlalchemy as sa

from auth import rights
from auth.actor import Actor, ActorKind
from auth.context import acting
from auth.custom_fields import Fields
from auth.roles import Category, Level
from core.codes import UserErrorCode
from core.db import Database
from core.errors import UserError
from core.events import Author
from core.files import Files
from core.log import logger
from core.writes import transaction
from models import metadata
from models.enums import ImportStatus
from services import uploads
from services.due_work import Interrupted
from services.imports import acts, batch, detect, rows
from services.imports.mapping import importable
from services.imports.targets import RowError

BATCH_ROWS = 2_500
_TRIES = 3
_CONFLICTS = (
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.SerializationError,
    asyncpg.ForeignKeyViolationError,
)
_LOG = logger("imports")
_IMPORT, _PROGRESS = metadata.tables["import"], metadata.tables["import_progress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What running an import needs from the process it runs in."""

    database: Database
    files: Files
    now: Callable[[str], Awaitable[datetime]]
    """Business time in a workspace."""
    stopping: Callable[[], bool]
    """Whether the process is about to end."""


async def run(around: Surroundings, workspace: str, import_id: str, request_id: str) -> None:
    """Bring in what is left of an import; a finished one is left alone."""
    found = await _load(around.database, workspace, import_id)
    if found is None or found["status"] not in {ImportStatus.QUEUED, ImportStatus.RUNNING}:
        return
    actor = await rights.of_user(around.database, workspace, found["owner_id"])
    if actor is None:
        reason = "Whoever started the import has left the workspace."
        await fail(around, workspace, import_id, request_id, reason)
        return
    if not actor.may(Category.CONTACTS, Level.WRITE):
        reason = "Whoever started the import may no longer write contacts."
        await fail(around, workspace, import_id, request_id, reason)
        return
    task = _Task(around, actor, found, request_id)
    try:
        await task.work()
    except UserError as error:
        await fail(around, workspace, import_id, request_id, error.message)


async def fail(
    around: Surroundings, workspace: str, import_id: str, request_id: str, reason: str
) -> None:
    """End an import that cannot go on; what is brought in stays."""
    now = await around.now(workspace)
    async with transaction(
        around.database,
        workspace=workspace,
        author=Author(ActorKind.SYSTEM, None),
        now=now,
        request_id=request_id,
        act=acts.ACT,
        operation_id=import_id,
    ) as act:
        unfinished = _IMPORT.c.status.in_([ImportStatus.QUEUED, ImportStatus.RUNNING])
        values = {"status": ImportStatus.FAILED, "finished_at": now, "error": reason}
        await act.update(_IMPORT, sa.and_(_IMPORT.c.id == import_id, unfinished), values)
    _LOG.warning("import failed", import_id=import_id, reason=reason)


async def _load(database: Database, workspace: str, import_id: str) -> Mapping[str, Any] | None:
    statement = (
        sa.select(_IMPORT, _PROGRESS.c.done_rows, _PROGRESS.c.total_rows)
        .join(
            _PROGRESS,
            sa.and_(
                _PROGRESS.c.workspace_id == _IMPORT.c.workspace_id,
                _PROGRESS.c.import_id == _IMPORT.c.id,
            ),
        )
        .where(
            _IMPORT.c.workspace_id == workspace,
            _IMPORT.c.id == sa.bindparam("id", import_id, type_=_IMPORT.c.id.type),
        )
    )
    found = await database.fetch(workspace, statement)
    return found[0] if found else None


class _Task:
    """One import being run by one worker."""

    def __init__(
        self, around: Surroundings, actor: Actor, found: Mapping[str, Any], request_id: str
    ) -> None:
        self._around = around
        self._actor = actor
        self._found = found
        self._request_id = request_id
        self._columns = {entry["field"]: entry["column"] for entry in found["mapping"]}

    async def work(self) -> None:
        """Write the batches that are left, then close the import."""
        if self._found["status"] == ImportStatus.QUEUED:
            await self._set(ImportStatus.QUEUED, ImportStatus.RUNNING, "started_at")
        self._require_fields()
        try:
            async with aclosing(self._batches()) as batches:
                async for one in batches:
                    await self._write(one)
                    if self._around.stopping():
                        raise Interrupted
        except batch.Superseded:
            return
        await self._set(ImportStatus.RUNNING, ImportStatus.COMPLETED, "finished_at")
        _LOG.info("import completed", import_id=self._found["id"])

    def _require_fields(self) -> None:
        """A custom field may be out of use since it was mapped."""
        known = importable(self._actor.custom.of("contact"))
        if gone := [name for name in self._columns if name not in known]:
            message = f"No field is called {', '.join(gone)} any more; import the file again."
            raise UserError(UserErrorCode.IMPORT_STATE, message, ("mapping",))

    async def _batches(self) -> AsyncGenerator[batch.Batch, None]:
        """Batches, each read and checked in a thread while the one before is written."""
        place = uploads.key(self._actor.workspace_id, self._found["upload_id"])
        chunks = partial(self._around.files.read, place)
        dialect = await asyncio.to_thread(detect.dialect_of, chunks)
        done = self._found["done_rows"]
        lines = detect.rows(chunks, dialect, skip=done)
        header = [column["header"] for column in self._found["columns"]]
        own = self._actor.custom.of("contact")
        check = rows.checker(header, self._columns, own, self._actor.currency)
        following = asyncio.create_task(asyncio.to_thread(_next, lines, check, done, own))
        try:
            while (one := await following).size:
                done += one.size
                following = asyncio.create_task(asyncio.to_thread(_next, lines, check, done, own))
                yield one
        finally:
            # The thread holds the file open and ends by itself within a batch.
            await asyncio.wait([following])

    async def _write(self, one: batch.Batch) -> None:
        for left in reversed(range(_TRIES)):
            try:
                async with self._acting(await self._now()) as ctx:
                    await batch.write(ctx, self._found["id"], one, self._columns)
                return
            except _CONFLICTS as conflict:
                # Somebody wrote the same contacts meanwhile: now they are found, not created.
                if not left:
                    raise
                _LOG.info("batch written again", import_id=self._found["id"], why=str(conflict))

    async def _set(self, before: ImportStatus, after: ImportStatus, moment: str) -> None:
        now = await self._now()
        mine = sa.and_(_IMPORT.c.id == self._found["id"], _IMPORT.c.status == before)
        async with self._acting(now) as ctx:
            await ctx.act.update(_IMPORT, mine, {"status": after, moment: now})

    def _acting(self, now: datetime) -> Any:
        return acting(
            self._around.database,
            self._actor,
            now=now,
            request_id=self._request_id,
            name=acts.ACT,
            import_id=self._found["id"],
            operation_id=self._found["id"],
        )

    async def _now(self) -> datetime:
        return await self._around.now(self._actor.workspace_id)


def _next(
    lines: Iterator[tuple[int, list[str]]], check: rows.Check, first: int, own: Fields
) -> batch.Batch:
    good, bad = [], []
    for number, cells in islice(lines, BATCH_ROWS):
        row = check(number, cells)
        if isinstance(row, RowError):
            bad.append(row)
        else:
            good.append(row)
    return batch.Batch(first, good, bad, own)
