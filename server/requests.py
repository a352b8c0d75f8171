"""What every request gets: an id, limits of its body, a log line, figures."""

import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import Counter, Histogram

from core import log
from core.ids import new_id

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

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
_COUNTED: dict[tuple[str, int], Any] = {}
_TIMED: dict[str, Any] = {}


@dataclass(slots=True)
class Call:
    """A request as its handler needs it: the headers read once, and what the log says of it."""

    scope: Scope
    receive: Receive
    headers: dict[bytes, bytes]
    request_id: str
    started: float
    operation: str | None = None
    workspace: str | None = None

    def header(self, name: bytes) -> str | None:
        """A header's text; None when it was not sent."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def ended(self, route: str, status: int) -> None:
        """Count it and write its line, once the answer is out."""
        seconds = time.perf_counter() - self.started
        counted = _COUNTED.get((route, status))
        if counted is None:
            counted = _COUNTED[route, status] = REQUESTS.labels(route, status)
        counted.inc()
        timed = _TIMED.get(route)
        if timed is None:
            timed = _TIMED[route] = SECONDS.labels(route)
        timed.observe(seconds)
        log.request(
            method=self.scope["method"],
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            operation=self.operation,
            workspace=self.workspace,
            request_id=self.request_id,
        )


def begun(scope: Scope, receive: Receive) -> Call:
    """The call of a request that begins now; lines of the log carry its id from here on."""
    started = time.perf_counter()
    headers = dict(scope["headers"])
    if len(headers) != len(scope["headers"]):
        headers = _joined(scope["headers"])
    given = headers.get(b"x-request-id")
    request_id = given.decode() if given and _GIVEN_ID.fullmatch(given) else new_id()
    log.REQUEST_ID.set(request_id)
    return Call(scope, receive, headers, request_id, started)


def _joined(pairs: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    headers: dict[bytes, bytes] = {}
    for name, value in pairs:
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def added(request_id: str) -> list[tuple[bytes, bytes]]:
    """The headers of every answer."""
    return [
        (b"x-request-id", request_id.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]


class Requests:
    """Pure ASGI middleware: no response is buffered, no task is started."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and say how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        call = scope["call"] = begun(scope, receive)
        scope["request_id"] = call.request_id
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *added(call.request_id)]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            call.workspace = call.workspace or scope.get("workspace")
            call.ended(_route(scope), status)


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
    message = await receive()
    chunk: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return chunk if len(chunk) <= limit else None
    chunks, size = [chunk], len(chunk)
    while message.get("more_body"):
        if size > limit:
            return None
        message = await receive()
        chunk = message.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks) if size <= limit else None
