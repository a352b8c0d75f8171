"""Conditions on payloads as they are kept: how many there are, and what is wrong with them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LONGEST_PATH = 200
MOST_VALUES = 100
DEEPEST = 20

Tree = Mapping[str, Any]


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
