"""Groups: subscribers who are told the same, for whom it is worked out and written once."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphql import ExecutionResult

from auth.actor import Actor
from models.enums import ResyncReason
from resolvers.feeds import Batch, Events, Told, resync
from resolvers.plans.feeds import Answers
from resolvers.reading import Reading
from subscriptions import log
from subscriptions.frames import Frame, Queue

Written = Callable[[ExecutionResult], str]
"""Writes an answer as it goes over the wire."""


@dataclass(eq=False)
class Group(ABC):
    """One feed as some actors see it, and how far it has been told."""

    workspace: str
    actor: Actor
    answers: Answers
    written: Written
    reading: Callable[[Actor], Reading]
    position: int
    queues: set[Queue] = field(default_factory=set)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    doubtful: bool = False
    """Whether those who are in it have to be looked at anew: some may not follow any more."""

    def __post_init__(self) -> None:
        self.resync = partial(self.apology, ResyncReason.BACKPRESSURE)
        """What stands for messages a subscriber did not take."""

    @abstractmethod
    async def open(self, told: int) -> None:
        """Make ready; others have been told what happened up to a position."""

    @abstractmethod
    def rest(self) -> float:
        """Seconds until it may be advanced."""

    @abstractmethod
    def drifts(self) -> bool:
        """Whether so much time went by that it is to be looked at what that changed."""

    @abstractmethod
    async def drift(self) -> None:
        """Tell all what time has changed."""

    @abstractmethod
    async def advance(self, events: Sequence[Any], to: int) -> None:
        """Tell all what events up to a position come to."""

    @abstractmethod
    async def skip(self, reason: ResyncReason, to: int) -> None:
        """Go on behind a position, without the events up to it."""

    @abstractmethod
    async def missed(self, queue: Queue, after: int, head: int) -> list[Frame]:
        """What a subscriber who joins has missed since it looked last."""

    async def join(self, queue: Queue, after: int | None, head: int) -> None:
        """Add a subscriber, with what happened since it looked last."""
        queue.resync = self.resync
        async with self.turn:
            if after is not None:
                expired = after > head
                queue.push(
                    [await self.apology(ResyncReason.CURSOR_EXPIRED)]
                    if expired
                    else await self.missed(queue, after, head)
                )
                # Its snapshot may be ahead of the group.
                queue.floor = 0 if expired else after
            self.queues.add(queue)

    async def apology(self, reason: ResyncReason) -> Frame:
        """That the snapshot has to be read again, whose place is where the group stands."""
        reading = self.reading(self.actor)
        told = resync(reason, self.position, reading.now)
        return (await self.frames_of(reading, [told]))[0]

    async def frames_of(self, reading: Reading, told: Sequence[Told]) -> list[Frame]:
        """What is told, written."""
        if not told:
            return []
        answers = await self.answers(reading, told)
        return [
            Frame(self.written(answer), str(one.position), one.upto)
            for one, answer in zip(told, answers, strict=True)
            if answer is not None
        ]

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Reading]:
        """A reading whose statements share a connection."""
        reading = self.reading(self.actor)
        reading.reader = reading.database.reading(self.workspace)
        try:
            yield reading
        finally:
            reading.reader.close()
            reading.reader = None


def concerning(events: Sequence[Any], entities: frozenset[str] | None, since: int) -> list[Any]:
    """The events behind a position that concern somebody."""
    return [
        one
        for one in events
        if one["position"] > since and (entities is None or one["entity"] in entities)
    ]


@dataclass(eq=False, kw_only=True)
class Telling(Group):
    """A group that is told events, one after the other."""

    feed: Events

    async def open(self, told: int) -> None:
        """Take note of what was told to others while the feed was opened."""
        if self.position < told:
            database = self.reading(self.actor).database
            events = await log.between(database, self.workspace, self.position, told)
            await self._frames(events, self.position, told)
            self.position = told

    def rest(self) -> float:
        """It is advanced as soon as something happened."""
        return 0.0

    def drifts(self) -> bool:
        """Events do not change by time."""
        return False

    async def drift(self) -> None:
        """There is nothing to tell."""

    async def advance(self, events: Sequence[Any], to: int) -> None:
        """Tell all what events up to a position come to."""
        async with self.turn:
            if to <= self.position:
                return
            for_all = await self._frames(events, self.position, to)
            self.position = to
            if for_all:
                for queue in self.queues:
                    queue.push(for_all)

    async def skip(self, reason: ResyncReason, to: int) -> None:
        """Tell all that they have to look again, and go on behind a position."""
        async with self.turn:
            self.position = max(to, self.position)
            frame = await self.apology(reason)
            for queue in self.queues:
                queue.push([frame])

    async def missed(self, queue: Queue, after: int, head: int) -> list[Frame]:  # noqa: ARG002
        """What happened since, by the log."""
        if after >= self.position:
            return []
        if self.position - after > log.MOST:
            return [await self.apology(ResyncReason.BULK_CHANGE)]
        database = self.reading(self.actor).database
        events = await log.between(database, self.workspace, after, self.position)
        if len(events) < self.position - after:
            return [await self.apology(ResyncReason.CURSOR_EXPIRED)]
        return await self._frames(events, after, self.position, live=False)

    async def _frames(
        self, events: Sequence[Any], since: int, to: int, *, live: bool = True
    ) -> list[Frame]:
        """What events between two positions come to, written."""
        own = concerning(events, self.feed.entities, since)
        if not own:
            return []
        async with self.connected() as reading:
            told = await self.feed.round(reading, Batch(own, since, to, live=live))
            return await self.frames_of(reading, told)
