"""The file store: a local folder or a bucket, by URL; files stream in and out."""

from collections.abc import AsyncIterable, AsyncIterator, Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from core.settings import from_environment

_CHUNK = 1024 * 1024
_FOLDER = Path(".coeffection") / "files"


class Files:
    """Files by key; a key's first part is the workspace they belong to."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, key: str, chunks: AsyncIterable[bytes]) -> None:
        """Store what comes in; nothing is stored when the stream breaks off."""
        await obstore.put_async(self._store, key, chunks, chunk_size=_CHUNK, max_concurrency=2)

    async def put_text(self, key: str, content: bytes) -> None:
        """Store a small file."""
        await obstore.put_async(self._store, key, content)

    def read(self, key: str) -> Iterator[bytes]:
        """The file in pieces; blocks, so it is for threads."""
        for chunk in obstore.get(self._store, key).stream(min_chunk_size=_CHUNK):
            yield bytes(chunk)

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """The file in pieces."""
        found = await obstore.get_async(self._store, key)
        async for chunk in found.stream(min_chunk_size=_CHUNK):
            yield bytes(chunk)

    async def delete(self, key: str) -> None:
        """Delete the file, if it is there."""
        try:
            await obstore.delete_async(self._store, key)
        except (FileNotFoundError, NotFoundError):
            return


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
