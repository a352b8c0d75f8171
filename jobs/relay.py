"""The relay: hands each workspace's events to the consumers, in their order, at least once.

One worker at a time leads. Each consumer has its own place in each workspace's log, moved in the
transaction of what it does: within the database an event takes effect exactly once.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from functools import partial

from prometheus_client import Gauge
from redis.asyncio import Redis

from core.events import Event
from core.log import logger
from jobs.consumers import CONSUMERS, Consumer
from jobs.due import BUSY_SECONDS, Process
from jobs.lead import Lead
from jobs.offsets import Behind, Offset, Offsets, Overtaken
from jobs.waking import IDLE_SECONDS, Calls
from services import dead_letters

BATCH = 500
MOST_ATTEMPTS = 5
_MOST_WORKSPACES = 8
_LAG = Gauge("coeffection_relay_lag_seconds", "Age of the oldest event not relayed; 0 when none.")
_BEHIND = Gauge("coeffection_relay_behind_events", "Events not relayed to every consumer yet.")
_LOG = logger("relay")


class Relay:
    """The relay in one worker process: it leads, or waits until it may."""

    def __init__(self, process: Process, redis: Redis | None) -> None:
        self._process = process
        self._offsets = Offsets(process.database)
        self._lead = Lead(process.database, "relay")
        self._calls = Calls(redis)
        self._delivering: dict[str, asyncio.Task[None]] = {}
        self._turns = asyncio.Semaphore(_MOST_WORKSPACES)

    async def run(self) -> None:
        """Relay while leading, until the process stops."""
        try:
            while not self._process.stopping:
                try:
                    busy = await self._lead.held() and await self._sweep()
                except Exception:  # noqa: BLE001 - the relay outlives what keeps it from looking
                    _LOG.exception("events not looked for")
                    await asyncio.sleep(IDLE_SECONDS)
                    continue
                await (asyncio.sleep(BUSY_SECONDS) if busy else self._calls.wait())
        finally:
            for task in self._delivering.values():
                task.cancel()
            await self._lead.give_up()

    async def _sweep(self) -> bool:
        """Begin on every workspace that is behind; whether one is."""
        behind = await self._offsets.behind()
        _BEHIND.set(sum(one.position - one.relayed for one in behind))
        _LAG.set(max([await self._offsets.age(one) for one in behind[:1]], default=0.0))
        for one in behind:
            if one.workspace not in self._delivering:
                task = asyncio.create_task(self._deliver(one))
                self._delivering[one.workspace] = task
                task.add_done_callback(partial(self._delivered, one.workspace))
        return bool(behind)

    def _delivered(self, workspace: str, _task: asyncio.Task[None]) -> None:
        del self._delivering[workspace]

    async def _deliver(self, behind: Behind) -> None:
        """Bring the consumers of one workspace forward by a batch each."""
        async with self._turns:
            try:
                reached = await self._forward(behind)
                await self._offsets.relayed(behind, min(reached, default=behind.position))
                # What consumers asked for is begun at once, and what they changed is told.
                await self._calls.call()
            except Overtaken:
                pass
            except Exception:  # noqa: BLE001 - the next sweep begins where this one ended
                _LOG.exception("events not relayed", workspace=behind.workspace)

    async def _forward(self, behind: Behind) -> list[int]:
        """Read what comes next once for all consumers that stand at a place; where each is then.

        Those that want nothing of it pass it over together: that is most of them, most of the time.
        """
        known = await self._offsets.of(behind)
        reached: list[int] = []
        places: dict[int, list[Consumer]] = {}
        for one in CONSUMERS.values():
            offset = known.get(one.name) or Offset(behind.relayed)
            if offset.waits or offset.position >= behind.position:
                reached.append(offset.position)
            else:
                places.setdefault(offset.position, []).append(one)
        for position, here in places.items():
            events = await self._offsets.events(behind.workspace, position, BATCH)
            wanting = [one for one in here if any(map(one.wants, events))]
            passing = [one.name for one in here if one not in wanting]
            if passing:
                last = events[-1].position
                await self._offsets.pass_over(behind.workspace, passing, position, last)
                reached.append(last)
            reached += [
                await self._delivered_to(behind.workspace, one, position, events) for one in wanting
            ]
        return reached

    async def _delivered_to(
        self, workspace: str, consumer: Consumer, position: int, events: Sequence[Event]
    ) -> int:
        """Hand events over to a consumer, one by one if it fails; the place it has then."""
        with contextlib.suppress(_Failed):
            return await self._hand_over(workspace, consumer, position, events)
        for event in events:
            try:
                position = await self._hand_over(workspace, consumer, position, [event])
            except _Failed as failed:
                return await self._failed(workspace, consumer, position, failed)
        return position

    async def _hand_over(
        self, workspace: str, consumer: Consumer, position: int, events: Sequence[Event]
    ) -> int:
        """Let a consumer take events in; the place it has then."""
        last = events[-1].position
        wanted = [event for event in events if consumer.wants(event)]
        request = f"{consumer.name}:{last}"
        try:
            async with self._process.acting(workspace, request) as act:
                await self._offsets.move(act, workspace, [consumer.name], position, last)
                if wanted:
                    await consumer.take_in(act, wanted)
        except (Overtaken, asyncio.CancelledError):
            raise
        except Exception as error:
            raise _Failed(error) from error
        return last

    async def _failed(
        self, workspace: str, consumer: Consumer, position: int, failed: "_Failed"
    ) -> int:
        """Try the event behind a place again later, or bury it and go on; the place then."""
        reason = repr(failed.__cause__)
        _LOG.warning("event not taken in", consumer=consumer.name, after=position, reason=reason)
        async with self._process.acting(workspace, f"{consumer.name}:{position}") as act:
            attempts = await self._offsets.failed(act, consumer.name, position, reason)
            if attempts < MOST_ATTEMPTS:
                return position
            (event,) = await self._offsets.events(workspace, position, 1)
            await self._offsets.move(act, workspace, [consumer.name], position, event.position)
            await dead_letters.bury(
                act,
                kind=consumer.name,
                attempts=attempts,
                error=reason,
                position=event.position,
            )
        return event.position


class _Failed(Exception):
    """A consumer failed; its error is the cause."""
