"""The file store: a local folder or a bucket, by URL; files stream in and out."""

from collections.abc import AsyncIterable, AsyncIterator, Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from core.settings import from_environment

_CHUNK = 1024 * 1024
_PART = 5 * 1024 * 1024
"""Buckets of S3 take no smaller parts, the last one aside."""
_LISTED = 1_000
_FOLDER = Path(".coeffection") / "files"


class Files:
    """Files by key; a key's first part is the workspace they belong to."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, key: str, chunks: AsyncIterable[bytes]) -> None:
        """Store what comes in; nothing is stored when the stream breaks off."""
        await obstore.put_async(self._store, key, chunks, chunk_size=_PART, max_concurrency=2)

    async def put_text(self, key: str, content: bytes) -> None:
        """Store a small file."""
        await obstore.put_async(self._store, key, content)

    def read(self, key: str) -> Iterator[bytes]:
        """The file in pieces; blocks, so it is for threads."""
        for chunk in obstore.get(self._store, key).stream(min_chunk_size=_CHUNK):
            yield bytes(chunk)

    async def get(self, key: str) -> bytes | None:
        """A small file as a whole; None when it is not there."""
        try:
            found = await obstore.get_async(self._store, key)
        except (FileNotFoundError, NotFoundError):
            return None
        return bytes(await found.bytes_async())

    async def stream(self, key: str, start: int, end: int) -> AsyncIterator[bytes] | None:
        """The bytes from one to another, as they come; None when the file is not there."""
        try:
            found = await obstore.get_async(self._store, key, options={"range": (start, end)})
        except (FileNotFoundError, NotFoundError):
            return None
        return _pieces(found.stream(min_chunk_size=_CHUNK))

    async def move(self, key: str, to: str) -> None:
        """Give a file its place; what lay there is replaced."""
        await obstore.rename_async(self._store, key, to)

    async def keys(self, prefix: str) -> AsyncIterator[list[tuple[str, datetime]]]:
        """The files below a prefix with the time they were written, some at a time."""
        async for found in obstore.list(self._store, prefix=prefix, chunk_size=_LISTED):
            yield [(one["path"], one["last_modified"]) for one in found]

    async def delete(self, key: str) -> None:
        """Delete the file, if it is there."""
        try:
            await obstore.delete_async(self._store, key)
        except (FileNotFoundError, NotFoundError):
            return


async def _pieces(stream: AsyncIterable[Any]) -> AsyncIterator[bytes]:
    async for chunk in stream:
        yield bytes(chunk)


@lru_cache(maxsize=4)
def at(url: str) -> Files:
    """The files at a URL; without one, in a folder beside the program."""
    parts = urlsplit(url)
    if url and parts.scheme != "file":
        return Files(from_url(url))
    folder = Path(unquote(parts.path)) if url else _FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Files(LocalStore(folder))


def of_process() -> Files:
    """The file store this process was told of."""
    return at(from_environment().files_url)
