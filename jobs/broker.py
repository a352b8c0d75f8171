"""Dramatiq on Redis: it hands work to threads and processes; it remembers nothing that matters."""

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import CurrentMessage, Middleware
from redis import Redis

from core.settings import Settings, from_environment

NAMESPACE = "coeffection"
"""What the names of our queues on Redis begin with."""
_EVERY_COMMAND = 1_000_000
_DEAD_WORKER_MS = 5_000


def connect(settings: Settings) -> RedisBroker:
    """The broker of this process, not connected yet."""
    client: Redis = Redis.from_url(
        settings.redis_url or "redis://127.0.0.1:6379/0",
        socket_connect_timeout=1.0,
        socket_timeout=5.0,
    )
    middleware: list[Middleware] = [CurrentMessage()]
    # A killed worker's messages come back in seconds: found dead soon, looked for at each command.
    return RedisBroker(  # type: ignore[no-untyped-call]
        client=client,
        namespace=NAMESPACE,
        middleware=middleware,
        heartbeat_timeout=_DEAD_WORKER_MS,
        maintenance_chance=_EVERY_COMMAND,
    )


BROKER = connect(from_environment())
dramatiq.set_broker(BROKER)
