"""A plan export in words. Call inside `translation.override(snapshot.language)`."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from portal.lib.figures import figure, with_unit
from reports.base_words import Seal, company, long_day, seal, short_day, shortened
from reports.plan_export.snapshot import (
    MeasuredRow,
    MilestoneRow,
    ObjectiveRow,
    PlanExportSnapshot,
    StageRow,
    TaskRow,
)
from reports.snapshots import Side

NAME = 60


class TaskText(NamedTuple):
    """`shape` is a class of the style sheet: full, half, hollow or cut."""

    title: str
    notes: Sequence[str]
    company: str
    owner: str
    due: str
    agreed: str
    state: str
    shape: str


class MilestoneText(NamedTuple):
    title: str
    goal: str
    agreed: str
    due: str
    state: str
    shape: str
    tasks: Sequence[TaskText]


class StageText(NamedTuple):
    key: str
    name: str
    purpose: str
    state: str
    milestones: Sequence[MilestoneText]


class MeasuredText(NamedTuple):
    day: str
    value: str
    seal: Seal


class ObjectiveText(NamedTuple):
    title: str
    metric: str
    way: str
    measurements: Sequence[MeasuredText]
    more: str


class PersonText(NamedTuple):
    name: str
    role: str
    tasks: str


def lead(snapshot: PlanExportSnapshot) -> list[str]:
    """How it stood, in two or three sentences."""
    stops = [stop for stage in snapshot.stages for stop in stage.milestones]
    tasks = [task for stop in stops for task in stop.tasks]
    reached, done = (
        sum(stop.state == "reached" for stop in stops),
        sum(task.state == "done" for task in tasks),
    )
    late, blocked = (
        sum(task.state == "late" for task in tasks),
        sum(task.state == "blocked" for task in tasks),
    )
    sentences = [
        {"completed": _("The plan had been completed."), "closed": _("The plan had been closed.")}.get(
            snapshot.state, ""
        ),
        ngettext(
            "%(reached)s of %(n)s milestone was reached.",
            "%(reached)s of %(n)s milestones were reached.",
            len(stops),
        )
        % {"reached": reached, "n": len(stops)},
        ngettext("%(done)s of %(n)s task was done.", "%(done)s of %(n)s tasks were done.", len(tasks))
        % {"done": done, "n": len(tasks)},
        ngettext("%(n)s task was late.", "%(n)s tasks were late.", late) % {"n": late} if late else "",
        ngettext("%(n)s task was blocked.", "%(n)s tasks were blocked.", blocked) % {"n": blocked}
        if blocked
        else "",
    ]
    return [sentence for sentence in sentences if sentence]


def stage_texts(snapshot: PlanExportSnapshot) -> list[StageText]:
    return [_stage(number, one, snapshot) for number, one in enumerate(snapshot.stages, 1)]


def objective_texts(snapshot: PlanExportSnapshot) -> list[ObjectiveText]:
    return [_objective(one) for one in snapshot.objectives]


def people(snapshot: PlanExportSnapshot) -> list[tuple[str, list[PersonText]]]:
    """By company, the customer first; a company without anybody is left out."""
    groups = []
    for side in (Side.CUSTOMER, Side.VENDOR):
        rows = [
            PersonText(
                one.name,
                " · ".join(
                    filter(None, (one.role, one.title, _("invited, not in yet") if one.invited else ""))
                ),
                ngettext("%(n)s task", "%(n)s tasks", one.tasks) % {"n": one.tasks} if one.tasks else "",
            )
            for one in snapshot.people
            if one.side is side
        ]
        if rows:
            groups.append((company(snapshot, side), rows))
    return groups


def about(snapshot: PlanExportSnapshot) -> list[str]:
    """Where it comes from, and what the history could not tell."""
    if not snapshot.rebuilt:
        return [_("This is the plan as it stood when the document was made.")]
    day = {"day": long_day(snapshot.period_to)}
    said = [
        _(
            "The day was over when this document was made: it was put together from the plan’s history, up to the "
            "end of %(day)s where the customer is. Nothing that was done later is in it."
        )
        % day,
        _(
            "From the history come: what was done and by whom, what was blocked, who owned each task, every date, "
            "what waited for what, the stages, and what had been measured and confirmed."
        ),
        _(
            "The history does not keep these, so they are as they are today: the names of people and companies, "
            "people’s roles, and whether somebody who has left and come back was there on that day."
        ),
    ]
    if "owners" in snapshot.unsure:
        said.append(
            _(
                "A CRM has named owners since then. Tasks that had none on that day may show the owner they got "
                "later."
            )
        )
    return said


def _stage(number: int, stage: StageRow, snapshot: PlanExportSnapshot) -> StageText:
    if stage.closed_on:
        state = _("Closed on %(day)s.") % {"day": long_day(stage.closed_on)}
    elif stage.opened_on:
        state = _("Open since %(day)s.") % {"day": long_day(stage.opened_on)}
    else:
        state = _("Not opened yet.")
    stops = [_milestone(one, snapshot) for one in stage.milestones]
    return StageText(f"stage-{number}", stage.name, stage.purpose, state, stops)


def _milestone(stop: MilestoneRow, snapshot: PlanExportSnapshot) -> MilestoneText:
    states = {
        "reached": (_("reached"), "full"),
        "late": (pgettext("milestone", "late"), "cut"),
        "open": (pgettext("milestone", "to come"), "hollow"),
    }
    state, shape = states[stop.state]
    return MilestoneText(
        stop.title,
        stop.goal,
        short_day(stop.baseline_on) if stop.baseline_on else "",
        short_day(stop.reached_on or stop.due_on),
        state,
        shape,
        [_task(one, snapshot) for one in stop.tasks],
    )


def _task(task: TaskRow, snapshot: PlanExportSnapshot) -> TaskText:
    states = {
        "done": (pgettext("task", "done"), "full"),
        "blocked": (pgettext("task", "blocked"), "half"),
        "late": (pgettext("task", "late"), "cut"),
        "waiting": (pgettext("task", "waits"), "hollow"),
        "open": (pgettext("task", "open"), "hollow"),
    }
    state, shape = states[task.state]
    moved = task.baseline_on and task.baseline_on != task.due_on
    return TaskText(
        task.title,
        _task_notes(task, snapshot),
        company(snapshot, task.side),
        task.owner or _("nobody yet"),
        short_day(task.due_on),
        _("agreed %(day)s") % {"day": short_day(task.baseline_on)} if moved and task.baseline_on else "",
        state,
        shape,
    )


def _task_notes(task: TaskRow, snapshot: PlanExportSnapshot) -> list[str]:
    notes = []
    if task.done_on:
        words = {"name": task.done_by, "day": short_day(task.done_on)}
        notes.append(
            _("Done on %(day)s by %(name)s") % words if task.done_by else _("Done on %(day)s") % words
        )
    if task.blocked_on:
        names = {Side.VENDOR.value: snapshot.vendor, Side.CUSTOMER.value: snapshot.account}
        words = {"reason": task.blocked_reason, "name": names.get(task.blocked_on, "")}
        notes.append(
            _("%(reason)s – to be cleared by %(name)s") % words
            if words["name"]
            else _("%(reason)s – nobody of us can clear this") % words
        )
    if task.waits_for:
        titles = ", ".join(shortened(title, NAME) for title in task.waits_for)
        if task.waits_more:
            words = {"titles": titles, "n": str(task.waits_more)}
            notes.append(
                ngettext(
                    "Waits for %(titles)s and %(n)s more",
                    "Waits for %(titles)s and %(n)s more",
                    task.waits_more,
                )
                % words
            )
        else:
            notes.append(_("Waits for %(titles)s") % {"titles": titles})
    return notes


def _objective(one: ObjectiveRow) -> ObjectiveText:
    words = {
        "start": with_unit(figure(one.baseline), one.unit) if one.baseline is not None else "",
        "target": with_unit(figure(one.target), one.unit),
        "day": long_day(one.due_on),
    }
    way = _("From %(start)s to %(target)s by %(day)s.") if words["start"] else _("To %(target)s by %(day)s.")
    more = one.measurements_more
    return ObjectiveText(
        one.title,
        one.metric,
        way % words,
        [
            MeasuredText(short_day(each.day), with_unit(figure(each.value), one.unit), _seal(each))
            for each in one.measurements
        ],
        ngettext("%(n)s earlier measurement is not shown.", "%(n)s earlier measurements are not shown.", more)
        % {"n": more}
        if more
        else "",
    )


def _seal(one: MeasuredRow) -> Seal:
    """Confirmed is the customer's word: theirs that the vendor accepted, or the vendor's that they accepted."""
    if one.state == "returned":
        return Seal("", _("Returned by %(name)s; not counted.") % {"name": one.name})
    if one.state == "claimed":
        return seal("claimed", one.claimed_by)
    name = one.claimed_by if one.claimed_side is Side.CUSTOMER else one.name
    return seal("confirmed", name, one.answered_on)
