"""Promised against actual: milestones on a line of time, as SVG (conventions: portal.lib.charts)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.lib.charts import ACCENT, RADIUS, chart_day, share_of
from portal.lib.svg import Spot, line, marker, picture


class Stop(NamedTuple):
    """A milestone on a timeline: when it was promised, is now due, and was reached."""

    title: str
    baseline_on: date | None
    due_on: date | None
    reached_on: date | None


def milestone_strip(
    stop: Stop, *, first: date, last: date, today: date | None = None, accent: str = ACCENT
) -> SafeString:
    """Draw one milestone between the days `first` and `last`: an upright mark where it was promised, a disc
    where it was reached (hollow: still to come), a triangle where it is overdue, a bar for the distance."""
    inner = _strip(stop, first, last, today, Spot(6, 9), 148, accent)
    return picture(
        160, 18, *inner, title=stop_words(stop, today), description=stop.title, css="chart chart-strip"
    )


def timeline_span(stops: Sequence[Stop], today: date | None) -> tuple[date, date]:
    """Return the first and last day that a timeline of `stops` must show."""
    days = [day for one in stops for day in one[1:] if day] + ([today] if today else [])
    return (min(days), max(days)) if days else (date(2000, 1, 1), date(2000, 1, 2))


def stop_words(stop: Stop, today: date | None) -> str:
    """Say in words what a strip shows: "promised 3 Mar 2026, reached 5 Mar 2026"."""
    parts = []
    if stop.baseline_on:
        parts.append(_("promised for %(day)s") % {"day": chart_day(stop.baseline_on)})
    if stop.reached_on:
        parts.append(_("reached on %(day)s") % {"day": chart_day(stop.reached_on)})
    elif stop.due_on and today and stop.due_on < today:
        parts.append(_("overdue since %(day)s") % {"day": chart_day(stop.due_on)})
    elif stop.due_on:
        parts.append(_("due on %(day)s") % {"day": chart_day(stop.due_on)})
    return ", ".join(parts) or _("no day set")


def _strip(
    stop: Stop, first: date, last: date, today: date | None, middle: Spot, width: float, accent: str
) -> list[SafeString]:
    def spot(day: date) -> Spot:
        return Spot(middle.x + width * share_of(day, first, last), middle.y)

    faint = {"stroke": "currentColor", "css": "chart-rule"}
    parts = [line(middle, Spot(middle.x + width, middle.y), stroke_width=1, stroke_opacity="0.25", **faint)]
    overdue = bool(not stop.reached_on and stop.due_on and today and stop.due_on < today)
    actual = stop.reached_on or stop.due_on
    if stop.baseline_on and actual:
        slip = (spot(stop.baseline_on), spot(actual))
        parts.append(line(*slip, stroke_width=3, stroke_opacity="0.45", **faint))
    if stop.baseline_on:
        x = spot(stop.baseline_on).x
        parts.append(line(Spot(x, middle.y - 7), Spot(x, middle.y + 7), stroke_width=1.5, **faint))
    if actual:
        shape, size = ("triangle", 5.0) if overdue else ("disc", RADIUS)
        fill = accent if stop.reached_on else "none"
        css = "chart-accent-line chart-accent-fill" if stop.reached_on else "chart-accent-line"
        parts.append(marker(shape, spot(actual), size, fill=fill, stroke=accent, stroke_width=2, css=css))
    return parts
