"""The limiter counts in Redis for everybody, and by itself while Redis is away."""

import contextlib
import socket
import uuid

import pytest

from core import redis
from core.limiter import Limiter, Rate
from core.settings import Settings

HOURLY = Rate(units=3, seconds=3600)


@contextlib.asynccontextmanager
async def limiter_on(url):
    client = redis.connect(Settings(redis_url=url))
    try:
        yield Limiter(client)
    finally:
        if client is not None:
            await client.aclose()


@pytest.fixture
def silent():
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def key():
    return uuid.uuid4().hex


async def allowed(limiter, key, times, cost=1):
    return [(await limiter.take(key, HOURLY, cost)).allowed for _ in range(times)]


async def test_an_allowance_is_used_up_once_for_all_processes(dev, key):
    async with limiter_on(dev.ready["redisUrl"]) as one, limiter_on(dev.ready["redisUrl"]) as other:
        assert await allowed(one, key, 2) == [True, True]
        assert await allowed(other, key, 2) == [True, False]


async def test_a_refusal_says_how_long_to_wait_and_takes_nothing(dev, key):
    async with limiter_on(dev.ready["redisUrl"]) as limiter:
        refused = await limiter.take(key, HOURLY, cost=4)

        assert 0 < refused.wait <= 1200
        assert refused.remaining == 3
        assert await allowed(limiter, key, 3) == [True, True, True]


async def test_units_can_be_given_back(dev, key):
    async with limiter_on(dev.ready["redisUrl"]) as limiter:
        await allowed(limiter, key, 3)
        await limiter.take(key, HOURLY, cost=-1)

        assert await allowed(limiter, key, 2) == [True, False]


async def test_giving_back_never_makes_more_than_the_allowance(dev, key):
    async with limiter_on(dev.ready["redisUrl"]) as limiter:
        await limiter.take(key, HOURLY, cost=-5)

        assert await allowed(limiter, key, 4) == [True, True, True, False]


@pytest.mark.parametrize("url", ["", "unix:///nowhere/at/all", "redis://127.0.0.1:1"])
async def test_without_redis_it_counts_by_itself(url, key):
    async with limiter_on(url) as limiter:
        assert await allowed(limiter, key, 4) == [True, True, True, False]
        assert await allowed(limiter, f"{key}:other", 1) == [True]


async def test_a_redis_that_hangs_is_not_waited_for(silent, key):
    async with limiter_on(silent) as limiter:
        assert await allowed(limiter, key, 4) == [True, True, True, False]
