"""Wake-up calls: an act that was committed publishes one on Redis; waiting never relies on it."""

import asyncio
import contextlib

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from core.redis import WAKE

IDLE_SECONDS = 2.0


class Calls:
    """The wake-up calls as one loop of this process hears them."""

    def __init__(self, redis: Redis | None) -> None:
        self._redis = redis
        self._heard: PubSub | None = None

    async def wait(self) -> None:
        """Wait for a call, at most for a while."""
        if self._redis is None:
            await asyncio.sleep(IDLE_SECONDS)
            return
        try:
            if self._heard is None:
                self._heard = self._redis.pubsub(ignore_subscribe_messages=True)
                await self._heard.subscribe(WAKE)
                return
            await self._heard.get_message(timeout=IDLE_SECONDS)
        except (RedisError, OSError, TimeoutError):
            self._heard = None
            await asyncio.sleep(IDLE_SECONDS)

    async def call(self) -> None:
        """Wake all loops: there is something to be done that was not there before."""
        if self._redis is not None:
            with contextlib.suppress(RedisError, OSError, TimeoutError):
                await self._redis.publish(WAKE, b"1")
