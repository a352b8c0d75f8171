"""What every request gets: an id, limits of its body, a log line, figures."""

import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from ulid_transform import ulid_now

from core import log
from core.crypto import fingerprint
from server import media
from server.figures import FIGURES

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_GIVEN_ID = re.compile(rb"[A-Za-z0-9_.:-]{8,64}")
_READ = frozenset({b"accept", b"content-type", b"content-encoding", b"authorization"})


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a request says, read once for all requests that begin with it."""

    method: str
    query: bytes
    headers: Mapping[bytes, bytes]
    request_id: str | None
    """The one it came with, if it is fit to be written to the log."""
    accepted: str | None
    """The type the answer is wanted in; None when it is one that is not made."""
    readable: bool
    """Whether the body is plain JSON."""
    caller: bytes | None
    """What is stored of the token it came with; empty for one that is nobody's."""

    def header(self, name: bytes) -> str | None:
        """A header's text; None when it was not sent."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")


@dataclass(slots=True)
class Call:
    """A request as its handler needs it, and what the log says of it."""

    head: Head
    peer: str
    receive: Receive
    request_id: str
    started: float
    body: bytes | None = None
    """Where it came in one piece with the head."""
    operation: str | None = None
    workspace: str | None = None

    def ip(self, trusted: frozenset[str]) -> str:
        """Who sent the request; a proxy's word counts only where it is trusted."""
        told = self.head.header(b"x-forwarded-for") if self.peer in trusted else None
        return told.rpartition(",")[2].strip() if told else self.peer

    def ended(self, route: str, status: int) -> None:
        """Count it and write its line, once the answer is out."""
        seconds = time.perf_counter() - self.started
        FIGURES.note(route, status, seconds)
        log.request(
            {
                "method": self.head.method,
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 2),
                "operation": self.operation,
                "workspace": self.workspace,
                "request_id": self.request_id,
            }
        )


def read_head(scope: Scope) -> Head:
    """What the head of a request says."""
    headers = dict(scope["headers"])
    if len(headers) != len(scope["headers"]):
        headers = _joined(scope["headers"])
    text = {name: value.decode("latin-1") for name, value in headers.items() if name in _READ}
    given = headers.get(b"x-request-id")
    return Head(
        scope["method"],
        scope["query_string"],
        headers,
        given.decode() if given and _GIVEN_ID.fullmatch(given) else None,
        media.accepted(text.get(b"accept")),
        media.readable(text.get(b"content-type"), text.get(b"content-encoding")),
        _caller(text.get(b"authorization")),
    )


def begun(head: Head, client: Any, receive: Receive, body: bytes | None = None) -> Call:
    """The call of a request that begins now; lines of the log carry its id from here on."""
    request_id = head.request_id or ulid_now()
    log.REQUEST_ID.set(request_id)
    peer = str(client[0]) if client else ""
    return Call(head, peer, receive, request_id, time.perf_counter(), body)


def _caller(header: str | None) -> bytes | None:
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    token = token.strip() if scheme.lower() == "bearer" else ""
    return fingerprint(token) if token else b""


def _joined(pairs: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    headers: dict[bytes, bytes] = {}
    for name, value in pairs:
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


ALWAYS = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer")]
"""The headers of every answer, with that of the request's id."""


def added(request_id: str) -> list[tuple[bytes, bytes]]:
    """What is added to the headers of an answer."""
    return [(b"x-request-id", request_id.encode()), *ALWAYS]


def lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Headers as they are sent."""
    return b"".join([b"%b: %b\r\n" % pair for pair in headers])


class Requests:
    """Pure ASGI middleware: no response is buffered, no task is started."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and say how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        call = scope["call"] = begun(read_head(scope), scope.get("client"), receive)
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
