"""What was typed into a search box: as patterns in the order of their worth, and marked in texts.

A search key is the database's `searchable` text: folded, a space before each word and each
character of scripts that write no spaces, then a mark, then what is no title.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Tier = list[list[str]]
"""Patterns of LIKE: of each word one must fit."""

MAX_WORDS = 8
FUZZY = 5
"""The tier of those that only resemble what was typed; the ones before have it as it is."""

END_OF_TITLE = "\x1f"
_SHORTEST_PART = 3
_SHORTEST_FUZZY = 4
_LONGEST_FUZZY = 24
_SHORT = 5
_MOST_FUZZY = 3
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
    # Fewer than three letters or digits in a row have no index but at the start of a word.
    runs = max(len(run) for run in _RUNS.findall(word))
    start = "%" if runs >= _SHORTEST_PART else "% "
    return f"{start}{escaped(word)}%"


def escaped(text: str) -> str:
    """A text as a pattern of LIKE that fits only itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def tiers(words: Sequence[str]) -> list[Tier]:
    """The patterns by their worth: whole and first in the title, words, prefixes, parts, typos."""
    digits = _digits(words)
    own = [escaped(word) for word in words]
    titled = f"%{END_OF_TITLE}%"
    found: list[Tier] = [
        [[f" {' '.join(own)} %"]],
        [[f"% {word} {titled}"] for word in own],
        [[f"% {word}{titled}"] for word in own],
        [[part(word).removesuffix("%") + titled, *digits] for word in words],
        [[part(word), *digits] for word in words],
    ]
    typos = _typos(words)
    return [*found, typos] if typos else found


def _digits(words: Sequence[str]) -> list[str]:
    """A phone number as it is stored: without its spaces, its zeros in front, its signs."""
    text = " ".join(words)
    digits = re.sub(r"\D", "", text).lstrip("0") if _NUMBER.fullmatch(text) else ""
    return [f"%{digits}%"] if len(digits) >= _FEWEST_DIGITS and digits != text else []


def _typos(words: Sequence[str]) -> Tier:
    left = _MOST_FUZZY
    made: Tier = []
    for word in words:
        fuzzy = left > 0 and _may_be_mistyped(word)
        left -= fuzzy
        made.append([part(word), *(_mistyped(word) if fuzzy else ())])
    return made if left < _MOST_FUZZY else []


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
