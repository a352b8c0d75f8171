"""`python -m tests.benchmarks._boards`: many sockets on boards, each card checked, some cut."""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import orjson
import uvloop

from tests.benchmarks._sockets import PING, masked, pong, upgrade

_EXTENDED = 126
_LONG = 127
_TEXT = 0x81


@lru_cache(maxsize=4096)
def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


class Watcher:
    """One client of a board: what it knows of each card, and what went wrong on the way."""

    def __init__(self, order: dict[str, Any], number: int, found: "Found") -> None:
        boards = order["boards"]
        self.order, self.number, self.found = order, number, found
        self.board = boards[number % len(boards)]
        self.known: dict[str, int] = dict(self.board["cards"])
        self.last: str = order["cursor"]
        self.breaks = 0
        self.line: Line | None = None

    async def connect(self) -> None:
        """Open its socket, and wait until it is signed in and has subscribed."""
        urls = self.order["urls"]
        address = urlsplit(urls[(self.number + self.breaks) % len(urls)])
        loop = asyncio.get_running_loop()
        made = await loop.create_connection(
            lambda: Line(self, address.netloc), address.hostname, address.port
        )
        self.line = made[1]
        await self.line.ready

    async def cut(self) -> None:
        """Lose its connection, and come back with the last cursor."""
        if self.line is not None:
            self.line.ended = True
            self.line.transport.abort()
        self.breaks += 1
        self.found.cuts += 1
        await self.connect()

    def told(self, event: dict[str, Any], now: float) -> None:
        """Take an event in."""
        kind = event["__typename"]
        self.found.kinds[kind] += 1
        self.last = event.get("cursor", self.last)
        if kind != "CardUpserted":
            return
        card = event["card"]
        before, version = self.known.get(card["id"], 0), card["version"]
        self.found.lost += max(0, version - before - 1)
        self.found.again += version == before
        self.found.disordered += version < before
        self.known[card["id"]] = max(before, version)
        if not self.breaks:
            self.found.late.append(now - _moment(event["at"]))
            self.found.seen.append((card["id"], version, now))


class Found:
    """What all clients met."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.late: list[float] = []
        """Seconds since the act began."""
        self.seen: list[tuple[str, int, float]] = []
        self.lost = self.again = self.disordered = self.cuts = self.closed = self.errors = 0

    def behind(self, watchers: list[Watcher], last: dict[str, int]) -> int:
        """How many versions of cards somebody does not know."""
        return sum(last[card] - known for one in watchers for card, known in one.known.items())

    def told(
        self, watchers: list[Watcher], last: dict[str, int], answered: dict[str, float]
    ) -> dict[str, Any]:
        """All of it; `answered` says when whoever moved a card to a version was told so."""
        behind = self.behind(watchers, last)
        late = sorted(self.late) or [0.0]
        after = sorted(
            max(0.0, now - answered.get(f"{card} {version}", now))
            for card, version, now in self.seen
        ) or [0.0]
        return {
            "deliveries": self.kinds.total(),
            "cards": self.kinds["CardUpserted"],
            "resyncs": self.kinds["ResyncRequired"],
            "lost": self.lost + behind,
            "doubled": self.again,
            "out_of_order": self.disordered,
            "cuts": self.cuts,
            "closed": self.closed,
            "errors": self.errors,
            **{f"p{part}_ms": _part(late, part) for part in (50, 95, 99)},
            **{f"p{part}_after_answer_ms": _part(after, part) for part in (50, 95, 99)},
        }


def _part(sorted_seconds: list[float], percent: int) -> int:
    return round(sorted_seconds[int(len(sorted_seconds) * percent / 100)] * 1000)


class Line(asyncio.Protocol):
    """One socket of a client."""

    def __init__(self, watcher: Watcher, host: str) -> None:
        self.watcher, self.host = watcher, host
        self.open = self.ended = False
        self.rest = b""
        self.ready = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Ask for the upgrade."""
        self.transport = transport
        transport.write(upgrade(self.host))

    def connection_lost(self, _error: Exception | None) -> None:
        """Let nobody wait for it; what the server closed by itself is counted."""
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("closed before it was ready"))
        self.watcher.found.closed += self.watcher.line is self and not self.ended

    def data_received(self, data: bytes) -> None:
        """Take frames apart."""
        self.rest += data
        if not self.open:
            _, found, rest = self.rest.partition(b"\r\n\r\n")
            if not found:
                return
            self.open, self.rest = True, rest
            given = {"authorization": f"Bearer {self.watcher.order['token']}"}
            self.transport.write(masked({"type": "connection_init", "payload": given}))
        at, whole, now = 0, self.rest, time.time()
        while len(whole) - at > 1:
            start, size = at + 2, whole[at + 1]
            if size == _EXTENDED:
                start, size = at + 4, int.from_bytes(whole[at + 2 : at + 4], "big")
            elif size == _LONG:
                start, size = at + 10, int.from_bytes(whole[at + 2 : at + 10], "big")
            if len(whole) < start + size:
                break
            frame = whole[start : start + size]
            if whole[at] == PING:
                self.transport.write(pong(frame))
            elif whole[at] == _TEXT:
                self._took(frame, now)
            at = start + size
        self.rest = whole[at:]

    def _took(self, frame: bytes, now: float) -> None:
        watcher = self.watcher
        message = orjson.loads(frame)
        kind = message["type"]
        if kind == "next" and "errors" not in message["payload"]:
            watcher.told(message["payload"]["data"]["pipelineBoardEvents"], now)
        elif kind == "connection_ack":
            variables = {"id": watcher.board["id"], "after": watcher.last}
            payload = {"query": watcher.order["query"], "variables": variables}
            self.transport.write(masked({"id": "1", "type": "subscribe", "payload": payload}))
            self.transport.write(masked({"type": "ping"}))
        elif kind == "pong":
            self.ready.set_result(None)
        elif kind in {"next", "error"}:
            if not watcher.found.errors:
                sys.stderr.write(f"A subscriber was told: {message['payload']}\n")
            watcher.found.errors += 1


async def _cutting(watchers: list[Watcher], a_minute: int) -> None:
    chance = random.Random(a_minute)
    while a_minute:
        await asyncio.sleep(60 / a_minute)
        await chance.choice(watchers).cut()


async def main() -> None:
    """Open the sockets of an order; then `go` begins to cut, and a line of versions ends it."""
    order = json.loads(await asyncio.to_thread(sys.stdin.readline))
    found = Found()
    watchers = [Watcher(order, number, found) for number in range(order["sockets"])]
    for at in range(0, len(watchers), 50):
        await asyncio.gather(*(one.connect() for one in watchers[at : at + 50]))
    _say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    cutting = asyncio.create_task(_cutting(watchers, order["reconnects"]))
    done = json.loads(await asyncio.to_thread(sys.stdin.readline))
    last = done["versions"]
    cutting.cancel()
    deadline = time.time() + 60
    while time.time() < deadline and found.behind(watchers, last):
        await asyncio.sleep(0.5)
    _say(json.dumps(found.told(watchers, last, done["answered"])))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main())
