"""What a request may be written in and its answer in, and how deep it may be nested."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"


@lru_cache(64)
def accepted(header: str | None) -> str | None:
    """The media type an Accept header prefers, JSON when it leaves the choice; None for neither."""
    ranges = [_range(part) for part in (header or "").split(",") if part.strip()]
    if not ranges:
        return JSON
    chances = {kind: _quality(kind, ranges) for kind in (JSON, GRAPHQL)}
    if not any(chances.values()):
        return None
    named = any(name == GRAPHQL for name, _ in ranges)
    if chances[GRAPHQL] > chances[JSON] or (named and chances[GRAPHQL] == chances[JSON]):
        return GRAPHQL
    return JSON


@lru_cache(64)
def readable(content_type: str | None, encoding: str | None) -> bool:
    """Whether a body is plain JSON as its headers tell."""
    name, *parameters = (part.strip().lower() for part in (content_type or "").split(";"))
    encodings = [part[8:].strip("\"'") for part in parameters if part.startswith("charset=")]
    return (
        name in {JSON, GRAPHQL}
        and all(one in {"utf-8", "utf8"} for one in encodings)
        and (encoding or "identity").lower() == "identity"
    )


def plain(values: Mapping[str, Any], limit: int) -> bool:
    """Whether these are few, and neither lists nor objects, which says all the rest at once."""
    if len(values) > limit:
        return False
    for value in values.values():  # noqa: SIM110 - a generator costs more than the look
        if isinstance(value, (list, dict)):
            return False
    return True


def shallow(value: Any, limit: int) -> bool:
    """Whether lists and objects are nested at most so deep."""
    level = [value]
    for _ in range(limit + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return True
    return False


def small(value: Any, limit: int) -> bool:
    """Whether there are at most so many values in all, whatever holds them; not for deep ones."""
    level, count = [value], 0
    while level:
        level = [inner for outer in level for inner in _inside(outer)]
        count += len(level)
        if count > limit:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
    try:
        return name, float(quality)
    except ValueError:
        return name, 0.0


def _quality(kind: str, ranges: list[tuple[str, float]]) -> float:
    for pattern in (kind, "application/*", "*/*"):
        for name, quality in ranges:
            if name == pattern:
                return quality
    return 0.0
