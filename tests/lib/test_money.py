"""Money: minor units, rounding, dividing without losing a cent, no float anywhere, words."""

import ast
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from portal.lib import money
from portal.lib.money import (
    CURRENCIES,
    allocate,
    amount_text,
    minor_units,
    money_text,
    price_text,
    round_fraction,
    round_money,
    smallest,
)

CODES = st.sampled_from(["EUR", "USD", "JPY", "KWD", "CLF"])
AMOUNTS = st.decimals(min_value=-(10**14), max_value=10**14, places=4)
WEIGHTS = st.lists(st.decimals(min_value=0, max_value=10**6, places=4), min_size=1, max_size=40).filter(any)


@pytest.mark.parametrize(
    ("currency", "digits"),
    # CLDR, which is about cash, has 0 for the last three.
    [
        ("EUR", 2),
        ("JPY", 0),
        ("KWD", 3),
        ("CLF", 4),
        ("HUF", 2),
        ("ISK", 0),
        ("RSD", 2),
        ("IQD", 3),
        ("LBP", 2),
    ],
)
def test_minor_units_are_those_of_iso_4217(currency, digits):
    assert minor_units(currency) == digits
    assert smallest(currency) == Decimal(1).scaleb(-digits)


@pytest.mark.parametrize("currency", ["", "eur", "XXX", "XAU", "EURO", "ZZZ"])
def test_what_is_no_currency_has_no_minor_units(currency):
    with pytest.raises(ValueError, match="ISO 4217"):
        minor_units(currency)
    assert currency not in dict(CURRENCIES)


def test_the_list_for_forms_is_in_order_and_named():
    assert dict(CURRENCIES)["CHF"] == "CHF – Swiss Franc"
    assert [code for code, _name in CURRENCIES] == sorted(code for code, _name in CURRENCIES)
    assert len(CURRENCIES) > 150


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "EUR", "0.01"),
        ("-0.005", "EUR", "-0.01"),
        ("2.5", "JPY", "3"),
        ("1.0005", "KWD", "1.001"),
        ("12345678901234567890123456789.12", "JPY", "12345678901234567890123456789"),
    ],
)
def test_a_half_is_rounded_away_from_zero(amount, currency, rounded):
    assert str(round_money(Decimal(amount), currency)) == rounded
    assert str(round_fraction(Fraction(amount), currency)) == rounded


def test_there_is_no_minus_zero():
    assert str(round_money(Decimal("-0.001"), "EUR")) == "0.00"
    assert str(round_fraction(Fraction(-1, 1000), "EUR")) == "0.00"


@pytest.mark.parametrize(
    "call",
    [
        lambda: round_money(1.5, "EUR"),
        lambda: allocate(1.0, [1], "EUR"),
        lambda: allocate(Decimal(1), [0.5, 0.5], "EUR"),
        lambda: money.add([Decimal(1), 1.0]),
        lambda: money_text(9.99, "EUR"),
        lambda: price_text(9.99, ""),
        lambda: round_money(True, "EUR"),
    ],
)
def test_a_float_is_refused(call):
    with pytest.raises(TypeError, match="Decimal"):
        call()


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_what_is_no_number_is_refused(amount):
    with pytest.raises(ValueError, match="no amount"):
        round_money(Decimal(amount), "EUR")


@given(AMOUNTS, WEIGHTS, CODES)
def test_parts_sum_to_the_total_and_are_within_a_minor_unit_of_their_share(amount, weights, currency):
    total = round_money(amount, currency)
    parts = allocate(total, weights, currency)
    assert money.add(parts) == total
    whole = sum(Fraction(weight) for weight in weights)
    for part, weight in zip(parts, weights, strict=True):
        share = Fraction(total) * Fraction(weight) / whole
        assert abs(Fraction(part) - share) < Fraction(smallest(currency))
        assert part == round_money(part, currency)


@given(AMOUNTS, CODES)
def test_rounding_moves_an_amount_by_half_a_unit_at_most(amount, currency):
    assert abs(round_money(amount, currency) - amount) * 2 <= smallest(currency)
    assert round_fraction(Fraction(amount), currency) == round_money(amount, currency)


def test_the_largest_remainder_gets_the_cent_and_the_earlier_wins_a_tie():
    assert allocate(Decimal("100.00"), [1, 1, 1], "EUR") == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]
    assert allocate(Decimal("-1.00"), [2, 1], "EUR") == [Decimal("-0.67"), Decimal("-0.33")]
    assert allocate(Decimal(10), [0, 3, 4], "JPY") == [0, 4, 6]


@pytest.mark.parametrize(
    ("total", "weights"), [("1.001", [1]), ("1", []), ("1", [0, 0]), ("1", [Decimal(-1), 2])]
)
def test_what_cannot_be_divided_is_refused(total, weights):
    with pytest.raises(ValueError, match=r"minor units|weights"):
        allocate(Decimal(total), weights, "EUR")


def test_money_in_words():
    with override("en"):
        assert money_text(Decimal("1234.5"), "EUR") == "EUR\u00a01,234.50"
        assert money_text(Decimal("-12"), "KWD") == "KWD\u00a0\u221212.000"
        assert money_text(Decimal(1234567), "JPY") == "JPY\u00a01,234,567"
        assert money_text(Decimal("0.999"), "EUR") == "EUR\u00a01.00"
        # An old contract's currency, which has become another one; and a CRM that names none.
        assert money_text(Decimal("10.5"), "BGN") == "BGN\u00a010.50"
        assert money_text(Decimal("10.5"), "") == "10.50"
        assert price_text(Decimal("0.0045"), "EUR") == "EUR\u00a00.0045"
        assert price_text(Decimal("12.0000"), "EUR") == "EUR\u00a012.00"
    with override("de"):
        assert amount_text(Decimal("1234.5"), "EUR") == "1.234,50"


def test_money_never_passes_through_a_float():
    """Neither the module nor what reckons with it names float, or has a number with a decimal point."""
    for name in ("portal/lib/money.py", "accounts/billing.py", "reports/roi_reckoning.py"):
        path = Path(name)
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), name
            assert not (isinstance(node, ast.Name) and node.id == "float"), name
