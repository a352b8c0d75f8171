"""A visit: a request for an act that needs nobody signed in, such as signing in."""

from dataclasses import dataclass
from datetime import datetime

from core.db import Database
from core.limiter import Limiter


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What an act without an actor is given: where it comes from and what it may use."""

    database: Database
    limiter: Limiter
    now: datetime
    request_id: str
    ip: str | None = None
    user_agent: str | None = None
