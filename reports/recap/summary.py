"""The recap's first page, from version 3 on: what was reached, what it is worth, what comes next."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.lib.charts import progress_bar
from reports.base_words import short_day, shortened
from reports.recap.objectives import objectives_sentence
from reports.recap.snapshot import MilestoneState, RecapSnapshot
from reports.recap.standing import ObjectiveText, address, stands

AHEAD = timedelta(days=90)
TITLE_IN_LEAD = 90
ON_SUMMARY = 3
GOALS_ON_SUMMARY = 2


class Figure(NamedTuple):
    label: str
    number: str
    note: str
    bar: SafeString


class Goal(NamedTuple):
    """An objective or a milestone whose day comes within 90 days, or has passed."""

    title: str
    kind: str
    course: str
    due: str
    late: bool
    url: str


def lead(snapshot: RecapSnapshot, ahead: Sequence[Goal]) -> str:
    """The two to four sentences that a sponsor reads first."""
    sentences = [objectives_sentence(snapshot.objectives)] if snapshot.objectives else []
    summary = snapshot.summary
    reached = summary.milestones_on_time + summary.milestones_late
    total = reached + summary.milestones_open
    if total and not reached:
        sentences.append(_none_reached(total))
    elif total:
        pattern = ngettext(
            "%(reached)s of %(all)s milestones has been reached, %(on_time)s on time.",
            "%(reached)s of %(all)s milestones have been reached, %(on_time)s of them on time.",
            reached,
        )
        sentences.append(pattern % {"reached": reached, "all": total, "on_time": summary.milestones_on_time})
    if not sentences:
        sentences.append(_("The plan is %(percent)s%% complete.") % {"percent": summary.progress_percent})
    # What is late is said under "next"; the lead looks ahead.
    coming = next((one for one in ahead if not one.late), None)
    if coming:
        words = {"goal": shortened(coming.title, TITLE_IN_LEAD), "day": coming.due}
        sentences.append(_("Next comes “%(goal)s”, by %(day)s.") % words)
    return " ".join(sentences)


def figures(snapshot: RecapSnapshot) -> list[Figure]:
    """At most four, of what there is: objectives, milestones on time, people who use it, the plan."""
    found = [_objectives(snapshot), _milestones(snapshot), _use(snapshot), _progress(snapshot)]
    return [one for one in found if one is not None]


def goals(snapshot: RecapSnapshot, objectives: Sequence[ObjectiveText]) -> list[Goal]:
    """By day, the overdue ones first."""
    last = snapshot.made_on + AHEAD
    found = [
        (
            one.due,
            Goal(one.title, _("Objective"), _course(text), text.due, one.due < snapshot.made_on, text.url),
        )
        for one, text in zip(snapshot.objectives, objectives, strict=True)
        if not text.met and one.due <= last
    ]
    found += [
        (
            one.due_on,
            Goal(
                one.title,
                _("Milestone"),
                one.stage,
                short_day(one.due_on),
                one.state is MilestoneState.OVERDUE,
                address(snapshot, one.page),
            ),
        )
        for one in snapshot.milestones
        if one.reached_on is None and one.due_on and one.due_on <= last
    ]
    return [goal for _day, goal in sorted(found, key=lambda pair: (pair[0], pair[1].title))]


def _none_reached(total: int) -> str:
    pattern = ngettext(
        "The one milestone has not been reached yet.",
        "None of the %(all)s milestones has been reached yet.",
        total,
    )
    return pattern % {"all": total}


def _course(text: ObjectiveText) -> str:
    if not text.now:
        return _("from %(baseline)s to %(target)s") % {"baseline": text.baseline, "target": text.target}
    return _("from %(baseline)s to %(target)s, now %(now)s") % {
        "baseline": text.baseline,
        "target": text.target,
        "now": text.now,
    }


def _objectives(snapshot: RecapSnapshot) -> Figure | None:
    if not snapshot.objectives:
        return None
    met = [one.latest for one in snapshot.objectives if one.latest and one.is_met_by(one.latest.value)]
    sealed = sum(stands(one) == "confirmed" for one in met)
    note = ngettext("%(n)s confirmed", "%(n)s confirmed", sealed) % {"n": sealed} if sealed else ""
    if met and not sealed:
        note = _("none confirmed yet")
    return _counted(_("Objectives at their target"), len(met), len(snapshot.objectives), note, snapshot)


def _milestones(snapshot: RecapSnapshot) -> Figure | None:
    summary = snapshot.summary
    reached = summary.milestones_on_time + summary.milestones_late
    if not reached + summary.milestones_open:
        return None
    words = {"open": summary.milestones_open, "overdue": summary.milestones_overdue}
    note = _("%(open)s to come") % words if summary.milestones_open else ""
    if summary.milestones_overdue:
        note = _("%(open)s to come, %(overdue)s overdue") % words
    if not reached:
        return _counted(_("Milestones reached"), 0, summary.milestones_open, note, snapshot)
    return _counted(_("Milestones reached on time"), summary.milestones_on_time, reached, note, snapshot)


def _use(snapshot: RecapSnapshot) -> Figure | None:
    latest = snapshot.breadth.weeks[-1] if snapshot.breadth and snapshot.breadth.weeks else None
    if latest is None or latest.active is None:
        return None
    day = short_day(latest.last)
    if latest.percent is None:
        label = _("People who use it")
        return Figure(label, str(latest.active), day, SafeString(""))
    words = {"active": latest.active, "seats": latest.seats, "day": day}
    note = _("%(active)s of %(seats)s, %(day)s") % words
    label, number = _("Seats in use"), f"{latest.percent}%"
    return Figure(label, number, note, _bar(latest.percent, f"{label}: {number}", snapshot))


def _progress(snapshot: RecapSnapshot) -> Figure | None:
    """None for a plan without tasks: nothing of nothing is no number."""
    done = sum(one.done for one in snapshot.summary.tasks)
    total = sum(one.total for one in snapshot.summary.tasks)
    if not total:
        return None
    percent = snapshot.summary.progress_percent
    label, number = _("The plan is done"), f"{percent}%"
    note = ngettext("%(done)s of %(total)s task", "%(done)s of %(total)s tasks", total)
    return Figure(
        label,
        number,
        note % {"done": done, "total": total},
        _bar(percent, f"{label}: {number}", snapshot),
    )


def _counted(label: str, done: int, total: int, note: str, snapshot: RecapSnapshot) -> Figure:
    number = _("%(done)s of %(total)s") % {"done": done, "total": total}
    percent = 100 * done // total if total else 0
    return Figure(label, number, note, _bar(percent, f"{label}: {number}", snapshot))


def _bar(percent: int, label: str, snapshot: RecapSnapshot) -> SafeString:
    return progress_bar(percent, label=label, accent=snapshot.brand)
