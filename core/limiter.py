"""How often something may happen: counted in Redis for all processes, here while it is away."""

import asyncio
import time
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.log import logger
from core.redis import PATIENCE

_LOG = logger("limiter")
_AWAY_SECONDS = 1.0
_KEPT = 10_000

# The generic cell rate algorithm: one number a key, the moment at which its allowance is full.
_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local after = math.max(full + cost * interval, now)
local wait = after - now - burst * interval
if cost > 0 and wait > 0 then
  return {wait, math.floor((now + burst * interval - full) / interval)}
end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000) + 1)
return {0, math.floor((now + burst * interval - after) / interval)}
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many units at once, refilled evenly over a period."""

    units: int
    seconds: float

    @property
    def interval(self) -> int:
        """Microseconds in which one unit is refilled."""
        return max(1, round(self.seconds * 1_000_000 / self.units))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it may happen; if not, after how many seconds it may; and what is left."""

    wait: float
    remaining: int

    @property
    def allowed(self) -> bool:
        """Whether the units were taken."""
        return self.wait <= 0


class Limiter:
    """Takes units of named allowances; it never fails and never waits long."""

    def __init__(self, redis: Redis | None) -> None:
        self._script = redis.register_script(_SCRIPT) if redis else None
        self._full: dict[str, float] = {}
        self._away_until = 0.0

    async def take(self, key: str, rate: Rate, cost: int = 1) -> Verdict:
        """Take units of an allowance if it holds as many; a negative cost gives them back."""
        if self._script and time.monotonic() >= self._away_until:
            try:
                async with asyncio.timeout(PATIENCE):
                    wait, remaining = await self._script(
                        keys=[f"rate:{key}"], args=[rate.interval, rate.units, cost]
                    )
                return Verdict(wait / 1_000_000, remaining)
            except (RedisError, OSError, TimeoutError) as error:
                self._away_until = time.monotonic() + _AWAY_SECONDS
                _LOG.warning("redis is away, counting locally", reason=repr(error))
        return self._take_here(key, rate, cost)

    def _take_here(self, key: str, rate: Rate, cost: int) -> Verdict:
        now = time.monotonic() * 1_000_000
        full = max(self._full.get(key, now), now)
        after = max(full + cost * rate.interval, now)
        allowance = rate.units * rate.interval
        wait = after - now - allowance
        if cost > 0 and wait > 0:
            return Verdict(wait / 1_000_000, int((now + allowance - full) // rate.interval))
        self._full[key] = after
        if len(self._full) > _KEPT:
            self._forget(now)
        return Verdict(0, int((now + allowance - after) // rate.interval))

    def _forget(self, now: float) -> None:
        kept = sorted((full, key) for key, full in self._full.items() if full > now)
        self._full = {key: full for full, key in kept[-_KEPT // 2 :]}
