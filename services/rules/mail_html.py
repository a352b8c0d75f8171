"""The HTML of mails: cleaned of what acts or loads from elsewhere, read as text, and its links."""

import re
from collections.abc import Callable
from html import escape, unescape
from html.parser import HTMLParser

import nh3

from services.rules import html_order

LONGEST = 500_000
"""Characters of the HTML of a mail."""
_TAGS = frozenset(
    {"a", "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5"}
    | {"h6", "hr", "i", "img", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub"}
    | {"sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"}
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "*": {"style", "dir", "lang"},
}
_NAMES = frozenset().union(*_ATTRIBUTES.values())
_STYLES = frozenset(
    {"background-color", "border", "border-collapse", "color", "font-family", "font-size"}
    | {"font-style", "font-weight", "line-height", "margin", "margin-bottom", "margin-left"}
    | {"margin-right", "margin-top", "max-width", "padding", "padding-bottom", "padding-left"}
    | {"padding-right", "padding-top", "text-align", "text-decoration", "vertical-align", "width"}
)
_SCHEMES = frozenset(("http", "https", "mailto", "tel", "cid"))
_BLOCKS = frozenset(
    {"blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"}
    | {"table", "tr", "ul"}
)
_APART = frozenset(
    {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "table", "ul", "ol"}
)
_GAPS = re.compile(r"\n{3,}")
_LINK = re.compile(r'(<a\b[^>]*?\bhref=")(https?://[^"]*)(")')
_MARKUP = re.compile(r"<[^<>]*>")
_UNPICTURED = re.compile(r"\burl\s*\(|expression|@import", re.IGNORECASE)


def cleaned(html: str, *, remote: bool = True) -> str:
    """HTML that is shown without harm; pictures of other servers stay only where `remote`."""
    html = html[:LONGEST]
    try:
        # Where tags stand in disorder or too deep, cleaning takes minutes.
        html = html_order.ordered(html, _TAGS, _NAMES)
    except html_order.TooDeep:
        return html_of(unescape(_MARKUP.sub(" ", html)))

    def kept(_tag: str, name: str, value: str) -> str | None:
        if name == "src" and (not remote or not value.lower().startswith(("https:", "cid:"))):
            return value if value.lower().startswith("cid:") else None
        if name == "style" and _UNPICTURED.search(value):
            return None
        return value

    return nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags={"script", "style", "title", "template", "noscript", "svg", "math"},
        attributes=_ATTRIBUTES,
        attribute_filter=kept,
        filter_style_properties=set(_STYLES),
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer",
        strip_comments=True,
    ).replace("\x00", "")


def text_of(html: str) -> str:
    """What cleaned HTML says, as plain text: paragraphs, items, and where links lead."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).splitlines())
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()


def html_of(text: str) -> str:
    """A plain text as HTML: its paragraphs and its lines."""
    blocks = re.split(r"\n[ \t]*\n", text.strip())
    return "".join(f"<p>{escape(block).replace(chr(10), '<br>')}</p>" for block in blocks if block)


def links(html: str) -> list[str]:
    """Where the links of cleaned HTML lead, in their order."""
    return [unescape(found[2]) for found in _LINK.finditer(html)]


def relinked(html: str, place: Callable[[int], str]) -> str:
    """Cleaned HTML whose links lead elsewhere, by their number."""
    at = -1

    def replaced(found: re.Match[str]) -> str:
        nonlocal at
        at += 1
        return f"{found[1]}{escape(place(at))}{found[3]}"

    return _LINK.sub(replaced, html)


class _Reader(HTMLParser):
    """Gathers the text of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line where a block does, and remember where a link leads."""
        given = dict(attrs)
        if tag in _BLOCKS:
            self.parts.append("\n\n" if tag in _APART else "\n")
        if tag == "br":
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")
        if tag == "img" and given.get("alt"):
            self.parts.append(f"[{given['alt']}]")
        if tag == "a":
            self._links.append((given.get("href") or "", len(self.parts)))

    def handle_endtag(self, tag: str) -> None:
        """End a line where a block does; say where a link leads if its text does not."""
        if tag in _BLOCKS:
            self.parts.append("\n\n" if tag in _APART else "\n")
        if tag == "a" and self._links:
            href, begins = self._links.pop()
            said = "".join(self.parts[begins:]).strip()
            if href.startswith(("http://", "https://")) and href.rstrip("/") != said.rstrip("/"):
                self.parts.append(f" ({href})")

    def handle_data(self, data: str) -> None:
        """Keep a text; its line breaks are only blanks."""
        self.parts.append(data.replace("\n", " "))
