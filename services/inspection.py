"""Looking into received files: what they are, and whether unpacking them would hurt anybody."""

import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Any

from services.rules import contents
from services.rules.files import IMAGES, LIMITS, MB, MOST_PIXELS, Content, Use

MOST_UNPACKED = 200 * MB
MOST_ENTRIES = 10_000
DEEPEST = 3
_LARGEST = LIMITS[Use.ATTACHMENT].size
_IN_MEMORY = MB
_PIECE = 256 * 1024
_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 0xFFFF
_LARGEST_DIRECTORY = 4 * MB
_LOCAL_HEADER = 30
_ENCRYPTED = 1


class _Flawed(Exception):
    """The file cannot be kept; the message says why."""


def inspect(chunks: Iterable[bytes], name: str, size: int) -> Content:
    """What the bytes of a file are; reads no more of them than tells it. It is for threads."""
    pieces = iter(chunks)
    head = b""
    while len(head) < contents.HEAD and (piece := next(pieces, b"")):
        head += piece
    kind = contents.type_of(head[: contents.HEAD], name)
    if size > _LARGEST or kind not in {contents.ZIP, contents.GZIP, *IMAGES}:
        return Content(kind)
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        file.write(head)
        for piece in pieces:
            file.write(piece)
        return _image(kind, file) if kind in IMAGES else _archive(kind, head, file)


def _image(kind: str, file: Any) -> Content:
    found = contents.image_size(kind, file)
    if found is None:
        return Content(contents.BYTES)
    width, height = found
    flaw = None
    if width * height > MOST_PIXELS:
        flaw = f"The image has {width} × {height} pixels; at most {MOST_PIXELS:,} can be kept."
    return Content(kind, width, height, flaw)


def _archive(kind: str, head: bytes, file: Any) -> Content:
    budget = _Budget()
    try:
        if kind == contents.GZIP:
            _unpack_members(file, budget)
            return Content(kind)
        return Content(contents.archive_type(head, _unpacked(file, budget, 1)))
    except _Flawed as flaw:
        return Content(kind, flaw=str(flaw))
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OSError):
        return Content(kind, flaw="The archive is broken: it cannot be unpacked.")


class _Budget:
    """How much an archive may still unpack to, all archives within it included."""

    def __init__(self) -> None:
        self._bytes = MOST_UNPACKED
        self._entries = MOST_ENTRIES

    def spend(self, count: int) -> None:
        """Take bytes off; refused when there are too many."""
        self._bytes -= count
        self.allow(0)

    def allow(self, count: int) -> None:
        """Refuse what says by itself that it is too large."""
        if self._bytes < count:
            message = f"Unpacked, the archive would have more than {MOST_UNPACKED // MB} MB."
            raise _Flawed(message)

    def list(self, count: int) -> None:
        """Take entries off; refused when there are too many."""
        self._entries -= count
        if self._entries < 0:
            raise _Flawed(f"The archive has more than {MOST_ENTRIES:,} entries.")


def _unpack_members(file: Any, budget: _Budget) -> None:
    """Unpack a compressed file, which may be several, one after the other."""
    file.seek(0)
    while file.read(2) == b"\x1f\x8b":
        file.seek(-2, 1)
        budget.list(1)
        for piece in _inflated(file, None, zlib.MAX_WBITS | 16):
            budget.spend(len(piece))


def _unpacked(file: Any, budget: _Budget, depth: int) -> list[str]:
    """Unpack an archive to nowhere; the names of its entries."""
    if depth > DEEPEST:
        raise _Flawed(f"Archives lie within archives, more than {DEEPEST} deep.")
    _check_directory(file)
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        budget.list(len(entries))
        budget.allow(sum(entry.file_size for entry in entries))
        for entry in entries:
            _unpack(file, entry, budget, depth)
        return [entry.filename for entry in entries]


def _check_directory(file: Any) -> None:
    """Refuse a list of entries that is itself too large to be read."""
    end = file.seek(0, 2)
    start = max(end - _END_SIZE - _LONGEST_COMMENT - 20, 0)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise zipfile.BadZipFile
    (size,) = struct.unpack("<I", tail[at + 12 : at + 16])
    if size > _LARGEST_DIRECTORY or tail[max(at - 20, 0) : at].startswith(b"PK\x06\x07"):
        raise _Flawed(f"The archive has more than {MOST_ENTRIES:,} entries.")


def _unpack(file: Any, entry: zipfile.ZipInfo, budget: _Budget, depth: int) -> None:
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in {
        zipfile.ZIP_STORED,
        zipfile.ZIP_DEFLATED,
    }:
        # It cannot be unpacked here: what it says of itself has to do.
        budget.spend(entry.file_size)
        return
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as inner:
        kept = None
        for piece in _content(file, entry):
            budget.spend(len(piece))
            if kept is None:
                kept = piece.startswith(b"PK\x03\x04")
            if kept:
                inner.write(piece)
        if kept:
            _unpacked(inner, budget, depth + 1)


def _content(file: IO[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """All that is packed in an entry, whatever size it claims to have."""
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER)
    name, more = struct.unpack("<26xHH", header)
    file.seek(entry.header_offset + _LOCAL_HEADER + name + more)
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        yield from _inflated(file, entry.compress_size, -zlib.MAX_WBITS)
        return
    left = entry.compress_size
    while left and (piece := file.read(min(left, _PIECE))):
        left -= len(piece)
        yield piece


def _inflated(file: IO[bytes], left: int | None, window: int) -> Iterator[bytes]:
    """What a compressed stream unpacks to, in pieces of a bounded size."""
    unpacker = zlib.decompressobj(window)
    while not unpacker.eof and left != 0:
        packed = file.read(_PIECE if left is None else min(left, _PIECE))
        if not packed:
            break
        left = None if left is None else left - len(packed)
        while packed and not unpacker.eof:
            yield unpacker.decompress(packed, _PIECE)
            packed = unpacker.unconsumed_tail
    file.seek(-len(unpacker.unused_data), 1)
