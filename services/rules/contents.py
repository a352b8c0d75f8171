"""What bytes are, by the bytes alone: the type of a file and the size of an image."""

import re
import struct
from typing import BinaryIO

HEAD = 64 * 1024
"""How much of a file is looked at to tell its type."""

ZIP = "application/zip"
GZIP = "application/gzip"
BYTES = "application/octet-stream"

_MARKS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\x1f\x8b", GZIP),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_MARKUP_BEFORE = re.compile(
    rb"(?:\s|<\?xml[^>]*\?>|<!--.*?-->|<!doctype\s+svg[^>]*>)+", re.DOTALL | re.IGNORECASE
)
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)"
    rb"[\s/>]|<!--",
    re.IGNORECASE,
)
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OPEN_DOCUMENT = re.compile(rb"mimetype(application/vnd\.oasis\.opendocument\.[a-z]+)")
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_MOST_MARKERS = 10_000
_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


def type_of(head: bytes, name: str) -> str:
    """The media type of a file by its first bytes; its name only tells texts apart."""
    for mark, kind in _MARKS:
        if head.startswith(mark):
            return kind
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return "video/mp4"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        # What a text in two-byte letters says is not looked at: nobody is told it is a text.
        return BYTES
    if _BINARY.search(head):
        return BYTES
    return _text(head.removeprefix(b"\xef\xbb\xbf"), name)


def _text(head: bytes, name: str) -> str:
    markup = head.lstrip()
    if _HTML.match(markup) and not _svg(markup):
        return "text/html"
    if _svg(markup):
        return "image/svg+xml"
    if markup.startswith(b"<?xml"):
        return "text/xml"
    return "text/csv" if name.lower().endswith(".csv") else "text/plain"


def _svg(markup: bytes) -> bool:
    before = _MARKUP_BEFORE.match(markup)
    rest = markup[before.end() :] if before else markup
    return re.match(rb"<(?:[a-z]+:)?svg[\s>]", rest, re.IGNORECASE) is not None


def archive_type(head: bytes, names: list[str]) -> str:
    """What an archive is by its entries: an office document, or only an archive."""
    if found := _OPEN_DOCUMENT.match(head[30:]):
        return found[1].decode()
    if "[Content_Types].xml" in names:
        for folder, kind in _OFFICE.items():
            if any(name.startswith(folder) for name in names):
                return kind
    return ZIP


def image_size(kind: str, file: BinaryIO) -> tuple[int, int] | None:
    """Width and height an image declares; None when it declares none, and so is none."""
    file.seek(0)
    if kind == "image/jpeg":
        return _jpeg(file)
    head = file.read(32)
    measure = {"image/png": _png, "image/gif": _gif, "image/webp": _webp}[kind]
    try:
        found = measure(head)
    except struct.error:
        return None
    return found if found and min(found) > 0 else None


def _png(head: bytes) -> tuple[int, int] | None:
    length, name, width, height = struct.unpack(">8xI4sII", head[:24])
    return (width, height) if name == b"IHDR" and length == 13 else None  # noqa: PLR2004 - its length


def _gif(head: bytes) -> tuple[int, int] | None:
    width, height = struct.unpack("<6xHH", head[:10])
    return width, height


def _webp(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and head[20:21] == b"\x2f":
        (bits,) = struct.unpack("<I", head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        width, height = head[24:27] + b"\0", head[27:30] + b"\0"
        return struct.unpack("<I", width)[0] + 1, struct.unpack("<I", height)[0] + 1
    return None


def _jpeg(file: BinaryIO) -> tuple[int, int] | None:
    file.seek(2)
    for _ in range(_MOST_MARKERS):
        lead = file.read(2)
        if len(lead) < len(b"..") or lead[0] != 0xFF:  # noqa: PLR2004 - a marker begins so
            return None
        if lead[1] == 0xFF:  # noqa: PLR2004 - padding
            file.seek(-1, 1)
            continue
        if lead[1] in _JPEG_ALONE:
            continue
        head = file.read(7)
        if len(head) < 7 or lead[1] == 0xDA:  # noqa: PLR2004 - cut off, or a scan without a frame
            return None
        length, _, height, width = struct.unpack(">HBHH", head)
        if lead[1] in _JPEG_FRAMES:
            return (width, height) if width and height else None
        file.seek(length - 7, 1)
    return None
