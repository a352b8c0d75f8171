"""The server's end of a connection: a head that came before is not read again.

Clients that keep a connection open send the same head with each operation. To parse it, to look
into it, and to wrap both in ASGI costs as much as the statement behind a short answer.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from server.app import Application
from server.graphql import MAX_BODY, Answer, Headers
from server.requests import Head, Message, begun, lines, read_head

_END = b"\r\n\r\n"
_JOINED = 16 * 1024
"""Bytes up to which copying a body behind its head costs less than a second write."""
_REMEMBERED = 2000
_LONGEST = 4096
# What changes how a body is sent, or what has to be answered before it.
_UNUSUAL = frozenset({b"transfer-encoding", b"expect", b"upgrade", b"x-request-id"})

_heads: dict[bytes, tuple[Head, int]] = {}
"""Heads of operations by their bytes, with the length of the body that follows."""


_dated: tuple[Headers, bytes] = ([], b"")
"""Uvicorn's own headers, the date among them, and their lines."""


def _standard(headers: Headers) -> bytes:
    global _dated  # noqa: PLW0603 - the date is the same for all connections, for a second
    if headers is not _dated[0]:
        _dated = headers, lines(headers)
    return _dated[1]


class Exchange:
    """One operation past ASGI; to uvicorn, which ends connections, it looks like a cycle."""

    __slots__ = (
        "_event",
        "body",
        "disconnected",
        "head",
        "keep_alive",
        "response_complete",
        "task",
    )
    task: asyncio.Task[None]

    def __init__(self, head: Head, body: bytes) -> None:
        self.head = head
        self.body = body
        self.disconnected = False
        self.keep_alive = True
        self.response_complete = False
        self._event: asyncio.Event | None = None

    @property
    def message_event(self) -> asyncio.Event:
        """What uvicorn sets when the client leaves; seldom asked for, so made when it is."""
        if self._event is None:
            self._event = asyncio.Event()
        return self._event

    async def receive(self) -> Message:
        """The body was there at once: what comes next is that the client leaves."""
        await self.message_event.wait()
        return {"type": "http.disconnect"}


class Connection(HttpToolsProtocol):
    """Uvicorn's, with a short way for operations whose head is known."""

    _begun = 0
    """Messages the parser has begun, and those it has ended: between two it has no state."""
    _ended = 0
    _open: tuple[Head, int, bytearray] | None = None
    """A known head whose body is still arriving."""
    _rests_since = 0.0
    app: Any
    cycle: Any

    def data_received(self, data: bytes) -> None:
        """Take what has arrived; the parser gets what is not plainly an operation."""
        if self._open is not None:
            self._continue(data)
            return
        if self._begun != self._ended or self._is_busy():
            super().data_received(data)
            return
        end = data.find(_END) + len(_END)
        known = _heads.get(data[:end])
        if known is None:
            before = self._begun
            super().data_received(data)
            if self._begun == before + 1:
                self._remember(data[:end], len(data) - end)
        elif len(data) - end == known[1]:
            self._exchange(known[0], data[end:])
        else:
            self._open = (*known, bytearray())
            self._continue(data[end:])

    def on_message_begin(self) -> None:
        """Note that the parser is within a message."""
        self._begun += 1
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Note that it is between two again."""
        super().on_message_complete()
        self._ended += 1

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to the socket."""
        super().handle_websocket_upgrade()
        # The parser and we hold each other: without this, thousands of us wait for the collector.
        del self.parser

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection if it has rested for long enough."""
        self.timeout_keep_alive_task = None
        if self._open is not None or self._is_busy():
            return
        left = self._rests_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._rest(left)
        else:
            super().timeout_keep_alive_handler()

    def _is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _continue(self, data: bytes) -> None:
        assert self._open is not None  # noqa: S101 - a body is arriving
        head, length, body = self._open
        missing = length - len(body)
        body += data[:missing]
        if len(body) < length:
            return
        self._open = None
        self._exchange(head, bytes(body))
        if len(data) > missing:
            # The next request already: the parser has it wait for the answer to this one.
            super().data_received(data[missing:])

    def _remember(self, head: bytes, body: int) -> None:
        """Keep the head of the one message that began with these bytes, if the next may be short.

        What the parser took for its body is what we take for it: we mean the same head.
        """
        cycle, app = self.cycle, self.app
        if not (isinstance(cycle, RequestResponseCycle) and isinstance(app, Application)):
            return
        scope: Any = cycle.scope
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"")
        if (
            head.startswith(b"POST ")
            and head.endswith(_END)
            and len(cycle.body) == body
            and cycle.keep_alive
            and len(head) <= _LONGEST
            and len(headers) == len(scope["headers"])
            and headers.keys().isdisjoint(_UNUSUAL)
            and length.isdigit()
            and int(length) <= MAX_BODY
            and scope["http_version"] == "1.1"
            and app.is_operation(scope)
        ):
            if len(_heads) >= _REMEMBERED:
                del _heads[next(iter(_heads))]
            _heads[head] = read_head(scope), int(length)

    def _exchange(self, head: Head, body: bytes) -> None:
        self.cycle = exchange = Exchange(head, body)
        exchange.task = self.loop.create_task(self._serve(exchange))
        self.tasks.add(exchange.task)

    async def _serve(self, exchange: Exchange) -> None:
        try:
            call = begun(exchange.head, self.client, exchange.receive, exchange.body)

            async def respond(answer: Answer, request_id: str) -> None:
                if self.flow.write_paused:
                    await self.flow.drain()
                self._write(exchange, answer, request_id)

            await self.app.operate(call, respond)
        finally:
            self.tasks.discard(exchange.task)
            if not exchange.response_complete:
                self.transport.close()

    def _write(self, exchange: Exchange, answer: Answer, request_id: str) -> None:
        exchange.response_complete = True
        if exchange.disconnected:
            return
        head = b"%b%b%b%b" % (
            STATUS_LINE[answer.status],
            _standard(self.server_state.default_headers),
            answer.lines(request_id),
            b"\r\n" if exchange.keep_alive else b"connection: close\r\n\r\n",
        )
        content = answer.content
        if len(content) <= _JOINED:
            self.transport.write(head + content)
        else:
            self.transport.write(head)
            self.transport.write(content)
        if not exchange.keep_alive:
            self.transport.close()
        self._ready()

    def _ready(self) -> None:
        """Begin what is in line, else wait for the next request."""
        if self.pipeline:
            self.on_response_complete()
            return
        self.server_state.total_requests += 1
        self._rests_since = self.loop.time()
        if self.timeout_keep_alive_task is None and not self.transport.is_closing():
            self._rest(self.timeout_keep_alive)

    def _rest(self, seconds: float) -> None:
        # One timer goes on over many requests: to set it anew for each costs more than to look.
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )
