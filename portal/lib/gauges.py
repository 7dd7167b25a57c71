"""What was used against a limit, as SVG (conventions: portal.lib.charts). Read without colour: up to the limit the
bar is full, in fair use striped, beyond it black; the limit is a long mark, the end of fair use a dashed one."""

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
COURSE = 200
TOP, BOTTOM = 20.0, 36.0
LETTER = 6.0
"""About how wide a letter of a label is, in the drawing's units."""


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
        *_zones(at(limit), at(fair_limit)),
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

    def at(day: date, value: Decimal) -> Spot:
        return Spot(4 + COURSE * share_of(day, days[0], days[-1]), 62 - 48 * float(value / top))

    spots = [at(*one) for one in course]
    last, height = spots[-1], at(days[0], limit).y
    stroke = {"stroke": accent, "stroke_width": 2, "css": "chart-accent-line"}
    parts = [
        line(Spot(4, 62), Spot(4 + COURSE, 62), stroke="currentColor", stroke_width=1, stroke_opacity="0.35",
             css="chart-rule"),
        line(Spot(4, height), Spot(4 + COURSE, height), stroke="currentColor", stroke_width=1,
             stroke_dasharray="7 3", stroke_opacity="0.7", css="chart-rule"),
        *(line(here, there, stroke_linecap="round", **stroke) for here, there in pairwise(spots)),
        marker("disc", last, 3.5, fill=accent, css="chart-accent-fill"),
        words(figure(values[-1]), Spot(last.x + 7, last.y + 4), bold=True),
        words(chart_day(days[0]), Spot(4, 76), css="chart-text chart-muted"),
        words(chart_day(days[-1]), Spot(4 + COURSE, 76), anchor="end", css="chart-text chart-muted"),
    ]  # fmt: skip
    if not get_language_bidi():
        parts.append(words(_("limit %(value)s") % {"value": figure(limit)}, Spot(4, height - 5)))
    said = "; ".join(f"{chart_day(day)}: {with_unit(figure(value), unit)}" for day, value in course)
    return picture(COURSE + 60, 82, *parts, title=title, description=said, css="chart chart-course")


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


def _marks(limit: float, fair: float) -> list[SafeString]:
    ink = {"stroke": "currentColor", "stroke_width": 1.6, "css": "chart-rule"}
    parts = [line(Spot(limit, TOP - 5), Spot(limit, BOTTOM + 5), **ink)]
    if fair > limit:
        parts.append(line(Spot(fair, TOP - 5), Spot(fair, BOTTOM + 5), stroke_dasharray="3 2", **ink))
    return parts


def _numbers(limit: float, fair: float, texts: tuple[str, str]) -> list[SafeString]:
    """The limit's number stands left of its mark, that of fair use right of its own, so that they never meet."""
    names = texts
    if not get_language_bidi():
        names = (_("limit %(value)s") % {"value": texts[0]}, _("up to %(value)s") % {"value": texts[1]})
    parts = [words(names[0], Spot(limit - 4, TOP - 8), anchor="end", bold=True)]
    if fair > limit:
        parts.append(words(names[1], Spot(fair + 4, TOP - 8)))
    return parts


def _zones(limit: float, fair: float) -> list[SafeString]:
    """The three words under their places, where there is room for them."""
    if get_language_bidi():
        return []
    floor, quiet = BOTTOM + 16, "chart-text chart-muted"
    parts = [words(_("within"), Spot(LEFT, floor), css=quiet)]
    if fair > limit:
        name = _("fair use")
        if fair - limit > LETTER * len(name):
            parts.append(words(name, Spot((limit + fair) / 2, floor), anchor="middle", css=quiet))
        else:
            parts.append(words(name, Spot(fair - 3, floor), anchor="end", css=quiet))
    parts.append(words(_("beyond"), Spot(fair + 4, floor), css=quiet))
    return parts


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
