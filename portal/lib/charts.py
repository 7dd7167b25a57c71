"""Charts as SVG, drawn on the server, the same in a page and in a PDF.

They are legible in black and white: shapes and dashes carry the meaning. Ink is `currentColor`; the accent
is a presentation attribute that a page's CSS may override (`.chart-accent-line`, `.chart-accent-fill`).
WeasyPrint draws SVG text letter by letter, which breaks Arabic and Hebrew words, so charts carry no words in
languages written from right to left; their title and description always do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import hypot
from typing import ClassVar, NamedTuple

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi, pgettext
from django.utils.translation import gettext as _

from portal.lib.figures import figure, with_unit
from portal.lib.svg import Spot, line, marker, picture, tag, words

ACCENT = "#2f66dd"
RADIUS = 4.5


class Point(NamedTuple):
    """A measured value; a point that nobody at the other side has confirmed is drawn hollow, and half filled where
    something proves it."""

    on: date
    value: Decimal
    confirmed: bool
    evidenced: bool = False


def from_to_by(
    points: Sequence[Point],
    *,
    title: str,
    baseline: Decimal,
    target: Decimal,
    due: date,
    direction: str,
    unit: str,
    baseline_on: date | None = None,
    today: date | None = None,
    accent: str = ACCENT,
) -> SafeString:
    """Draw an objective: the course from `baseline` to `target` by `due`, and what was measured.

    `direction` is "up" or "down" (which way is better); values may be negative; `points` come in any order.
    """
    ordered = sorted(points, key=lambda one: one.on)
    start = min([baseline_on or due, *(one.on for one in ordered)])
    days = [start, due, *(one.on for one in ordered), *([today] if today else [])]
    plot = _Plot.around(days, [baseline, target, *(one.value for one in ordered)])
    falls = direction == "down"
    return picture(
        _Plot.WIDTH,
        _Plot.HEIGHT,
        *_frame(plot, start, due, today),
        *_promise(plot, start, due, baseline, target, falls),
        *_measured(plot, ordered, accent),
        *_last_value(plot, ordered, falls),
        title=_objective_title(title, ordered, baseline, target, due, unit),
        description=_objective_description(ordered, unit),
        css="chart chart-objective",
    )


def progress_bar(percent: int, *, label: str, accent: str = ACCENT) -> SafeString:
    """Draw `percent` (0–100, bounded) of a bar; `label` says it in words."""
    share = min(100, max(0, percent))
    return picture(
        160, 8,
        tag("rect", x=0.5, y=0.5, width=159, height=7, rx=3.5, fill="none", stroke="currentColor",
            stroke_opacity="0.45", css="chart-track"),
        *([tag("rect", x=0, y=0, width=float(max(8, 1.6 * share)), height=8, rx=4, fill=accent,
               css="chart-accent-fill")] if share else []),
        title=label, description=f"{share}%", css="chart chart-progress",
    )  # fmt: skip


@dataclass(frozen=True)
class _Plot:
    """Maps days and values to places in a drawing of 420 × 176 units."""

    first: date
    last: date
    low: Decimal
    high: Decimal

    WIDTH: ClassVar = 420
    HEIGHT: ClassVar = 176
    LEFT: ClassVar = 8.0
    RIGHT: ClassVar = 410.0
    TOP: ClassVar = 26.0
    BOTTOM: ClassVar = 136.0
    FLOOR: ClassVar = 154.0

    @classmethod
    def around(cls, days: Sequence[date], values: Sequence[Decimal]) -> "_Plot":
        low, high = min(values), max(values)
        return cls(min(days), max(days), low, high if high > low else low + 1)

    def across(self, day: date) -> float:
        return self.LEFT + (self.RIGHT - self.LEFT) * share_of(day, self.first, self.last)

    def at(self, day: date, value: Decimal) -> Spot:
        share = float((value - self.low) / (self.high - self.low))
        return Spot(self.across(day), self.BOTTOM - (self.BOTTOM - self.TOP) * share)


def _frame(plot: _Plot, start: date, due: date, today: date | None) -> list[SafeString]:
    """The floor with its days: start, due, and today where there is room to name it."""
    floor, end = plot.FLOOR, plot.across(due)
    anchor = "end" if end > plot.RIGHT - 40 else "middle"
    name_left = end - (76 if anchor == "end" else 38)
    parts = [
        _rule(Spot(plot.LEFT, floor), Spot(plot.RIGHT, floor)),
        _rule(Spot(end, plot.TOP - 6), Spot(end, floor + 4)),
        _floor_text(chart_day(due), end, anchor),
    ]
    if name_left > 92:
        parts.append(_floor_text(chart_day(start), plot.LEFT))
    if today and plot.first <= today <= plot.last:
        here = plot.across(today)
        parts.append(_rule(Spot(here, plot.TOP - 6), Spot(here, floor + 4), dashes="1 3"))
        if 110 < here < name_left - 22 and not get_language_bidi():
            parts.append(_floor_text(_("today"), here, "middle"))
    return parts


def _rule(start: Spot, end: Spot, *, dashes: str | None = None, strength: float = 0.35) -> SafeString:
    return line(
        start, end, stroke="currentColor", stroke_width=1, stroke_opacity=f"{strength}",
        stroke_dasharray=dashes, css="chart-rule",
    )  # fmt: skip


def _floor_text(text: str, x: float, anchor: str = "start") -> SafeString:
    return words(text, Spot(x, _Plot.FLOOR + 17), anchor=anchor, css="chart-text chart-muted")


def _promise(
    plot: _Plot, start: date, due: date, baseline: Decimal, target: Decimal, falls: bool
) -> list[SafeString]:
    """Baseline and target as lines, named outside the band of the values, and the straight course."""
    begin, goal = plot.at(start, baseline), plot.at(due, target)
    above, below = -6.0, 14.0
    texts = (figure(baseline), figure(target))
    if not get_language_bidi():
        texts = (_("from %(value)s") % {"value": texts[0]}, _("target %(value)s") % {"value": texts[1]})
    # The line of the due day stands at the right: the baseline's name keeps clear of it.
    name_end = min(plot.RIGHT, goal.x - 5)
    return [
        _rule(Spot(plot.LEFT, begin.y), Spot(plot.RIGHT, begin.y), dashes="2 3"),
        _rule(Spot(plot.LEFT, goal.y), Spot(plot.RIGHT, goal.y), dashes="7 3", strength=0.6),
        _rule(begin, goal, dashes="1 3", strength=0.5),
        marker("diamond", goal, 6.0, fill="none", stroke="currentColor", stroke_width=1.5, css="chart-goal"),
        words(texts[0], Spot(name_end, begin.y + (above if falls else below)), anchor="end"),
        words(texts[1], Spot(plot.LEFT, goal.y + (below if falls else above))),
    ]


def _measured(plot: _Plot, points: Sequence[Point], accent: str) -> list[SafeString]:
    spots = [plot.at(one.on, one.value) for one in points]
    stroke = {"stroke": accent, "stroke_width": 2, "css": "chart-accent-line"}
    parts = []
    for (here, hollow), (there, hollow_there) in zip(
        pairs := [(spot, not one.confirmed) for spot, one in zip(spots, points, strict=True)],
        pairs[1:],
        strict=False,
    ):
        # A line stops at the rim of a hollow point, so that it stays hollow on any background.
        ends = _between(here, there, RADIUS if hollow else 0.0, RADIUS if hollow_there else 0.0)
        if ends:
            parts.append(line(*ends, stroke_linecap="round", **stroke))
    for spot, one in zip(spots, points, strict=True):
        fill = (
            {"fill": accent, "css": "chart-accent-fill chart-accent-line"}
            if one.confirmed
            else {"fill": "none"}
        )
        parts.append(marker("disc", spot, RADIUS, **(stroke | fill)))
        if one.evidenced and not one.confirmed:
            parts.append(_lower_half(spot, accent))
    return parts


def _lower_half(at: Spot, accent: str) -> SafeString:
    arc = f"M{at.x - RADIUS:.1f},{at.y:.1f} A{RADIUS},{RADIUS} 0 0 0 {at.x + RADIUS:.1f},{at.y:.1f} Z"
    return tag("path", d=arc, fill=accent, css="chart-accent-fill")


def _last_value(plot: _Plot, points: Sequence[Point], falls: bool) -> list[SafeString]:
    if not points:
        return []
    spot = plot.at(points[-1].on, points[-1].value)
    text = figure(points[-1].value)
    to_the_right = (falls or spot.x < 60) and spot.x < plot.RIGHT - 50
    shift = 7.0 if to_the_right else -7.0
    return [
        words(text, Spot(spot.x + shift, spot.y - 8), anchor="start" if to_the_right else "end", bold=True)
    ]


def _between(here: Spot, there: Spot, gap: float, gap_there: float) -> tuple[Spot, Spot] | None:
    length = hypot(there.x - here.x, there.y - here.y)
    if length <= gap + gap_there:
        return None
    dx, dy = (there.x - here.x) / length, (there.y - here.y) / length
    return (
        Spot(here.x + dx * gap, here.y + dy * gap),
        Spot(there.x - dx * gap_there, there.y - dy * gap_there),
    )


def _objective_title(
    title: str, points: Sequence[Point], baseline: Decimal, target: Decimal, due: date, unit: str
) -> str:
    facts = {
        "title": title,
        "baseline": with_unit(figure(baseline), unit),
        "target": with_unit(figure(target), unit),
        "due": chart_day(due),
    }
    if not points:
        return _("%(title)s: from %(baseline)s to %(target)s by %(due)s; nothing measured yet") % facts
    facts["now"] = with_unit(figure(points[-1].value), unit)
    if points[-1].confirmed:
        return _("%(title)s: from %(baseline)s, now %(now)s, target %(target)s by %(due)s") % facts
    return (
        _("%(title)s: from %(baseline)s, now %(now)s (not confirmed), target %(target)s by %(due)s") % facts
    )


def _objective_description(points: Sequence[Point], unit: str) -> str:
    return "; ".join(
        "{}: {}, {}".format(
            chart_day(one.on),
            with_unit(figure(one.value), unit),
            _("confirmed") if one.confirmed else _("evidenced") if one.evidenced else _("not confirmed"),
        )
        for one in points
    )


def share_of(day: date, first: date, last: date) -> float:
    return (day - first).days / max(1, (last - first).days)


def chart_day(day: date) -> str:
    return day.isoformat() if get_language_bidi() else date_format(day, pgettext("pattern of a day", "j M Y"))
