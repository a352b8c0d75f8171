"""Recurring work of the house: what was kept for a while and is not needed any more."""

from collections.abc import Awaitable, Callable
from functools import partial

import asyncpg
import sqlalchemy as sa

from core.log import logger
from core.writes import Transaction
from jobs.due import Process, job
from jobs.ledger import Due
from jobs.priorities import Priority
from models import metadata
from services import expiry, log_keeping, metrics, orphans, purge
from services.due_work import Interrupted

_HEAD = metadata.tables["event_head"]
_LOG = logger("housekeeping")


async def leave(_process: Process, _due: Due) -> None:
    """The next time comes anyway."""


@job("expiry", give_up=leave, priority=Priority.BULK)
async def expire(process: Process, due: Due) -> None:
    """Forget the answers to idempotency keys and the keys of effects when their time is over."""
    await in_each_workspace(process, due, expiry.forget)


@job("metrics", give_up=leave, priority=Priority.BULK)
async def keep_metrics(process: Process, due: Due) -> None:
    """Keep what metrics are at the end of each workspace's day, to compare with later."""
    await in_each_workspace(process, due, metrics.take)


@job("event_log", give_up=leave, priority=Priority.BULK)
async def keep_log(process: Process, due: Due) -> None:
    """Make the months of the event log that come, and drop those that are too old."""
    now = await process.anywhere()
    before = log_keeping.oldest(now, process.event_log_days)
    if made := await log_keeping.extend(process.database, now):
        _LOG.info("event log extended", months=made)
    await in_each_workspace(process, due, partial(log_keeping.give_up, before=before))
    if dropped := await log_keeping.cut(process.database, before):
        _LOG.info("event log cut", months=dropped, before=before.date().isoformat())


@job("purge", give_up=leave, priority=Priority.BULK)
async def purge_trash(process: Process, due: Due) -> None:
    """Remove what was deleted 30 days ago, and what undo remembers of acts as old."""

    async def work(workspace: str) -> None:
        await purge.workspace(process.database, workspace, await process.now(workspace))

    await _each(process, due, work)


@job("orphans", give_up=leave, priority=Priority.BULK)
async def tidy_files(process: Process, due: Due) -> None:
    """Delete the files and uploads that nothing needs any more."""

    async def work(workspace: str) -> None:
        now = await process.now(workspace)
        await orphans.clean_workspace(process.database, process.files, workspace, now)

    await _each(process, due, work)


async def in_each_workspace(
    process: Process, due: Due, work: Callable[[Transaction], Awaitable[None]]
) -> None:
    """Do something in each workspace, an act each."""

    async def acted(workspace: str) -> None:
        async with process.acting(workspace, due.id) as act:
            await work(act)

    await _each(process, due, acted)


async def _each(process: Process, due: Due, work: Callable[[str], Awaitable[None]]) -> None:
    """Do something with each workspace; one that fails does not keep the others."""
    for row in await process.database.fetch_outside(sa.select(_HEAD.c.workspace_id)):
        if process.stopping:
            raise Interrupted
        try:
            await work(row["workspace_id"])
        except (asyncpg.PostgresError, OSError):
            _LOG.exception("recurring work failed", kind=due.kind, workspace=row["workspace_id"])
