"""What is left of the plan, as a query."""

from typing import Any

from resolvers.executor import reading_of
from resolvers.queries import query
from schema.limits import RateLimit
from schema.types import Answered


@query("rate_limit", Answered(RateLimit, "What is left of the workspace's plan."))
def rate_limit(_root: Any, info: Any) -> RateLimit:
    """The allowance that this request is charged to."""
    reading_of(info)
    left = info.context.left
    return RateLimit(
        plan=left.actor.plan,
        limit=left.limit,
        remaining=left.remaining,
        reset_at=left.reset_at,
        cost=left.charged,
        daily_limit=left.daily_limit,
        daily_remaining=left.daily_remaining,
    )
