"""The facts of a value recap, read from the plan: queries of a fixed number whatever its size, and no write.

Tasks, milestones and progress are counted as the plan's page counts them; outcomes, measurements, evidence and
people are those of the period. Days are days where the account is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Window
from django.urls import reverse
from django.utils import translation

from accounts.choices import StakeholderRole, VendorRole
from accounts.models import Stakeholder
from plans.models import Evidence, Milestone, Plan, Task
from reports.base import common_facts
from reports.kinds import Asked
from reports.models import Audience
from reports.recap.breadth import read_breadth
from reports.recap.first_value import first_values
from reports.recap.measured import reached_objectives, read_objectives
from reports.recap.roi_reading import read_roi
from reports.recap.snapshot import (
    AcceptedEvidence,
    MilestoneState,
    More,
    NextStep,
    Person,
    RecapSnapshot,
    Side,
    SideTasks,
    Summary,
)
from reports.recap.snapshot import Milestone as MilestoneFacts
from reports.recap.waiting import read_waiting
from reports.recap.winning import read_wins

MOST_OUTCOMES = 20
MOST_MILESTONES = 60
MOST_EVIDENCE = 100
MOST_PEOPLE = 40
MOST_STEPS = 30
MOST_WORDS = 120
AHEAD = timedelta(days=90)


@dataclass(frozen=True)
class Scope:
    """What is asked for. `begins` and `ends` are the moments between which the period lies."""

    plan: Plan
    period_from: date
    period_to: date
    today: date
    zone: ZoneInfo

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def has(self, day: date) -> bool:
        return self.period_from <= day <= self.period_to

    def within(self, field: str) -> Q:
        """That the moment `field` lies in the period."""
        begins = datetime.combine(self.period_from, time(), self.zone)
        ends = datetime.combine(self.period_to + timedelta(days=1), time(), self.zone)
        return Q(**{f"{field}__gte": begins, f"{field}__lt": ends})


def gather(asked: Asked) -> RecapSnapshot:
    """Read what the recap of a plan says, both days of its period included.

    Run it in one transaction of its own (repeatable read), so that all numbers are of one moment.
    """
    if asked.plan is None:
        raise ValueError("a recap is about a plan")
    plan = Plan.objects.select_related("account").get(pk=asked.plan.pk)
    scope = Scope(plan, asked.period_from, asked.period_to, plan.account.today(), plan.account.zone)
    with translation.override(asked.language):
        return _snapshot(scope, asked)


def _snapshot(scope: Scope, asked: Asked) -> RecapSnapshot:
    plan = scope.plan
    spine = milestones_of(scope)
    listed = [one for one in spine if one.reached_on is None or scope.has(one.reached_on)]
    read = read_objectives(plan, scope.period_from, scope.period_to, scope.zone)
    wins = read_wins(plan)
    outcomes = sorted(
        [
            *reached_objectives(read, scope.has, wins, scope.zone),
            *first_values(plan, scope.within("milestone__reached_at"), wins, scope.zone),
        ],
        key=lambda one: (one.reached_on, one.title),
    )
    evidence, evidence_more = _evidence(scope)
    people = _people(scope)
    steps, steps_more = next_steps_of(scope)
    return RecapSnapshot(
        **common_facts(asked),
        summary=summary_of(scope, spine),
        objectives=tuple(one.facts for one in read),
        outcomes=tuple(outcomes[:MOST_OUTCOMES]),
        milestones=tuple(listed[:MOST_MILESTONES]),
        evidence=evidence,
        people=tuple(people[:MOST_PEOPLE]),
        next_steps=steps,
        more=More(
            outcomes=max(0, len(outcomes) - MOST_OUTCOMES),
            milestones=max(0, len(listed) - MOST_MILESTONES),
            milestones_elsewhere=len(spine) - len(listed),
            evidence=evidence_more,
            people=max(0, len(people) - MOST_PEOPLE),
            next_steps=steps_more,
        ),
        breadth=read_breadth(plan.account_id, scope.period_from, scope.period_to),
        waited=read_waiting(plan),
        roi=read_roi(plan.account, scope.period_from, scope.period_to)
        if asked.audience == Audience.INTERNAL
        else None,
    )


def summary_of(scope: Scope, spine: Sequence[MilestoneFacts]) -> Summary:
    done = Count("pk", filter=Q(completed_at__isnull=False))
    sides = {
        row["side"]: row
        for row in scope.plan.tasks.order_by().values("side").annotate(total=Count("pk"), done=done)
    }
    nothing = {"done": 0, "total": 0}
    states = [one.state for one in spine]
    return Summary(
        tasks=tuple(
            SideTasks(side=side, done=found["done"], total=found["total"])
            for side in (Side.CUSTOMER, Side.VENDOR)
            if (found := sides.get(side, nothing))
        ),
        milestones_on_time=states.count(MilestoneState.ON_TIME),
        milestones_late=states.count(MilestoneState.LATE),
        milestones_open=states.count(MilestoneState.OPEN) + states.count(MilestoneState.OVERDUE),
        milestones_overdue=states.count(MilestoneState.OVERDUE),
        progress_percent=scope.plan.progress_percent,
    )


def milestones_of(scope: Scope) -> list[MilestoneFacts]:
    rows = Milestone.objects.filter(plan=scope.plan).order_by("stage__position", "position")
    return [
        MilestoneFacts(
            title=title,
            stage=stage,
            baseline_on=baseline,
            due_on=due,
            reached_on=(reached := scope.day(at) if at else None),
            state=_state(reached, baseline or due, due, scope.today),
            page=reverse("milestone_detail", args=[scope.plan.pk, pk]),
        )
        for pk, title, stage, baseline, due, at in rows.values_list(
            "pk", "title", "stage__name", "baseline_on", "due_on", "reached_at"
        )
    ]


def _state(reached: date | None, promised: date, due: date, today: date) -> MilestoneState:
    """On time is on or before the day that was promised; open is overdue after the day that holds now."""
    if reached is not None:
        return MilestoneState.ON_TIME if reached <= promised else MilestoneState.LATE
    return MilestoneState.OVERDUE if due < today else MilestoneState.OPEN


def _evidence(scope: Scope) -> tuple[tuple[AcceptedEvidence, ...], int]:
    """What was accepted in the period, by day; of too many the latest, and how many more there are."""
    rows: QuerySet[Any] = (
        Evidence.objects.filter(scope.within("accepted_at"), plan=scope.plan)
        .select_related("task", "claimed_by", "accepted_by")
        .annotate(all=Window(Count("pk")))
        .order_by("-accepted_at", "-pk")[:MOST_EVIDENCE]
    )
    found = list(rows)
    accepted = tuple(
        AcceptedEvidence(
            title=_evidence_title(one),
            kind=one.kind,
            task=one.task.title,
            claimed_by=str(one.claimed_by),
            claimed_on=scope.day(one.claimed_at),
            accepted_by=str(one.accepted_by),
            accepted_on=scope.day(one.accepted_at),
            digest=one.sha256,
            address=one.url,
            page=reverse("task_detail", args=[one.plan_id, one.task_id]),
        )
        for one in reversed(found)
    )
    return accepted, found[0].all - len(found) if found else 0


def _evidence_title(one: Evidence) -> str:
    """The file's name, the note, or where a link without a note leads to."""
    note = " ".join(one.note.split())
    return one.file_name or note[:MOST_WORDS] or urlsplit(one.url).hostname or one.url[:MOST_WORDS]


def _people(scope: Scope) -> list[Person]:
    """Who completed tasks or handed in evidence that was accepted, in the period; who did most comes first."""
    here = {"plan": scope.plan}
    done = _by_person(Task.objects.filter(scope.within("completed_at"), **here), "completed_by")
    proved = _by_person(Evidence.objects.filter(scope.within("accepted_at"), **here), "claimed_by")
    titles = {
        user: title or str(StakeholderRole(role).label)
        for user, title, role in Stakeholder.objects.filter(account=scope.plan.account_id).values_list(
            "user", "title", "role"
        )
    }
    people = [
        Person(
            name=name or email,
            title=str(VendorRole(role).label) if role else titles.get(key, ""),
            side=Side.VENDOR if role else Side.CUSTOMER,
            tasks_done=done.get((key, name, email, role), 0),
            evidence_accepted=proved.get((key, name, email, role), 0),
        )
        for key, name, email, role in done | proved
    ]
    return sorted(people, key=lambda one: (-one.tasks_done, -one.evidence_accepted, one.name))


def _by_person(rows: QuerySet[Any], field: str) -> dict[tuple[Any, str, str, str], int]:
    """How many rows by person: id, name, address, vendor role."""
    person = [field, f"{field}__name", f"{field}__email", f"{field}__vendor_role"]
    counted = rows.filter(**{f"{field}__isnull": False}).order_by().values_list(*person)
    return {tuple(row[:4]): row[4] for row in counted.annotate(n=Count("pk"))}


def next_steps_of(scope: Scope) -> tuple[tuple[NextStep, ...], int]:
    """Tasks of both sides that can be worked on and are due within 90 days, overdue ones first."""
    rows = (
        Task.objects.ready()
        .filter(plan=scope.plan, due_on__lte=scope.today + AHEAD)
        .annotate(all=Window(Count("pk")))
        .order_by("due_on", "position", "pk")
        .select_related("owner")[:MOST_STEPS]
    )
    found: list[Any] = list(rows)
    steps = tuple(
        NextStep(title=one.title, side=one.side, owner=str(one.owner or ""), due=one.due_on) for one in found
    )
    return steps, found[0].all - len(found) if found else 0
