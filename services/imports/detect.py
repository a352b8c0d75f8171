"""Reading a CSV file of unknown make: its encoding, delimiter, header and rows."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from core.codes import UserErrorCode
from core.errors import UserError

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_HEADER = 200
SAMPLES = 3
_HEAD_BYTES = 64 * 1024
_COMPARED_RECORDS = 30
_DELIMITERS = ",;\t|"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FORMATS = (
    (b"PK\x03\x04", "an Excel or ZIP file: save it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file: save it as CSV"),
    (b"%PDF", "a PDF: export CSV instead"),
    (b"\x1f\x8b", "compressed: unpack it first"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_VALUE_LIKE = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|\+?[\d][\d\s()./-]{5,}")

Chunks = Callable[[], Iterable[bytes]]
"""Opens the file and gives its bytes in pieces, from the start at each call."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the file is written."""

    encoding: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says about itself."""

    dialect: Dialect
    header: list[str]
    samples: list[list[str]]
    """For each column, the first values that are not empty."""
    total_rows: int


def unreadable(message: str) -> UserError:
    """The refusal of a file that is not a table of rows."""
    return UserError(UserErrorCode.INVALID_FILE, message, ("uploadId",))


def examine(chunks: Chunks) -> Head:
    """Read the whole file once: refuse what cannot be imported, and count its rows."""
    dialect = dialect_of(chunks)
    records = _records(chunks, dialect)
    header = _header(records)
    samples: list[list[str]] = [[] for _ in header]
    total = 0
    for total, (_, cells) in enumerate(records, start=1):
        if total > MAX_ROWS:
            message = (
                f"The file has more than {MAX_ROWS:,} rows, the most one upload holds. Split it,"
                " or ask support for a bulk migration."
            )
            raise UserError(UserErrorCode.IMPORT_TOO_MANY_ROWS, message, ("uploadId",))
        for sample, cell in zip(samples, cells, strict=False):
            if len(sample) < SAMPLES and cell.strip():
                sample.append(cell.strip()[:MAX_HEADER])
    if not total:
        raise unreadable("The file has a header but no rows below it.")
    return Head(dialect, header, samples, total)


def rows(chunks: Chunks, dialect: Dialect, *, skip: int = 0) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header, behind the first `skip`, with the number a spreadsheet shows."""
    records = _records(chunks, dialect)
    next(records, None)
    return islice(records, skip, None)


def dialect_of(chunks: Chunks) -> Dialect:
    """How the file is written; refuses what is not text."""
    head = _head(chunks)
    if not head.strip():
        raise unreadable("The file is empty.")
    encoding = _encoding(head, chunks)
    text = codecs.getincrementaldecoder(encoding)("ignore").decode(head)
    if not text.strip():
        raise unreadable("The file is empty.")
    return Dialect(encoding, _delimiter(text))


def _head(chunks: Chunks) -> bytes:
    head = b""
    for chunk in chunks():
        head += chunk
        if len(head) >= _HEAD_BYTES:
            break
    return head[:_HEAD_BYTES]


def _encoding(head: bytes, chunks: Chunks) -> str:
    for signature, what in _OTHER_FORMATS:
        if head.startswith(signature):
            raise unreadable(f"This is {what}.")
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            if not _decodes(chunks, encoding):
                raise unreadable(
                    f"The file says it is {encoding.upper().removesuffix('-SIG')} but holds bytes"
                    " that are not: save it as UTF-8 again."
                )
            return encoding
    # Only files without a mark get here: UTF-16 without one is told by its NULs.
    _refuse_binary(head.decode("latin-1"))
    for encoding in ("utf-8", "cp1252"):
        if _decodes(chunks, encoding):
            return encoding
    raise unreadable("The file's text cannot be read: save it as CSV in UTF-8.")


def _decodes(chunks: Chunks, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in chunks():
            _refuse_binary(decoder.decode(chunk))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_binary(text: str) -> None:
    if found := _CONTROLS.search(text):
        raise unreadable(
            f"The file holds the character U+{ord(found[0]):04X}, which no text has: it is a binary"
            " file, or UTF-16 without its mark. Save it as CSV in UTF-8."
        )


def _delimiter(text: str) -> str:
    """The delimiter that cuts most of the first records into as many cells as the header."""
    whole = text[: text.rfind("\n") + 1] or text

    def fit(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(whole, newline=""), delimiter=delimiter)
        try:
            widths = [len(cells) for cells in islice(reader, _COMPARED_RECORDS) if cells]
        except csv.Error:
            return 0.0, 0
        if not widths or widths[0] == 1:
            return 0.0, 0
        return widths.count(widths[0]) / len(widths), widths[0]

    return max(_DELIMITERS, key=fit)


def _records(chunks: Chunks, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    text = io.TextIOWrapper(
        io.BufferedReader(_Pieces(chunks()), 256 * 1024), encoding=dialect.encoding, newline=""
    )
    reader = csv.reader(text, delimiter=dialect.delimiter, strict=True)
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise unreadable(
                f"Line {reader.line_num} cannot be read ({error}): a quotation mark inside a quoted"
                " cell is written twice, and every opened one is closed."
            ) from error
        number += 1
        if any(cell.strip() for cell in cells):
            yield number, cells


def _header(records: Iterator[tuple[int, list[str]]]) -> list[str]:
    _, cells = next(records, (0, []))
    header = [cell.strip() for cell in cells]
    if len(header) > MAX_COLUMNS:
        raise unreadable(f"At most {MAX_COLUMNS} columns; the first row has {len(header)}.")
    _refuse_values(header)
    for at, name in enumerate(header, start=1):
        if not name:
            raise unreadable(f"Column {at} has no header: the first row names every column.")
        if len(name) > MAX_HEADER:
            raise unreadable(f"The header of column {at} is longer than {MAX_HEADER} characters.")
    _refuse_duplicates(header)
    return header


def _refuse_values(header: Sequence[str]) -> None:
    for name in header:
        # Longer ones are refused anyway, and trying the pattern on them could take minutes.
        if len(name) <= MAX_HEADER and _VALUE_LIKE.fullmatch(name):
            raise unreadable(
                f"The first row holds “{name[:60]}”, a value: the header that names the columns is"
                " missing. Add it as the first row."
            )


def _refuse_duplicates(header: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for at, name in enumerate(header, start=1):
        earlier = seen.setdefault(name.casefold(), at)
        if earlier != at:
            raise unreadable(
                f"Columns {earlier} and {at} are both called “{name[:60]}”: rename one of them."
            )


class _Pieces(io.RawIOBase):
    """Pieces of bytes as one file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """It is only read."""
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        """Copy the next bytes."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
