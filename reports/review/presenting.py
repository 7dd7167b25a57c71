"""A review pack in words. Call inside `translation.override(snapshot.language)`."""

from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from plans.agendas import share_minutes
from portal.lib.figures import figure, with_unit
from reports.base_words import Seal, company, long_day, seal, short_day
from reports.changes import NOTHING, Change, changed, counted, points, unknown
from reports.review.snapshot import Measure, ReviewSnapshot, Shortfall, Step, Wanted


class Topic(NamedTuple):
    key: str
    title: str
    minutes: str


class MeasureText(NamedTuple):
    label: str
    note: str
    before: str
    now: str
    change: Change
    seal: Seal | None


class StepText(NamedTuple):
    title: str
    kind: str
    day: str
    company: str
    owner: str
    address: str


class WantedText(NamedTuple):
    title: str
    note: str
    address: str


def lead(snapshot: ReviewSnapshot) -> list[str]:
    better, worse = len(improved(snapshot)), len(not_improved(snapshot)) + len(shortfalls(snapshot))
    wanted = len(snapshot.wanted) + snapshot.wanted_more
    return [
        ngettext("%(n)s number improved.", "%(n)s numbers improved.", better) % {"n": better}
        if better
        else _("No number improved in this period."),
        ngettext("%(n)s thing did not go as it should.", "%(n)s things did not go as they should.", worse)
        % {"n": worse}
        if worse
        else "",
        ngettext("%(n)s decision is wanted.", "%(n)s decisions are wanted.", wanted) % {"n": wanted}
        if wanted
        else _("No decision is waiting."),
    ]


def agenda(snapshot: ReviewSnapshot) -> list[Topic]:
    """The sections of this pack; its minutes sum to those of the meeting, and follow from how much there is to say.
    A part with nothing to say has none; what comes next always has, since nothing planned is a matter too."""
    good, bad = _good(snapshot), len(not_improved(snapshot)) + len(shortfalls(snapshot))
    rows = [
        ("better", _("What improved"), good and 2 + min(6, good)),
        ("worse", _("What did not"), bad and 2 + min(8, bad)),
        ("next", _("The next 90 days"), 3 + min(4, len(snapshot.steps))),
        ("wanted", _("Decisions wanted"), (n := len(snapshot.wanted)) and 1 + min(7, 2 * n)),
    ]
    shares = iter(share_minutes(snapshot.minutes, [weight for _key, _title, weight in rows if weight]))
    return [
        Topic(key, title, _("%(n)s min") % {"n": next(shares)} if weight else "–")
        for key, title, weight in rows
    ]


def _good(snapshot: ReviewSnapshot) -> int:
    """Numbers that there is something good, or new, to say of."""
    return len(improved(snapshot)) + len(first_known(snapshot)) + len(unchanged_good(snapshot))


def improved(snapshot: ReviewSnapshot) -> list[MeasureText]:
    return [_measure(one) for one in snapshot.measures if one.tone == "better"]


def first_known(snapshot: ReviewSnapshot) -> list[MeasureText]:
    """Numbers that nothing of the period before can be held against."""
    return [_measure(one) for one in snapshot.measures if one.tone == "unknown" and one.now is not None]


def not_improved(snapshot: ReviewSnapshot) -> list[MeasureText]:
    """Worse, as before, or of an objective that nobody has measured."""
    rows = [one for one in snapshot.measures if one.tone in ("worse", "level")]
    unmeasured = [one for one in snapshot.measures if one.key == "objective" and one.now is None]
    # Where all of what there is was reached, "as before" is no failing.
    return [_measure(one) for one in [*rows, *unmeasured] if not (one.tone == "level" and _is_full(one))]


def unchanged_good(snapshot: ReviewSnapshot) -> list[MeasureText]:
    """As before, and nothing is left to improve."""
    return [_measure(one) for one in snapshot.measures if one.tone == "level" and _is_full(one)]


def shortfalls(snapshot: ReviewSnapshot) -> list[str]:
    return [_shortfall(one, snapshot) for one in snapshot.shortfalls]


def steps(snapshot: ReviewSnapshot) -> list[StepText]:
    return [_step(one, snapshot) for one in snapshot.steps]


def wanted(snapshot: ReviewSnapshot) -> list[WantedText]:
    return [_wanted(one, snapshot) for one in snapshot.wanted]


def against(snapshot: ReviewSnapshot) -> str:
    days = {"first": long_day(snapshot.before_from), "last": long_day(snapshot.before_to)}
    return _("Held against the days before: %(first)s to %(last)s.") % days


def notes(snapshot: ReviewSnapshot) -> list[str]:
    """How it was counted."""
    said = [
        _(
            "An objective is held at its last measurement of the period against the last one before it (or where it "
            "began). Milestones count by the day that was agreed when the plan went live."
        )
    ]
    if snapshot.usage_known:
        said.append(
            _(
                "Active users and features are those of the last week of each period of which figures came; late "
                "answers of support are those of the whole periods."
            )
        )
    return said


def _is_full(one: Measure) -> bool:
    if one.key == "objective":
        return one.reached
    if one.key == "features":
        return one.whole is not None and one.now == one.whole
    return one.now == (100 if one.more_is_better else 0)


def _measure(one: Measure) -> MeasureText:
    return _objective(one) if one.key == "objective" else _share(one)


def _objective(one: Measure) -> MeasureText:
    words = {
        "target": with_unit(figure(one.target), one.unit) if one.target is not None else "",
        "day": short_day(one.due_on) if one.due_on else "",
    }
    note = _("target %(target)s by %(day)s") % words
    if one.reached:
        note = _("target %(target)s reached") % words
    elif one.now is None:
        note = _("target %(target)s by %(day)s; not measured yet") % words
    elif not one.measured:
        note = _("target %(target)s by %(day)s; not measured in this period") % words
    standing = one.standing
    return MeasureText(
        one.title,
        note,
        with_unit(figure(one.before), one.unit) if one.before is not None else "–",
        with_unit(figure(one.now), one.unit) if one.now is not None else "–",
        _objective_change(one),
        seal(standing.state, standing.name, standing.day) if standing else None,
    )


def _objective_change(one: Measure) -> Change:
    if one.now is None:
        return NOTHING
    if one.before is None:
        return unknown()
    apart = one.now - one.before
    more = (
        pgettext("scoreboard", "%(amount)s more") if apart > 0 else pgettext("scoreboard", "%(amount)s less")
    )
    text = more % {"amount": _amount(abs(apart), one.unit)}
    return changed(
        1 if apart > 0 else -1 if apart else 0, text, level=_as_before(), more_is_better=one.more_is_better
    )


def _amount(apart: Decimal, unit: str) -> str:
    """Between two percentages lie points."""
    if unit != "%":
        return with_unit(figure(apart), unit)
    return pgettext("between two percentages", "%(n)s points") % {"n": figure(apart)}


def _share(one: Measure) -> MeasureText:
    labels = {
        "users": (_("Active users"), pgettext("after a number of users", "of %(n)s seats")),
        "features": (_("Features in use"), pgettext("after a number of features", "of %(n)s known")),
        "late_support": (_("Support answered late"), pgettext("after a percentage", "of %(n)s requests")),
        "milestones": (
            _("Milestones on time"),
            pgettext("after a percentage", "of %(n)s agreed for these days"),
        ),
    }
    label, of = labels[one.key]
    now, before = _int(one.now), _int(one.before)
    if one.key == "features":
        change = counted(now, before, level=_as_before())
    else:
        change = points(now, before, level=_as_before(), more_is_better=one.more_is_better)
    unit = "" if one.key == "features" else "%"
    return MeasureText(
        label,
        of % {"n": figure(Decimal(one.whole))} if one.whole else "",
        with_unit(figure(one.before), unit) if one.before is not None else "–",
        with_unit(figure(one.now), unit) if one.now is not None else "–",
        change,
        None,
    )


def _shortfall(one: Shortfall, snapshot: ReviewSnapshot) -> str:
    words = {
        "title": one.title,
        "day": short_day(one.on) if one.on else "",
        "days": one.days,
        "n": one.n,
        "company": company(snapshot, one.side) if one.side else "",
        "reason": one.reason,
    }
    if one.kind == "milestone_late":
        return (
            ngettext(
                "Milestone “%(title)s” was reached on %(day)s, %(days)s day late.",
                "Milestone “%(title)s” was reached on %(day)s, %(days)s days late.",
                one.days,
            )
            % words
        )
    if one.kind == "milestone_overdue":
        return (
            ngettext(
                "Milestone “%(title)s” was due on %(day)s and is %(days)s day late.",
                "Milestone “%(title)s” was due on %(day)s and is %(days)s days late.",
                one.days,
            )
            % words
        )
    if one.kind == "objective_missed":
        return _("Objective “%(title)s” did not reach its target by %(day)s.") % words
    if one.kind == "tasks_overdue":
        return (
            ngettext("%(company)s: %(n)s task is late.", "%(company)s: %(n)s tasks are late.", one.n) % words
        )
    return _("“%(title)s” of %(company)s is blocked: %(reason)s") % words


def _step(one: Step, snapshot: ReviewSnapshot) -> StepText:
    kinds = {
        "task": "",
        "milestone": pgettext("step", "Milestone"),
        "objective": pgettext("step", "Objective"),
        "end": "–",
    }
    title = _("The plan ends") if one.kind == "end" else one.title
    names = company(snapshot, one.side) if one.side else ""
    return StepText(title, kinds[one.kind], short_day(one.due_on), names, one.owner, one.address)


def _wanted(one: Wanted, snapshot: ReviewSnapshot) -> WantedText:
    words = {
        "title": one.title,
        "by": one.by,
        "day": short_day(one.on) if one.on else "",
        "due": short_day(one.due_on) if one.due_on else "",
        "account": snapshot.account,
        "options": "; ".join(one.options),
        "company": company(snapshot, one.side) if one.side else "",
    }
    if one.kind == "proposal":
        title = _("May “%(title)s” move from %(due)s to %(day)s?") % words
        asked = _("Asked by %(by)s, %(company)s") % words
        return WantedText(title, f"{asked}: {one.reason}" if one.reason else asked, one.address)
    if one.kind == "preference":
        title = _("Which renewal option does %(account)s prefer? The contract ends on %(day)s.") % words
        return WantedText(title, _("Offered: %(options)s") % words, one.address)
    return WantedText(one.title, "", one.address)


def _as_before() -> str:
    return _("as before")


def _int(number: Decimal | None) -> int | None:
    return None if number is None else int(number)
