"""The recap's facts as plain, translated strings: formatted here once, so that templates only place them.

Call inside `translation.override(snapshot.language)`.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.lib.charts import Point, from_to_by, progress_bar
from portal.lib.figures import NO_BREAK, figure, places_of, with_unit
from portal.lib.timelines import Stop, milestone_strip, timeline_span
from reports.recap.snapshot import (
    AcceptedEvidence,
    Claim,
    Measurement,
    Milestone,
    MilestoneState,
    Objective,
    Outcome,
    RecapSnapshot,
    Side,
)

CONFIRMED, UNCONFIRMED = "confirmed", "unconfirmed"


class Figure(NamedTuple):
    """One number of the summary: "5 of 7" with what it counts and a bar (none when there is nothing)."""

    label: str
    number: str
    note: str
    bar: SafeString


class Seal(NamedTuple):
    """Who stands behind a number. `kind` is CONFIRMED or UNCONFIRMED, or "" when there is no number."""

    kind: str
    text: str


class Measured(NamedTuple):
    day: str
    value: str
    seal: Seal


class ObjectiveText(NamedTuple):
    title: str
    metric: str
    baseline: str
    now: str
    target: str
    due: str
    standing: str
    seal: Seal
    chart: SafeString
    measurements: Sequence[Measured]


class OutcomeText(NamedTuple):
    title: str
    detail: str
    before: str
    after: str
    day: str
    seal: Seal
    credited: str


class MilestoneText(NamedTuple):
    title: str
    stage: str
    promised: str
    reached: str
    state: str
    strip: SafeString


class EvidenceText(NamedTuple):
    title: str
    kind: str
    task: str
    claimed_on: str
    accepted_on: str
    proof: str


def lead(snapshot: RecapSnapshot) -> list[str]:
    """Return the two or three sentences a sponsor reads first."""
    sentences = [_objectives_sentence(snapshot.objectives)] if snapshot.objectives else []
    summary = snapshot.summary
    reached = summary.milestones_on_time + summary.milestones_late
    if reached + summary.milestones_open:
        facts = {
            "reached": reached,
            "all": reached + summary.milestones_open,
            "on_time": summary.milestones_on_time,
        }
        sentences.append(
            ngettext(
                "%(reached)s of %(all)s milestones has been reached, %(on_time)s on time.",
                "%(reached)s of %(all)s milestones have been reached, %(on_time)s of them on time.",
                reached,
            )
            % facts
        )
    sentences.append(_("The plan is %(percent)s%% complete.") % {"percent": summary.progress_percent})
    return sentences


def figures(snapshot: RecapSnapshot) -> list[Figure]:
    """Return milestones on time, then each side's tasks, for the whole plan; what does not exist is left out."""
    summary = snapshot.summary
    reached = summary.milestones_on_time + summary.milestones_late
    rows = []
    if reached + summary.milestones_open:
        note = _still_open(summary.milestones_open, summary.milestones_overdue)
        rows.append(
            _counted(_("Milestones reached on time"), summary.milestones_on_time, reached, note, snapshot)
        )
    for tasks in summary.tasks:
        label = _("Tasks done by %(company)s") % {"company": company(snapshot, tasks.side)}
        if tasks.total:
            rows.append(_counted(label, tasks.done, tasks.total, "", snapshot))
    return rows


def objective_text(one: Objective, snapshot: RecapSnapshot) -> ObjectiveText:
    places = places_of(each.value for each in one.measurements)

    def shown(value: Decimal, places: int | None = None) -> str:
        return with_unit(figure(value, places), one.unit)

    standing = [each for each in one.measurements if each.state is not Claim.RETURNED]
    points = [Point(each.date, each.value, each.state is Claim.CONFIRMED) for each in standing]
    rows = sorted(one.measurements, key=lambda each: each.date)
    return ObjectiveText(
        title=one.title,
        metric=one.metric,
        baseline=shown(one.baseline),
        now=shown(one.now) if one.now is not None else "",
        target=shown(one.target),
        due=short_day(one.due),
        standing=_standing(one, snapshot.made_on),
        seal=_objective_seal(one, shown),
        chart=from_to_by(
            points, title=one.title, baseline=one.baseline, target=one.target, due=one.due,
            direction=one.direction, unit=one.unit, baseline_on=one.baseline_on, today=snapshot.made_on,
            accent=snapshot.brand,
        ),
        measurements=[
            Measured(short_day(each.date), shown(each.value, places), _measured_seal(each)) for each in rows
        ],
    )  # fmt: skip


def outcome_text(one: Outcome) -> OutcomeText:
    seal = _seal(one.confirmed_by, one.confirmed_on)
    day = long_day(one.reached_on)
    return OutcomeText(one.title, one.detail, one.before, one.after, day, seal, ", ".join(one.credited))


def milestone_texts(snapshot: RecapSnapshot) -> list[MilestoneText]:
    stops = [Stop(one.title, one.baseline_on, one.due_on, one.reached_on) for one in snapshot.milestones]
    first, last = timeline_span(stops, snapshot.made_on)
    return [
        MilestoneText(
            title=one.title,
            stage=one.stage,
            promised=short_day(one.baseline_on) if one.baseline_on else "",
            reached=short_day(one.reached_on) if one.reached_on else "",
            state=_milestone_state(one),
            strip=milestone_strip(
                stop, first=first, last=last, today=snapshot.made_on, accent=snapshot.brand
            ),
        )
        for one, stop in zip(snapshot.milestones, stops, strict=True)
    ]


def evidence_text(one: AcceptedEvidence) -> EvidenceText:
    kinds = {"file": _("File"), "link": _("Link"), "note": _("Note")}
    return EvidenceText(
        title=one.title,
        kind=kinds[one.kind],
        task=one.task,
        claimed_on=short_day(one.claimed_on),
        accepted_on=short_day(one.accepted_on),
        # Enough to tell files apart by eye; the attached snapshot has it whole.
        proof=_("SHA-256 %(digest)s…") % {"digest": one.digest[:16]} if one.digest else one.address,
    )


def company(snapshot: RecapSnapshot, side: Side) -> str:
    return snapshot.vendor if side is Side.VENDOR else snapshot.account


def long_day(day: date) -> str:
    return date_format(day, "j F Y")


def short_day(day: date) -> str:
    """Return a day that no line break can part."""
    return date_format(day, "j M Y").replace(" ", NO_BREAK)


def _objectives_sentence(objectives: Sequence[Objective]) -> str:
    """Never let a target that only one side says was reached pass for a confirmed one."""
    met = [one.latest for one in objectives if one.latest and one.is_met_by(one.latest.value)]
    sealed = sum(1 for one in met if one.state is Claim.CONFIRMED)
    facts = {"met": len(met), "all": len(objectives), "sealed": sealed}
    if not met:
        return (
            ngettext(
                "The one objective is still on its way to its target.",
                "All %(all)s objectives are still on their way to their targets.",
                len(objectives),
            )
            % facts
        )
    if sealed == len(met):
        text = ngettext(
            "%(met)s of %(all)s objectives has reached its target, confirmed by the customer.",
            "%(met)s of %(all)s objectives have reached their targets, confirmed by the customer.",
            len(met),
        )
    elif sealed:
        text = _(
            "%(met)s of %(all)s objectives have reached their targets; the customer has confirmed %(sealed)s of them."
        )
    else:
        text = ngettext(
            "%(met)s of %(all)s objectives has reached its target, not confirmed by the customer.",
            "%(met)s of %(all)s objectives have reached their targets, not confirmed by the customer.",
            len(met),
        )
    return text % facts


def _counted(label: str, done: int, total: int, note: str, snapshot: RecapSnapshot) -> Figure:
    number = _("%(done)s of %(total)s") % {"done": done, "total": total}
    percent = 100 * done // total if total else 0
    bar = progress_bar(percent, label=f"{label}: {number}", accent=snapshot.brand)
    return Figure(label, number, note, bar)


def _still_open(count: int, overdue: int) -> str:
    if not count:
        return ""
    text = ngettext("%(count)s still to come", "%(count)s still to come", count) % {"count": count}
    late = ngettext("%(count)s of them overdue", "%(count)s of them overdue", overdue) % {"count": overdue}
    return f"{text}, {late}" if overdue else text


def _standing(one: Objective, today: date) -> str:
    """Say where the objective stands: reached, how much of the way, or past its day."""
    if one.now is None:
        return _("not measured yet")
    if one.is_met_by(one.now):
        return _("target reached")
    distance = one.target - one.baseline
    way = int((one.now - one.baseline) / distance * 100) if distance else 0
    if one.due < today:
        return _("target not reached by its day")
    return _("%(percent)s%% of the way") % {"percent": way} if way > 0 else _("no closer to the target yet")


def _objective_seal(one: Objective, shown: Callable[[Decimal], str]) -> Seal:
    latest, confirmed = one.latest, one.latest_confirmed
    if latest is None:
        return Seal("", _("Nothing has been measured yet."))
    if latest.state is Claim.CONFIRMED:
        return _seal(latest.confirmed_by, latest.confirmed_on)
    text = _("Not confirmed by the customer.")
    if confirmed and confirmed.confirmed_on:
        last = _("Last confirmed: %(value)s, by %(name)s on %(day)s.")
        day = short_day(confirmed.confirmed_on)
        text += " " + last % {"value": shown(confirmed.value), "name": confirmed.confirmed_by, "day": day}
    return Seal(UNCONFIRMED, text)


def _measured_seal(one: Measurement) -> Seal:
    if one.state is Claim.RETURNED:
        return Seal(UNCONFIRMED, _("Returned by the customer; not counted."))
    return _seal(one.confirmed_by, one.confirmed_on)


def _seal(name: str, day: date | None) -> Seal:
    if not name or day is None:
        return Seal(UNCONFIRMED, _("Not confirmed by the customer."))
    return Seal(CONFIRMED, _("Confirmed by %(name)s on %(day)s.") % {"name": name, "day": short_day(day)})


def _milestone_state(one: Milestone) -> str:
    late = (one.reached_on - one.baseline_on).days if one.reached_on and one.baseline_on else 0
    if one.state is MilestoneState.LATE and late > 0:
        return ngettext("%(days)s day late", "%(days)s days late", late) % {"days": late}
    if one.state is MilestoneState.OPEN and one.due_on:
        return _("due %(day)s") % {"day": short_day(one.due_on)}
    if one.state is MilestoneState.OVERDUE and one.due_on:
        return _("overdue since %(day)s") % {"day": short_day(one.due_on)}
    words = {
        MilestoneState.ON_TIME: _("on time"),
        MilestoneState.LATE: _("late"),
        MilestoneState.OPEN: _("to come"),
        MilestoneState.OVERDUE: _("overdue"),
    }
    return words[one.state]
