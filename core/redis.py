"""Redis: one lazily connected client whose every answer comes soon or not at all."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from core.settings import Settings

PATIENCE = 0.2
"""Seconds to wait for Redis; nothing that must happen waits for it at all."""
WAKE = "coeffection:wake"
"""The channel on which an act that was committed tells workers to look for work."""


def connect(settings: Settings) -> Redis | None:
    """The client of this process, not connected yet; None when no Redis is configured."""
    if not settings.redis_url:
        return None
    client: Redis = Redis.from_url(
        settings.redis_url,
        socket_connect_timeout=PATIENCE,
        socket_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=30,
    )
    return client
