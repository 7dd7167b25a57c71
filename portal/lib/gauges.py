"""What was used against a limit, as SVG (conventions: portal.lib.charts). Read without colour: up to the limit the
bar is full, in fair use striped, beyond it black; the limit is a mark that stands out above, with its number, the end
of fair use a dashed one that hangs below, with its own: they cannot meet, whatever the numbers are."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from portal.lib.charts import ACCENT, chart_day, share_of
from portal.lib.figures import figure, with_unit
from portal.lib.svg import Spot, line, marker, picture, tag, words

WIDTH = 480
LEFT, RIGHT = 1.0, 479.0
COURSE, COURSE_HIGH = 280, 82
TOP, BOTTOM = 20.0, 36.0
LETTER = 6.5
"""How wide a letter of a label is at most, on the average of a few, in the drawing's units."""
APART = 13.0
"""Two labels that stand one above the other, from line to line."""


def limit_bar(
    used: Decimal | None,
    *,
    limit: Decimal,
    fair_limit: Decimal,
    title: str,
    unit: str = "",
    accent: str = ACCENT,
) -> SafeString:
    """Draw `used` against what is bought (`limit`) and what is fair use (`fair_limit`, at least the limit)."""
    end = max(fair_limit, used or Decimal(0), Decimal(1)) * Decimal("1.18")

    def at(value: Decimal) -> float:
        return LEFT + (RIGHT - LEFT) * float(value / end)

    return picture(
        WIDTH, 54,
        *_track(at(limit), at(fair_limit)),
        *_filled(at(Decimal(0)), at(used or Decimal(0)), at(limit), at(fair_limit), accent),
        *_marks(at(limit), at(fair_limit)),
        *_numbers(at(limit), at(fair_limit), (figure(limit), figure(fair_limit))),
        title=title, description=_bar_words(used, limit, fair_limit, unit), css="chart chart-limit",
    )  # fmt: skip


def course_line(
    course: Sequence[tuple[date, Decimal]],
    *,
    limit: Decimal,
    title: str,
    unit: str = "",
    accent: str = ACCENT,
) -> SafeString:
    """Draw numbers by day, oldest first, below or above the line of the limit. At least two are wanted."""
    days, values = [day for day, _value in course], [value for _day, value in course]
    top = max([limit, *values, Decimal(1)]) * Decimal("1.1")
    number = figure(values[-1])
    name = figure(limit) if get_language_bidi() else _("limit %(value)s") % {"value": figure(limit)}
    end = max(COURSE / 2, COURSE - 8 - LETTER * max(len(name), len(number)))

    def at(day: date, value: Decimal) -> Spot:
        return Spot(4 + (end - 4) * share_of(day, days[0], days[-1]), 62 - 48 * float(value / top))

    spots = [at(*one) for one in course]
    last, height = spots[-1], at(days[0], limit).y
    stroke = {"stroke": accent, "stroke_width": 2, "css": "chart-accent-line"}
    parts = [
        line(Spot(4, 62), Spot(end, 62), stroke="currentColor", stroke_width=1, stroke_opacity="0.35",
             css="chart-rule"),
        line(Spot(4, height), Spot(end, height), stroke="currentColor", stroke_width=1,
             stroke_dasharray="7 3", stroke_opacity="0.7", css="chart-rule"),
        *(line(here, there, stroke_linecap="round", **stroke) for here, there in pairwise(spots)),
        marker("disc", last, 3.5, fill=accent, css="chart-accent-fill"),
        words(number, Spot(last.x + 8, last.y + 4), bold=True),
        words(chart_day(days[0]), Spot(4, 76), css="chart-text chart-muted"),
        words(chart_day(days[-1]), Spot(end, 76), anchor="end", css="chart-text chart-muted"),
    ]  # fmt: skip
    parts.append(words(name, Spot(last.x + 8, _clear_of(last.y, height) + 4), css="chart-text chart-muted"))
    said = "; ".join(f"{chart_day(day)}: {with_unit(figure(value), unit)}" for day, value in course)
    return picture(COURSE, COURSE_HIGH, *parts, title=title, description=said, css="chart chart-course")


def _track(limit: float, fair: float) -> list[SafeString]:
    """The room up to the limit is a frame, that of fair use a dashed one; beyond there is only the floor."""
    frame = {"y": TOP, "height": BOTTOM - TOP, "fill": "none", "stroke": "currentColor", "css": "chart-track"}
    parts = [tag("rect", x=LEFT, width=limit - LEFT, stroke_opacity="0.55", **frame)]
    if fair > limit:
        parts.append(
            tag("rect", x=limit, width=fair - limit, stroke_opacity="0.55", stroke_dasharray="2 2", **frame)
        )
    floor = (Spot(fair, BOTTOM), Spot(RIGHT, BOTTOM))
    return [
        *parts,
        line(*floor, stroke="currentColor", stroke_opacity="0.35", stroke_dasharray="1 3", css="chart-rule"),
    ]


def _filled(left: float, used: float, limit: float, fair: float, accent: str) -> list[SafeString]:
    parts = []
    bar = {"y": TOP, "height": BOTTOM - TOP}
    if used > left:
        parts.append(
            tag("rect", x=left, width=min(used, limit) - left, fill=accent, css="chart-accent-fill", **bar)
        )
    if used > limit and fair > limit:
        parts += _stripes(limit, min(used, fair), accent)
    if used > fair:
        parts.append(tag("rect", x=fair, width=used - fair, fill="currentColor", css="chart-beyond", **bar))
    return parts


def _stripes(start: float, end: float, accent: str) -> list[SafeString]:
    """Slanting lines between two places, cut off at both."""
    height, stripes, x = BOTTOM - TOP, [], start - (BOTTOM - TOP)
    while x < end:
        low, high = max(x, start), min(x + height, end)
        if high > low:
            here, there = Spot(low, BOTTOM - (low - x)), Spot(high, BOTTOM - (high - x))
            stripes.append(line(here, there, stroke=accent, stroke_width=1.6, css="chart-accent-line"))
        x += 4.5
    rim = {"y": TOP, "height": height, "fill": "none", "stroke": accent, "css": "chart-accent-line"}
    return [*stripes, tag("rect", x=start, width=end - start, **rim)]


def _clear_of(number: float, limit: float) -> float:
    """Where the limit's name stands beside the latest number: at its line, or as near as that leaves room."""
    if abs(number - limit) >= APART:
        return limit
    return number - APART if limit <= number else number + APART


def _marks(limit: float, fair: float) -> list[SafeString]:
    ink = {"stroke": "currentColor", "stroke_width": 1.6, "css": "chart-rule"}
    parts = [line(Spot(limit, TOP - 5), Spot(limit, BOTTOM), **ink)]
    if fair > limit:
        parts.append(line(Spot(fair, TOP), Spot(fair, BOTTOM + 5), stroke_dasharray="3 2", **ink))
    return parts


def _numbers(limit: float, fair: float, texts: tuple[str, str]) -> list[SafeString]:
    """The limit's number above the bar, that of fair use below it."""
    names = texts
    if not get_language_bidi():
        names = (
            _("limit %(value)s") % {"value": texts[0]},
            _("fair use up to %(value)s") % {"value": texts[1]},
        )
    parts = [_name(names[0], limit, TOP - 8, bold=True)]
    if fair > limit:
        parts.append(_name(names[1], fair, BOTTOM + 16))
    return parts


def _name(text: str, x: float, y: float, *, bold: bool = False) -> SafeString:
    """Below or above its mark, and inside of the drawing."""
    half = LETTER * len(text) / 2
    if x - half < LEFT:
        return words(text, Spot(LEFT, y), bold=bold)
    if x + half > RIGHT:
        return words(text, Spot(RIGHT, y), anchor="end", bold=bold)
    return words(text, Spot(x, y), anchor="middle", bold=bold)


def _bar_words(used: Decimal | None, limit: Decimal, fair: Decimal, unit: str) -> str:
    facts = {
        "used": with_unit(figure(used), unit) if used is not None else "",
        "limit": with_unit(figure(limit), unit),
        "fair": with_unit(figure(fair), unit),
    }
    if used is None and fair == limit:
        return _("Limit %(limit)s; nothing is known of its use.") % facts
    if used is None:
        return _("Limit %(limit)s, fair use up to %(fair)s; nothing is known of its use.") % facts
    if used <= limit and fair == limit:
        return _("%(used)s used: within the limit of %(limit)s.") % facts
    if used <= limit:
        return _("%(used)s used: within the limit of %(limit)s; fair use up to %(fair)s.") % facts
    if used <= fair:
        return _("%(used)s used: fair use, above the limit of %(limit)s and up to %(fair)s.") % facts
    if fair == limit:
        return _("%(used)s used: beyond the limit of %(limit)s; there is no room for fair use.") % facts
    return _("%(used)s used: beyond fair use, which is up to %(fair)s; the limit is %(limit)s.") % facts
