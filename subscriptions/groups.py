"""Groups: subscribers who are told the same, for whom it is worked out and written once."""

import asyncio
from collections.abc import Callable, Sequence
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
class Group:
    """One feed as some actors see it, and how far it has been told."""

    workspace: str
    actor: Actor
    feed: Events
    answers: Answers
    written: Written
    reading: Callable[[Actor], Reading]
    position: int
    queues: set[Queue] = field(default_factory=set)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def advance(self, events: Sequence[Any], to: int) -> None:
        """Tell all what events up to a position come to."""
        async with self.turn:
            await self._advance(events, to)

    async def _advance(self, events: Sequence[Any], to: int) -> None:
        if to <= self.position:
            return
        for_all = await self.frames(events, self.position, to)
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

    async def frames(
        self, events: Sequence[Any], since: int, to: int, *, live: bool = True
    ) -> list[Frame]:
        """What events between two positions come to, written."""
        entities = self.feed.entities
        own = [
            one
            for one in events
            if one["position"] > since and (entities is None or one["entity"] in entities)
        ]
        if not own:
            return []
        reading = self.reading(self.actor)
        reading.reader = reading.database.reading(self.workspace)
        try:
            told = await self.feed.round(reading, Batch(own, since, to, live=live))
            return await self._written(reading, told)
        finally:
            reading.reader.close()
            reading.reader = None

    async def _written(self, reading: Reading, told: Sequence[Told]) -> list[Frame]:
        if not told:
            return []
        answers = await self.answers(reading, told)
        return [
            Frame(self.written(answer), str(one.position), one.upto)
            for one, answer in zip(told, answers, strict=True)
            if answer is not None
        ]

    async def apology(self, reason: ResyncReason) -> Frame:
        """That the snapshot has to be read again, whose place is where the group stands."""
        reading = self.reading(self.actor)
        told = resync(reason, self.position, reading.now)
        return (await self._written(reading, [told]))[0]

    async def join(self, queue: Queue, after: int | None, head: int) -> None:
        """Add a subscriber, with what happened since it looked last."""
        queue.resync = partial(self.apology, ResyncReason.BACKPRESSURE)
        async with self.turn:
            if after is not None:
                queue.push(await self._missed(after, head))
                # Its snapshot may be ahead of the group.
                queue.floor = after if after <= head else 0
            self.queues.add(queue)

    async def _missed(self, after: int, head: int) -> list[Frame]:
        if after > head:
            return [await self.apology(ResyncReason.CURSOR_EXPIRED)]
        if after >= self.position:
            return []
        if self.position - after > log.MOST:
            return [await self.apology(ResyncReason.BULK_CHANGE)]
        reading = self.reading(self.actor)
        events = await log.between(reading.database, self.workspace, after, self.position)
        if len(events) < self.position - after:
            return [await self.apology(ResyncReason.CURSOR_EXPIRED)]
        return await self.frames(events, after, self.position, live=False)
