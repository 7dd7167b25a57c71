"""What the plan's page reads: tasks, milestones and open reviews as plain facts, each in one prepared query."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from accounts.choices import Side
from plans.choices import EvidenceNeed
from plans.models import Dependency, Evidence, Measurement, Milestone, Plan, Task
from plans.pages.rows import TaskFacts, Viewer
from portal.lib.prepared import PreparedRows


class MilestoneFacts(NamedTuple):
    """In the order of `load_milestones`."""

    id: UUID
    title: str
    goal: str
    due_on: date
    reached_at: datetime | None
    stage_id: UUID
    stage_key: str
    stage_name: str
    stage_purpose: str
    stage_opened_at: datetime | None
    stage_closed_at: datetime | None
    total: int
    done: int


@dataclass(frozen=True)
class Review:
    """A measurement that waits for the viewer's judgement. The fields are those of `load_reviews`."""

    measurement_id: UUID
    objective_id: UUID
    title: str
    measured_on: date


TASK_COLUMNS = (
    "id",
    "milestone_id",
    "title",
    "side",
    "role",
    "owner_id",
    "owner__name",
    "owner__email",
    "due_on",
    "completed_at",
    "blocked_at",
    "evidence_need",
    "version",
    "waits",
    "proved",
    "claims",
    "blocked_on",
    "pinned_at",
    "proposed_on",
    "moved_by_side",
    "talk_count",
    "asks",
)
"""Of `with_facts`, in the order of `TaskFacts`."""


def load_tasks(plan_id: UUID) -> tuple[list[TaskFacts], dict[UUID, list[UUID]]]:
    """All tasks of the plan, in order, and what each of them waits for: one query."""
    rows = _tasks_of(plan_id)
    return [TaskFacts._make(row[:-1]) for row in rows], {row[0]: row[-1] for row in rows}


def load_moved(task: Task, viewer: Viewer) -> tuple[list[TaskFacts], set[UUID]]:
    """What an act on the task can move for the viewer: the task, what waits for it, and all that may be their turn;
    then the ids of those that wait for it. One query."""
    rows = _moved_of(task.plan_id, task.pk, viewer.user_id)
    return [TaskFacts._make(row[:-1]) for row in rows], {row[0] for row in rows if row[-1]}


def with_facts(tasks: "QuerySet[Task]") -> "QuerySet[Task]":
    """The tasks with `waits`, `proved`, `claims` and `asks`, as `TaskFacts` explains them."""
    waits = Dependency.objects.filter(task=OuterRef("pk"), waits_for__completed_at__isnull=True)
    evidence = Evidence.objects.filter(task=OuterRef("pk"), returned_at__isnull=True)
    fitting = Q(kind=OuterRef("evidence_need")) | Q(task__evidence_need=EvidenceNeed.ANY)
    return tasks.annotate(
        waits=Exists(waits),
        proved=Exists(evidence.filter(fitting)),
        claims=ArraySubquery(evidence.filter(accepted_at__isnull=True).values("claimed_side")),
        asks=ExpressionWrapper(~Q(form=[]), output_field=BooleanField()),
    )


def load_milestones(plan_id: UUID) -> list[MilestoneFacts]:
    """The milestones in order, with their stage and their counts: one query."""
    return [MilestoneFacts._make(row) for row in _milestones_of(plan_id)]


def load_reviews(plan: Plan, viewer: Viewer) -> list[Review]:
    """Measurements of the other side that nobody has judged yet; none for who is not asked to."""
    if not viewer.reviews or not plan.reviews_of(viewer.side):
        return []
    return [Review(*row) for row in _claims_of[Side(viewer.other_side)](plan.pk)]


def _task_rows(plan_id: UUID) -> "QuerySet[Any, Any]":
    before = Dependency.objects.filter(task=OuterRef("pk")).values("waits_for_id")
    tasks = with_facts(Task.objects.filter(plan=plan_id)).annotate(before=ArraySubquery(before))
    return tasks.order_by("position").values_list(*TASK_COLUMNS, "before")


def _milestone_rows(plan_id: UUID) -> "QuerySet[Any, Any]":
    milestones = (
        Milestone.objects.filter(plan=plan_id)
        .order_by("stage__position", "position")
        .annotate(
            stage_key=F("stage__key"),
            stage_name=F("stage__name"),
            stage_purpose=F("stage__purpose"),
            stage_opened_at=F("stage__opened_at"),
            stage_closed_at=F("stage__closed_at"),
            total=Count("tasks"),
            done=Count("tasks", filter=Q(tasks__completed_at__isnull=False)),
        )
    )
    return milestones.values_list(*MilestoneFacts._fields)


def _moved_rows(plan_id: UUID, task_id: UUID, user_id: UUID) -> "QuerySet[Any, Any]":
    waits_for_it = Exists(Dependency.objects.filter(task=OuterRef("pk"), waits_for=task_id))
    to_do = Q(Q(owner=user_id) | Q(owner=None), completed_at=None)
    to_review = Exists(Evidence.objects.waiting().filter(task=OuterRef("pk")))
    to_answer = Q(proposed_on__isnull=False)
    return (
        with_facts(Task.objects.filter(plan=plan_id))
        .annotate(waits_for_it=waits_for_it)
        .filter(Q(pk=task_id) | Q(waits_for_it=True) | to_do | to_answer | to_review)
        .order_by("position")
        .values_list(*TASK_COLUMNS, "waits_for_it")
    )


_tasks_of = PreparedRows(_task_rows)
_moved_of = PreparedRows(_moved_rows)
_milestones_of = PreparedRows(_milestone_rows)


def _claims_by(side: Side, plan_id: UUID) -> "QuerySet[Any, Any]":
    waiting = Measurement.objects.waiting().filter(plan=plan_id, claimed_side=side).order_by("measured_on")
    return waiting.values_list("id", "objective_id", "objective__title", "measured_on")


_claims_of = {side: PreparedRows(partial(_claims_by, side)) for side in Side}
