"""Sends requests over connections that stay open: one order a line in, one report a line out."""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

import uvloop

MOST = 200_000


class Line(asyncio.Protocol):
    """One connection: a request is sent when the answer before has arrived."""

    def __init__(
        self, requests: Iterator[bytes], wants: Callable[[], bool], report: "Report"
    ) -> None:
        self._requests, self._wants, self._report = requests, wants, report
        self._answer = bytearray()
        self._size = 0
        self._sent = 0.0
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """Take a piece of the answer; with its last, ask again."""
        self._answer += data
        if not self._size:
            self._size = _size(self._answer)
        if self._size and len(self._answer) >= self._size:
            self._report.times.append(time.perf_counter() - self._sent)
            self._report.bytes += self._size
            if self._answer[9:12] != b"200":
                self._fail(bytes(self._answer[:300]).decode(errors="replace"))
                return
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        """A server that hangs up early is no server to measure."""
        if not self.ended.done():
            self._fail(f"the connection was closed: {error}")

    def _next(self) -> None:
        self._answer.clear()
        self._size = 0
        if not self._wants():
            self.ended.set_result(None)
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(next(self._requests))

    def _fail(self, reason: str) -> None:
        if not self.ended.done():
            self.ended.set_exception(RuntimeError(reason))
        self._transport.close()


class Report:
    """What is counted while the load runs."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.bytes = 0

    def at(self, share: float) -> float:
        """The time within which this share of the requests was answered."""
        return sorted(self.times)[min(len(self.times) - 1, int(share * len(self.times)))]


def _size(answer: bytearray) -> int:
    """The length of head and body together; 0 while it is not known."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return 0
    for line in bytes(answer[:end]).lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return end + 4 + int(line.partition(b":")[2])
    # Chunked: the last chunk is empty.
    return len(answer) if answer.endswith(b"0\r\n\r\n") else 0


def _request(path: str, head: str, body: bytes) -> bytes:
    whole = f"POST {path} HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n"
    return whole.encode() + body


async def run(order: dict[str, Any]) -> dict[str, Any]:
    """Carry out one order."""
    address = urlsplit(order["url"])
    headers = order["headers"] | {"host": address.netloc}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    requests = cycle([_request(address.path, head, body.encode()) for body in order["bodies"]])
    left: int = min(order["requests"], MOST)

    def wants() -> bool:
        nonlocal left
        left -= 1
        return left >= 0

    report = Report()
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    lines = [
        (
            await loop.create_connection(
                lambda: Line(requests, wants, report), address.hostname, address.port
            )
        )[1]
        for _ in range(order["connections"])
    ]
    await asyncio.wait_for(asyncio.gather(*(line.ended for line in lines)), 120)
    return {
        "requests": len(report.times),
        "seconds": time.perf_counter() - began,
        "p50": report.at(0.5),
        "p99": report.at(0.99),
        "bytes": round(report.bytes / len(report.times)),
    }


async def main() -> None:
    """Take orders until there are none."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        try:
            told = await run(json.loads(line))
        except (OSError, RuntimeError, TimeoutError) as error:
            told = {"error": str(error) or type(error).__name__}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main())
