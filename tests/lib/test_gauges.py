"""A limit and what was used of it: drawn and said, whatever the numbers."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from portal.lib.gauges import course_line, limit_bar


@pytest.mark.parametrize(
    ("used", "fair", "said", "drawn"),
    [
        (None, "275", "nothing is known of its use", ()),
        ("250", "275", "250 users used: within the limit of 250 users", ("chart-accent-fill",)),
        (
            "251",
            "275",
            "251 users used: fair use, above the limit",
            ("chart-accent-fill", "chart-accent-line"),
        ),
        (
            "276",
            "275",
            "276 users used: beyond fair use",
            ("chart-accent-fill", "chart-accent-line", "chart-beyond"),
        ),
        (
            "251",
            "250",
            "251 users used: beyond the limit of 250 users",
            ("chart-accent-fill", "chart-beyond"),
        ),
    ],
)
def test_within_fair_use_and_beyond_differ_by_word_and_shape(used, fair, said, drawn) -> None:
    bar = limit_bar(
        Decimal(used) if used else None, limit=Decimal(250), fair_limit=Decimal(fair), title="<b>", unit="users"
    )  # fmt: skip
    assert said in bar.replace("\xa0", " ")
    assert {
        one for one in ("chart-accent-fill", "chart-accent-line", "chart-beyond") if f'"{one}"' in bar
    } == set(drawn)
    assert "&lt;b&gt;" in bar
    assert (">fair use up to 275<" in bar) is (fair != "250")


def test_a_limit_of_nothing_and_a_course_of_one_number_are_drawn_too() -> None:
    assert "within the limit of 0" in limit_bar(
        Decimal(0), limit=Decimal(0), fair_limit=Decimal(0), title="x"
    )
    days = [date(2026, 1, 4) + timedelta(days=7 * n) for n in range(3)]
    course = course_line(
        [(day, Decimal(n)) for n, day in enumerate(days)], limit=Decimal(0), title="x", unit="GB"
    )
    assert "4 Jan 2026: 0\xa0GB; 11 Jan 2026: 1\xa0GB" in course
    with translation.override("he"):
        assert ">limit 2<" not in limit_bar(Decimal(1), limit=Decimal(2), fair_limit=Decimal(2), title="x")


@pytest.mark.parametrize("used", ["0", "1", "27", "28", "29", "30", "31", "4000000"])
@pytest.mark.parametrize(("limit", "fair"), [("0", "0"), ("28", "28"), ("28", "30"), ("1234567", "1234568")])
def test_no_two_labels_touch_and_none_is_cut_off(used, limit, fair) -> None:
    drawn = limit_bar(Decimal(used), limit=Decimal(limit), fair_limit=Decimal(fair), title="x")
    assert drawn.count("<text") == 1 + (limit != fair)
    apart(drawn, 480)
    days = [date(2026, 1, 4) + timedelta(days=7 * n) for n in range(3)]
    apart(course_line([(day, Decimal(used)) for day in days], limit=Decimal(limit), title="x"), 280)


LABEL = re.compile(r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)"[^>]*>([^<]+)<')


def apart(drawn: str, width: int) -> None:
    """Each label inside of the drawing, and clear of all others, with six units for a letter."""
    boxes: list[tuple[float, float, float]] = []
    for x, y, anchor, text in LABEL.findall(drawn):
        long = 6.0 * len(text)
        left = float(x) - {"start": 0, "middle": long / 2, "end": long}[anchor]
        assert left >= 0
        assert left + long <= width
        for other_left, other_right, other_y in boxes:
            assert abs(float(y) - other_y) >= 11 or left >= other_right or left + long <= other_left
        boxes.append((left, left + long, float(y)))
