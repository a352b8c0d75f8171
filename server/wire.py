"""The server's end of a WebSocket: frames become messages, and messages frames.

Thousands of sockets say nothing most of the time, so what one of them holds meanwhile is little: no
task, no queue, no request. `websockets` reads the frames.
"""

import asyncio
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import uvicorn
from uvicorn.server import ServerState
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

CLOSE_SECONDS = 10.0
"""How long a client may take to answer that a socket closes."""
_LONGEST_REASON = 120
_TEXT, _SHORT, _LONG = 0x81, 125, 1 << 16
"""A whole text frame; the sizes that need no more, or two more bytes."""


class Wire(asyncio.Protocol, ABC):
    """One WebSocket, as uvicorn opens and ends it."""

    __slots__ = (
        "_connections",
        "_frames",
        "_kind",
        "_left",
        "_paused",
        "_pieces",
        "_pinged",
        "_timer",
        "app",
        "closed",
        "peer",
        "pulse",
        "tasks",
        "transport",
    )

    def __init__(
        self, config: uvicorn.Config, server_state: ServerState, app_state: dict[str, Any]
    ) -> None:
        del app_state
        self.app: Any = config.loaded_app
        self.pulse = config.ws_ping_interval or 0.0, config.ws_ping_timeout or 0.0
        self.closed = False
        """Whether nothing is sent any more."""
        self.peer: Any = None
        self.tasks = server_state.tasks
        """What the process waits for before it ends."""
        self.transport: Any = None
        self._connections: set[Any] = server_state.connections
        self._frames = ServerProtocol(max_size=config.ws_max_size)
        self._kind = Opcode.TEXT
        self._pieces: list[bytes] | None = None
        """What came so far of a message in several frames, of this kind."""
        self._paused: asyncio.Event | None = None
        """Set when the client reads again: it has not kept up."""
        self._pinged: bytes | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._left = True

    @abstractmethod
    def opened(self, request: Request) -> tuple[HTTPStatus, str | None]:
        """Look at the request: how it is answered, and the protocol that is spoken."""

    @abstractmethod
    def ready(self, protocol: str | None) -> None:
        """The socket is open, and this is spoken."""

    @abstractmethod
    def heard(self, text: str | None) -> None:
        """Take a message; None where it is not text."""

    @abstractmethod
    def left(self) -> None:
        """Nothing comes any more: end what runs; called once, and only after it was open."""

    def connection_made(self, transport: Any) -> None:
        """Take over from the request."""
        self.transport = transport
        self.peer = transport.get_extra_info("peername")
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Take what has arrived."""
        wire = self._frames
        wire.receive_data(data)
        for event in wire.events_received():
            if isinstance(event, Request):
                self._open(event)
            elif isinstance(event, Frame):
                self._take(event)
        self._flush()
        if wire.parser_exc or wire.handshake_exc or wire.close_rcvd:
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Nobody is there any more."""
        self._connections.discard(self)
        self._set_timer(None)
        self.closed = True
        self.resume_writing()
        self._part()

    def pause_writing(self) -> None:
        """Send no more for now: the client does not keep up."""
        self._paused = self._paused or asyncio.Event()

    def resume_writing(self) -> None:
        """Go on to send."""
        paused, self._paused = self._paused, None
        if paused is not None:
            paused.set()

    def shutdown(self) -> None:
        """The process ends."""
        self.close(CloseCode.SERVICE_RESTART, "")
        self._end()

    async def send(self, content: bytes) -> None:
        """Send a text message, as soon as the client keeps up; OSError when it has gone."""
        while self._paused is not None:
            await self._paused.wait()
        if not self.write((content,)):
            raise ConnectionError("the socket is closed")

    def write(self, contents: Iterable[bytes]) -> bool:
        """Send text messages at once and in one piece, if the client keeps up; whether it did."""
        if self.closed or self._paused is not None:
            return False
        try:
            self.transport.write(b"".join([_head(len(one)) + one for one in contents]))
        except RuntimeError:
            # The client vanished, which the connection is about to learn: nobody else may suffer.
            return False
        return True

    def close(self, code: int, reason: str) -> None:
        """Say that it ends, and why; it ends when the client has answered, or after a while."""
        if self.closed:
            return
        self.closed = True
        if self._frames.state is OPEN:
            short = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")
            self._frames.send_close(code, short)
        self._flush()
        self._set_timer(CLOSE_SECONDS, self.transport.abort)
        self._part()

    def _open(self, request: Request) -> None:
        response, protocol = self._frames.accept(request), None
        if response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            status, protocol = self.opened(request)
            if status is not HTTPStatus.SWITCHING_PROTOCOLS:
                response = self._frames.reject(status, status.phrase)
            elif protocol is not None:
                response.headers["Sec-WebSocket-Protocol"] = protocol
        self._frames.send_response(response)
        self._flush()
        if self._frames.state is OPEN:
            self._left = False
            self._set_timer(self.pulse[0], self._ping)
            self.ready(protocol)
        else:
            self._end()

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.PONG:
            if self._pinged == bytes(frame.data) and not self.closed:
                self._pinged = None
                self._set_timer(self.pulse[0], self._ping)
        elif frame.opcode is Opcode.CONT:
            assert self._pieces is not None  # noqa: S101 - the reader of frames refuses it else
            if frame.data:
                self._pieces.append(bytes(frame.data))
            if frame.fin:
                pieces, self._pieces = self._pieces, None
                self._hear(self._kind, b"".join(pieces))
        elif frame.opcode is not Opcode.PING and frame.opcode is not Opcode.CLOSE:
            if frame.fin:
                self._hear(frame.opcode, bytes(frame.data))
            else:
                self._kind, self._pieces = frame.opcode, [bytes(frame.data)]

    def _hear(self, kind: Opcode, data: bytes) -> None:
        if self.closed:
            return
        try:
            self.heard(data.decode() if kind is Opcode.TEXT else None)
        except UnicodeDecodeError:
            self.close(CloseCode.INVALID_DATA, "Send UTF-8.")

    def _ping(self) -> None:
        self._pinged = secrets.token_bytes(4)
        self._frames.send_ping(self._pinged)
        self._flush()
        self._set_timer(self.pulse[1], self._give_up)

    def _give_up(self) -> None:
        self._frames.fail(CloseCode.INTERNAL_ERROR, "The client does not answer.")
        self._flush()
        self._end()

    def _flush(self) -> None:
        """Write what the protocol itself has to say."""
        written = b"".join(self._frames.data_to_send())
        if written and not self.transport.is_closing():
            self.transport.write(written)

    def _end(self) -> None:
        self.closed = True
        self._set_timer(None)
        self._part()
        self.transport.close()

    def _part(self) -> None:
        if not self._left:
            self._left = True
            self.left()

    def _set_timer(self, seconds: float | None, then: Any = None) -> None:
        """Do something later instead of what was to be done; nothing where it is never."""
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(seconds, then) if seconds else None


def _head(size: int) -> bytes:
    if size <= _SHORT:
        return bytes((_TEXT, size))
    if size < _LONG:
        return bytes((_TEXT, _SHORT + 1)) + size.to_bytes(2)
    return bytes((_TEXT, _SHORT + 2)) + size.to_bytes(8)
