"""How papers write: amounts, dates and texts as a locale has them, in signs that can be printed."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

DEFAULT_LOCALE = "en_US"
UNPRINTED = "□"
"""Stands for a sign that none of our fonts has."""
LONGEST_TEXT = 200_000
_HUNDRED = Decimal(100)
_LETTER_PAPER = frozenset({"US", "CA", "MX", "CO", "CL", "PH", "VE", "GT", "CR", "PA", "DO", "PR"})
# Letters of scripts further on join or stack: a break in between would tear them apart.
_LONG_WORD = re.compile(r"[!-~\u00a1-\u02ff\u0370-\u058f]{24,}")
_STEP = 12
_MAY_BREAK = "\u200b"
_HEADING = re.compile(r"(#{1,3})\s+(.+)")
_ITEM = re.compile(r"[-*•]\s+(.+)")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_MOST_NAMED = 12
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
_SPACES = frozenset({"Cc", "Zl", "Zp", "Zs"})
_KEPT = frozenset("\u200b\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069")
"""Signs without a look that join letters, part words or keep directions."""


@dataclass(frozen=True, slots=True)
class Style:
    """The ways of a locale."""

    locale: Locale

    @property
    def paper(self) -> str:
        """The size of a sheet."""
        return "us-letter" if self.locale.territory in _LETTER_PAPER else "a4"

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount with its currency, to the currency's smallest unit."""
        return self._kept(format_currency(amount, currency, locale=self.locale))

    def price(self, amount: Decimal, currency: str) -> str:
        """A price of one, with all its digits where they are finer than the currency's."""
        whole = format_currency(amount, currency, locale=self.locale)
        exact = format_currency(amount, currency, locale=self.locale, decimal_quantization=False)
        return self._kept(exact if len(exact) > len(whole) else whole)

    def number(self, value: Decimal) -> str:
        """A quantity, without zeros at its end."""
        return format_decimal(_plain(value), locale=self.locale, decimal_quantization=False)

    def percent(self, value: Decimal) -> str:
        """A percentage, given in percent."""
        part = _plain(value) / _HUNDRED
        return format_percent(part, locale=self.locale, decimal_quantization=False)

    def country(self, name: str | None) -> str | None:
        """A country by its name, where it is known by its code."""
        return self.locale.territories.get(name, name) if name else None

    def date(self, day: date) -> str:
        """A day, its month in letters."""
        return self._kept(format_date(day, format="long", locale=self.locale))

    def _kept(self, text: str) -> str:
        """A text in its own direction, whatever stands around it."""
        return f"\u2067{text}\u2069" if self.locale.text_direction == "rtl" else text


@lru_cache(maxsize=64)
def style(locale: str) -> Style:
    """The style of a locale such as `de_DE`; that of the United States for one nobody knows."""
    try:
        return Style(Locale.parse(locale))
    except (ValueError, UnknownLocaleError):
        return Style(Locale.parse(DEFAULT_LOCALE))


def _plain(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def address(*lines: str | None) -> list[str]:
    """The lines of an address that are filled."""
    texts = (line.strip() for one in lines if one for line in one.splitlines())
    return [text for text in texts if text]


def town(city: str | None, state: str | None, postcode: str | None) -> str:
    """The line of an address with the town."""
    behind = " ".join(part for part in (state, postcode) if part)
    return ", ".join(part for part in (city, behind) if part)


def blocks(text: str) -> list[dict[str, Any]]:
    """A plain text as headings (`# …`), items (`- …`) and paragraphs, with words in `**bold**`."""
    found: list[dict[str, Any]] = []
    for part in re.split(r"\n[ \t]*\n", text[:LONGEST_TEXT].strip()):
        lines: list[str] = []
        for line in filter(None, (one.strip() for one in part.splitlines())):
            heading, item = _HEADING.fullmatch(line), _ITEM.fullmatch(line)
            if heading or item:
                found += _paragraph(lines)
                lines = []
            if heading:
                level = len(heading[1])
                found.append({"kind": "heading", "level": level, "runs": _runs(heading[2])})
            elif item:
                found.append({"kind": "item", "runs": _runs(item[1])})
            else:
                lines.append(line)
        found += _paragraph(lines)
    return found


def _paragraph(lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    if lines:
        yield {"kind": "paragraph", "runs": _runs("\n".join(lines))}


def _runs(text: str) -> list[dict[str, Any]]:
    """A text in parts, each as bold as the next is not."""
    parts = enumerate(_BOLD.split(text))
    return [{"text": part, "bold": at % 2 == 1} for at, part in parts if part]


class Printable:
    """Makes texts printable, and remembers the signs that could not be."""

    def __init__(self, covered: Sequence[range]) -> None:
        self._covered = covered
        self._starts = [one.start for one in covered]
        self._missing: dict[str, None] = {}

    def all(self, value: Any) -> Any:
        """Whatever holds texts, with them printable."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.all(one) for key, one in value.items()}
        return [self.all(one) for one in value] if isinstance(value, list) else value

    def text(self, given: str) -> str:
        """A text in signs that our fonts have, whose longest words may be broken."""
        if given.isascii() and given.isprintable() and not _LONG_WORD.search(given):
            return given
        text = unicodedata.normalize("NFC", given.replace("\r\n", "\n"))
        signs = "".join(self._sign(one) for one in text)
        return _LONG_WORD.sub(_breakable, signs)

    def notice(self) -> str | None:
        """The sentence that says which signs could not be printed."""
        if not self._missing:
            return None
        points = [f"U+{ord(sign):04X}" for sign in self._missing][:_MOST_NAMED]
        more = " and others" if len(self._missing) > _MOST_NAMED else ""
        return f"{UNPRINTED} stands for signs that could not be printed: {', '.join(points)}{more}."

    def _sign(self, sign: str) -> str:
        if sign == "\n" or " " <= sign <= "~" or sign in _KEPT:
            return sign
        kind = unicodedata.category(sign)
        if kind not in _UNSEEN and self._has(sign):
            return sign
        # Of accents and selectors that we do not have, the sign they belong to is printed.
        if kind in {"Cf", "Mn", "Me"}:
            return ""
        if kind in _SPACES:
            return " "
        self._missing[sign] = None
        return UNPRINTED

    def _has(self, sign: str) -> bool:
        at = bisect_right(self._starts, ord(sign)) - 1
        return at >= 0 and ord(sign) in self._covered[at]


def _breakable(word: re.Match[str]) -> str:
    text = word[0]
    return _MAY_BREAK.join(text[at : at + _STEP] for at in range(0, len(text), _STEP))
