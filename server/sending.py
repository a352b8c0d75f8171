"""Sending in one piece: an answer over HTTP, a message over a socket."""

from collections.abc import Callable

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN

from server.requests import Send

Headers = list[tuple[bytes, bytes]]

_TEXT, _SHORT, _LONG = 0x81, 125, 1 << 16
"""A whole text frame; the sizes that need no more, or two more bytes."""

_JOINED = 16 * 1024
"""Bytes up to which copying a body behind its head costs less than a second write."""


async def respond(send: Send, status: int, headers: Headers, content: bytes) -> None:
    """Send a whole answer whose headers are our own words."""
    cycle = getattr(send, "__self__", None)
    if type(cycle) is RequestResponseCycle and _is_plain(cycle):
        _write(cycle, status, headers, content)
        return
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def writer(send: Send) -> Callable[[bytes], bool]:
    """What writes a text message at once, where nothing waits before it; whether it did.

    What thousands are told is the same but for a few bytes: a task to wake and a message to look
    at for each of them costs more than the write.
    """
    wire = getattr(send, "__self__", None)
    if type(wire) is not WebSocketsSansIOProtocol:
        return lambda _content: False

    def write(content: bytes) -> bool:
        if wire.close_sent or not wire.writable.is_set() or wire.conn.state is not OPEN:
            return False
        wire.transport.write(_text_head(len(content)) + content)
        return True

    return write


def _text_head(size: int) -> bytes:
    if size <= _SHORT:
        return bytes((_TEXT, size))
    if size < _LONG:
        return bytes((_TEXT, _SHORT + 1)) + size.to_bytes(2)
    return bytes((_TEXT, _SHORT + 2)) + size.to_bytes(8)


def _is_plain(cycle: RequestResponseCycle) -> bool:
    return (
        cycle.keep_alive
        and not cycle.disconnected
        and not cycle.response_started
        and not cycle.flow.write_paused
    )


def _write(cycle: RequestResponseCycle, status: int, headers: Headers, content: bytes) -> None:
    # What the two messages would come to, without looking at each header for what is not there:
    # on a short answer that costs more than the statement behind it.
    lines = [b"%b: %b\r\n" % pair for pair in (*cycle.default_headers, *headers)]
    head = b"".join([STATUS_LINE[status], *lines, b"\r\n"])
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    if len(content) <= _JOINED:
        cycle.transport.write(head + content)
    else:
        cycle.transport.write(head)
        cycle.transport.write(content)
    cycle.message_event.set()
    cycle.on_response()
