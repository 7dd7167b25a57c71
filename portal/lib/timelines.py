"""Promised against actual: milestones on a line of time, as SVG (conventions: portal.lib.charts)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi, ngettext, pgettext
from django.utils.translation import gettext as _

from portal.lib.charts import ACCENT, RADIUS, chart_day, share_of
from portal.lib.svg import Spot, line, marker, picture, words

NARROW = 160
"""Units of width of a strip beside other columns."""
MOST_NAMED = 8


class Stop(NamedTuple):
    """A milestone on a timeline: when it was promised, is now due, and was reached."""

    title: str
    baseline_on: date | None
    due_on: date | None
    reached_on: date | None


def milestone_strip(
    stop: Stop,
    *,
    first: date,
    last: date,
    today: date | None = None,
    accent: str = ACCENT,
    width: int = NARROW,
) -> SafeString:
    """Draw one milestone between the days `first` and `last`: an upright mark where it was promised, a disc
    where it was reached (hollow: still to come), a triangle where it is overdue, a bar for the distance.
    One that is wider than `NARROW` shows today as well."""
    inner = _strip(stop, first, last, today, Spot(6, 9), width - 12, accent)
    if today and width > NARROW and first <= today <= last:
        inner.insert(0, _today(6 + (width - 12) * share_of(today, first, last), 18))
    return picture(
        width, 18, *inner, title=stop_words(stop, today), description=stop.title, css="chart chart-strip"
    )


def timeline_axis(*, first: date, last: date, today: date | None = None, width: int) -> SafeString:
    """Draw the months between `first` and `last` above strips of the same width, at most `MOST_NAMED` by name."""
    starts = _months(first, last)
    step = max(1, -(-len(starts) // MOST_NAMED))
    parts, free = [], 0.0
    for number, start in enumerate(starts):
        x = 6 + (width - 12) * share_of(start, first, last)
        parts.append(_tick(x))
        name = _month(start, with_year=not free or start.month <= step)
        # A name that would touch the one before it, or be cut off at the end, stays away.
        if number % step == 0 and x >= free and x < width - 40 and not get_language_bidi():
            parts.append(words(name, Spot(x, 10), css="chart-text chart-muted"))
            free = x + 7 * len(name) + 6
    if today and first <= today <= last:
        parts.append(_today(6 + (width - 12) * share_of(today, first, last), 20))
    return picture(
        width,
        20,
        *parts,
        title=_("From %(first)s to %(last)s") % {"first": chart_day(first), "last": chart_day(last)},
        description=_("The dotted line is today.") if today else "",
        css="chart chart-strip",
    )


def days_apart(stop: Stop, today: date | None = None) -> int | None:
    """Days between the promise and what became of it: reached, due now, or overdue today. None without a promise."""
    if stop.baseline_on is None:
        return None
    actual = stop.reached_on or stop.due_on
    if stop.reached_on is None and actual and today and today > actual:
        actual = today
    return (actual - stop.baseline_on).days if actual else None


def apart_in_words(days: int | None) -> str:
    """How far from the baseline: later, earlier, or as agreed; "" where nothing was agreed."""
    if days is None:
        return ""
    if days == 0:
        return _("as agreed")
    if days > 0:
        return ngettext("%(n)d day later", "%(n)d days later", days) % {"n": days}
    return ngettext("%(n)d day earlier", "%(n)d days earlier", -days) % {"n": -days}


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


def _tick(x: float) -> SafeString:
    return line(
        Spot(x, 14),
        Spot(x, 20),
        stroke="currentColor",
        stroke_width=1,
        stroke_opacity="0.45",
        css="chart-rule",
    )


def _today(x: float, height: float) -> SafeString:
    return line(
        Spot(x, 0), Spot(x, height), stroke="currentColor", stroke_width=1, stroke_opacity="0.6",
        stroke_dasharray="1 3", css="chart-rule",
    )  # fmt: skip


def _months(first: date, last: date) -> list[date]:
    """The first days of the months after `first` up to `last`."""
    starts: list[date] = []
    year, month = first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        if date(year, month, 1) > last:
            return starts
        starts.append(date(year, month, 1))


def _month(day: date, *, with_year: bool) -> str:
    if with_year:
        # Translators: the pattern of a month with its year, as in Django's date filter.
        return date_format(day, pgettext("pattern of a month", "M Y"))
    return date_format(day, "M")


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
