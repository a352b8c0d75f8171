"""Ids: UUIDv7 in the database, `prefix_` and 26 Crockford digits on the wire."""

import os
import time
from datetime import UTC, datetime

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALL = _DIGITS + _DIGITS[10:].lower()
_PLAIN = "0123456789abcdefghijklmnopqrstuv"
_BASE_32 = bytes(
    ord((_PLAIN + _PLAIN[10:])[_ALL.index(chr(code))]) if chr(code) in _ALL else ord("!")
    for code in range(256)
)
"""Our digits as those that `int` reads; what is none of them becomes what it refuses."""
_LENGTH = 26
_LAST_SECOND = 253_402_300_799
"""Of the year 9999, after which no time is known."""
_PAIRS = [high + low for high in _DIGITS for low in _DIGITS]


def new_id() -> str:
    """A fresh UUIDv7 in its canonical text form."""
    milliseconds = time.time_ns() // 1_000_000
    noise = int.from_bytes(os.urandom(10), "big")
    value = (
        (milliseconds & 0xFFFF_FFFF_FFFF) << 80
        | 0x7 << 76
        | (noise >> 68 & 0xFFF) << 64
        | 0b10 << 62
        | noise & 0x3FFF_FFFF_FFFF_FFFF
    )
    return _canonical(value)


def began(uuid: str) -> datetime:
    """When an id was made, as it says itself."""
    seconds = int(uuid.replace("-", "")[:12], 16) / 1000
    return datetime.fromtimestamp(min(seconds, _LAST_SECOND), UTC)


def encode(prefix: str, uuid: str) -> str:
    """`cnt` and a UUID's text as `cnt_01HX…`."""
    value = int(uuid.replace("-", ""), 16)
    pairs = _PAIRS
    digits = "".join([pairs[value >> shift & 1023] for shift in range(120, -1, -10)])
    return f"{prefix}_{digits}"


def decode(text: str) -> tuple[str, str] | None:
    """The prefix and the UUID's text behind a wire id, or None when it is not one."""
    prefix, separator, digits = text.rpartition("_")
    if not separator or len(digits) != _LENGTH:
        return None
    try:
        value = int(digits.encode("ascii").translate(_BASE_32), 32)
    except ValueError:
        return None
    return None if value >> 128 else (prefix.lower(), _canonical(value))


def _canonical(value: int) -> str:
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
