"""Whom a task or a milestone waits for and waited for, in sentences. Both sides read the same."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Side
from plans.choices import Waiting
from plans.models import Plan
from plans.turns import SIDES, Turn
from portal.lib.days import short_day


def milestone_line(turn: Turn | None, names: Mapping[str, str]) -> str:
    """ "Waited 12 working days for Acme, 3 working days for Umbra"; "" where it has waited for neither."""
    found = [
        (names[side], days)
        for side in (Side.CUSTOMER, Side.VENDOR)
        if turn and (days := turn.booked[Waiting(side)])
    ]
    if not found:
        return ""
    items = [
        ngettext("%(n)d working day for %(name)s", "%(n)d working days for %(name)s", days)
        % {"n": days, "name": name}
        for name, days in found
    ]
    return _("Waited %(what)s.") % {"what": ", ".join(items)}


def task_lines(turn: Turn | None, plan: Plan, names: Mapping[str, str]) -> dict[str, str]:
    """`now`: who is waited for and since when; `before`: the days until then. Either may be ""."""
    if turn is None:
        return {"now": "", "before": ""}
    span = turn.now
    if span.waiting is None or plan.state != "live":
        return {
            "now": "",
            "before": _("Waited %(what)s.") % {"what": _items(turn.booked, names)} if turn.age else "",
        }
    earlier = turn.booked | {span.waiting: turn.booked[span.waiting] - span.days}
    words = {"n": span.days, "day": short_day(span.first), "name": names.get(span.waiting, "")}
    return {
        "now": _since(span.waiting, span.days) % words,
        "before": _("Before: %(what)s.") % {"what": _items(earlier, names)} if any(earlier.values()) else "",
    }


def _since(waiting: Waiting, days: int) -> str:
    if waiting in SIDES:
        return ngettext(
            "Waiting for %(name)s since %(day)s, %(n)d working day.",
            "Waiting for %(name)s since %(day)s, %(n)d working days.",
            days,
        )
    if waiting == Waiting.DEPENDENCY:
        return ngettext(
            "Waiting for another task since %(day)s, %(n)d working day.",
            "Waiting for another task since %(day)s, %(n)d working days.",
            days,
        )
    return ngettext(
        "Waiting for somebody outside both companies since %(day)s, %(n)d working day.",
        "Waiting for somebody outside both companies since %(day)s, %(n)d working days.",
        days,
    )


def _items(booked: Mapping[Waiting, int], names: Mapping[str, str]) -> str:
    """ "5 days for Acme, 2 days for another task": what is not 0."""
    items = []
    for waiting, days in booked.items():
        if not days:
            continue
        if waiting in SIDES:
            item = ngettext("%(n)d day for %(name)s", "%(n)d days for %(name)s", days)
        elif waiting == Waiting.DEPENDENCY:
            item = ngettext("%(n)d day for another task", "%(n)d days for another task", days)
        else:
            item = ngettext("%(n)d day for nobody", "%(n)d days for nobody", days)
        items.append(item % {"n": days, "name": names.get(waiting, "")})
    return ", ".join(items)
