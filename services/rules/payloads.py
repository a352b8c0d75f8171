"""Conditions on payloads: a tree of comparisons with what lies at paths of a JSON value."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

LONGEST_PATH = 200
MOST_VALUES = 100
DEEPEST = 20
_MISSING = object()

Tree = Mapping[str, Any]


def fits(tree: Tree | None, payload: Any) -> bool:
    """Whether a payload fits; without conditions any does."""
    if tree is None:
        return True
    if "and" in tree:
        return all(fits(one, payload) for one in tree["and"])
    if "or" in tree:
        return any(fits(one, payload) for one in tree["or"])
    if "not" in tree:
        return not fits(tree["not"], payload)
    value = at(payload, tree["path"])
    return all(
        _COMPARE[operator](value, operand)
        for operator, operand in tree.items()
        if operator != "path"
    )


def at(payload: Any, path: str) -> Any:
    """What lies at a path such as `order.items.0.sku`; `found` tells whether anything does."""
    value = payload
    for part in path.split("."):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return _MISSING
    return value


def found(value: Any) -> bool:
    """Whether there is a value."""
    return value is not _MISSING and value is not None


def size(tree: Tree) -> int:
    """How many comparisons a tree holds."""
    return sum(1 for _ in _leaves(tree))


def flaws(tree: Tree) -> list[str]:
    """What is wrong with a tree, as sentences, each once."""
    found = [flaw for leaf in _leaves(tree) for flaw in _flaws_of(leaf)]
    if _depth(tree) > DEEPEST:
        found.append(f"Conditions are nested at most {DEEPEST} deep.")
    return list(dict.fromkeys(found))


def _leaves(tree: Tree) -> Iterator[Tree]:
    rest: list[Tree] = [tree]
    while rest:
        one = rest.pop()
        if "and" in one or "or" in one:
            within = one.get("and", one.get("or", ()))
            # A group of nothing is counted too: there is no end to them.
            rest += within
            if not within:
                yield {}
        elif "not" in one:
            rest.append(one["not"])
        else:
            yield one


def _depth(tree: Tree) -> int:
    level, depth = [tree], 0
    while level:
        depth += 1
        level = [
            inner
            for one in level
            for inner in (*one.get("and", ()), *one.get("or", ()), *([one["not"]] * ("not" in one)))
        ]
    return depth


def _flaws_of(leaf: Tree) -> Iterator[str]:
    if not leaf:
        yield "Name at least one condition."
        return
    yield from path_flaws(leaf["path"])
    if len(leaf) == 1:
        yield f"Say what `{leaf['path'][:60]}` has to be."
    if len(leaf.get("in", ())) > MOST_VALUES:
        yield f"`oneOf` takes at most {MOST_VALUES} values."


def path_flaws(path: str) -> Iterator[str]:
    """What is wrong with a path."""
    if not path or len(path) > LONGEST_PATH or not all(path.split(".")):
        yield "Send a path such as `order.items.0.sku`."


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(str(value))


def _same(value: Any, operand: Any) -> bool:
    left, right = _number(value), _number(operand)
    if left is not None and right is not None:
        return left == right
    return type(value) is type(operand) and bool(value == operand)


def _ranged(compare: Callable[[Decimal, Decimal], bool]) -> Callable[[Any, Any], bool]:
    def holds(value: Any, operand: Any) -> bool:
        left, right = _number(value), _number(operand)
        return left is not None and right is not None and compare(left, right)

    return holds


def _text(compare: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    def holds(value: Any, operand: Any) -> bool:
        return isinstance(value, str) and compare(value.casefold(), str(operand).casefold())

    return holds


def _among(value: Any, operands: Sequence[Any]) -> bool:
    return any(_same(value, one) for one in operands)


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": _same,
    "ne": lambda value, operand: not _same(value, operand),
    "gt": _ranged(lambda left, right: left > right),
    "gte": _ranged(lambda left, right: left >= right),
    "lt": _ranged(lambda left, right: left < right),
    "lte": _ranged(lambda left, right: left <= right),
    "contains": _text(lambda text, part: part in text),
    "startsWith": _text(str.startswith),
    "in": _among,
    "isNull": lambda value, wanted: found(value) is not wanted,
}
