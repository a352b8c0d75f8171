"""What every request gets: an id, limits of its body, a log line, figures."""

import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

from core.ids import new_id
from core.log import logger

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_LOG = logger("http")
_GIVEN_ID = re.compile(rb"[A-Za-z0-9_.:-]{8,64}")

REQUESTS = Counter(
    "coeffection_requests", "HTTP requests, by route and status.", ["route", "status"]
)
SECONDS = Histogram(
    "coeffection_request_seconds",
    "How long requests took.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class Requests:
    """Pure ASGI middleware: no response is buffered, no task is started."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and say how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                ]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            seconds = time.perf_counter() - started
            route = _route(scope)
            REQUESTS.labels(route, status).inc()
            SECONDS.labels(route).observe(seconds)
            _LOG.info(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                ms=round(seconds * 1000, 2),
                operation=scope.get("operation"),
                workspace=scope.get("workspace"),
            )
            structlog.contextvars.clear_contextvars()


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _GIVEN_ID.fullmatch(value):
            return str(value.decode())
    return new_id()


def _route(scope: Scope) -> str:
    # The path itself may hold secrets and is unbounded: only the pattern that matched is told.
    route = scope.get("route")
    return getattr(route, "path", None) or scope.get("route_name") or "unknown"


def client_ip(scope: Scope, trusted: frozenset[str]) -> str:
    """Who sent the request; a proxy's word counts only where it is trusted."""
    peer = (scope.get("client") or ("", 0))[0]
    if peer not in trusted:
        return str(peer)
    for name, value in scope["headers"]:
        if name == b"x-forwarded-for":
            return str(value.decode("latin-1").split(",")[-1].strip())
    return str(peer)


async def read_body(receive: Receive, limit: int) -> bytes | None:
    """The body, or None when it is larger than the limit."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(chunks)
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            return None
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)
