"""Rate limits, as the API shows them."""

import datetime as dt

import strawberry

from models.enums import Plan


@strawberry.type(description="What is left of the workspace's plan; all its users share it.")
class RateLimit:
    """The state of the allowances as this request sees it."""

    plan: Plan = strawberry.field(description="What the workspace has subscribed to.")
    limit: int = strawberry.field(description="Units a minute.")
    remaining: int = strawberry.field(description="Units left of this minute's.")
    reset_at: dt.datetime | None = strawberry.field(
        description="When all units are there again; null on a server that does not count."
    )
    cost: int = strawberry.field(
        description="Units this request is charged before its rows are counted."
    )
    daily_limit: int | None = strawberry.field(description="Units a day; null is no limit.")
    daily_remaining: int | None = strawberry.field(description="Units left of this day's.")
