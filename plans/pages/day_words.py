"""Dates in words: how far one moved, what made it move, and the rule that it follows. Pure but for translation."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.choices import MoveCause
from plans.models import DateMove
from plans.rescheduling import END, KICKOFF, Node, PlanDates
from plans.services.plan_dates import PLAN_DAYS
from portal.lib.days import long_day, moment, short_day
from portal.lib.workdays import WorkCalendar


def shift_in_words(old: date, new: date, calendar: WorkCalendar) -> str:
    """ "3 working days later"; in days where no working day lies between."""
    days = calendar.between(old, new)
    if days > 0:
        return ngettext("%(n)d working day later", "%(n)d working days later", days) % {"n": days}
    if days < 0:
        return ngettext("%(n)d working day earlier", "%(n)d working days earlier", -days) % {"n": -days}
    if new > old:
        return _("later, over days off")
    return _("earlier, over days off") if new < old else ""


def chain_in_words(chain: Sequence[str]) -> str:
    """ "Kickoff → Send the user list → Load the users"; nothing for what moved by itself."""
    if len(chain) < 2:
        return ""
    words = {PLAN_DAYS[KICKOFF]: _("Kickoff"), PLAN_DAYS[END]: _("End of the plan")}
    return " → ".join(words.get(link, link) for link in chain)


def move_line(move: DateMove, clock: ZoneInfo, calendar: WorkCalendar) -> dict[str, Any]:
    """A line of the ledger as `templates/plans/_date_lines.html` shows it."""
    return {
        "title": move.title or plan_day_name(move.cause),
        "from_label": short_day(move.old_on),
        "to_label": short_day(move.new_on),
        "to_iso": move.new_on.isoformat(),
        "shift": shift_in_words(move.old_on, move.new_on, calendar),
        "cause": str(MoveCause(move.cause).label),
        "chain": chain_in_words(move.chain),
        "held_back": move.held_back,
        "reason": move.reason,
        "by": move.by_name or _("The portal"),
        "side": move.by_side,
        "when_label": moment(move.at, clock),
        "when_iso": move.at.isoformat(),
    }


def plan_day_name(cause: str) -> str:
    return {MoveCause.KICKOFF.value: _("Kickoff"), MoveCause.END.value: _("End of the plan")}.get(cause, "")


def rule_in_words(node: Node, dates: PlanDates, titles: Mapping[str, str]) -> list[str]:
    """Why the schedule gives this day: the rule, what was waited for, what the end or a pin holds."""
    if node.done:
        return [_("This is done; its day does not move any more.")]
    said = [_rule(node, dates, titles)]
    if node.pinned:
        return [*said, _("It is pinned: it stays on this day, whatever it depends on.")]
    wanted, days = dates.schedule.wanted.get(node.key), dates.schedule.days
    before = [one for one in dates.open_waits.get(node.key, ()) if wanted and days[one] > wanted]
    if before:
        last = max(before, key=lambda one: days[one])
        said.append(
            _("It waits for “%(task)s”, due on %(day)s, and cannot come before it.")
            % {"task": titles[last], "day": long_day(days[last])}
        )
    if node.key in dates.schedule.held_back:
        said.append(_("It would lie past the plan's end, and is held on the last working day."))
    return said


def _rule(node: Node, dates: PlanDates, titles: Mapping[str, str]) -> str:
    if node.anchor not in (KICKOFF, END) and node.anchor not in dates.nodes:
        return _("The day was chosen by hand; no rule moves it.")
    start = dates.anchor_day(node.anchor, dates.schedule.days)
    n = abs(node.offset)
    words = {"n": n, "what": _anchor(node.anchor, titles), "day": long_day(start)}
    if node.offset > 0:
        sentence = ngettext(
            "%(n)d working day after: %(what)s (%(day)s).",
            "%(n)d working days after: %(what)s (%(day)s).",
            n,
        )
    elif node.offset < 0:
        sentence = ngettext(
            "%(n)d working day before: %(what)s (%(day)s).",
            "%(n)d working days before: %(what)s (%(day)s).",
            n,
        )
    else:
        sentence = _("On the day of: %(what)s (%(day)s).")
    off = _days_off(start, node, dates)
    said = sentence % words
    return _("%(rule)s Days off do not count: %(days)s.") % {"rule": said, "days": off} if off else said


def _anchor(anchor: str, titles: Mapping[str, str]) -> str:
    if anchor == KICKOFF:
        return _("the kickoff")
    return (
        _("the last working day of the plan")
        if anchor == END
        else _("“%(title)s”") % {"title": titles[anchor]}
    )


SHOWN_OFF = 4
"""Public holidays that a sentence names."""


def _days_off(start: date, node: Node, dates: PlanDates) -> str:
    """The public holidays that the rule stepped over, Monday to Friday."""
    first, last = sorted((start, min(dates.schedule.days[node.key], dates.ends_on)))
    days = [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]
    off = [day for day in days if day.weekday() < 5 and not dates.calendar.is_working(day)]
    shown = [short_day(day) for day in off[:SHOWN_OFF]]
    return ", ".join([*shown, "…"] if len(off) > SHOWN_OFF else shown)
