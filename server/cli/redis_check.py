"""Whether a Redis answers."""

import redis

from server.cli.refusal import Refusal


def check_redis(url: str) -> str:
    """What answers at the address, or a refusal that says what is wrong with it."""
    try:
        with redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3) as client:
            version = client.info("server")["redis_version"]
    except ValueError as error:
        raise Refusal(f"REDIS_URL is not an address of Redis: {error}") from error
    except redis.RedisError as error:
        raise Refusal(f"REDIS_URL: no Redis answers ({error}).") from error
    return f"answers as version {version}"
