"""What fault proofs are made of: a Redis to be hurt, acts with a ledger, clients that resume."""

import asyncio
import contextlib
import os
import signal
import socket as sockets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import websockets

from server import valkey
from tests.plugins.dev import eventually
from tests.plugins.world import Server, World
from tests.subscriptions.test_boards import cursor, sales
from tests.subscriptions.wire import BOARD, Socket, socket, stream

_CREATE = """mutation($input: DealCreateInput!) {
  dealCreate(input: $input) { deal { id } userErrors { code } } }"""
_AGAIN_SECONDS = 0.05


def say(what: str, **figures: Any) -> None:
    """Print the figures of a proof."""
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
    sys.stdout.write(f"\n{what}: {told}\n")


class Redis:
    """A Valkey of a proof's own, on a unix socket; it keeps nothing."""

    def __init__(self, data: Path, folder: Path) -> None:
        self._program = valkey.binary(data)
        self._place = folder / "valkey"
        self.url = f"unix://{self._place}"
        self.process = self.started()

    def started(self) -> "subprocess.Popen[bytes]":
        """Start it, empty."""
        self._place.unlink(missing_ok=True)
        told = ("--port", "0", "--unixsocket", self._place, "--save", "", "--appendonly", "no")
        command = [str(part) for part in (self._program, *told, "--dir", self._place.parent)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        assert eventually(lambda: self._answers(b"PING\r\n"))
        return self.process

    def empty(self) -> None:
        """Forget everything."""
        assert self._answers(b"FLUSHALL\r\n")

    def kill(self) -> None:
        """End it as by kill -9."""
        self.process.kill()
        self.process.wait()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Let it take connections and answer nothing."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def _answers(self, command: bytes) -> bool:
        with sockets.socket(sockets.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.settimeout(1)
            probe.connect(str(self._place))
            probe.sendall(command)
            return probe.recv(16).startswith(b"+")
        return False


@dataclass
class Acts:
    """Deals that are made one after the other, each known by its name until it is acknowledged."""

    world: World
    urls: Sequence[str]
    made: dict[str, str] = field(default_factory=dict)
    """The id of each that was acknowledged, by name."""
    committed: dict[str, float] = field(default_factory=dict)
    slowest: float = 0.0
    unknown: int = 0
    """Answers that did not come; the act was sent again with its key."""

    async def go_on(self, seconds: float, *, at_once: int = 2, pause: float = 0.02) -> None:
        """Make deals for a while."""
        deadline = time.monotonic() + seconds
        async with httpx.AsyncClient(timeout=10) as client:
            turns = (self._turn(client, number, deadline, pause) for number in range(at_once))
            await asyncio.gather(*turns)

    async def once(self) -> None:
        """Make one deal."""
        async with httpx.AsyncClient(timeout=20) as client:
            await self._make(client, 0)

    async def _turn(
        self, client: httpx.AsyncClient, number: int, deadline: float, pause: float
    ) -> None:
        while time.monotonic() < deadline:
            await self._make(client, number)
            await asyncio.sleep(pause)

    async def _make(self, client: httpx.AsyncClient, number: int) -> None:
        name, began, attempt = f"D{uuid4().hex}", time.monotonic(), number
        given = {"name": name, "idempotencyKey": name}
        body = {"query": _CREATE, "variables": {"input": given}}
        while True:
            url = self.urls[attempt % len(self.urls)]
            attempt += 1
            try:
                headers = self.world.admin.headers
                response = await client.post(f"{url}/graphql", json=body, headers=headers)
                answer = response.json()["data"]["dealCreate"]
            except (httpx.HTTPError, ValueError):
                self.unknown += 1
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            assert not answer["userErrors"], answer
            self.committed[name] = time.monotonic()
            self.made[name] = answer["deal"]["id"]
            self.slowest = max(self.slowest, time.monotonic() - began)
            return


class Follower:
    """A client of the board that goes on from its last cursor, wherever it was cut."""

    def __init__(self, world: World, urls: Sequence[str], kind: str = "ws") -> None:
        self.urls, self.kind, self.token = urls, kind, world.admin.token
        self.given = {"id": sales(world)["id"]}
        self.last = cursor(world)
        self.cards: list[tuple[int, str]] = []
        """The cursor and name of each card that was told."""
        self.came: dict[str, float] = {}
        self.resyncs: list[str] = []
        self.breaks = 0
        self._wire: Socket | None = None
        self._going: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Follow for ever."""
        while True:
            url = self.urls[self.breaks % len(self.urls)]
            self._going = asyncio.create_task(self._until_cut(url))
            try:
                await asyncio.wait([self._going])
            finally:
                self._going.cancel()
            if not self._going.cancelled():
                self._going.result()
            self.breaks += 1
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _until_cut(self, url: str) -> None:
        with contextlib.suppress(
            OSError, TimeoutError, httpx.HTTPError, websockets.WebSocketException
        ):
            await self._follow(url)

    async def _follow(self, url: str) -> None:
        if self.kind == "ws":
            async with socket(url) as one:
                await one.init(self.token)
                feed = await one.follow(BOARD, after=self.last, **self.given)
                while True:
                    self._take(await feed.next())
        else:
            opened = stream(url, self.token, BOARD, last=self.last, **self.given)
            async with opened as events:
                async for event, _, told in events:
                    if event == "next":
                        self._take(told["data"]["pipelineBoardEvents"])

    def cut(self) -> None:
        """Cut the connection as it is."""
        if self._going is not None:
            self._going.cancel()

    def _take(self, event: dict[str, Any]) -> None:
        self.last = event.get("cursor", self.last)
        if event["__typename"] == "ResyncRequired":
            self.resyncs.append(event["why"])
        elif event["__typename"] == "CardUpserted":
            name = event["card"]["name"]
            self.cards.append((int(event["cursor"]), name))
            self.came[name] = time.monotonic()

    def late(self, acts: Acts) -> float:
        """The longest time from an acknowledged act to its card."""
        late = [self.came[name] - at for name, at in acts.committed.items() if name in self.came]
        return max(late, default=0.0)

    def check(self, acts: Acts) -> None:
        """Nothing lost, nothing doubled, nothing invented, all in the order of the log."""
        told = [name for _, name in self.cards]
        assert self.resyncs == []
        assert sorted(told) == sorted(acts.made)
        places = [place for place, _ in self.cards]
        assert places == sorted(places)


@contextlib.asynccontextmanager
async def following(*followers: Follower) -> Any:
    """Let clients follow while something happens."""
    tasks = [asyncio.create_task(one.run()) for one in followers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def told_all(acts: Acts, *followers: Follower, seconds: float = 60.0) -> float:
    """Wait until every client knows every deal; how long that took."""
    began = time.monotonic()
    while any(len(one.came) < len(acts.made) for one in followers):
        assert time.monotonic() - began < seconds, [len(one.came) for one in followers]
        await asyncio.sleep(0.02)
    return time.monotonic() - began


def deals(server: Server, world: World) -> list[str]:
    """The names of a workspace's deals, as the database has them."""
    query = """query($after: Cursor) { deals(first: 100, after: $after) {
      nodes { name } pageInfo { hasNextPage endCursor } } }"""
    found: list[str] = []
    after = None
    while True:
        page = world.admin.run(query, after=after)["deals"]
        found += [node["name"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def killed(process: "subprocess.Popen[bytes]") -> None:
    """End a process as by kill -9."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
