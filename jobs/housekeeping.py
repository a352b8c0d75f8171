"""Recurring work of the house: what was kept for a while and is not needed any more."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

import asyncpg
import sqlalchemy as sa

from core.log import logger
from core.sql import Rendered, render
from core.writes import Transaction
from jobs.due import Process, job
from jobs.ledger import Due
from jobs.priorities import Priority
from models import metadata
from services import expiry, log_keeping, metrics, orphans, purge
from services.due_work import Interrupted

_WORKSPACES = render(sa.select(metadata.tables["event_head"].c.workspace_id))
_LOG = logger("housekeeping")


async def leave(_process: Process, _due: Due) -> None:
    """The next time comes anyway."""


@job("expiry", give_up=leave, priority=Priority.BULK)
async def expire(process: Process, due: Due) -> None:
    """Forget the answers to idempotency keys and the keys of effects when their time is over."""
    await in_each_workspace(process, due, expiry.forget, where=expiry.ASKED)


@job("metrics", give_up=leave, priority=Priority.BULK)
async def keep_metrics(process: Process, due: Due) -> None:
    """Keep what metrics are at the end of each workspace's day, to compare with later."""
    await in_each_workspace(process, due, metrics.take, where=metrics.ASKED)


@job("event_log", give_up=leave, priority=Priority.BULK)
async def keep_log(process: Process, due: Due) -> None:
    """Make the months of the event log that come, and drop those that are too old."""
    now = await process.anywhere()
    before = log_keeping.oldest(now, process.event_log_days)
    if made := await log_keeping.extend(process.database, now):
        _LOG.info("event log extended", months=made)
    give_up = partial(log_keeping.give_up, before=before)
    await in_each_workspace(process, due, give_up, where=log_keeping.asked(before))
    if dropped := await log_keeping.cut(process.database, before):
        _LOG.info("event log cut", months=dropped, before=before.date().isoformat())


@job("purge", give_up=leave, priority=Priority.BULK)
async def purge_trash(process: Process, due: Due) -> None:
    """Remove what was deleted 30 days ago, and what undo remembers of acts as old."""

    async def work(workspace: str, now: datetime) -> None:
        await purge.workspace(process.database, workspace, now)

    await _each(process, due, work, purge.ASKED)


@job("orphans", give_up=leave, priority=Priority.BULK)
async def tidy_files(process: Process, due: Due) -> None:
    """Delete the files and uploads that nothing needs any more."""

    async def work(workspace: str, now: datetime) -> None:
        await orphans.clean_workspace(process.database, process.files, workspace, now)

    await _each(process, due, work)


async def in_each_workspace(
    process: Process,
    due: Due,
    work: Callable[[Transaction], Awaitable[bool | None]],
    *,
    where: Rendered,
) -> None:
    """Do something in each workspace where there is a reason to, an act each.

    As long as the work says that there may be more, it is done again in another act.
    `where` is a question of `services.sweeps`: most workspaces have nothing to do most of the time,
    and asking costs a fraction of an act that finds nothing.
    """

    async def acted(workspace: str, _now: datetime) -> None:
        more: bool | None = True
        while more:
            if process.stopping:
                raise Interrupted
            async with process.acting(workspace, due.id) as act:
                more = await work(act)

    await _each(process, due, acted, where)


async def _each(
    process: Process,
    due: Due,
    work: Callable[[str, datetime], Awaitable[None]],
    where: Rendered | None = None,
) -> None:
    """Do something with each workspace; one that fails does not keep the others."""
    for row in await process.database.fetch_outside(_WORKSPACES):
        if process.stopping:
            raise Interrupted
        workspace, now = row["workspace_id"], await process.anywhere()
        try:
            if where is None or await _has_reason(process, workspace, now, where):
                await work(workspace, now)
        except Interrupted:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the workspaces behind have their turn
            _LOG.exception("recurring work failed", kind=due.kind, workspace=workspace)


async def _has_reason(process: Process, workspace: str, now: datetime, where: Rendered) -> bool:
    """Whether there is something to do; where that takes too long to tell, it is tried."""
    try:
        asked = {"actor_workspace": workspace, "now": now}
        return bool(await process.database.fetch(workspace, where, asked))
    except asyncpg.QueryCanceledError:
        return True
