"""`python -m tests.benchmarks._sockets`: many sockets in a process of their own, counted only."""

import asyncio
import base64
import json
import os
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import uvloop

PING = 0x89
_EXTENDED, _MOST_SHORT = 126, 125


def masked(message: dict[str, Any]) -> bytes:
    """A message as a client's frame; the mask is zero."""
    text = json.dumps(message).encode()
    head = bytes([0x81])
    if len(text) <= _MOST_SHORT:
        return head + bytes([0x80 | len(text)]) + bytes(4) + text
    return head + bytes([0x80 | _EXTENDED]) + len(text).to_bytes(2, "big") + bytes(4) + text


def pong(payload: bytes) -> bytes:
    """The answer to a server that asks whether its client lives."""
    return bytes([0x8A, 0x80 | len(payload)]) + bytes(4) + payload


def upgrade(host: str) -> bytes:
    """The request that opens a socket."""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET /graphql HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    ).encode()


class Line(asyncio.Protocol):
    """One socket: signs in, subscribes, and notes when something came."""

    def __init__(self, order: dict[str, Any], arrivals: list[float]) -> None:
        self.order = order
        self.arrivals = arrivals
        self.open = False
        self.rest = b""
        self.ready = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Ask for the upgrade."""
        self.transport = transport
        transport.write(upgrade(urlsplit(self.order["url"]).netloc))

    def data_received(self, data: bytes) -> None:
        """Count frames."""
        self.rest += data
        if not self.open:
            head, found, self.rest = self.rest.partition(b"\r\n\r\n")
            if not found:
                self.rest = head
                return
            self.open = True
            given = {"authorization": f"Bearer {self.order['token']}"}
            self.transport.write(masked({"type": "connection_init", "payload": given}))
        while len(self.rest) > 1:
            start, size = 2, self.rest[1]
            if size == _EXTENDED:
                start, size = 4, int.from_bytes(self.rest[2:4], "big")
            if len(self.rest) < start + size:
                return
            first, frame = self.rest[0], self.rest[start : start + size]
            self.rest = self.rest[start + size :]
            if first == PING:
                self.transport.write(pong(frame))
            else:
                self._took(frame)

    def _took(self, frame: bytes) -> None:
        if b'"connection_ack"' in frame:
            payload = {"query": self.order["query"], "variables": self.order["variables"]}
            self.transport.write(masked({"id": "1", "type": "subscribe", "payload": payload}))
            self.transport.write(masked({"type": "ping"}))
        elif b'"pong"' in frame:
            self.ready.set_result(None)
        elif b'"next"' in frame:
            self.arrivals.append(time.time())
        elif b'"error"' in frame:
            sys.stderr.write(f"{frame[:500]!r}\n")


async def main() -> None:
    """Open the sockets of an order, then say of each wave of events when it came."""
    order = json.loads(await asyncio.to_thread(sys.stdin.readline))
    loop = asyncio.get_running_loop()
    arrivals: list[float] = []
    address = urlsplit(order["url"])
    for at in range(0, order["sockets"], 50):
        lines = [
            (
                await loop.create_connection(
                    lambda: Line(order, arrivals), address.hostname, address.port
                )
            )[1]
            for _ in range(min(50, order["sockets"] - at))
        ]
        await asyncio.gather(*(line.ready for line in lines))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while await asyncio.to_thread(sys.stdin.readline):
        deadline = time.time() + 60
        while len(arrivals) < order["sockets"] and time.time() < deadline:
            await asyncio.sleep(0.005)
        sys.stdout.write(json.dumps(sorted(arrivals)) + "\n")
        sys.stdout.flush()
        arrivals.clear()


if __name__ == "__main__":
    uvloop.run(main())
