"""Who is calling: a token becomes an actor, remembered until the workspace's access changes."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import sqlalchemy as sa

from auth import rights
from auth.actor import Actor, ActorKind
from auth.credentials import CREDENTIAL, CredentialKind
from auth.heads import Head, Heads
from core import clock
from core.crypto import fingerprint
from core.db import Database
from core.log import logger
from core.sql import Rendered, render
from models import metadata
from models.base import Uuid

_LOG = logger("authenticate")
_REMEMBERED = 10_000
_TOUCH_SECONDS = 60

_SESSION, _KEY = metadata.tables["session"], metadata.tables["api_key"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request, and the head of their workspace as the request began."""

    actor: Actor
    head: Head


@dataclass(slots=True)
class Remembered:
    """Who made an earlier request with the same token: to be held against the head."""

    actor: Actor
    clock_offset: int
    now: datetime


@dataclass(frozen=True, slots=True)
class _Known:
    actor: Actor
    expires_at: datetime | None


class Callers:
    """Turns tokens into actors; one object a process."""

    def __init__(self, database: Database, *, test_clock: bool) -> None:
        self._database = database
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._touched: OrderedDict[str, float] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self.heads = Heads(test_clock=test_clock)
        self._clock_offset = 0
        self._credential = render(_credential(self.heads))

    def remembered(self, key: bytes) -> Remembered | None:
        """Who a token of this fingerprint belonged to last, found without the database.

        It may be revoked: nothing is told to them before a head says that the actor still holds.
        """
        known = self._known.get(key)
        if known is None:
            return None
        self._known.move_to_end(key)
        now = clock.now(self._clock_offset)
        if known.expires_at is not None and known.expires_at <= now:
            return None
        return Remembered(known.actor, self._clock_offset, now)

    async def again(self, key: bytes) -> Caller | None:
        """The caller behind a fingerprint, read anew; None when it opens nothing (any more)."""
        return await self._load(key)

    async def of(self, token: str) -> Caller | None:
        """The caller behind a session token or API key; None when it opens nothing (any more)."""
        key = fingerprint(token)
        known = self._known.get(key)
        if known is None:
            return await self._load(key)
        head = await self.head(known.actor.workspace_id)
        if head is None or head.epoch != known.actor.epoch:
            return await self._load(key)
        return self._admitted(key, known, head)

    async def head(self, workspace: str) -> Head | None:
        """The head of a workspace, read before anything else of a request."""
        values = {"actor_workspace": workspace}
        rows = await self._database.fetch_outside(self.heads.alone, values)
        return self.heads.of(rows[0]) if rows else None

    async def clock_offset(self) -> int:
        """Seconds by which the test clock is moved, for who is not signed in."""
        if not self.heads.test_clock:
            return 0
        rows = await self._database.fetch_outside(self.heads.clock)
        return int(rows[0][0])

    async def close(self) -> None:
        """Wait for the notes of last use that are being written."""
        await asyncio.gather(*self._tasks)

    async def _load(self, key: bytes) -> Caller | None:
        # The epoch is read before the rights: what changes in between is read again next time.
        self._known.pop(key, None)
        rows = await self._database.fetch_outside(self._credential, {"hash": key})
        if not rows or rows[0]["kind"] not in _HOLDERS:
            return None
        found, head = rows[0], self.heads.of(rows[0])
        self._clock_offset = head.clock_offset
        workspace = found["workspace_id"]
        values = {"workspace": workspace, "subject": found["subject_id"]}
        holders = await self._database.fetch(workspace, _HOLDERS[found["kind"]], values)
        if not holders:
            return None
        actor = _actor(workspace, found["kind"], holders[0], head.epoch)
        known = _Known(actor, found["expires_at"])
        self._known[key] = known
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return self._admitted(key, known, head)

    def _admitted(self, key: bytes, known: _Known, head: Head) -> Caller | None:
        now = head.now
        if known.expires_at is not None and known.expires_at <= now:
            self._known.pop(key, None)
            return None
        self._known.move_to_end(key)
        self.touch(known.actor, now)
        return Caller(known.actor, head)

    def touch(self, actor: Actor, now: datetime) -> None:
        """Note that a session or key was used, once a minute and behind the request's back."""
        subject = actor.session_id or actor.id
        last = self._touched.get(subject)
        moment = time.monotonic()
        if last is not None and moment - last < _TOUCH_SECONDS:
            return
        self._touched[subject] = moment
        self._touched.move_to_end(subject)
        if len(self._touched) > _REMEMBERED:
            self._touched.popitem(last=False)
        task = asyncio.create_task(self._note_use(actor, now))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _note_use(self, actor: Actor, now: datetime) -> None:
        # Not a change of the record: no version, no event, and no request waits for it.
        subject = actor.session_id or actor.id
        values = {"workspace": actor.workspace_id, "subject": subject, "at": now}
        try:
            async with self._database.writing(actor.workspace_id) as writing:
                await writing.fetch(_USED[actor.kind], values)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            _LOG.warning("last use not noted", reason=repr(error))


def _actor(workspace: str, kind: str, holder: Mapping[str, Any], epoch: int) -> Actor:
    if kind == CredentialKind.SESSION:
        session = holder["holder_id"]
        return rights.actor(workspace, holder, epoch=epoch, session_id=session)
    key = holder["holder_id"]
    return rights.actor(workspace, holder, epoch=epoch, kind=ActorKind.API_KEY, id=key)


def _credential(heads: Heads) -> sa.Select[Any]:
    return (
        sa.select(
            CREDENTIAL.c.workspace_id,
            CREDENTIAL.c.kind,
            CREDENTIAL.c.subject_id,
            CREDENTIAL.c.expires_at,
            *heads.columns,
        )
        .join(heads.table, heads.table.c.workspace_id == CREDENTIAL.c.workspace_id)
        .where(CREDENTIAL.c.hash == sa.bindparam("hash", type_=sa.LargeBinary))
    )


_HOLDERS: Mapping[str, Rendered] = {
    CredentialKind.SESSION: rights.holding(_SESSION, "user_id"),
    CredentialKind.API_KEY: rights.holding(_KEY, "owner_id", _KEY.c.revoked_at.is_(None)),
}


def _use(table: sa.Table, column: str) -> Rendered:
    at = sa.bindparam("at", type_=sa.DateTime(timezone=True))
    last = table.c[column]
    return render(
        sa.update(table)
        .where(
            table.c.workspace_id == sa.bindparam("workspace", type_=Uuid),
            table.c.id == sa.bindparam("subject", type_=Uuid),
            sa.or_(last.is_(None), last < at - sa.text(f"interval '{_TOUCH_SECONDS} seconds'")),
        )
        .values({column: at})
        .returning(table.c.id)
    )


_USED: Mapping[ActorKind, Rendered] = {
    ActorKind.USER: _use(_SESSION, "last_seen_at"),
    ActorKind.API_KEY: _use(_KEY, "last_used_at"),
}
