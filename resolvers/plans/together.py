"""Records that several requests look up at the same moment, read by one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

ALONE = 2
"""Statements that may run at once before what comes next has to gather."""
MOST = 100
"""Ids of one statement."""
PATIENCE = 0.005
"""Seconds after which statements that still run are not waited for."""

T = TypeVar("T")
Read = Callable[[Sequence[str]], Awaitable[T]]
"""Reads what some ids stand for, for whichever requests: all ask under the same conditions."""


class Together(Generic[T]):
    """While statements run, what is looked up meanwhile gathers, and goes with the next one.

    A request with few others beside it waits for nothing. Those whose lookups go together agree
    in their conditions: the workspace, and all that says which rows are seen.
    """

    __slots__ = ("_lines", "_patience")

    def __init__(self, patience: float = PATIENCE) -> None:
        self._lines: dict[Hashable, _Line[T]] = {}
        self._patience = patience

    async def read(self, conditions: Hashable, wanted: str, read: Read[T]) -> T:
        """What is read of an id, maybe among others, by a statement that begins after the call."""
        line = self._lines.get(conditions)
        if line is None:
            forget = partial(self._lines.pop, conditions)
            line = self._lines[conditions] = _Line(read, forget, self._patience)
        return await line.answer(wanted)


class _Line(Generic[T]):
    """What is asked for under the same conditions, as long as anything is."""

    __slots__ = ("_batch", "_forget", "_patience", "_read", "_running", "_since")

    def __init__(self, read: Read[T], forget: Callable[[], object], patience: float) -> None:
        self._read = read
        self._forget = forget
        self._patience = patience
        self._batch: _Batch[T] = _Batch()
        """What goes next."""
        self._running = 0
        self._since = 0.0
        """When the latest statement began."""

    async def answer(self, wanted: str) -> T:
        """What is read of an id: by itself, or with the batch that goes next."""
        if self._running >= ALONE and self._now() - self._since < self._patience:
            batch = self._batch
            answer = batch.joined(wanted)
            if len(batch.asked) == MOST:
                self._send()
            return await answer
        self._begin()
        try:
            return await self._read((wanted,))
        finally:
            self._end()

    def _begin(self) -> None:
        self._running += 1
        self._since = self._now()

    def _end(self) -> None:
        self._running -= 1
        if self._batch.is_wanted():
            self._send()
        elif not self._running:
            self._forget()

    def _send(self) -> None:
        batch, self._batch = self._batch, _Batch()
        self._begin()
        batch.task = asyncio.create_task(batch.answer(self._read))
        # Also for a task that is cancelled before it has begun.
        batch.task.add_done_callback(lambda _: self._end())

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


class _Batch(Generic[T]):
    """Ids that go together, and who waits for each."""

    __slots__ = ("asked", "task")

    def __init__(self) -> None:
        self.asked: list[tuple[str, asyncio.Future[T]]] = []
        self.task: asyncio.Task[None] | None = None

    def is_wanted(self) -> bool:
        """Whether anybody still waits."""
        return any(not waiter.done() for _, waiter in self.asked)

    def joined(self, wanted: str) -> Awaitable[T]:
        """Go with it; the statement is cancelled when all have left."""
        waiter: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.asked.append((wanted, waiter))
        return self._awaited(waiter)

    async def _awaited(self, waiter: asyncio.Future[T]) -> T:
        try:
            return await waiter
        finally:
            if waiter.cancelled() and self.task is not None and not self.is_wanted():
                self.task.cancel()

    async def answer(self, read: Read[T]) -> None:
        """Read it and tell all who wait."""
        wanted = {one: None for one, waiter in self.asked if not waiter.done()}
        try:
            found = await read(list(wanted))
        except asyncio.CancelledError:
            for _, waiter in self.asked:
                waiter.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - it is theirs to handle
            self._tell(asyncio.Future.set_exception, error)
        else:
            self._tell(asyncio.Future.set_result, found)

    def _tell(self, how: Callable[[Any, Any], None], what: Any) -> None:
        for _, waiter in self.asked:
            if not waiter.done():
                how(waiter, what)
