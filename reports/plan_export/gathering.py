"""The facts of a plan export: a fixed number of queries whatever the plan's size, and no write.

The day is the account's, and it counts to its end. An export of today is put together in the same way as one of a day
long ago; nothing has happened since.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import translation

from accounts.choices import Side, StakeholderRole, VendorRole
from accounts.models import Event, Stakeholder
from plans.choices import Direction, MoveCause
from plans.models import DateMove, Dependency, Measurement, Milestone, Plan, Stage, Task
from reports.base import common_facts
from reports.kinds import Asked
from reports.plan_export.rebuilding import VERBS, Block, Done, Happened, Moved, Past
from reports.plan_export.snapshot import (
    Clears,
    MeasuredRow,
    MilestoneRow,
    ObjectiveRow,
    PersonRow,
    PlanExportSnapshot,
    PlanState,
    Said,
    StageRow,
    TaskRow,
    TaskState,
)
from reports.snapshots import Side as DocumentSide

MOST_WAITS = 3
MOST_MEASUREMENTS = 24
MOST_PEOPLE = 60


@dataclass(frozen=True)
class Scope:
    plan: Plan
    day: date
    past: Past

    def on(self, at: datetime) -> date:
        return at.astimezone(self.plan.account.zone).date()


def gather(asked: Asked) -> PlanExportSnapshot:
    """Read the plan as it stood at the end of the last day that is asked for."""
    if asked.plan is None:
        raise ValueError("a plan export is about a plan")
    plan = Plan.objects.select_related("account__owner").get(pk=asked.plan.pk)
    day = asked.period_to
    ends = datetime.combine(day + timedelta(days=1), time(), plan.account.zone)
    common = common_facts(asked) | {"period_from": day, "period_to": day}
    with translation.override(asked.language):
        if plan.live_at is None or plan.live_at >= ends:
            return PlanExportSnapshot(**common, state="draft")
        return _snapshot(Scope(plan, day, _past(plan, ends)), common)


def _snapshot(scope: Scope, common: dict[str, Any]) -> PlanExportSnapshot:
    plan, past = scope.plan, scope.past
    stages = tuple(_stages(scope))
    people = _people(scope, stages)
    return PlanExportSnapshot(
        **common,
        state=_state(scope),
        kickoff_on=past.plan_day(MoveCause.KICKOFF, plan.kickoff_on),
        ends_on=past.plan_day(MoveCause.END, plan.ends_on),
        rebuilt=scope.day < common["made_on"],
        unsure=("owners",) if past.owners_filled else (),
        stages=stages,
        objectives=tuple(_objectives(scope)),
        people=tuple(people[:MOST_PEOPLE]),
        people_more=max(0, len(people) - MOST_PEOPLE),
    )


def _past(plan: Plan, ends: datetime) -> Past:
    events = Event.objects.filter(plan_id=plan.pk, verb__in=VERBS).order_by("id")
    moves = DateMove.objects.filter(plan=plan.pk, at__gte=ends)
    return Past.of(
        (
            Happened(*row)
            for row in events.values_list("task_id", "verb", "at", "actor_name", "subject", "old", "new")
        ),
        (
            Moved(task or milestone or objective, cause, old_on, at)
            for task, milestone, objective, cause, old_on, at in moves.values_list(
                "task_id", "milestone_id", "objective_id", "cause", "old_on", "at"
            )
        ),
        ends,
    )


def _state(scope: Scope) -> PlanState:
    plan, ends = scope.plan, scope.past.ends
    if plan.closed_at and plan.closed_at < ends:
        return "closed"
    return "completed" if plan.completed_at and plan.completed_at < ends else "live"


def _stages(scope: Scope) -> Iterable[StageRow]:
    milestones: dict[UUID, list[MilestoneRow]] = {}
    tasks = _tasks(scope)
    for stop in Milestone.objects.filter(plan=scope.plan).order_by("position"):
        milestones.setdefault(stop.stage_id, []).append(_milestone(scope, stop, tasks.get(stop.pk, [])))
    for stage in Stage.objects.filter(plan=scope.plan).order_by("position"):
        opened, closed = scope.past.stage(stage.pk, stage.name)
        yield StageRow(
            name=stage.name,
            purpose=stage.purpose,
            state="closed" if closed else "open" if opened else "ahead",
            opened_on=scope.on(opened) if opened else None,
            closed_on=scope.on(closed) if closed else None,
            milestones=tuple(milestones.get(stage.pk, [])),
        )


def _milestone(scope: Scope, stop: Milestone, tasks: list[TaskRow]) -> MilestoneRow:
    """It is reached with its last task, as on every page."""
    due_on = scope.past.day(stop.pk, stop.due_on)
    days = [task.done_on for task in tasks if task.done_on]
    reached_on = max(days) if days and len(days) == len(tasks) else None
    return MilestoneRow(
        title=stop.title,
        goal=stop.goal,
        state="reached" if reached_on else "late" if due_on < scope.day else "open",
        due_on=due_on,
        baseline_on=stop.baseline_on,
        reached_on=reached_on,
        tasks=tuple(tasks),
    )


def _tasks(scope: Scope) -> dict[UUID, list[TaskRow]]:
    """By milestone, in the plan's order: two queries."""
    past = scope.past
    tasks = [
        task
        for task in Task.objects.filter(plan=scope.plan)
        .select_related("owner", "completed_by")
        .defer("why", "what", "desired_result", "next_step", "form")
        .order_by("position", "pk")
        if past.had(task.pk)
    ]
    done = {
        task.pk: found
        for task in tasks
        if (found := past.done(task.pk, task.completed_at, str(task.completed_by or "")))
    }
    titles = {task.pk: task.title for task in tasks}
    places = {key: place for place, key in enumerate(titles)}
    before: dict[UUID, set[UUID]] = {}
    waits = Dependency.objects.filter(plan=scope.plan)
    for task_id, other in waits.values_list("task_id", "waits_for_id"):
        before.setdefault(task_id, set()).add(other)
    rows: dict[UUID, list[TaskRow]] = {}
    for task in tasks:
        waiting = (past.waits(task.pk, before.get(task.pk, ())) & places.keys()) - done.keys()
        names = [titles[other] for other in sorted(waiting, key=places.__getitem__)]
        rows.setdefault(task.milestone_id, []).append(_task(scope, task, done.get(task.pk), names))
    return rows


def _task(scope: Scope, task: Task, done: Done | None, waits: list[str]) -> TaskRow:
    due_on = scope.past.day(task.pk, task.due_on)
    block = None if done else scope.past.block(task.pk)
    waits = [] if done else waits
    return TaskRow(
        title=task.title,
        side=DocumentSide(task.side),
        owner=scope.past.owner(task.pk, str(task.owner or "")),
        state=_task_state(done, block, due_on < scope.day, bool(waits)),
        due_on=due_on,
        baseline_on=task.baseline_on,
        done_on=scope.on(done.at) if done else None,
        done_by=done.by if done else "",
        waits_for=tuple(waits[:MOST_WAITS]),
        waits_more=max(0, len(waits) - MOST_WAITS),
        blocked_on=_clears(block.on or task.side) if block else "",
        blocked_reason=block.reason if block else "",
    )


def _task_state(done: Done | None, block: Block | None, late: bool, waits: bool) -> TaskState:
    if done:
        return "done"
    if block:
        return "blocked"
    return "late" if late else "waiting" if waits else "open"


def _clears(who: str) -> Clears:
    return "vendor" if who == Side.VENDOR else "customer" if who == Side.CUSTOMER else "nobody"


def _objectives(scope: Scope) -> Iterable[ObjectiveRow]:
    """Two queries. A measurement counts from the moment at which somebody entered it."""
    measured: dict[UUID, list[Measurement]] = {}
    rows = Measurement.objects.filter(plan=scope.plan, claimed_at__lt=scope.past.ends)
    people = ("claimed_by", "accepted_by", "returned_by")
    for one in rows.select_related(*people).order_by("measured_on", "claimed_at"):
        measured.setdefault(one.objective_id, []).append(one)
    for objective in scope.plan.objectives.order_by("position"):
        found = measured.get(objective.pk, [])
        yield ObjectiveRow(
            title=objective.title,
            metric=objective.metric,
            unit=objective.unit,
            direction="up" if objective.direction == Direction.UP else "down",
            baseline=objective.baseline,
            target=objective.target,
            due_on=scope.past.day(objective.pk, objective.due_on),
            measurements=tuple(_measured(scope, each) for each in found[-MOST_MEASUREMENTS:]),
            measurements_more=max(0, len(found) - MOST_MEASUREMENTS),
        )


def _measured(scope: Scope, one: Measurement) -> MeasuredRow:
    state: Said = "claimed"
    name, at = "", None
    if one.accepted_at and one.accepted_at < scope.past.ends:
        state, name, at = "confirmed", str(one.accepted_by), one.accepted_at
    elif one.returned_at and one.returned_at < scope.past.ends:
        state, name, at = "returned", str(one.returned_by), one.returned_at
    return MeasuredRow(
        day=one.measured_on,
        value=one.value,
        state=state,
        claimed_by=str(one.claimed_by),
        claimed_side=DocumentSide(one.claimed_side),
        name=name,
        answered_on=scope.on(at) if at else None,
    )


def _people(scope: Scope, stages: Iterable[StageRow]) -> list[PersonRow]:
    """The customer's people who belonged to the account that day; of the vendor who had a task, and the CSM."""
    ends = scope.past.ends
    tasks = [task for stage in stages for stop in stage.milestones for task in stop.tasks]
    owned = Counter((task.side, task.owner) for task in tasks if task.owner)
    here = Stakeholder.objects.filter(Q(removed_at__isnull=True) | Q(removed_at__gte=ends))
    rows = [
        PersonRow(
            name=str(one.user),
            side=DocumentSide.CUSTOMER,
            role=str(StakeholderRole(one.role).label),
            title=one.title,
            tasks=owned[DocumentSide.CUSTOMER, str(one.user)],
            invited=one.joined_at is None or one.joined_at >= ends,
        )
        for one in here.filter(account=scope.plan.account, created_at__lt=ends)
        .select_related("user")
        .order_by("created_at", "id")
    ]
    lead = scope.plan.account.owner
    names = dict.fromkeys([str(lead)] if lead else [])
    names |= dict.fromkeys(name for side, name in owned if side == Side.VENDOR)
    ours = [
        PersonRow(
            name=name,
            side=DocumentSide.VENDOR,
            role=str(VendorRole.CSM.label) if lead and name == str(lead) else "",
            tasks=owned[DocumentSide.VENDOR, name],
        )
        for name in names
    ]
    return [*rows, *ours]
