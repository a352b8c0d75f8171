"""Numbers of documents as people read them, such as QT-2024-0089, INV-1089 and CM-0001."""

from enum import StrEnum


class Numbered(StrEnum):
    """The kinds of document that carry a number; the value is the kind's counter."""

    QUOTE = "quote"
    CONTRACT = "contract"
    INVOICE = "invoice"
    CASE = "case"
    CREDIT_MEMO = "credit_memo"

    @property
    def yearly(self) -> bool:
        """Whether the count begins anew each year, which the number then shows."""
        return self in {Numbered.QUOTE, Numbered.CONTRACT}


_PREFIXES = {
    Numbered.QUOTE: "QT",
    Numbered.CONTRACT: "CT",
    Numbered.INVOICE: "INV",
    Numbered.CASE: "CASE",
    Numbered.CREDIT_MEMO: "CM",
}


def formatted(kind: Numbered, value: int, year: int | None = None) -> str:
    """The number as it is printed: four digits, more when they are needed."""
    if kind.yearly is (year is None):
        raise ValueError(f"A {kind} is numbered {'by' if kind.yearly else 'without a'} year.")
    shown = [_PREFIXES[kind], *([str(year)] if year is not None else []), f"{value:04d}"]
    return "-".join(shown)
