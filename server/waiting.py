"""How long a request is worked on: to its limit, or until nobody waits for the answer."""

import asyncio
from types import TracebackType
from typing import Self

from server.requests import Receive

LOOK_AFTER = 0.1
"""Seconds, twice over at most: most are answered sooner, even under load, and cost next to none."""


class Left(Exception):
    """The client has left: what it asked for is stopped, and nothing is answered."""


class Waiting:
    """A time limit that also sees the client leave, where that may stop the work."""

    _timer: asyncio.TimerHandle | None = None
    _watcher: asyncio.Task[None] | None = None
    _why: Exception | None = None

    def __init__(self, watch: "Watch", seconds: float, receive: Receive | None) -> None:
        self._watch = watch
        self._seconds = seconds
        self._receive = receive

    def __enter__(self) -> Self:
        """Begin to count."""
        task = asyncio.current_task()
        assert task  # noqa: S101 - requests are tasks
        self._task = task
        self._cancelling = task.cancelling()
        self._watch.begin(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Stop to count; say why the work was stopped, if it was here."""
        self._watch.end(self)
        if self._timer is None:
            return
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if self._why is None or self._task.uncancel() > self._cancelling:
            return
        if kind is asyncio.CancelledError:
            raise self._why from error

    def look(self) -> None:
        """See to one that takes long: from now on its own timer runs, and the client is watched."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._seconds - LOOK_AFTER, self._stop, TimeoutError())
        if self._receive is not None:
            self._watcher = loop.create_task(self._await_leave(self._receive))

    async def _await_leave(self, receive: Receive) -> None:
        # The body was read: what comes next is that the client has left.
        if (await receive())["type"] == "http.disconnect":
            self._stop(Left())

    def _stop(self, why: Exception) -> None:
        if self._why is None:
            self._why = why
            self._task.cancel()


class Watch:
    """All requests of a process that are being answered; it looks at those that are old."""

    def __init__(self) -> None:
        self._young: set[Waiting] = set()
        self._old: set[Waiting] = set()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, waiting: Waiting) -> None:
        """Count one in."""
        self._young.add(waiting)
        if self._timer is None:
            self._set()

    def end(self, waiting: Waiting) -> None:
        """Count one out."""
        self._young.discard(waiting)
        self._old.discard(waiting)

    def _set(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LOOK_AFTER, self._look)

    def _look(self) -> None:
        for waiting in self._old:
            waiting.look()
        self._old, self._young = self._young, set()
        self._timer = None
        if self._old:
            self._set()
