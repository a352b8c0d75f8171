"""Exchange rates in a CSV file: a currency, a day and a rate a row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from core.codes import UserErrorCode
from core.errors import Refusals, UserError
from services.imports import detect

COLUMNS = {
    "currency": {"currency", "code"},
    "validOn": {"validon", "valid on", "date", "day"},
    "rate": {"rate"},
}
T = TypeVar("T")

MOST_REFUSALS = 100
_PLACES = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file, with the number a spreadsheet shows."""

    number: int
    currency: str
    valid_on: date
    rate: Decimal


def read(chunks: detect.Chunks) -> list[Line]:
    """The rows of a file; every row that is none is refused with its number."""
    head = detect.examine(chunks)
    places = _places(head.header)
    lines: list[Line] = []
    refused: list[UserError] = []
    for number, cells in detect.rows(chunks, head.dialect):
        try:
            lines.append(_line(number, cells, places))
        except UserError as error:
            refused.append(error)
        if len(refused) == MOST_REFUSALS:
            break
    if refused:
        raise Refusals(refused)
    return lines


def _places(header: list[str]) -> dict[str, int]:
    names = [name.strip().casefold() for name in header]
    found = {
        column: at
        for column, known in COLUMNS.items()
        for at, name in enumerate(names)
        if name in known
    }
    missing = [column for column in COLUMNS if column not in found]
    if missing:
        message = f"The file needs the columns currency, validOn and rate; {missing[0]} is missing."
        raise UserError(UserErrorCode.INVALID_FILE, message, ("uploadId",))
    return found


def _line(number: int, cells: list[str], places: dict[str, int]) -> Line:
    def cell(column: str) -> str:
        return cells[places[column]].strip() if places[column] < len(cells) else ""

    day = _value(number, "validOn", cell, date.fromisoformat, "Write the day as 2026-04-15.")
    rate = _value(number, "rate", cell, _rate, "Write the rate as a number such as 1.0842.")
    return Line(number, cell("currency"), day, rate)


def _value(
    number: int, column: str, cell: Callable[[str], str], read: Callable[[str], T], what: str
) -> T:
    try:
        return read(cell(column))
    except (ValueError, InvalidOperation):
        path = ("rows", number, column)
        raise UserError(UserErrorCode.INVALID_VALUE, what, path) from None


def _rate(text: str) -> Decimal:
    rate = Decimal(text)
    if not rate.is_finite() or rate != round(rate, _PLACES):
        raise ValueError(text)
    return rate
