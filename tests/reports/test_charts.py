from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.charts import Point, from_to_by, progress_bar
from portal.lib.figures import figure, places_of, with_unit
from portal.lib.timelines import Stop, milestone_strip

SVG = "{http://www.w3.org/2000/svg}"
START, DUE = date(2026, 1, 1), date(2026, 7, 1)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
values = st.decimals(-1_000_000, 1_000_000, places=2)
points = st.lists(st.builds(Point, days, values, st.booleans()), max_size=6)


def chart(measured=(), **changes) -> ElementTree.Element:
    facts = {
        "title": "Close faster", "baseline": Decimal(12), "target": Decimal(4), "due": DUE, "direction": "down",
        "unit": "days", "baseline_on": START, "today": date(2026, 4, 1),
    } | changes  # fmt: skip
    return ElementTree.fromstring(from_to_by(measured, **facts))


def discs(drawing: ElementTree.Element) -> list[ElementTree.Element]:
    return drawing.findall(f".//{SVG}circle")


def shown(drawing: ElementTree.Element) -> list[str]:
    return [one.text for one in drawing.findall(f".//{SVG}text")]


def test_it_says_in_words_what_it_shows() -> None:
    drawing = chart(
        [Point(date(2026, 3, 1), Decimal("6.5"), True), Point(date(2026, 2, 1), Decimal(9), False)]
    )
    assert drawing.get("role") == "img"
    assert (
        drawing[0].text
        == "Close faster: from 12\u00a0days, now 6.5\u00a0days, target 4\u00a0days by 1 Jul 2026"
    )
    assert drawing[1].text == ("1 Feb 2026: 9\u00a0days, not confirmed; 1 Mar 2026: 6.5\u00a0days, confirmed")
    assert shown(drawing) == ["1 Jul 2026", "1 Jan 2026", "today", "from 12", "target 4", "6.5"]


def test_an_unconfirmed_end_says_so_and_no_point_says_so() -> None:
    assert "now 6\u00a0days (not confirmed)" in chart([Point(date(2026, 3, 1), Decimal(6), False)])[0].text
    assert chart()[0].text.endswith("nothing measured yet")


def test_confirmed_points_are_filled_and_others_hollow() -> None:
    drawing = chart([Point(date(2026, 2, 1), Decimal(9), True), Point(date(2026, 3, 1), Decimal(6), False)])
    filled, hollow = discs(drawing)
    assert filled.get("fill") == filled.get("stroke") != "none"
    assert hollow.get("fill") == "none"
    # The line ends at the rim of the hollow one, so nothing crosses it.
    course = next(one for one in drawing.findall(f".//{SVG}line") if one.get("class") == "chart-accent-line")
    assert float(course.get("x1")) == float(filled.get("cx"))
    assert float(course.get("x2")) < float(hollow.get("cx"))


def test_a_falling_metric_falls_and_a_negative_one_is_below() -> None:
    first, last = discs(
        chart([Point(date(2026, 2, 1), Decimal(11), True), Point(date(2026, 3, 1), Decimal(5), True)])
    )
    assert float(first.get("cy")) < float(last.get("cy"))
    rising = chart(
        [Point(date(2026, 2, 1), Decimal(-120), True), Point(date(2026, 3, 1), Decimal(10), True)],
        baseline=Decimal(-140), target=Decimal(60), direction="up",
    )  # fmt: skip
    first, last = discs(rising)
    assert float(first.get("cy")) > float(last.get("cy"))
    assert "from −140" in shown(rising)


@given(points, values, values, days, st.sampled_from(["up", "down"]), st.none() | days)
def test_every_point_lies_inside_the_drawing(measured, baseline, target, due, direction, today) -> None:
    drawing = chart(measured, baseline=baseline, target=target, due=due, direction=direction, today=today)
    width, height = map(int, drawing.get("viewBox").split()[2:])
    assert len(discs(drawing)) == len(measured)
    for disc in discs(drawing):
        assert 0 <= float(disc.get("cx")) <= width
        assert 0 <= float(disc.get("cy")) <= height


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=200)
)
def test_any_text_is_only_text(text) -> None:
    assert chart(title=text)[0].text.startswith(text)


def test_markup_in_a_title_is_printed() -> None:
    source = from_to_by(
        [], title="<script>", baseline=Decimal(1), target=Decimal(2), due=DUE, direction="up", unit="</svg>"
    )
    assert "<script" not in source
    assert source.count("</svg>") == 1
    assert "style" not in source


def test_languages_from_right_to_left_get_no_words_inside() -> None:
    with translation.override("ar"):
        drawing = chart([Point(date(2026, 3, 1), Decimal(6), True)])
    assert shown(drawing) == ["2026-07-01", "2026-01-01", "12", "4", "6"]


def test_a_strip_tells_reached_from_open_from_overdue_by_shape() -> None:
    def strip(stop: Stop, today: date) -> ElementTree.Element:
        return ElementTree.fromstring(milestone_strip(stop, first=START, last=DUE, today=today))

    promised = date(2026, 3, 3)
    reached = strip(Stop("Kickoff", promised, promised, date(2026, 3, 5)), DUE)
    assert discs(reached)[0].get("fill") != "none"
    assert reached[0].text == "promised for 3 Mar 2026, reached on 5 Mar 2026"
    still_open = strip(Stop("Kickoff", promised, promised, None), START)
    assert discs(still_open)[0].get("fill") == "none"
    overdue = strip(Stop("Kickoff", promised, promised, None), promised + timedelta(1))
    assert discs(overdue) == []
    assert overdue.find(f".//{SVG}polygon") is not None
    assert overdue[0].text.endswith("overdue since 3 Mar 2026")


def test_a_bar_is_as_long_as_its_share_and_bounded() -> None:
    def bars(percent: int) -> list[float]:
        drawing = ElementTree.fromstring(progress_bar(percent, label="Tasks"))
        return [float(one.get("width")) for one in drawing.findall(f".//{SVG}rect")[1:]]

    assert bars(50) == [80.0]
    assert bars(250) == [160.0]
    assert bars(0) == []


def test_figures_keep_their_places_and_units() -> None:
    assert places_of([Decimal("12.000"), Decimal("9.50"), Decimal("1E+3")]) == 1
    assert figure(Decimal("-1234567.5"), 2) == "−1,234,567.50"
    assert with_unit("62", "%") == "62%"
    assert with_unit("5", "days") == "5\u00a0days"
    with translation.override("de"):
        assert figure(Decimal("1234.5")) == "1.234,5"
