"""A cable between a browser and the server that can be cut and mended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class Cable:
    """Hands on what comes in, while it is whole."""

    def __init__(self, url: str) -> None:
        self.there = urlsplit(url)
        self.whole = True
        self.open: set[asyncio.StreamWriter] = set()
        self.url = ""

    def cut(self) -> None:
        """Break every connection, and let none through."""
        self.whole = False
        for writer in self.open:
            writer.transport.abort()

    def mend(self) -> None:
        """Let connections through again."""
        self.whole = True

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection to its end."""
        if not self.whole:
            writer.transport.abort()
            return
        onward, back = await asyncio.open_connection(self.there.hostname, self.there.port)
        ends = {writer, back}
        self.open |= ends
        await asyncio.gather(_carry(reader, back), _carry(onward, writer))
        self.open -= ends


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def cable(url: str) -> AsyncIterator[Cable]:
    """Lay a cable to the server at `url`."""
    laid = Cable(url)
    server = await asyncio.start_server(laid.connected, "127.0.0.1", 0)
    laid.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield laid
    server.close()
    laid.cut()
