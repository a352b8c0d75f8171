"""A connection to the API that is written to and read from byte by byte."""

import re
import socket
from urllib.parse import urlsplit

from tests.plugins.world import Client


class Line:
    """One connection."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._socket = socket.create_connection((address.hostname, address.port), 20)
        self._rest = b""

    def send(self, *pieces: str) -> None:
        """Send each piece by itself."""
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            self._socket.sendall(piece.encode())

    def answer(self) -> tuple[str, bytes]:
        """The head and body of the next answer; empty when there is none."""
        while b"\r\n\r\n" not in self._rest:
            if not self._take():
                return "", b""
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        (length,) = map(int, re.findall(rb"content-length: (\d+)", head.lower()))
        while len(self._rest) < length:
            assert self._take()
        body, self._rest = self._rest[:length], self._rest[length:]
        return head.decode(), body

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _take(self) -> bytes:
        data = self._socket.recv(65536)
        self._rest += data
        return data


def head(client: Client, body: str, *more: str) -> str:
    """The head of an operation with this body, and maybe more lines in it."""
    lines = [
        "POST /graphql HTTP/1.1",
        "host: localhost",
        "content-type: application/json",
        f"authorization: Bearer {client.token}",
        f"content-length: {len(body)}",
        *more,
    ]
    return "\r\n".join(lines) + "\r\n\r\n"
