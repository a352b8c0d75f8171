"""Numbers of documents as people read them."""

import pytest

from services.rules.numbers import Numbered, formatted


@pytest.mark.parametrize(
    ("kind", "value", "year", "shown"),
    [
        (Numbered.QUOTE, 89, 2024, "QT-2024-0089"),
        (Numbered.CONTRACT, 42, 2024, "CT-2024-0042"),
        (Numbered.INVOICE, 1089, None, "INV-1089"),
        (Numbered.INVOICE, 1, None, "INV-0001"),
        (Numbered.QUOTE, 123_456, 2031, "QT-2031-123456"),
        (Numbered.CASE, 498, None, "CASE-0498"),
    ],
)
def test_quote_02_contr_02_inv_08_case_05_numbers_have_four_digits_and_grow(
    kind, value, year, shown
):
    assert formatted(kind, value, year) == shown


@pytest.mark.parametrize(("kind", "year"), [(Numbered.QUOTE, None), (Numbered.INVOICE, 2024)])
def test_a_number_shows_a_year_only_where_its_count_is_yearly(kind, year):
    with pytest.raises(ValueError, match="year"):
        formatted(kind, 1, year)
