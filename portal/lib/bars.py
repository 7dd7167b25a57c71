"""Bars and columns as SVG (conventions: portal.lib.charts): how many of how many, week by week, whose days.

Names stand beside a bar, in a table's cell, where every language is set well; a drawing carries only numbers and days.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.lib.charts import ACCENT, chart_day
from portal.lib.shares import Share
from portal.lib.svg import Spot, line, picture, tag, words

BAR_WIDTH, BAR_HEIGHT = 160, 12
WEEKS_WIDTH = 560
FULL = 100

Level = Callable[[int], float]


class Week(NamedTuple):
    """`last` is its last day. None was not said."""

    last: date
    active: int | None
    seats: int | None


def percent_bar(
    percent: int | None, *, before: int | None = None, title: str, accent: str = ACCENT
) -> SafeString:
    """Draw `percent` of a bar (more than 100 fills it), and `before`, as it was earlier, as an upright mark."""
    inside = BAR_WIDTH - 1
    parts = [
        tag("rect", x=0.5, y=2.5, width=inside, height=7, rx=2, fill="none", stroke="currentColor",
            stroke_opacity="0.4", css="chart-track")
    ]  # fmt: skip
    if percent:
        width = max(3.0, BAR_WIDTH * min(FULL, percent) / FULL)
        parts.append(_rect(0.0, 2.0, width, 8.0, accent, css="chart-accent-fill"))
    if before is not None:
        parts.append(_mark(max(1.0, min(inside, BAR_WIDTH * before / FULL)), 0.0, float(BAR_HEIGHT)))
    return picture(
        BAR_WIDTH,
        BAR_HEIGHT,
        *parts,
        title=title,
        description=_percents(percent, before),
        css="chart chart-bar",
    )


def week_columns(
    values: Sequence[int | None], *, most: int, title: str, accent: str = ACCENT, width: int = BAR_WIDTH
) -> SafeString:
    """A small multiple: a column a week, `most` high at most, so that several of them compare; the last one is
    darkest. A week without a number has a dot on the floor."""
    floor, high = 22.0, 20.0
    step = (width - 2) / max(1, len(values))
    wide = min(10.0, step * 0.72)
    parts = [line(Spot(0, floor), Spot(width, floor), **_faint())]
    for number, value in enumerate(values):
        left = 1 + step * number + (step - wide) / 2
        if value is None:
            parts.append(tag("circle", cx=left + wide / 2, cy=floor - 2, r=0.9, fill="currentColor"))
            continue
        tall = max(0.8, high * value / max(1, most))
        last = number == len(values) - 1
        parts.append(
            _rect(left, floor - tall, wide, tall, accent, 1.0 if last else 0.45, css="chart-accent-fill")
        )
    said = ", ".join("–" if value is None else str(value) for value in values)
    return picture(width, 24, *parts, title=title, description=said, css="chart chart-weeks")


def active_weeks(
    weeks: Sequence[Week], *, title: str, accent: str = ACCENT, width: int = WEEKS_WIDTH
) -> SafeString:
    """Active people as columns, week by week, under a stepped line of the seats they could use.

    Its words keep their height in the drawing's units: where it stands small, it is drawn less wide.
    """
    high, top, floor = 132, 20.0, 106.0
    numbers = [one.active or 0 for one in weeks] + [one.seats or 0 for one in weeks]
    most = max([1, *numbers])
    left, right = 2.0, width - 40.0
    step = (right - left) / max(1, len(weeks))
    wide = min(28.0, step * 0.66)

    def level(number: int) -> float:
        return floor - (floor - top) * number / most

    parts = [line(Spot(left, floor), Spot(right, floor), **_faint("0.45"))]
    for number, week in enumerate(weeks):
        middle = left + step * (number + 0.5)
        if week.active is None:
            parts.append(tag("circle", cx=middle, cy=floor - 4, r=1.4, fill="currentColor"))
        else:
            tall = max(1.0, floor - level(week.active))
            shade = 1.0 if number == len(weeks) - 1 else 0.45
            parts.append(
                _rect(middle - wide / 2, floor - tall, wide, tall, accent, shade, css="chart-accent-fill")
            )
    parts += _seats(weeks, left, step, level)
    parts += _numbers(weeks, right, level)
    parts += _days(weeks, left, right, floor)
    said = "; ".join(_week_words(one) for one in weeks)
    return picture(width, high, *parts, title=title, description=said, css="chart chart-active")


def days_bar(shares: Sequence[Share], *, most: int, title: str, accent: str = ACCENT) -> SafeString:
    """Days side by side, as long as they are many: `most` days fill the bar, so that several bars compare."""
    parts, start = [], 0.0
    for share in shares:
        if share.number:
            width = BAR_WIDTH * share.number / max(1, most)
            parts.append(_part(start, max(1.5, width - 1), share.look, accent))
            start += width
    said = "; ".join(f"{share.label}: {share.number}" for share in shares)
    return picture(BAR_WIDTH, BAR_HEIGHT, *parts, title=title, description=said, css="chart chart-bar")


def _seats(weeks: Sequence[Week], left: float, step: float, level: Level) -> list[SafeString]:
    """A line over each week that says its seats; joined where the next says so too."""
    parts = []
    for number, week in enumerate(weeks):
        if week.seats is None:
            continue
        here = Spot(left + step * number, level(week.seats))
        there = Spot(left + step * (number + 1), here.y)
        parts.append(_dashed(here, there))
        after = weeks[number + 1].seats if number + 1 < len(weeks) else None
        if after is not None and after != week.seats:
            parts.append(_dashed(there, Spot(there.x, level(after))))
    return parts


def _numbers(weeks: Sequence[Week], right: float, level: Level) -> list[SafeString]:
    """The latest numbers at the right, kept apart where they would touch."""
    last = weeks[-1] if weeks else Week(date.min, None, None)
    parts, seats_at = [], None
    if last.seats is not None:
        seats_at = level(last.seats)
        parts.append(words(str(last.seats), Spot(right + 6, seats_at + 4), css="chart-text chart-muted"))
    if last.active is not None:
        at = level(last.active)
        if seats_at is not None and abs(at - seats_at) < 13:
            at = seats_at + 13
        parts.append(words(str(last.active), Spot(right + 6, at + 4), bold=True))
    return parts


def _days(weeks: Sequence[Week], left: float, right: float, floor: float) -> list[SafeString]:
    if not weeks:
        return []
    first = words(chart_day(weeks[0].last), Spot(left, floor + 17), css="chart-text chart-muted")
    if len(weeks) == 1 or right - left < 160:
        return [first]
    return [
        first,
        words(chart_day(weeks[-1].last), Spot(right, floor + 17), anchor="end", css="chart-text chart-muted"),
    ]


def _part(start: float, width: float, look: str, accent: str) -> SafeString:
    box = {"x": start + 0.5, "y": 2.0, "width": width, "height": 8.0, "rx": 1.5}
    if look == "full":
        return tag("rect", **box, fill=accent, css="chart-accent-fill")
    if look == "half":
        return tag("rect", **box, fill="currentColor", fill_opacity="0.4")
    return tag("rect", **box, fill="none", stroke="currentColor", stroke_opacity="0.6")


def _rect(
    x: float, y: float, width: float, height: float, fill: str, strength: float = 1.0, *, css: str
) -> SafeString:
    faded = None if strength >= 1 else f"{strength}"
    return tag("rect", x=x, y=y, width=width, height=height, rx=1, fill=fill, fill_opacity=faded, css=css)


def _mark(x: float, top: float, bottom: float) -> SafeString:
    return line(Spot(x, top), Spot(x, bottom), stroke="currentColor", stroke_width=1.5, css="chart-rule")


def _dashed(start: Spot, end: Spot) -> SafeString:
    return line(
        start, end, stroke="currentColor", stroke_width=1.2, stroke_opacity="0.7", stroke_dasharray="4 2",
        css="chart-rule",
    )  # fmt: skip


def _faint(strength: str = "0.3") -> dict[str, object]:
    return {"stroke": "currentColor", "stroke_width": 1, "stroke_opacity": strength, "css": "chart-rule"}


def _percents(percent: int | None, before: int | None) -> str:
    now = "–" if percent is None else f"{percent}%"
    return now if before is None else _("%(now)s, before that %(before)s%%") % {"now": now, "before": before}


def _week_words(week: Week) -> str:
    facts = {"day": chart_day(week.last), "active": "–" if week.active is None else week.active}
    if week.seats is None:
        return _("%(day)s: %(active)s active") % facts
    return _("%(day)s: %(active)s active of %(seats)s seats") % (facts | {"seats": week.seats})
