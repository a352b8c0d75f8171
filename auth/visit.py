"""A visit: a request for an act that needs nobody signed in, such as signing in."""

from dataclasses import dataclass
from datetime import datetime

from core.codes import DenialCode
from core.db import Database
from core.errors import Denied
from core.limiter import Limiter, Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What an act without an actor is given: where it comes from and what it may use."""

    database: Database
    limiter: Limiter
    now: datetime
    request_id: str
    ip: str | None = None
    user_agent: str | None = None

    async def take(self, what: str, rate: Rate, *, of: str) -> None:
        """Take one of what a rate allows; RATE_LIMITED where there are too many `of` them."""
        verdict = await self.limiter.take(what, rate)
        if not verdict.allowed:
            wait = max(1, round(verdict.wait + 0.5))
            message = f"Too many {of}; wait {wait} seconds."
            raise Denied(DenialCode.RATE_LIMITED, message, retryAfter=wait)
