"""How long a request is worked on: to its limit, or until nobody waits for the answer."""

import asyncio
from types import TracebackType
from typing import Self

from server.requests import Receive

LOOK_AFTER = 0.2
"""Seconds: most are answered sooner, even under load, and cost no more than this timer."""


class Left(Exception):
    """The client has left: what it asked for is stopped, and nothing is answered."""


class Waiting:
    """A time limit that also sees the client leave, where that may stop the work."""

    def __init__(self, seconds: float, receive: Receive | None) -> None:
        self._seconds = seconds
        self._receive = receive
        self._watcher: asyncio.Task[None] | None = None
        self._why: Exception | None = None

    def __enter__(self) -> Self:
        """Begin to count."""
        task = asyncio.current_task()
        assert task  # noqa: S101 - requests are tasks
        self._task = task
        self._cancelling = task.cancelling()
        self._timer = asyncio.get_running_loop().call_later(LOOK_AFTER, self._look)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Stop to count; say why the work was stopped, if it was here."""
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if self._why is None or self._task.uncancel() > self._cancelling:
            return
        if kind is asyncio.CancelledError:
            raise self._why from error

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._seconds - LOOK_AFTER, self._stop, TimeoutError())
        if self._receive is not None:
            self._watcher = loop.create_task(self._watch(self._receive))

    async def _watch(self, receive: Receive) -> None:
        # The body was read: what comes next is that the client has left.
        if (await receive())["type"] == "http.disconnect":
            self._stop(Left())

    def _stop(self, why: Exception) -> None:
        if self._why is None:
            self._why = why
            self._task.cancel()
