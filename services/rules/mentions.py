"""Mentions in a text: what stands behind an @ at the start of a word, and what it may mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_WORDS = 4
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# An @ within a word is part of an address or a handle; code and prices have none before it.
_AT = re.compile(r"(?<![\w@.+-])@(?=\w)")
_WORD = re.compile(r"\w(?:[\w'’.-]*\w)?")


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention: the texts it may be of a user, the longest first."""

    names: tuple[str, ...]
    address: str = ""


def mentions(text: str) -> Iterator[Mention]:
    """What is mentioned in a text, in its order."""
    for found in _AT.finditer(text):
        address = _ADDRESS.match(text, found.end())
        if address:
            yield Mention((), address.group().rstrip("."))
        else:
            yield Mention(tuple(_names(text, found.end())))


def _names(text: str, start: int) -> list[str]:
    """The words behind the @, as many as a name may have; longest first."""
    names: list[str] = []
    words: list[str] = []
    at = start
    while len(words) < MOST_WORDS and (word := _WORD.match(text, at)):
        words.append(word.group())
        names.append(" ".join(words))
        at = word.end()
        if at >= len(text) or text[at] not in " \u00a0":
            break
        at += 1
    return names[::-1]
