"""Working days: weekends and the public holidays of a country."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.workdays import WorkCalendar, calendar_of

DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
PLACES = st.sampled_from(["US", "DE", "DE-BY", "GB", "JP", "", "XX"])
MONDAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        ("US", date(2026, 11, 26), False),  # Thanksgiving
        ("DE", date(2026, 11, 26), True),
        ("DE", date(2026, 1, 6), True),
        ("DE-BY", date(2026, 1, 6), False),  # Epiphany, in Bavaria
        ("GB", date(2026, 12, 28), False),  # Boxing Day, moved to the Monday
        ("JP", date(2026, 5, 4), False),  # Greenery Day
        ("de-by", date(2026, 1, 6), False),
        ("DE-XX", date(2026, 10, 3), False),  # an unknown part of a known country
        ("", date(2026, 12, 25), True),
        ("XX", date(2026, 12, 25), True),
        ("DE", date(2026, 11, 21), False),  # Saturday
    ],
)
def test_holidays_by_country_and_part(country, day, works) -> None:
    assert calendar_of(country).is_working(day) is works


def test_a_week_of_days_by_hand() -> None:
    calendar = WorkCalendar(frozenset({MONDAY + timedelta(days=2)}))
    assert calendar.add(MONDAY, 1) == MONDAY + timedelta(days=1)
    assert calendar.add(MONDAY, 2) == MONDAY + timedelta(days=3)
    assert calendar.add(MONDAY, 4) == MONDAY + timedelta(days=7)
    assert calendar.add(MONDAY + timedelta(days=5), 0) == MONDAY + timedelta(days=7)
    assert calendar.add(MONDAY + timedelta(days=5), -1) == MONDAY + timedelta(days=4)
    assert calendar.between(MONDAY, MONDAY + timedelta(days=7)) == 4
    assert calendar.between(MONDAY + timedelta(days=7), MONDAY) == -4


@given(place=PLACES, day=DAYS, days=st.integers(1, 300))
def test_add_counts_as_between_does(place, day, days) -> None:
    calendar = calendar_of(place)
    there = calendar.add(day, days)
    assert calendar.is_working(there)
    assert calendar.between(day, there) == days
    assert calendar.between(there, day) == -days


@given(place=PLACES, day=DAYS, days=st.integers(-300, 300))
def test_add_has_an_inverse_on_working_days(place, day, days) -> None:
    calendar = calendar_of(place)
    day = calendar.on_or_after(day)
    assert calendar.add(calendar.add(day, days), -days) == day


@given(place=PLACES, day=DAYS, first=st.integers(0, 100), second=st.integers(0, 100))
def test_add_adds_up(place, day, first, second) -> None:
    calendar = calendar_of(place)
    day = calendar.on_or_after(day)
    assert calendar.add(calendar.add(day, first), second) == calendar.add(day, first + second)


@given(place=PLACES, one=DAYS, other=DAYS, days=st.integers(-100, 100))
def test_add_keeps_the_order(place, one, other, days) -> None:
    calendar = calendar_of(place)
    one, other = sorted((calendar.on_or_after(one), calendar.on_or_after(other)))
    assert calendar.add(one, days) <= calendar.add(other, days)


@given(place=PLACES, day=DAYS)
def test_the_nearest_working_day(place, day) -> None:
    calendar = calendar_of(place)
    before, after = calendar.on_or_before(day), calendar.on_or_after(day)
    assert before <= day <= after
    assert calendar.is_working(before)
    assert calendar.is_working(after)
    gap = [before + timedelta(days=n) for n in range(1, (after - before).days)]
    assert not any(calendar.is_working(one) for one in gap)
