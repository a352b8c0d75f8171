"""Idempotency keys: the same key answers the same, without a second effect."""

from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

import asyncpg
import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from strawberry import UNSET

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from models.events import IdempotencyKey
from services.expiry import IDEMPOTENCY_KEYS

_TABLE: sa.Table = IdempotencyKey.__table__  # type: ignore[assignment]
_PATH = ("idempotencyKey",)


@dataclass(frozen=True, slots=True)
class Known:
    """What an act with this key answered before."""

    ids: dict[str, Any]
    operation_id: str
    position: int | None


def asked(name: str, given: Any, actor: str) -> bytes:
    """What an act with a key is asked to do, as its key remembers it; nothing without a key."""
    return _fingerprint(name, given, actor) if given.idempotency_key else b""


async def known(ctx: Context, given: Any, digest: bytes) -> Known | None:
    """Take the key for this act, or say what it answered; a running twin is waited for."""
    key = given.idempotency_key
    if not key:
        return None
    taken = (
        insert(_TABLE)
        .values(
            workspace_id=ctx.workspace_id,
            key=key,
            request_hash=digest,
            operation_id=ctx.act.operation_id,
            created_at=ctx.now,
        )
        .on_conflict_do_nothing()
        .returning(_TABLE.c.key)
    )
    await _forget_expired(ctx, key)
    try:
        if await ctx.act.fetch(taken):
            return None
    except asyncpg.LockNotAvailableError as error:
        message = "An act with this key is still running; retry in a moment."
        raise UserError(UserErrorCode.IDEMPOTENCY_IN_PROGRESS, message, _PATH) from error
    rows = await ctx.act.fetch(sa.select(_TABLE).where(_mine(ctx, key)))
    if rows[0]["request_hash"] != digest:
        message = "This key was used for another act or input; use a fresh one."
        raise UserError(UserErrorCode.IDEMPOTENCY_KEY_REUSED, message, _PATH)
    return Known(rows[0]["result"] or {}, rows[0]["operation_id"], rows[0]["position"])


async def remember(ctx: Context, given: Any, ids: dict[str, Any]) -> None:
    """Keep what the act answers, in its own transaction."""
    if not given.idempotency_key:
        return
    await ctx.act.fetch(
        sa.update(_TABLE)
        .where(_mine(ctx, given.idempotency_key))
        .values(result=ids, position=ctx.act.position)
    )


async def _forget_expired(ctx: Context, key: str) -> None:
    lapsed = _TABLE.c.created_at < ctx.now - IDEMPOTENCY_KEYS
    await ctx.act.fetch(sa.delete(_TABLE).where(_mine(ctx, key), lapsed))


def _mine(ctx: Context, key: str) -> sa.ColumnElement[bool]:
    return sa.and_(_TABLE.c.workspace_id == ctx.workspace_id, _TABLE.c.key == key)


def _fingerprint(name: str, given: Any, actor: str) -> bytes:
    rest = {
        one.name: getattr(given, one.name) for one in fields(given) if one.name != "idempotency_key"
    }
    return sha256(orjson.dumps([name, rest, actor], default=_plain)).digest()


def _plain(value: Any) -> Any:
    # A field that is left out is not one that is emptied.
    return {} if value is UNSET else str(value)
