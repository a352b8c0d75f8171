"""The parts of a mail: found by their boundaries, at a cost that the mail's size alone bounds."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32

MOST_PARTS, DEEPEST = 1_000, 10
_LARGEST_HEAD, _MOST_LINES = 2 * 1024 * 1024, 20_000
_MOST_LINES_LIKE_BOUNDARIES = 10_000
_STEP = 1024 * 1024
_LONGEST_SORT, _MOST_PARAMETERS = 10_000, 100
"""Characters and parameters of a header that says what a part is; the library is quadratic here."""
_NO_HEADER = re.compile(rb"^(?!From |[\x21-\x39\x3b-\x7e]*:|[ \t])", re.MULTILINE)
_BLANK = re.compile(rb"\r?\n")
_LINE_END = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")
_HEADERS = BytesHeaderParser(policy=compat32)
_SORTS = ("Content-Type", "Content-Disposition")


class Unreadable(Exception):
    """What came is no mail that could be taken; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part that holds something; a message within a mail is one of them."""

    head: Message
    body: bytes

    @property
    def kind(self) -> str:
        """What it is, such as text/plain."""
        return self.head.get_content_type()

    @property
    def content(self) -> bytes:
        """Its bytes, as they were before they were encoded for the way."""
        encoding = str(self.head.get("Content-Transfer-Encoding") or "").strip().lower()
        if encoding == "quoted-printable":
            return binascii.a2b_qp(self.body)
        if encoding != "base64":
            return self.body
        try:
            return binascii.a2b_base64(self.body + b"===")
        except binascii.Error:
            return self.body


def head_of(raw: bytes) -> Message:
    """The headers a mail begins with."""
    return _head(raw, 0, len(raw))[0]


def leaves(raw: bytes) -> list[Leaf]:
    """The parts of a mail that hold something, in their order."""
    found: list[Leaf] = []
    waiting = [(0, len(raw), 0, "text/plain")]
    seen = looked_at = 0
    while waiting:
        begins, ends, depth, usual = waiting.pop()
        seen += 1
        if seen > MOST_PARTS:
            raise Unreadable(f"It has more than {MOST_PARTS:,} parts.")
        if depth > DEEPEST:
            raise Unreadable(f"Its parts are nested deeper than {DEEPEST} levels.")
        head, body = _head(raw, begins, ends)
        head.set_default_type(usual)
        boundary = _boundary(head)
        inner: list[tuple[int, int]] = []
        if boundary:
            for one in _between(raw, body, ends, boundary):
                looked_at += 1
                if len(inner) > MOST_PARTS or looked_at > _MOST_LINES_LIKE_BOUNDARIES:
                    raise Unreadable(f"It has more than {MOST_PARTS:,} parts.")
                if one is not None:
                    inner.append(one)
        if inner:
            digest = head.get_content_type() == "multipart/digest"
            usual = "message/rfc822" if digest else "text/plain"
            waiting += [(first, last, depth + 1, usual) for first, last in reversed(inner)]
        else:
            found.append(Leaf(head, raw[body:ends]))
    return found


def field_of_form(content_type: str, body: bytes, names: tuple[str, ...]) -> bytes | None:
    """The first field of a form that has one of some names; what it holds is not looked into."""
    boundary = _boundary(head_of(f"Content-Type: {content_type}\n".encode()))
    if not boundary:
        return None
    for at, one in enumerate(_between(body, 0, len(body), boundary)):
        if at > MOST_PARTS:
            raise Unreadable(f"The form has more than {MOST_PARTS:,} fields.")
        if one is None:
            continue
        head, begins = _head(body, *one)
        if head.get_param("name", header="content-disposition") in names:
            return Leaf(head, body[begins : one[1]]).content
    return None


def _head(raw: bytes, begins: int, ends: int) -> tuple[Message, int]:
    """The headers that begin at a place, and where what they are about begins."""
    reach = min(ends, begins + _LARGEST_HEAD)
    # A line that is no header is where the text begins, be it blank or not.
    found = _NO_HEADER.search(raw, begins, reach)
    stop = found.start() if found else reach
    if stop == reach < ends:
        raise Unreadable("Its headers are longer than those of any mail.")
    if raw.count(b"\n", begins, stop) > _MOST_LINES:
        raise Unreadable("It has more headers than any mail.")
    head = _HEADERS.parsebytes(raw[begins:stop])
    for name in _SORTS:
        value = str(head.get(name) or "")
        if len(value) > _LONGEST_SORT or value.count(";") > _MOST_PARAMETERS:
            del head[name]
    blank = _BLANK.match(raw, stop, ends)
    return head, blank.end() if blank else stop


def _boundary(head: Message) -> str | None:
    """What is between the parts of a part; None where it has none."""
    is_several = head.get_content_maintype() == "multipart"
    return (head.get_boundary() or None) if is_several else None


def _between(raw: bytes, begins: int, ends: int, boundary: str) -> Iterator[tuple[int, int] | None]:
    """Where the parts between the lines of a boundary are; None for a line that has none."""
    mark = b"--" + boundary.encode("utf-8", "surrogateescape")
    first: int | None = None
    at = begins if raw.startswith(mark, begins, ends) else _next(raw, mark, begins, ends)
    while at >= 0:
        found = _LINE_END.match(raw, at + len(mark), ends)
        if found is None:
            yield None
        else:
            if first is not None:
                yield (first, _before(raw, first, at)) if first < at else None
            first = found.end()
            if found[1]:
                return
        at = _next(raw, mark, max(begins, at + len(mark) - 1), ends)
    if first is not None:
        yield first, ends


def _next(raw: bytes, mark: bytes, begins: int, ends: int) -> int:
    line = b"\n" + mark
    # In steps, since nothing else runs in the process while one of them lasts.
    for at in range(begins, ends, _STEP):
        found = raw.find(line, at, min(ends, at + _STEP + len(line)))
        if found >= 0:
            return found + 1
    return -1


def _before(raw: bytes, begins: int, at: int) -> int:
    """Where a part ends: the end of the line before a boundary belongs to that."""
    at -= 1
    return max(begins, at - 1 if raw[at - 1 : at] == b"\r" else at)
