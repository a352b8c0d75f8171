"""Conditions on what a webhook brought: a tree over paths into it, without patterns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

LONGEST_PATH = 200
MOST_VALUES = 100
DEEPEST = 20

Tree = Mapping[str, Any]

_MISSING = object()


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
        level = [inner for one in level for inner in _within(one)]
    return depth


def _within(tree: Tree) -> Sequence[Tree]:
    if "not" in tree:
        return (tree["not"],)
    found: Sequence[Tree] = tree.get("and", tree.get("or", ()))
    return found


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


def fits(conditions: Mapping[str, Any] | None, payload: Any) -> bool:
    """Whether a payload fits a tree of conditions; every payload fits none."""
    if conditions is None:
        return True
    if "and" in conditions:
        return all(fits(one, payload) for one in conditions["and"])
    if "or" in conditions:
        return any(fits(one, payload) for one in conditions["or"])
    if "not" in conditions:
        return not fits(conditions["not"], payload)
    found = value_at(payload, str(conditions.get("path", "")), _MISSING)
    asked = (name for name in conditions if name != "path" and conditions[name] is not None)
    return all(_asked(name, found, conditions[name]) for name in asked)


def value_at(payload: Any, path: str, missing: Any = None) -> Any:
    """What lies at a path such as `a.b.0`; names are those of objects, numbers places in lists."""
    found = payload
    for part in path.split("."):
        if isinstance(found, Mapping) and part in found:
            found = found[part]
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return missing
    return found


def _asked(name: str, found: Any, wanted: Any) -> bool:
    if name == "isNull":
        return (found is _MISSING or found is None) == bool(wanted)
    if name == "ne":
        return not _is_same(found, wanted)
    if found is _MISSING or found is None:
        return False
    return _OPERATORS[name](found, wanted)


def _is_same(found: Any, wanted: Any) -> bool:
    if found is _MISSING:
        return False
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    numbers = _numbers(found, wanted)
    return numbers[0] == numbers[1] if numbers else bool(found == wanted)


def _numbers(found: Any, wanted: Any) -> tuple[Decimal, Decimal] | None:
    """Both as numbers, if one of them is one and the other says one."""
    if not any(isinstance(one, int | float | Decimal) for one in (found, wanted)):
        return None
    try:
        return Decimal(str(found)), Decimal(str(wanted))
    except InvalidOperation:
        return None


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(found: Any, wanted: Any) -> bool:
        if isinstance(found, bool) or isinstance(wanted, bool):
            return False
        numbers = _numbers(found, wanted)
        if numbers:
            return compare(*numbers)
        both_texts = isinstance(found, str) and isinstance(wanted, str)
        return both_texts and compare(found, wanted)

    return ordered


def _contains(found: Any, wanted: Any) -> bool:
    if isinstance(found, list):
        return any(_is_same(one, wanted) for one in found)
    return isinstance(found, str) and str(wanted).casefold() in found.casefold()


def _starts(found: Any, wanted: Any) -> bool:
    return isinstance(found, str) and found.casefold().startswith(str(wanted).casefold())


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": _is_same,
    "gt": _ordered(lambda found, wanted: found > wanted),
    "gte": _ordered(lambda found, wanted: found >= wanted),
    "lt": _ordered(lambda found, wanted: found < wanted),
    "lte": _ordered(lambda found, wanted: found <= wanted),
    "contains": _contains,
    "startsWith": _starts,
    "in": lambda found, wanted: any(_is_same(found, one) for one in wanted),
}
