"""Undoing what takes long, by a worker: in one transaction like any other, without its deadline."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import asyncpg

from auth import rights
from auth.context import acting
from core.db import Database
from core.errors import Denied, UserError
from core.log import logger
from services.rules.undo import UNDO
from services.undo import acts, inversion

_CLAIMED = """
SELECT by_operation_id, user_id FROM undone_act
WHERE workspace_id = $1 AND operation_id = $2 AND finished_at IS NULL FOR UPDATE
"""
_FINISH = "UPDATE undone_act SET finished_at = $3 WHERE workspace_id = $1 AND operation_id = $2"
_RELEASE = """
DELETE FROM undone_act
WHERE workspace_id = $1 AND operation_id = $2 AND finished_at IS NULL
"""
_LOG = logger("undo")
_REFUSALS = (UserError, Denied, asyncpg.IntegrityConstraintViolationError)


async def run(
    database: Database,
    workspace: str,
    operation_id: str,
    *,
    now: Callable[[str], Awaitable[datetime]],
    request_id: str,
) -> None:
    """Undo a claimed act; where it is refused the claim is given back, and the preview says why."""
    async with database.writing(workspace) as writing:
        found = await writing.fetch_text(_CLAIMED, workspace, operation_id)
    actor = await rights.of_user(database, workspace, found[0]["user_id"]) if found else None
    if actor is None:
        await release(database, workspace, operation_id)
        return
    try:
        async with acting(
            database,
            actor,
            now=await now(workspace),
            request_id=request_id,
            name=UNDO,
            operation_id=found[0]["by_operation_id"],
        ) as ctx:
            # Another worker may have done it: then there is no claim any more.
            if await ctx.act.fetch_text(_CLAIMED, workspace, operation_id):
                await ctx.act.execute("SET LOCAL statement_timeout = 0")
                act = await acts.find(ctx, operation_id)
                await inversion.apply(ctx, await acts.check(ctx, act))
                await ctx.act.fetch_text(_FINISH, workspace, operation_id, ctx.now)
    except _REFUSALS as refusal:
        _LOG.info("undo refused", operation_id=operation_id, reason=str(refusal))
        await release(database, workspace, operation_id)


async def release(database: Database, workspace: str, operation_id: str) -> None:
    """Give a claim back: the act can be undone by who asks again."""
    async with database.writing(workspace) as writing:
        await writing.fetch_text(_RELEASE, workspace, operation_id)
