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
from services.rules.quotes import DiscountTooHighError, Line, Tier, totals

amounts = st.decimals(0, 10**9, places=3)
percents = st.decimals(0, 100, places=4)
lines = st.builds(Line, st.decimals("0.001", 10**6, places=3), amounts, percents)
rates = st.sampled_from([None, Decimal(0), Decimal(7), Decimal("19.6")])
taxed = st.builds(Line, st.decimals("0.001", 100, places=3), amounts, percents, rates)
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


@given(st.lists(taxed, max_size=8), currencies, percents, percents, st.randoms())
def test_quote_06_the_sums_do_not_depend_on_the_order_of_the_lines(
    offered, currency, share, tax_percent, random
):
    told = {"discount_percent": share, "tax_percent": tax_percent}
    sums = totals(offered, currency, **told)
    turned = list(offered)
    random.shuffle(turned)
    again = totals(turned, currency, **told)
    assert (sums.subtotal, sums.discount, sums.tax, sums.total, sums.rates) == (
        again.subtotal,
        again.discount,
        again.tax,
        again.total,
        again.rates,
    )


@given(st.lists(taxed, max_size=8), currencies, percents, percents)
def test_quote_06_each_rate_is_rounded_once_on_its_discounted_base(
    offered, currency, share, tax_percent
):
    sums = totals(offered, currency, discount_percent=share, tax_percent=tax_percent)
    assert sum(one.base for one in sums.rates) == sums.subtotal - sums.discount
    assert sum(one.tax for one in sums.rates) == sums.tax
    for one in sums.rates:
        exact = Fraction(one.base) * Fraction(one.percent) / 100
        assert Fraction(one.tax) == exactly(exact, currency)
        assert one.base >= 0


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=9), percents, currencies)
def test_quote_06_a_discount_is_shared_out_to_the_last_unit(units, share, currency):
    places = money.digits(currency)
    parts = [Decimal(one).scaleb(-places) for one in units]
    whole = sum(parts, Decimal(0))
    off = money.rounded(whole * share / 100, currency)
    shares = quotes.spread(off, parts, currency)
    assert sum(shares, Decimal(0)) == off
    for part, one in zip(parts, shares, strict=True):
        assert 0 <= one <= part
        exact = Fraction(off) * Fraction(part) / Fraction(whole) if whole else Fraction(0)
        assert abs(Fraction(one) - exact) < Fraction(1, 10**places)


def test_quote_06_what_is_left_goes_to_the_largest_remainders():
    parts = [Decimal(one) for one in ("10.00", "20.00", "10.00")]
    shares = quotes.spread(Decimal("0.05"), parts, "USD")
    assert shares == [Decimal("0.01"), Decimal("0.03"), Decimal("0.01")]


@pytest.mark.parametrize(
    ("quantity", "percent"), [("9.999", None), ("10", 5), ("99", 5), ("100", 20), ("1000", 20)]
)
def test_quote_04_the_largest_quantity_that_is_reached_decides(quantity, percent):
    tiers = [Tier(Decimal(100), Decimal(20)), Tier(Decimal(10), Decimal(5))]
    found = quotes.tier_for(Decimal(quantity), tiers)
    assert (found and found.percent) == percent


@given(lines, st.decimals("0.01", 10**9, places=2))
def test_quote_14_a_discount_is_never_told_lower_than_it_is(line, reference):
    told = Fraction(quotes.line_discount(reference, line))
    kept = Fraction(line.unit_price) * (100 - Fraction(line.discount_percent))
    exact = 100 - kept / Fraction(reference)
    assert max(exact, Fraction(0)) <= told < max(exact, Fraction(0)) + Fraction(1, 100)


@pytest.mark.parametrize(
    ("percent", "state", "approved", "before", "after"),
    [
        (15, "NOT_NEEDED", None, 0, "NOT_NEEDED"),
        (16, "NOT_NEEDED", None, 0, "REQUIRED"),
        (16, "APPROVED", 16, 20, "APPROVED"),
        (17, "APPROVED", 16, 16, "REQUIRED"),
        (14, "APPROVED", 16, 16, "NOT_NEEDED"),
        (16, "NOT_NEEDED", 16, 14, "APPROVED"),
        (16, "ADJUSTED", 20, 20, "ADJUSTED"),
        (16, "REJECTED", None, 16, "REJECTED"),
        (17, "REJECTED", None, 16, "REQUIRED"),
        (16, "REJECTED", None, 17, "REQUIRED"),
        (15, "REQUIRED", None, 16, "NOT_NEEDED"),
    ],
)
def test_quote_15_where_an_approval_stands_after_a_change(percent, state, approved, before, after):
    found = quotes.approval_after(
        Decimal(percent), Decimal(15), state, approved=approved, before=Decimal(before)
    )
    assert found == after


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
