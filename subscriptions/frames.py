"""What goes to subscribers: bytes made once, and the bounded queue in front of each of them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

MOST_QUEUED = 256
"""Messages that wait for one subscriber; beyond them it has to read its snapshot again."""
MOST_CHARACTERS = 1024 * 1024
"""Of them together."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One answer of a subscription, ready to be sent."""

    payload: str
    cursor: str = ""
    """Its place in the log; states have none."""
    upto: int = 0
    """Who has seen this position of the log knows it."""
    viewer: str = ""
    """The user it is for, of those who are told the same in all else."""


@dataclass(eq=False, slots=True)
class Queue:
    """What one subscriber is to be sent, in order."""

    resync: Callable[[], Awaitable[Frame]] | None = None
    """Makes the message that stands for what was dropped."""
    viewer: str = ""
    """The user who follows."""
    floor: int = 0
    """The position of the log up to which it has seen everything."""
    ended: bool = False
    errors: list[Any] | None = None
    """Why it ended, to be told."""
    written: Callable[[Sequence[Frame]], bool] | None = None
    """Sends messages at once, in one piece, where that can be done; whether they were."""
    wake: Callable[[], None] | None = None
    """Calls whoever takes messages, who does something else while there are none."""
    _frames: deque[Frame] | None = None
    _characters: int = 0
    _dropped: bool = False

    def push(self, frames: Iterable[Frame]) -> None:
        """Add messages; when there are too many, all are dropped and one says so."""
        if self.ended or self._dropped:
            return
        own = [one for one in frames if self._concerns(one)]
        if not own or (not self._frames and self.written is not None and self.written(own)):
            return
        if self._frames is None:
            # Most subscribers keep up, and an empty one of thousands takes megabytes.
            self._frames = deque()
        self._frames.extend(own)
        self._characters += sum(len(one.payload) for one in own)
        too_many = len(self._frames) > MOST_QUEUED or self._characters > MOST_CHARACTERS
        if too_many and self.resync is not None:
            self._frames.clear()
            self._characters = 0
            self._dropped = True
        self._wake()

    def _concerns(self, frame: Frame) -> bool:
        """Whether it is for this viewer, who does not know it yet."""
        if frame.upto and frame.upto <= self.floor:
            return False
        return not frame.viewer or frame.viewer == self.viewer

    def end(self, errors: list[Any] | None = None) -> None:
        """Nothing follows what is queued."""
        if not self.ended:
            self.ended, self.errors = True, errors
            self._wake()

    def _wake(self) -> None:
        if self.wake is not None:
            self.wake()

    async def take(self) -> Frame | None:
        """The next message; None when there is none now."""
        if self._frames:
            frame = self._frames.popleft()
            self._characters -= len(frame.payload)
            return frame
        self._frames = None
        if self._dropped and self.resync is not None:
            # What comes from here on is behind the snapshot that is read because of this.
            self._dropped = False
            return await self.resync()
        return None

    async def next(self) -> Frame | None:
        """The next message, however long it takes; None when it has ended."""
        while (frame := await self.take()) is None and not self.ended:
            waiting = asyncio.get_running_loop().create_future()
            self.wake = lambda of=waiting: None if of.done() else of.set_result(None)
            await waiting
        return frame
