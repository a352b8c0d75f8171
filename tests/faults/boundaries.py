"""A stretch of line to the database that kills a process at the boundary of one of its acts.

It looks for the COMMIT of each transaction: killed before it, nothing of the act is there; killed
behind it, all of it is, and nobody was told.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit, urlunsplit

_COMMIT = b"COMMIT"
_DONE = b"COMMIT\0"


class Boundaries:
    """The line of one process, which may be ended and started again behind it."""

    def __init__(self, database: str) -> None:
        self._database = database
        self.url = ""
        self.deaths: list[str] = []
        """Before or behind which commit it was killed, each time."""
        self._victim = 0
        self._left = 0
        self._behind = False
        self.struck = asyncio.Event()

    def arm(self, pid: int, commits: int, *, behind: bool) -> None:
        """Kill a process at one of its next commits, before it or behind it."""
        self._victim, self._left, self._behind = pid, commits, behind
        self.struck.clear()

    @contextlib.asynccontextmanager
    async def laid(self) -> AsyncIterator[str]:
        """The address that stands for the database's."""
        server = await asyncio.start_server(self._joined, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        parts = urlsplit(self._database)
        user = parts.netloc.rpartition("@")[0]
        place = f"{user}@127.0.0.1:{port}"
        self.url = urlunsplit((parts.scheme, place, parts.path, "sslmode=disable", ""))
        try:
            yield self.url
        finally:
            server.close()

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream, onward = await self._open()
        dying = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._asked(reader, onward, dying))
                group.create_task(self._answered(upstream, writer, dying))
        except* (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            for one in (writer, onward):
                one.close()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self._database)
        folder = parse_qs(parts.query).get("host", [""])[0]
        if folder:
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{parts.port or 5432}")
        return await asyncio.open_connection(parts.hostname, parts.port)

    async def _asked(
        self, reader: asyncio.StreamReader, onward: asyncio.StreamWriter, dying: asyncio.Event
    ) -> None:
        """Hand requests on, message by message; the first has no letter before it."""
        letter = b""
        while True:
            size = await reader.readexactly(4)
            body = await reader.readexactly(int.from_bytes(size) - 4)
            if letter == b"Q" and body.startswith(_COMMIT) and self._is_due():
                if not self._behind:
                    self._kill("before a commit")
                    raise ConnectionResetError
                dying.set()
            onward.write(letter + size + body)
            await onward.drain()
            letter = await reader.readexactly(1)

    async def _answered(
        self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter, dying: asyncio.Event
    ) -> None:
        while data := await upstream.read(65536):
            if dying.is_set() and _DONE in data:
                self._kill("behind a commit")
                raise ConnectionResetError
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError

    def _is_due(self) -> bool:
        if not self._victim:
            return False
        self._left -= 1
        return self._left == 0

    def _kill(self, where: str) -> None:
        os.kill(self._victim, signal.SIGKILL)
        self._victim = 0
        self.deaths.append(where)
        self.struck.set()
