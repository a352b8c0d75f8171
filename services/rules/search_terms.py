"""What was typed into a search box: as patterns of LIKE by their worth, and marked in texts.

A search key is the database's `searchable` text: folded, a space before each word and each
character of scripts that write no spaces, then a mark, then what is no title.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

MAX_WORDS = 8

END_OF_TITLE = "\x1f"
_SHORTEST_PART = 3
_SHORTEST_FUZZY = 4
_LONGEST_FUZZY = 24
_SHORT = 5
_MOST_FUZZY = 3
_KEYS = 3
_LONG = 7
"""Letters of a word whose slips leave enough of its trigrams to be found by these."""
_FEWEST_DIGITS = 4

_WITHOUT_SPACES = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_SPACELESS = re.compile(f"[{_WITHOUT_SPACES}]")
_RUNS = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[+\d\s()./-]+", re.ASCII)


def words_of(text: str) -> list[str]:
    """The words that can be looked for: those with a letter or a digit, at most eight."""
    normal = unicodedata.normalize("NFC", text)
    return [word for word in normal.split() if _RUNS.search(word)][:MAX_WORDS]


def part(word: str) -> str:
    """The pattern of a word anywhere, or of a short one at the start of a word."""
    # Fewer than three letters or digits in a row have no index but at the start of a word;
    # where no spaces are written, each character is one.
    runs = max(len(run) for run in _RUNS.findall(word))
    anywhere = runs >= _SHORTEST_PART or _SPACELESS.match(word)
    return f"%{'' if anywhere else ' '}{escaped(word)}%"


def escaped(text: str) -> str:
    """A text as a pattern of LIKE that fits only itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def patterns(words: Sequence[str]) -> dict[str, Any]:
    """The patterns of the search functions by their names, in the order of their worth."""
    own = [escaped(word) for word in words]
    titled = f"%{END_OF_TITLE}%"
    fits = [part(word) for word in words]
    # The index is asked for the longest three words, of which there is the least; `%` fits all.
    keys = [*sorted(fits, key=len, reverse=True), "%", "%"][:_KEYS]
    return {
        "phrase": f" {' '.join(own)} %",
        "words": [f"% {word} {titled}" for word in own],
        "beginnings": [f"% {word}{titled}" for word in own],
        "parts": [one.removesuffix("%") + titled for one in fits],
        "keys": keys,
        "fits": fits,
        "digits": next(iter(_digits(words)), None),
        **_slips(words),
    }


def _digits(words: Sequence[str]) -> list[str]:
    """A phone number as it is stored: without its spaces, its zeros in front, its signs."""
    text = " ".join(words)
    digits = re.sub(r"\D", "", text).lstrip("0") if _NUMBER.fullmatch(text) else ""
    return [f"%{digits}%"] if len(digits) >= _FEWEST_DIGITS and digits != text else []


def _slips(words: Sequence[str]) -> dict[str, Any]:
    """The patterns of single slips, for three words at most, and those of the other words."""
    fuzzy = _forgiven(words)
    made: list[list[str] | None] = [[part(word), *_mistyped(word)] for word in fuzzy]
    first, second, third = [*made, None, None, None][:_MOST_FUZZY]
    others = [part(word) for word in words if word not in fuzzy]
    resembled = next((word for word in fuzzy if len(word) >= _LONG), None)
    slips = {"slips": first, "slips2": second, "slips3": third}
    return slips | {"others": others, "resembled": resembled}


def _forgiven(words: Sequence[str]) -> list[str]:
    """The words that may be mistyped, the longest first."""
    may = [word for word in words if _may_be_mistyped(word)][:_MOST_FUZZY]
    return sorted(may, key=len, reverse=True)


def _may_be_mistyped(word: str) -> bool:
    letters = unicodedata.normalize("NFKD", word)
    known = all(one.isalpha() or unicodedata.combining(one) for one in letters)
    fits = _SHORTEST_FUZZY <= len(word) <= _LONGEST_FUZZY
    return known and fits and not _SPACELESS.search(word)


def _mistyped(word: str) -> Iterator[str]:
    """Patterns of the words that one slip turns into this one."""
    size = len(word)
    for at in range(size - 1):
        yield f"% {word[:at]}_{word[at + 1 :]}%"
        yield f"% {word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}%"
    for at in range(size):
        yield f"% {word[:at]}_{word[at:]}%"
        # Short words without a letter are the beginning of too many others.
        shorter = f"% {word[:at]}{word[at + 1 :]}"
        yield f"{shorter} %" if size <= _SHORT else f"{shorter}%"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text, and whether it is what was looked for."""

    text: str
    matched: bool


class Marker:
    """Finds what was typed in texts as they were written."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._compiled: dict[bool, re.Pattern[str]] = {}

    def parts(self, text: str, *, fuzzy: bool) -> list[Part]:
        """The text, or a stretch of it, in parts; empty when nothing of what was typed is in it."""
        key, places = _folded(text)
        spans = [
            (places[found.start()], places[found.end()])
            for found in self._pattern(fuzzy=fuzzy).finditer(key, 0, _MOST_LOOKED_AT)
        ]
        return list(_cut(text, _joined(spans))) if spans else []

    def _pattern(self, *, fuzzy: bool) -> re.Pattern[str]:
        known = self._compiled.get(fuzzy)
        if known is None:
            likes = _digits(self._words) + [part(word) for word in self._words]
            if fuzzy:
                likes += [one for word in _forgiven(self._words) for one in _mistyped(word)]
            known = self._compiled[fuzzy] = re.compile("|".join(map(_expression, likes)))
        return known


_MOST_LOOKED_AT = 200_000
_SNIPPET = 160
_BEFORE = 60
_ELLIPSIS = "…"


def _expression(like: str) -> str:
    """A pattern of LIKE as the expression of what it fits, without what may surround it."""
    inner = like.removeprefix("%").removesuffix("%")
    begins = r"(?<![^\W_])" if inner.startswith(" ") else ""
    ends = r"(?![^\W_])" if inner.endswith(" ") else ""
    signs = re.findall(r"\\.|.", inner.strip())
    folded = ("." if one == "_" else re.escape(_folded(one[-1])[0]) for one in signs)
    return f"{begins}{''.join(folded)}{ends}"


def _joined(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans in their order, those that touch as one."""
    start, end = spans[0]
    for first, last in spans[1:]:
        if first > end:
            yield start, end
            start = first
        end = max(end, last)
    yield start, end


def _cut(text: str, spans: Iterator[tuple[int, int]]) -> Iterator[Part]:
    first, end = next(spans)
    at = _word_start(text, first - _BEFORE) if len(text) > _SNIPPET else 0
    stop = min(len(text), max(at + _SNIPPET, end)) if len(text) > _SNIPPET else len(text)
    before = (_ELLIPSIS if at else "") + text[at:first]
    if before:
        yield Part(before, matched=False)
    yield Part(text[first:end], matched=True)
    for start, last in spans:
        if last > stop:
            break
        yield Part(text[end:start], matched=False)
        yield Part(text[start:last], matched=True)
        end = last
    after = text[end:stop] + (_ELLIPSIS if stop < len(text) else "")
    if after:
        yield Part(after, matched=False)


def _word_start(text: str, at: int) -> int:
    """The beginning of the first word from a place on, if it is near."""
    if at <= 0:
        return 0
    space = text.find(" ", at, at + _BEFORE // 2)
    return space + 1 if space >= 0 else at


class _Folds(dict[int, str]):
    """What each character is in a search key, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        plain = _LETTERS.get(sign) or unicodedata.normalize("NFKD", sign.casefold())
        self[code] = "".join(_LETTERS.get(one, one) for one in plain if not _is_mark(one))
        return self[code]


# What the database's dictionary makes of letters that are not one with a mark.
_LETTERS = dict(zip("łđøħıŧŀأإآٱىة", "ldohitlاااايه", strict=True)) | {
    "Ł": "l",
    "Đ": "d",
    "Ø": "o",
    "Ħ": "h",
    "æ": "ae",
    "Æ": "ae",
    "œ": "oe",
    "Œ": "oe",
    "þ": "th",
    "Þ": "th",
    "ð": "d",
    "Ð": "d",
    "ё": "е",
    "Ё": "е",
    "ß": "ss",
}
_FOLDS = _Folds()


def _is_mark(sign: str) -> bool:
    return unicodedata.combining(sign) != 0 or sign == "\u0640"


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """A text as search keys have it, but for their spaces; and where each place lies in it."""
    if text.isascii():
        return text.lower(), range(len(text) + 1)
    key = text.translate(_FOLDS)
    pieces = [_FOLDS[ord(sign)] for sign in text]
    places = [at for at, piece in enumerate(pieces) for _ in piece]
    return key, [*places, len(text)]
