"""What a plan allows: requests a minute and a day, shared by all users of a workspace."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from auth.actor import Actor
from core import clock
from core.codes import DenialCode
from core.errors import Denied
from core.limiter import Limiter, Rate, Verdict
from models.enums import Plan

PER_MINUTE = {Plan.STARTER: 60, Plan.PROFESSIONAL: 300, Plan.ENTERPRISE: 1000}
PER_DAY = {Plan.STARTER: 10_000, Plan.PROFESSIONAL: 100_000, Plan.ENTERPRISE: None}

ROWS_A_UNIT = 100
_MINUTE, _DAY = 60.0, 86_400.0


@dataclass(slots=True)
class Allowance:
    """What is left to a workspace, as one request sees it; nothing is counted without a limiter."""

    actor: Actor
    limiter: Limiter | None
    remaining: int
    daily_remaining: int | None
    charged: int = 0

    @property
    def limit(self) -> int:
        """Units a minute."""
        return PER_MINUTE[self.actor.plan]

    @property
    def daily_limit(self) -> int | None:
        """Units a day; None where there is no such limit."""
        return PER_DAY[self.actor.plan]

    @property
    def reset_at(self) -> datetime | None:
        """When the minute's units are all there again, by the real clock; None if uncounted."""
        if self.limiter is None:
            return None
        missing = self.limit - self.remaining
        return clock.now() + timedelta(seconds=missing * _MINUTE / self.limit)

    async def charge(self, units: int) -> None:
        """Take units; RATE_LIMITED when there are not as many."""
        self.charged += units
        if self.limiter is None:
            return
        minute = await self._take("minute", self.limit, _MINUTE, units)
        self.remaining = minute.remaining
        if self.daily_limit is not None:
            self.daily_remaining = (
                await self._take("day", self.daily_limit, _DAY, units)
            ).remaining

    async def settle(self, rows: int) -> None:
        """Take what the answer's rows cost beyond the unit every request costs."""
        more = -(-rows // ROWS_A_UNIT) - self.charged
        if more <= 0:
            return
        try:
            await self.charge(more)
        except Denied:
            # The answer is there already: what is owed keeps the next request waiting.
            self.remaining = 0

    async def _take(self, span: str, units: int, seconds: float, cost: int) -> Verdict:
        assert self.limiter is not None  # noqa: S101 - asked by `charge`
        key = f"{self.actor.workspace_id}:{span}"
        verdict = await self.limiter.take(key, Rate(units, seconds), cost)
        if verdict.allowed:
            return verdict
        seconds_to_wait = max(1, round(verdict.wait + 0.5))
        message = f"The plan {self.actor.plan} allows {units} units a {span}; wait a little."
        raise Denied(DenialCode.RATE_LIMITED, message, retryAfter=seconds_to_wait)


def allowance(actor: Actor, limiter: Limiter | None) -> Allowance:
    """The allowance of an actor's workspace; without a limiter everything is left."""
    return Allowance(actor, limiter, PER_MINUTE[actor.plan], PER_DAY[actor.plan])


def headers(left: Allowance) -> dict[str, str]:
    """The headers that say the same as `extensions.cost`; none where nothing is counted."""
    reset_at = left.reset_at
    if reset_at is None:
        return {}
    return {
        "x-ratelimit-limit": str(left.limit),
        "x-ratelimit-remaining": str(left.remaining),
        "x-ratelimit-reset": str(int(reset_at.timestamp())),
    }


def cost(left: Allowance, requested: int) -> dict[str, Any]:
    """`extensions.cost`: the price before the run, what was charged, and what is left."""
    reset_at = left.reset_at
    counted = reset_at is not None
    return {
        "requested": requested,
        "actual": left.charged,
        "limit": left.limit if counted else None,
        "remaining": left.remaining if counted else None,
        "resetAt": reset_at.strftime("%Y-%m-%dT%H:%M:%S.000Z") if reset_at else None,
    }
