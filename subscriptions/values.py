"""Groups that are shown values: each is told when it differs from what was told before.

The last message of every value is kept for who comes back. A value is read in several statements,
between which the log may move on: a message is for whoever has not seen the place where the log
stood behind them, so that it is rather told twice than not at all.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from models.enums import ResyncReason
from resolvers.feeds import Name, Told, Values, nobodys, origin
from resolvers.reading import Reading
from subscriptions import log
from subscriptions.frames import Frame, Queue
from subscriptions.groups import Group, concerning

DRIFT_SECONDS = 60.0
"""How often values are looked at though nothing happened: some change by time alone."""

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Kept:
    """A value as it was told last."""

    mark: str
    """How it was written, without its origin."""
    frame: Frame
    since: int
    """The place in the log at which it was looked at first."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """A value as it is now: without its origin, in the midst of others, as the last of them."""

    mark: str
    inner: Frame
    last: Frame


@dataclass(eq=False, kw_only=True)
class Showing(Group):
    """A group that is shown values."""

    feed: Values
    _kept: dict[Name, _Kept] = field(default_factory=dict)
    _looked: float = 0.0
    _whole: float = field(default_factory=time.monotonic)

    async def open(self, told: int) -> None:  # noqa: ARG002
        """Read what there is to compare with."""
        await self._begin(await self._names((), None))

    def rest(self) -> float:
        """What happens in a moment is looked at once."""
        return self._looked + self.feed.pace - time.monotonic()

    def drifts(self) -> bool:
        """Whether enough time went by to look at everything."""
        return time.monotonic() - self._whole > DRIFT_SECONDS

    async def drift(self) -> None:
        """Tell what time has changed."""
        async with self.turn:
            self._whole = time.monotonic()
            await self._look(await self._names(self._viewers(), None), None, self.position)

    async def advance(self, events: Sequence[Any], to: int) -> None:
        """Tell the values that events up to a position have changed."""
        async with self.turn:
            if to > self.position:
                await self._advance(events, to)

    async def skip(self, reason: ResyncReason, to: int) -> None:
        """Tell all that they have to look again, and go on behind a position."""
        async with self.turn:
            async with self.connected() as reading:
                await self.feed.load(reading)
            await self._renew(reason, to)

    async def missed(self, queue: Queue, after: int, head: int) -> list[Frame]:
        """The values that became others since then, as far as is known."""
        if after > self.position:
            # Who is ahead of the group might miss what turns back to what the group was told.
            database = self.reading(self.actor).database
            events = await log.between(database, self.workspace, self.position, head)
            await self._advance(events, head)
        await self._greet(queue)
        own = [(name, one) for name, one in self._kept.items() if name[1] in {"", queue.viewer}]
        latest = max((one.frame.upto for _, one in own), default=0)
        if latest <= after:
            return []
        async with self.connected() as reading:
            events = await log.between(reading.database, self.workspace, after, latest)
            if len(events) < latest - after:
                return [await self.apology(ResyncReason.CURSOR_EXPIRED)]
            concerned = concerning(events, self.feed.entities, after)
            if reason := await self.feed.configured(reading, concerned):
                return [await self.apology(reason)]
            touched = await self.feed.concerned(reading, (queue.viewer,), concerned)
        return [
            one.frame
            for name, one in own
            if one.frame.upto > after and (one.frame.upto > one.since or name in touched)
        ]

    async def join(self, queue: Queue, after: int | None, head: int) -> None:
        """Add a subscriber, with the values that became others since it looked last."""
        await super().join(queue, after, head)
        async with self.turn:
            await self._greet(queue)

    async def _greet(self, queue: Queue) -> None:
        """Read what is the viewer's own, to compare with."""
        names = await self._names((queue.viewer,), None)
        await self._begin([name for name in names if name not in self._kept])

    async def _advance(self, events: Sequence[Any], to: int) -> None:
        own = concerning(events, self.feed.entities, self.position)
        if own:
            async with self.connected() as reading:
                reason = await self.feed.configured(reading, own)
            if reason is not None:
                await self._renew(reason, to)
            else:
                await self._look(await self._names(self._viewers(), own), own[-1], to)
        self.position = to

    async def _renew(self, reason: ResyncReason, to: int) -> None:
        """Begin anew, as all have to who follow."""
        self._kept.clear()
        self.position = max(to, self.position)
        self.doubtful = reason is not ResyncReason.CONFIG_CHANGED
        await self._begin(await self._names(self._viewers(), None))
        self._push([await self.apology(reason)])

    async def _begin(self, names: Sequence[Name]) -> None:
        """Keep what values are, to compare with."""
        for name, one in (await self._read(names, None, self.position)).items():
            self._kept[name] = _Kept(one.mark, one.last, one.last.upto)

    async def _look(self, names: Sequence[Name], event: Any, to: int) -> None:
        """Look at values anew, and tell those that are others."""
        self._looked = time.monotonic()
        others: list[tuple[Name, _Looked]] = []
        for name, one in (await self._read(names, event, to)).items():
            known = self._kept.get(name)
            if known is not None and known.mark == one.mark:
                known.frame = replace(known.frame, upto=one.last.upto)
            else:
                others.append((name, one))
        told = [one.inner for _, one in others[:-1]] + [one.last for _, one in others[-1:]]
        for (name, one), frame in zip(others, told, strict=True):
            known = self._kept.get(name)
            since = known.since if known else self.position
            self._kept[name] = _Kept(one.mark, frame, since)
        self._push(told)

    async def _read(self, names: Sequence[Name], event: Any, to: int) -> Mapping[Name, _Looked]:
        """What values are now, written, each for who has not seen the log behind that."""
        if not names:
            return {}
        async with self.connected() as reading:
            values = await self.feed.values(reading, names)
            blank = nobodys(0, _NEVER)
            inner, last = self._origins(reading, event, to)
            told = [
                Told({**value, **one}, int(one["cursor"]))
                for value in values.values()
                for one in (blank, inner, last)
            ]
            frames = await self.frames_of(reading, told)
        # Who goes on from a message that is not the last one is told the others again.
        behind = await self._head()
        return {
            name: _Looked(
                frames[at].payload,
                replace(frames[at + 1], upto=behind, viewer=name[1]),
                replace(frames[at + 2], upto=behind, viewer=name[1]),
            )
            for at, name in zip(range(0, len(frames), 3), values, strict=True)
        }

    def _origins(
        self, reading: Reading, event: Any, to: int
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        if event is None:
            return nobodys(self.position, reading.now), nobodys(to, reading.now)
        return origin(event, self.position), origin(event, to)

    async def _head(self) -> int:
        reading = self.reading(self.actor)
        await reading.begin()
        return reading.position

    async def _names(self, viewers: Iterable[str], events: Sequence[Any] | None) -> list[Name]:
        async with self.connected() as reading:
            return await self.feed.concerned(reading, list(viewers), events)

    def _viewers(self) -> set[str]:
        """Who follows; what was kept for others is let go."""
        viewers = {queue.viewer for queue in self.queues}
        for name in [name for name in self._kept if name[1] and name[1] not in viewers]:
            del self._kept[name]
        return viewers

    def _push(self, frames: Sequence[Frame]) -> None:
        if frames:
            for queue in self.queues:
                queue.push(frames)
