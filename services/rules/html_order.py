"""HTML put in order before it is cleaned: every tag stands in the open and is closed where it ends.

What browsers make of disorder may take minutes: tags within comments and attributes, blocks that
close over open letters, texts between the rows of tables.
"""

import re
from collections import defaultdict
from collections.abc import Collection

DEEPEST = 500
_TOKEN = re.compile(
    r"""
    <!--(?:-?>|.*?(?:--!?>|\Z))
    |<(?P<closes>/?)(?P<name>[a-zA-Z][^\t\n\f\r />]*)
     (?P<given>(?:[^>=]|=[\t\n\f\r ]*(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z))|=)*+)(?:>|\Z)
    |<[!?/][^>]*(?:>|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"""([^\t\n\f\r />"'=][^\t\n\f\r />=]*)"""
    r"""(?:[\t\n\f\r ]*=[\t\n\f\r ]*("[^"]*"?|'[^']*'?|[^\t\n\f\r >]+))?"""
)
_UNSHOWN = "script style title template noscript svg math iframe noembed noframes"
_DROPPED = {
    name: re.compile(rf"</{name}(?=[\t\n\f\r />]|\Z)", re.IGNORECASE) for name in _UNSHOWN.split()
}
_SINGLE = frozenset({"br", "hr", "img"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARAGRAPH_ENDS = _HEADINGS | {"blockquote", "div", "hr", "li", "ol", "p", "pre", "table", "ul"}
_CELLS, _GROUPS = frozenset({"td", "th"}), frozenset({"tbody", "thead", "tfoot"})
_RANKS = dict.fromkeys(_GROUPS, 0) | {"tr": 1} | dict.fromkeys(_CELLS, 2)
_FRAME = _GROUPS | {"table", "tr"}
_OF_TABLES = _CELLS | _FRAME
_WITHIN = _CELLS | {"table"}
_ITEM_ENDS = _OF_TABLES | _HEADINGS | {"ul", "ol", "blockquote", "pre"}


class TooDeep(Exception):
    """HTML that is nested deeper than any letter is."""


def ordered(html: str, tags: Collection[str], attributes: Collection[str]) -> str:
    """HTML of some tags and attributes alone, each tag closed within the one it was opened in."""
    page = _Page()
    at = 0
    while found := _TOKEN.search(html, at):
        page.out.append(html[at : found.start()].replace("<", "&lt;"))
        at = found.end()
        name = (found["name"] or "").lower()
        if name in _DROPPED and not found["closes"] and not found["given"].endswith("/"):
            ended = _DROPPED[name].search(html, at)
            at = ended.start() if ended else len(html)
        elif name not in tags:
            continue
        elif found["closes"]:
            page.close(name)
        else:
            page.open(name, _written(found["given"], attributes))
    page.out.append(html[at:].replace("<", "&lt;"))
    return "".join(page.out)


def _written(given: str, attributes: Collection[str]) -> str:
    """Attributes in one spelling, in which nothing looks like a tag."""
    kept: dict[str, str] = {}
    for one in _ATTRIBUTE.finditer(given):
        name, value = one[1].lower(), one[2] or ""
        if name not in attributes or name in kept:
            continue
        if value[:1] in {'"', "'"}:
            value = value[1:].removesuffix(value[0])
        kept[name] = value.replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f' {name}="{value}"' for name, value in kept.items())


class _Page:
    """What has been written, and which tags are open."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._open: list[str] = []
        self._places: defaultdict[str, list[int]] = defaultdict(list)

    def open(self, name: str, attributes: str) -> None:
        """Open a tag, after what ends where it begins."""
        self._end_before(name)
        top = self._open[-1] if self._open else ""
        if (name in _OF_TABLES - {"table"}) != (top in _FRAME):
            # Parts of tables elsewhere, and what is no part between them, are moved about.
            return
        self.out.append(f"<{name}{attributes}>")
        if name in _SINGLE:
            return
        self._places[name].append(len(self._open))
        self._open.append(name)
        if len(self._open) > DEEPEST:
            raise TooDeep

    def close(self, name: str) -> None:
        """Close the last of a tag, and what is open within it."""
        self._end({name}, until={"table"} if name in _OF_TABLES else _WITHIN)

    def _end_before(self, name: str) -> None:
        if name in _PARAGRAPH_ENDS:
            self._end({"p"}, until=_WITHIN)
        if name == "li":
            self._end({"li"}, until=_ITEM_ENDS)
        elif name == "a":
            self._end({"a"}, until=_WITHIN)
        elif name in _HEADINGS and self._open and self._open[-1] in _HEADINGS:
            self._end(_HEADINGS, until=())
        elif name in _OF_TABLES - {"table"}:
            # A row ends the one before, and a cell that stands in none.
            for names in (_GROUPS, {"tr"}, _CELLS)[_RANKS[name] :]:
                if self._end(names, until={"table"}):
                    break

    def _end(self, names: Collection[str], *, until: Collection[str]) -> bool:
        """Close the last of some tags, unless it is beyond one of others."""
        last = self._last(names)
        if last < 0 or self._last(until) > last:
            return False
        for one in reversed(self._open[last:]):
            self.out.append(f"</{one}>")
            self._places[one].pop()
        del self._open[last:]
        return True

    def _last(self, names: Collection[str]) -> int:
        return max((self._places[name][-1] for name in names if self._places[name]), default=-1)
