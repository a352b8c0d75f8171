"""Sending messages over a socket in one piece."""

from collections.abc import Callable, Iterable

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN

from server.requests import Send

_TEXT, _SHORT, _LONG = 0x81, 125, 1 << 16
"""A whole text frame; the sizes that need no more, or two more bytes."""


def writer(send: Send) -> Callable[[Iterable[bytes]], bool]:
    """What writes text messages at once, where nothing waits before them; whether it did.

    What thousands are told is the same but for a few bytes: a task to wake and a message to look
    at for each of them costs more than the write.
    """
    wire = getattr(send, "__self__", None)
    if type(wire) is not WebSocketsSansIOProtocol:
        return lambda _contents: False

    def write(contents: Iterable[bytes]) -> bool:
        if wire.close_sent or not wire.writable.is_set() or wire.conn.state is not OPEN:
            return False
        try:
            wire.transport.write(b"".join(_text_head(len(one)) + one for one in contents))
        except RuntimeError:
            # The client vanished, which the connection is about to learn: nobody else may suffer.
            return False
        return True

    return write


def _text_head(size: int) -> bytes:
    if size <= _SHORT:
        return bytes((_TEXT, size))
    if size < _LONG:
        return bytes((_TEXT, _SHORT + 1)) + size.to_bytes(2)
    return bytes((_TEXT, _SHORT + 2)) + size.to_bytes(8)
