"""Ids: UUIDv7 in the database, `prefix_` and 26 Crockford digits on the wire."""

import os
import time

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)} | {
    digit.lower(): value for value, digit in enumerate(_DIGITS)
}
_LENGTH = 26
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
    value = 0
    for digit in digits:
        part = _VALUES.get(digit)
        if part is None:
            return None
        value = value << 5 | part
    return None if value >> 128 else (prefix.lower(), _canonical(value))


def _canonical(value: int) -> str:
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
