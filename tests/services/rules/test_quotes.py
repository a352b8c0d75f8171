"""The arithmetic of quotes: the manual's numbers, and what holds for any others."""

import ast
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import money
from services.rules import quotes
from services.rules.quotes import DiscountTooHighError, Line, totals

amounts = st.decimals(0, 10**9, places=3)
percents = st.decimals(0, 100, places=4)
lines = st.builds(Line, st.decimals("0.001", 10**6, places=3), amounts, percents)
currencies = st.sampled_from(["USD", "JPY", "KWD"])


def exactly(amount: Fraction, currency: str) -> Fraction:
    """An amount that is not negative, half away from zero, without any decimal arithmetic."""
    unit = 10 ** money.digits(currency)
    return Fraction(int(amount * unit + Fraction(1, 2)), unit)


def test_quote_08_the_manuals_quote_has_the_manuals_six_numbers():
    offered = [
        Line(Decimal(50), Decimal(150), Decimal(10)),
        Line(Decimal(1), Decimal(12000)),
        Line(Decimal(1), Decimal(5000), Decimal(15)),
    ]
    sums = totals(offered, "USD", discount=Decimal(2000), tax_percent=Decimal(8))
    assert sums.lines == (Decimal("6750.00"), Decimal("12000.00"), Decimal("4250.00"))
    assert (sums.subtotal, sums.discount) == (Decimal("23000.00"), Decimal("2000.00"))
    assert (sums.tax, sums.total) == (Decimal("1680.00"), Decimal("22680.00"))
    assert str(sums.total) == "22680.00"


@given(lines, currencies)
def test_quote_08_a_line_is_its_exact_product_rounded_half_away_from_zero(line, currency):
    exact = Fraction(line.quantity) * Fraction(line.unit_price)
    exact *= 1 - Fraction(line.discount_percent) / 100
    assert Fraction(quotes.line_total(line, currency)) == exactly(exact, currency)


@given(st.lists(lines, max_size=8), currencies, percents, percents)
def test_quote_08_the_sums_of_a_quote_add_up(offered, currency, share, tax_percent):
    whole = totals(offered, currency)
    discount = money.rounded(whole.subtotal * share / 100, currency)
    sums = totals(offered, currency, discount=discount, tax_percent=tax_percent)
    assert sums.subtotal == sum(sums.lines)
    assert sums.total == sums.subtotal - sums.discount + sums.tax
    base = Fraction(sums.subtotal - sums.discount)
    assert Fraction(sums.tax) == exactly(base * Fraction(tax_percent) / 100, currency)


@given(st.lists(lines, max_size=8), currencies, percents)
def test_quote_08_every_sum_is_held_to_the_smallest_unit(offered, currency, tax_percent):
    sums = totals(offered, currency, tax_percent=tax_percent)
    every = (*sums.lines, sums.subtotal, sums.discount, sums.tax, sums.total)
    assert {type(amount) for amount in every} == {Decimal}
    assert {-int(amount.as_tuple().exponent) for amount in every} == {money.digits(currency)}


@pytest.mark.parametrize(
    ("price", "currency", "total"),
    [
        ("0.005", "USD", "0.01"),
        ("2.675", "USD", "2.68"),
        ("0.5", "JPY", "1"),
        ("1.0005", "KWD", "1.001"),
    ],
)
def test_quote_08_half_a_unit_goes_away_from_zero(price, currency, total):
    assert quotes.line_total(Line(Decimal(1), Decimal(price)), currency) == Decimal(total)


@pytest.mark.parametrize("discount", ["-0.01", "100.01"])
def test_quote_08_a_discount_is_not_negative_and_not_above_the_subtotal(discount):
    with pytest.raises(DiscountTooHighError, match=r"100\.00"):
        totals([Line(Decimal(1), Decimal(100))], "USD", discount=Decimal(discount))


def test_quote_07_there_is_no_float_in_the_arithmetic():
    tree = ast.parse(Path(quotes.__file__).read_text(encoding="utf-8"))
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not [constant for constant in constants if isinstance(constant, float)]
    assert "float" not in names
