"""Texts with fields in Liquid: checked when they are saved, filled in within bounds."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from liquid import BoundTemplate, Environment, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import LiquidError
from liquid.expression import Expression

from services.rules import liquid_filters
from services.rules.liquid_bounds import Budget, Exhausted

LONGEST = 100_000
"""Characters of a text."""
MOST_OUTPUT = 1_000_000
"""Bytes that a text may grow to."""
_LONGEST_MARKUP = 1_000
_DEEPEST = 20
_OPENING = re.compile(r"\{\{|\{%")
_BLANKS = re.compile(r"\s{100}")
_TAG = re.compile(r"\{%-?\s*(#|\w*)")
_KEPT_TAGS = frozenset(
    {"if", "unless", "case", "for", "break", "continue", "capture", "cycle", "assign", "comment"}
    | {"echo", "#"}
)
_OF_LISTS = frozenset(("size", "first", "last"))


class Flawed(Exception):
    """A text that cannot be filled in; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def check(text: str, names: Collection[str]) -> list[str]:
    """What is wrong with a text, as sentences; a name ending in `.*` is open below it."""
    try:
        template = _template(text, html=False)
    except Flawed as flawed:
        return [flawed.sentence]
    unknown = [f"There is no field {path}." for path in _unknown(template, names)]
    filters = template.analyze(include_partials=False).filters
    return unknown + [
        f"There is no filter {name}." for name in filters if name not in template.env.filters
    ]


def render(text: str, values: Mapping[str, Any], *, html: bool = False) -> str:
    """A text with its fields filled in; what has no value is empty.

    With `html` the values are escaped, the text itself is not.
    """
    template = _template(text, html=html)
    try:
        return template.render(values)
    except Exhausted as exhausted:
        raise Flawed(exhausted.sentence) from exhausted
    except LiquidError as error:
        raise Flawed(f"It could not be filled in: {error.message}.") from error
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise Flawed(f"It could not be filled in: {error}.") from error


class _Context(RenderContext):
    """A rendering that counts what it does."""

    def __init__(self, template: BoundTemplate, **more: Any) -> None:
        super().__init__(template, **more)
        assert isinstance(template, _Template)  # noqa: S101 - the class below makes them
        self.budget = Budget(template.markup)

    def get(self, path: list[object], **more: Any) -> object:
        """A value by its path."""
        self.budget.step()
        return super().get(path, **more)

    def filter(self, name: str, token: Any) -> Any:
        """A filter by its name."""
        self.budget.step()
        return super().filter(name, token)

    def raise_for_loop_limit(self, length: int = 1) -> None:
        """Count the rounds of a loop that begins."""
        self.budget.loop(length)


class _Template(BoundTemplate):
    context_class = _Context
    markup: int = 0
    """Characters of its tags and fields."""


class _Liquid(Environment):
    """The part of Liquid that is offered: no other templates, no ranges, bounded output."""

    template_class = _Template
    block_nesting_limit = _DEEPEST
    context_depth_limit = _DEEPEST + 10
    output_stream_limit = MOST_OUTPUT
    local_namespace_limit = MOST_OUTPUT

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Keep the tags and filters whose work is bounded."""
        super().setup_tags_and_filters(extra=extra)
        for name in [one for one in self.tags if one.isalpha() and one.islower()]:
            if name not in _KEPT_TAGS | _PSEUDO_TAGS:
                del self.tags[name]
        self.filters = liquid_filters.bounded(self.filters)


_PSEUDO_TAGS = frozenset(("content", "output", "illegal", "liquid_illegal"))
_TEXT, _HTML = _Liquid(), _Liquid(autoescape=True)


@lru_cache(maxsize=256)
def _template(text: str, *, html: bool) -> _Template:
    markup = _markup(text)
    try:
        template = (_HTML if html else _TEXT).from_string(text)
    except LiquidError as error:
        raise Flawed(f"This is not Liquid as it is offered: {error.message}.") from error
    except RecursionError as error:
        raise Flawed("Its fields are nested too deep.") from error
    assert isinstance(template, _Template)  # noqa: S101 - the environment says so
    template.markup = markup
    if any(isinstance(one, RangeLiteral) for one in _expressions(template)):
        raise Flawed("Ranges such as (1..5) are not offered; loop over a list.")
    return template


def _markup(text: str) -> int:
    """How many characters of a text are tags and fields; refuses what is costly to read."""
    if len(text) > LONGEST:
        raise Flawed(f"A text has at most {LONGEST:,} characters.")
    size, at = 0, 0
    while found := _OPENING.search(text, at):
        begins = found.start()
        closing = "}}" if found[0] == "{{" else "%}"
        ends = text.find(closing, begins + 2)
        if ends < 0:
            raise Flawed(f"A {found[0]} is not closed by {closing}.")
        at = ends + 2
        if at - begins > _LONGEST_MARKUP:
            message = f"What stands between {found[0]} and {closing} has at most"
            raise Flawed(f"{message} {_LONGEST_MARKUP:,} characters.")
        piece = text[begins:at]
        if _BLANKS.search(piece):
            raise Flawed(f"There are too many blanks after a {found[0]}.")
        _check_tag(piece)
        size += at - begins
    return size


def _check_tag(piece: str) -> None:
    if piece.startswith("{{"):
        return
    found = _TAG.match(piece)
    name = found[1] if found else ""
    plain = name.removeprefix("end")
    if name not in {"else", "elsif", "when"} and plain not in _KEPT_TAGS:
        raise Flawed(f"There is no tag {name}." if name else "A {% has no name after it.")


def _expressions(template: BoundTemplate) -> Iterator[Expression]:
    """Every expression of a template, those within others too."""
    context = RenderContext(template)
    nodes: list[Node] = list(template.nodes)
    waiting: list[Expression] = []
    while nodes:
        node = nodes.pop()
        nodes += node.children(context, include_partials=False)
        waiting += node.expressions()
    while waiting:
        expression = waiting.pop()
        yield expression
        waiting += expression.children()


def _unknown(template: BoundTemplate, names: Collection[str]) -> Iterator[str]:
    """The paths of a template that no name leads to, each once."""
    open_names = tuple(name.removesuffix("*") for name in names if name.endswith(".*"))
    known = set(names) | {name.removesuffix(".") for name in open_names}
    for name in names:
        parts = name.split(".")
        known |= {".".join(parts[:count]) for count in range(1, len(parts))}
    told: set[str] = set()
    for variables in template.analyze(include_partials=False).globals.values():
        for variable in variables:
            path = _dotted(variable.segments)
            if path in known or (path + ".").startswith(open_names) or path in told:
                continue
            told.add(path)
            yield path


def _dotted(segments: Sequence[Any]) -> str:
    """A path as it is written, as far as it says which field is meant."""
    parts: list[str] = []
    for segment in segments:
        if not isinstance(segment, str):
            break
        parts.append(segment)
    while len(parts) > 1 and parts[-1] in _OF_LISTS:
        parts.pop()
    return ".".join(parts)
