"""The week of the plans that somebody leads: what was done, what moved, what is next, and whose move it is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.choices import StakeholderRole
from accounts.models import Stakeholder
from plans.models import DateMove, Plan, Task
from plans.services.readers import Reader
from portal.lib import clock

WEEK = timedelta(days=7)
SHOWN_PLANS = 10
SHOWN = 3
_LEADS = (StakeholderRole.CHAMPION, StakeholderRole.SPONSOR)


@dataclass
class PlanWeek:
    """`done` and `ahead` are the first few; the counts are of all. `ahead` holds title, due day and side."""

    plan: Plan
    done: list[str] = field(default_factory=list)
    done_count: int = 0
    moved_count: int = 0
    late_count: int = 0
    ahead: list[tuple[UUID, str, date, str]] = field(default_factory=list)


def leaders_among(people: Sequence[UUID]) -> set[UUID]:
    """Who of them leads a running plan: as champion or sponsor, or as the CSM of its account."""
    if not people:
        return set()
    running = Plan.objects.live().running()
    here = running.filter(account=OuterRef("account_id"))
    roles = Stakeholder.objects.joined().filter(Exists(here), user__in=people, role__in=_LEADS)
    owners = running.filter(account__owner__in=people)
    return set(
        chain(
            roles.order_by().values_list("user_id", flat=True),
            owners.order_by().values_list("account__owner_id", flat=True).distinct(),
        )
    )


def weeks_of(reader: Reader) -> tuple[list[PlanWeek], int]:
    """The plans that most want to be looked at first, and how many more there are: four queries."""
    plans = list(_led_by(reader.user.pk).select_related("account").order_by("next_due_on", "name"))
    weeks = {plan.pk: PlanWeek(plan) for plan in plans[:SHOWN_PLANS]}
    since = clock.now() - WEEK
    done = Task.objects.filter(plan__in=weeks, completed_at__gte=since).order_by("-completed_at", "position")
    for plan_id, title in done.values_list("plan_id", "title"):
        week = weeks[plan_id]
        week.done_count += 1
        week.done += [title] if len(week.done) < SHOWN else []
    for plan_id, count in _moved(weeks, since).items():
        weeks[plan_id].moved_count = count
    _look_ahead(weeks, reader.day)
    return list(weeks.values()), len(plans) - len(weeks)


def _led_by(person: UUID) -> "QuerySet[Plan]":
    leads = Stakeholder.objects.joined().filter(account=OuterRef("account_id"), user=person, role__in=_LEADS)
    return Plan.objects.live().running().filter(Q(Exists(leads)) | Q(account__owner=person))


def _moved(plans: Iterable[UUID], since: object) -> Counter[UUID]:
    moves = DateMove.objects.filter(plan__in=plans, at__gte=since, task__isnull=False).order_by()
    return Counter(plan_id for plan_id, _task in moves.values_list("plan_id", "task_id").distinct())


def _look_ahead(weeks: dict[UUID, PlanWeek], day: date) -> None:
    counts: dict[UUID, int] = defaultdict(int)
    ready = Task.objects.ready().filter(plan__in=weeks).order_by("due_on", "position")
    for plan_id, task_id, title, due_on, side in ready.values_list(
        "plan_id", "pk", "title", "due_on", "side"
    ):
        week = weeks[plan_id]
        counts[plan_id] += due_on < day
        week.ahead += [(task_id, title, due_on, side)] if len(week.ahead) < SHOWN else []
    for plan_id, late in counts.items():
        weeks[plan_id].late_count = late
