"""Visits: requests of people who need not be signed in."""

from starlette.requests import Request

from auth.visit import Visit
from core import clock
from server.state import State


async def visit_of(state: State, request: Request) -> Visit:
    """What an act without an actor is given of a request."""
    return Visit(
        database=state.database,
        limiter=state.limiter,
        now=clock.now(await state.callers.clock_offset()),
        request_id=request.scope["request_id"],
        ip=request.scope["call"].ip(state.trusted),
        user_agent=request.headers.get("user-agent"),
    )
