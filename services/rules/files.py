"""What may be kept as a file, for which use, under which name, and how it is served."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from urllib.parse import quote

MB = 1024 * 1024
LONGEST_NAME = 200

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
MOST_PIXELS = 100_000_000
"""Of any image that is kept; whoever shows it needs a few bytes of memory for each."""

_INLINE = IMAGES | {
    "text/plain",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "video/mp4",
    "video/webm",
}
"""What a browser may show by itself; all else it only saves."""
_SCRIPTED = frozenset({"text/html", "image/svg+xml", "text/xml", "application/xml"})
"""What a browser would run as a page of ours if it were told what it is."""

_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNS = frozenset(map(chr, (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))


class Use(StrEnum):
    """What a file is kept for."""

    ATTACHMENT = "attachment"
    AVATAR = "avatar"
    LOGO = "logo"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file of a use may be, and what; `types` None is anything."""

    size: int
    types: Collection[str] | None = None
    side: int | None = None
    asked: str = "a PNG, JPEG, GIF or WebP image"
    """What to send where only some types will do."""


LIMITS = {
    Use.ATTACHMENT: Limits(25 * MB),
    Use.AVATAR: Limits(5 * MB, IMAGES, 4096),
    Use.LOGO: Limits(5 * MB, IMAGES, 4096),
    Use.SIGNED: Limits(25 * MB, {"application/pdf"}, asked="a PDF"),
}


@dataclass(frozen=True, slots=True)
class Content:
    """What the bytes of a file are; `flaw` says why they cannot be kept."""

    content_type: str
    width: int | None = None
    height: int | None = None
    flaw: str | None = None


def objection(use: Use, size: int, found: Content) -> str | None:
    """Why a file does not fit its use; None when it does."""
    limits = LIMITS[use]
    if size > limits.size:
        return f"A file has at most {limits.size // MB} MB here; this one has more."
    if size == 0:
        return "The file is empty."
    if limits.types is not None and found.content_type not in limits.types:
        return f"Send {limits.asked}; this is none, whatever it is called."
    if found.flaw:
        return found.flaw
    side = max(found.width or 0, found.height or 0)
    if limits.side is not None and side > limits.side:
        return f"An image has at most {limits.side} pixels a side here; this one has {side}."
    return None


def cleaned_name(given: str) -> str | None:
    """A file's name without the folders before it; None when it cannot be shown or stored.

    What turns the direction of a text is refused: it lets `exe` look like `txt`.
    """
    name = unicodedata.normalize("NFC", given)
    if any(sign in _TURNS or unicodedata.category(sign) in _CONTROLS for sign in name):
        return None
    name = name.replace("\\", "/").rpartition("/")[2].strip().rstrip(". ")
    return name if name.strip(".") and len(name) <= LONGEST_NAME else None


def served_type(content_type: str) -> str:
    """The type a file is served as: what could run as a page is only bytes."""
    if content_type in _SCRIPTED:
        return "application/octet-stream"
    return f"{content_type}; charset=utf-8" if content_type.startswith("text/") else content_type


def disposition(name: str, content_type: str) -> str:
    """The Content-Disposition of a file: shown only where nothing in it can act."""
    how = "inline" if content_type in _INLINE else "attachment"
    plain = "".join(sign if sign.isascii() and sign not in '"\\%' else "_" for sign in name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def byte_range(header: str | None, size: int) -> tuple[int, int] | Literal[False] | None:
    """The first and the last byte a Range asks for; None for all, False for none of them.

    Several ranges, and what is no range, are answered by the whole, as the standard allows.
    """
    unit, _, spans = (header or "").partition("=")
    first, dash, last = spans.strip().partition("-")
    if unit.strip().lower() != "bytes" or not dash or "," in spans:
        return None
    if not all(part == "" or (part.isascii() and part.isdigit()) for part in (first, last)):
        return None
    if not first:
        if not last:
            return None
        return (max(size - int(last), 0), size - 1) if int(last) and size else False
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None
    return (start, end) if start < size else False
