"""The recap's facts as plain, translated strings: formatted here once, so that templates only place them.

Call inside `translation.override(snapshot.language)`.
"""

from typing import Any, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.lib.charts import progress_bar
from portal.lib.timelines import (
    Stop,
    apart_in_words,
    days_apart,
    milestone_strip,
    timeline_axis,
    timeline_span,
)
from reports.recap.objectives import objectives_sentence
from reports.recap.snapshot import AcceptedEvidence, Milestone, MilestoneState, Outcome, RecapSnapshot
from reports.recap.words import Seal, company, long_day, seal_of, short_day

ADDRESS_SHOWN = 100
TIMELINE_WIDTH = 320


class Figure(NamedTuple):
    """One number of the summary: "5 of 7" with what it counts and a bar (none when there is nothing)."""

    label: str
    number: str
    note: str
    bar: SafeString


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


class TimelineRow(NamedTuple):
    title: str
    strip: SafeString
    apart: str


class Timeline(NamedTuple):
    axis: SafeString
    rows: list[TimelineRow]


class EvidenceText(NamedTuple):
    title: str
    kind: str
    task: str
    claimed_on: str
    accepted_on: str
    proof: str


def lead(snapshot: RecapSnapshot) -> list[str]:
    """Return the two or three sentences a sponsor reads first."""
    sentences = [objectives_sentence(snapshot.objectives)] if snapshot.objectives else []
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


def outcome_text(one: Outcome) -> OutcomeText:
    seal = seal_of(one.confirmed_by, one.confirmed_on)
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


def timeline(snapshot: RecapSnapshot) -> Timeline:
    """Baseline against actual of the milestones in the snapshot (documents from version 2 on show it)."""
    stops = [Stop(one.title, one.baseline_on, one.due_on, one.reached_on) for one in snapshot.milestones]
    first, last = timeline_span(stops, snapshot.made_on)
    span: dict[str, Any] = {"first": first, "last": last, "today": snapshot.made_on, "width": TIMELINE_WIDTH}
    rows = [
        TimelineRow(
            title=stop.title,
            strip=milestone_strip(stop, accent=snapshot.brand, **span),
            apart=apart_in_words(days_apart(stop, snapshot.made_on)),
        )
        for stop in stops
    ]
    return Timeline(timeline_axis(**span), rows)


def evidence_text(one: AcceptedEvidence) -> EvidenceText:
    kinds = {"file": _("File"), "link": _("Link"), "note": _("Note")}
    return EvidenceText(
        title=one.title,
        kind=kinds[one.kind],
        task=one.task,
        claimed_on=short_day(one.claimed_on),
        accepted_on=short_day(one.accepted_on),
        # Enough to tell them apart by eye; the attached snapshot has it whole.
        proof=_("SHA-256 %(digest)s…") % {"digest": one.digest[:16]}
        if one.digest
        else shortened(one.address, ADDRESS_SHOWN),
    )


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


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
