"""Whether two servers gave the same answer, each in its own words."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.ids import decode

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def content(value: Any) -> Any:
    """An answer without what is a matter of form: spellings of ids, moments and amounts."""
    if isinstance(value, dict):
        return _record({name: content(inner) for name, inner in value.items()})
    if isinstance(value, list):
        return [content(inner) for inner in value]
    return _text(value) if isinstance(value, str) else value


def _record(fields: dict[str, Any]) -> dict[str, Any]:
    """A record with amounts joined to their currencies, and single records as lists of one."""
    made: dict[str, Any] = {}
    for name, value in fields.items():
        if name.startswith("one_"):
            made[name.removeprefix("one_")] = {"nodes": [value] if value else []}
        elif name.endswith(("_amount", "_currency")):
            whole, _, part = name.rpartition("_")
            made.setdefault(whole, {})[part] = value
        elif name == "amount":
            made[name] = Decimal(value)
        else:
            made[name] = value
    for value in made.values():
        if isinstance(value, dict) and set(value) == {"amount", "currency"}:
            value["amount"] = Decimal(value["amount"])
    return made


def _text(value: str) -> Any:
    decoded = decode(value)
    if decoded:
        return decoded[1]
    if MOMENT.match(value):
        return datetime.fromisoformat(_offset(value)).timestamp()
    return value


def _offset(value: str) -> str:
    """PostgreSQL writes the offset as +00."""
    return re.sub(r"([+-]\d\d)$", r"\1:00", value)


def difference(ours: Any, theirs: Any, path: str = "data") -> str:
    """Where two contents differ first; empty when they do not."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and set(ours) == set(theirs):
        found = (difference(ours[name], theirs[name], f"{path}.{name}") for name in ours)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = enumerate(zip(ours, theirs, strict=True))
        found = (difference(one, two, f"{path}[{at}]") for at, (one, two) in pairs)
    else:
        return "" if ours == theirs else f"{path}: {ours!r:.120} and {theirs!r:.120}"
    return next(filter(None, found), "")
