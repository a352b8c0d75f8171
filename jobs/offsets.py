"""How far each consumer is in each workspace's log of events."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.db import Database, Writing
from core.events import Author, Event
from core.sql import Rendered
from core.writes import Transaction

_BEHIND = """
SELECT workspace_id, position, relayed FROM event_head WHERE position > relayed ORDER BY relayed
"""
_RELAYED = "UPDATE event_head SET relayed = greatest(relayed, $2) WHERE workspace_id = $1"
_OFFSETS = """
SELECT consumer, position, attempts, coalesce(retry_at > now(), false) AS waits
FROM consumer_offset WHERE workspace_id = $1
"""
_EVENTS = """
SELECT position, at, type, entity, record_id, actor_kind, actor_id, request_id,
       operation_id, import_id, changes, data
FROM event WHERE workspace_id = $1 AND position > $2 ORDER BY position LIMIT $3
"""
_AGE = """
SELECT extract(epoch FROM now() - at)::int AS age
FROM event WHERE workspace_id = $1 AND position > $2 ORDER BY position LIMIT 1
"""
_MOVE = """
INSERT INTO consumer_offset (workspace_id, consumer, position)
SELECT $1, consumer, $4 FROM unnest($2::text[]) AS moved (consumer) ORDER BY consumer
ON CONFLICT (workspace_id, consumer)
DO UPDATE SET position = $4, attempts = 0, retry_at = NULL, error = NULL
WHERE consumer_offset.position = $3
RETURNING position
"""
_FAILED = """
INSERT INTO consumer_offset AS o (workspace_id, consumer, position, attempts, retry_at, error)
VALUES ($1, $2, $3, 1, now() + interval '0.5 seconds', $4)
ON CONFLICT (workspace_id, consumer)
DO UPDATE SET attempts = o.attempts + 1, error = $4,
              retry_at = now() + interval '0.5 seconds' * power(2, o.attempts)
WHERE o.position = $3
RETURNING attempts
"""


class Overtaken(Exception):
    """Another process has moved the consumer on: what was about to be done is done already."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A workspace with events that some consumer has not taken in."""

    workspace: str
    position: int
    relayed: int


@dataclass(frozen=True, slots=True)
class Offset:
    """A consumer's place in a log."""

    position: int
    waits: bool = False
    """Whether it failed there and is to be tried later."""


class Offsets:
    """The places of all consumers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def behind(self) -> list[Behind]:
        """The workspaces that are behind, those that wait longest first."""
        rows = await self._database.fetch_outside(Rendered(_BEHIND, (), {}))
        return [Behind(*row) for row in rows]

    async def of(self, behind: Behind) -> Mapping[str, Offset]:
        """The places in a workspace's log, by consumer."""
        rows = await self._read(behind.workspace, _OFFSETS)
        return {row["consumer"]: Offset(row["position"], row["waits"]) for row in rows}

    async def events(self, workspace: str, after: int, most: int) -> list[Event]:
        """The next events behind a position."""
        return [_event(row) for row in await self._read(workspace, _EVENTS, after, most)]

    async def age(self, behind: Behind) -> float:
        """Seconds since the oldest event happened that was not relayed."""
        rows = await self._read(behind.workspace, _AGE, behind.relayed)
        return max(0.0, float(rows[0]["age"])) if rows else 0.0

    async def move(
        self, act: Writing, workspace: str, names: list[str], old: int, new: int
    ) -> None:
        """Move consumers on, in the transaction of what they do; Overtaken if one is not there."""
        if len(await act.fetch_text(_MOVE, workspace, names, old, new)) != len(names):
            raise Overtaken

    async def pass_over(self, workspace: str, names: list[str], old: int, new: int) -> None:
        """Move consumers on past events that none of them wants."""
        async with self._database.writing(workspace) as writing:
            await self.move(writing, workspace, names, old, new)

    async def failed(self, act: Transaction, consumer: str, position: int, error: str) -> int:
        """Note that the event behind a place failed; how often it has."""
        rows = await act.fetch_text(_FAILED, act.workspace, consumer, position, error)
        if not rows:
            raise Overtaken
        return int(rows[0]["attempts"])

    async def relayed(self, behind: Behind, position: int) -> None:
        """Note how far all consumers are."""
        if position > behind.relayed:
            async with self._database.writing(None) as writing:
                await writing.fetch_text(_RELAYED, behind.workspace, position)

    async def _read(self, workspace: str, text: str, *arguments: object) -> list[Any]:
        names = tuple(str(at) for at in range(len(arguments) + 1))
        values = dict(zip(names, (workspace, *arguments), strict=True))
        return await self._database.fetch(workspace, Rendered(text, names, values))


def _event(row: Mapping[str, Any]) -> Event:
    known = dict(row)
    author = Author(known.pop("actor_kind"), known.pop("actor_id"))
    return Event(author=author, **known)
