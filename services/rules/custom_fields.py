"""Values of custom fields: what they are stored as, as texts, and as keys that sort."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

LONGEST_TEXT = 5_000
LONGEST_URL = 2_000
KEY = re.compile(r"[a-z][A-Za-z0-9_]{0,39}")

_NUMBER = re.compile(r"[+-]?(\d{1,18}(\.\d{0,6})?|\.\d{1,6})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MONEY = re.compile(r"(?P<amount>[\d.]+)\s*(?P<currency>[A-Za-z]{3})?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_YES = frozenset({"yes", "true", "1", "x", "y", "on"})
_NO = frozenset({"no", "false", "0", "n", "off"})
_DIGITS = 24
_MICRO = 1_000_000
_TURNED = str.maketrans("0123456789", "9876543210")
_NAMED = re.compile(r"[^A-Za-z0-9]+")


def number(value: Decimal) -> str:
    """A number as it is stored: plain, without zeros that say nothing."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def number_key(value: Decimal) -> str:
    """A number as a text that sorts as numbers do; the database's `custom_number` is the same."""
    digits = str(int(abs(value) * _MICRO)).rjust(_DIGITS, "0")
    return f"0{digits.translate(_TURNED)}" if value < 0 else f"1{digits}"


def number_of(text: str) -> Decimal | None:
    """The number a text says; None when it says none."""
    plain = text.strip()
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


def money_of(text: str) -> tuple[Decimal, str | None] | None:
    """Amount and currency of a text such as `12.50 USD`."""
    found = _MONEY.fullmatch(text.strip())
    amount = number_of(found["amount"]) if found else None
    if found is None or amount is None:
        return None
    return amount, found["currency"]


def day_of(text: str) -> date | None:
    """The day a text such as `2026-04-15` says."""
    plain = text.strip()
    try:
        day = date.fromisoformat(plain) if _DAY.fullmatch(plain) else None
    except ValueError:
        return None
    return day if day is not None and _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def truth_of(text: str) -> bool | None:
    """Yes or no, as people write them."""
    word = text.strip().casefold()
    if word in _YES:
        return True
    return False if word in _NO else None


def is_url(text: str) -> bool:
    """Whether a text is the address of a web page."""
    try:
        parts = urlsplit(text)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        return False
    return known and len(text) <= LONGEST_URL and text.isascii() and not _has_space(text)


def _has_space(text: str) -> bool:
    return any(sign.isspace() or not sign.isprintable() for sign in text)


def key_of(label: str) -> str:
    """The key a label suggests: `Contract value` as `contractValue`."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    head, *tail = [part for part in _NAMED.split(plain) if part] or [""]
    joined = head.lower() + "".join(part[0].upper() + part[1:].lower() for part in tail)
    return joined[:40] if joined[:1].isalpha() else f"field{joined}"[:40]


def joined(names: Sequence[str]) -> str:
    """Several options as one cell."""
    return "; ".join(names)


def parted(text: str) -> list[str]:
    """The options of a cell."""
    return [part.strip() for part in text.split(";") if part.strip()]


def changed(before: Any, after: Any) -> dict[str, tuple[Any, Any]]:
    """What differs between two rows' custom values, by key: before and after."""
    old, new = before or {}, after or {}
    keys = [*old, *(key for key in new if key not in old)]
    return {key: (old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)}
