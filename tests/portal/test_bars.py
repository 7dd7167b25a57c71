"""Bars and columns: they say in words what they draw, and draw what is there."""

import re
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.bars import BAR_WIDTH, Week, active_weeks, days_bar, percent_bar, week_columns
from portal.lib.charts import Point, from_to_by
from portal.lib.shares import Share

SVG = "{http://www.w3.org/2000/svg}"


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def bars(svg: str) -> list[ElementTree.Element]:
    return [one for one in drawn(svg).iter(f"{SVG}rect") if one.get("class") == "chart-accent-fill"]


@given(st.integers(0, 1000), st.one_of(st.none(), st.integers(0, 1000)))
def test_a_percentage_never_leaves_its_bar(percent, before) -> None:
    svg = percent_bar(percent, before=before, title="<b>Team & Co</b>")
    for one in bars(svg):
        assert 0 <= float(one.get("x", "")) + float(one.get("width", "")) <= BAR_WIDTH + 0.1
    assert len(bars(svg)) == bool(percent)
    assert len(list(drawn(svg).iter(f"{SVG}line"))) == (before is not None)
    assert drawn(svg).findtext(f"{SVG}title") == "<b>Team & Co</b>"
    assert (drawn(svg).findtext(f"{SVG}desc") or "").startswith(f"{percent}%")


@given(st.lists(st.one_of(st.none(), st.integers(0, 90)), max_size=40), st.integers(90, 500))
def test_columns_compare_and_a_week_without_a_number_is_a_dot(values, most) -> None:
    svg = week_columns(values, most=most, title="Finance")
    known = [one for one in values if one is not None]
    heights = [float(one.get("height", "")) for one in bars(svg)]
    assert len(heights) == len(known)
    assert all(height <= 20 for height in heights)
    assert len(list(drawn(svg).iter(f"{SVG}circle"))) == len(values) - len(known)


@pytest.mark.parametrize("count", [0, 1, 2, 26])
def test_weeks_say_their_numbers_in_words(count) -> None:
    weeks = [Week(date(2026, 1, number + 1), number, None if number % 2 else 30) for number in range(count)]
    svg = active_weeks(weeks, title="People who used it")
    described = drawn(svg).findtext(f"{SVG}desc") or ""
    assert described.count(" active") == count
    assert ("0 active of 30 seats" in described) == (count > 0)
    assert "NaN" not in svg


def test_days_are_as_long_as_they_are_many_and_nobody_is_hollow() -> None:
    shares = [
        Share("Acme", 10, "full"),
        Share("Us", 5, "half"),
        Share("nobody", 5, "hollow"),
        Share("none", 0, "full"),
    ]
    root = drawn(days_bar(shares, most=40, title="Kickoff"))
    widths = [float(one.get("width", "")) for one in root.iter(f"{SVG}rect")]
    assert widths == [39.0, 19.0, 19.0]
    assert [one.get("fill") for one in root.iter(f"{SVG}rect")][1:] == ["currentColor", "none"]


def test_a_proved_value_is_half_filled() -> None:
    def chart(**stands: bool) -> str:
        point = Point(date(2026, 3, 1), Decimal(7), **{"confirmed": False, **stands})
        way = {"baseline": Decimal(12), "target": Decimal(4), "due": date(2026, 6, 1), "direction": "down"}
        return from_to_by([point], title="Days", unit="", **way)

    assert re.findall("<path", chart(evidenced=True)) == ["<path"]
    assert ", evidenced" in chart(evidenced=True)
    assert "<path" not in chart()
    assert "<path" not in chart(confirmed=True, evidenced=True)
