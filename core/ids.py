"""Ids: UUIDv7 in the database, `prefix_` and 26 Crockford digits on the wire."""

import os
import time
from datetime import UTC, datetime

from ulid_transform import bytes_to_ulid, ulid_to_bytes_or_none

_LAST_SECOND = 253_402_300_799
"""Of the year 9999, after which no time is known."""


def new_id() -> str:
    """A fresh UUIDv7 in its canonical text form."""
    milliseconds = time.time_ns() // 1_000_000
    made = bytearray(milliseconds.to_bytes(6, "big") + os.urandom(10))
    made[6] = made[6] & 0x0F | 0x70
    made[8] = made[8] & 0x3F | 0x80
    return _canonical(made.hex())


def began(uuid: str) -> datetime:
    """When an id was made, as it says itself."""
    seconds = int(uuid.replace("-", "")[:12], 16) / 1000
    return datetime.fromtimestamp(min(seconds, _LAST_SECOND), UTC)


def encode(prefix: str, uuid: str) -> str:
    """`cnt` and a UUID's text as `cnt_01HX…`."""
    # A ULID is written with the same digits.
    return f"{prefix}_{bytes_to_ulid(bytes.fromhex(uuid.replace('-', '')))}"


def decode(text: str) -> tuple[str, str] | None:
    """The prefix and the UUID's text behind a wire id, or None when it is not one."""
    prefix, separator, digits = text.rpartition("_")
    value = ulid_to_bytes_or_none(digits) if separator and digits.isascii() else None
    # The library reads foreign characters as some digit: only what it would write itself is an id.
    if value is None or bytes_to_ulid(value) != digits.upper():
        return None
    return prefix.lower(), _canonical(value.hex())


def _canonical(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
