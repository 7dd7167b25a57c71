"""The facts of a review pack: a fixed number of queries whatever the plan's size, and no write.

The period is held against the days of the same number that lie before it. What comes is counted from today.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.urls import reverse
from django.utils import translation

from plans.choices import Direction, MeetingKind
from plans.models import Measurement, Meeting, Milestone, Objective, Plan
from plans.values import standing
from reports.adoption import Adoption, WeekUse, percent_of, read_adoption
from reports.base import common_facts
from reports.kinds import Asked
from reports.review.open_points import read_steps_and_shortfalls
from reports.review.snapshot import Measure, ReviewSnapshot, Shortfall, Standing, Step
from reports.review.wanted import read_wanted

ONE_DAY = timedelta(days=1)
MOST_SHORTFALLS = 12
MOST_STEPS = 24
MOST_WANTED = 12
MINUTES = 30


@dataclass(frozen=True)
class Scope:
    plan: Plan
    first: date
    last: date
    today: date
    portal: str

    @property
    def before_last(self) -> date:
        return self.first - ONE_DAY

    @property
    def before_first(self) -> date:
        return self.first - (self.last - self.first) - ONE_DAY

    def on(self, at: datetime) -> date:
        return at.astimezone(self.plan.account.zone).date()


def gather(asked: Asked) -> ReviewSnapshot:
    """Read what the review of a plan looks at, both days of its period included."""
    if asked.plan is None:
        raise ValueError("a review pack is about a plan")
    plan = Plan.objects.select_related("account").get(pk=asked.plan.pk)
    common = common_facts(asked)
    scope = Scope(plan, asked.period_from, asked.period_to, common["made_on"], common["portal_address"])
    with translation.override(asked.language):
        adoption = read_adoption(plan.account_id, scope.before_first, scope.last)
        objectives, missed = _objectives(scope)
        milestones = list(Milestone.objects.filter(plan=plan).order_by("due_on", "position"))
        steps, shortfalls = read_steps_and_shortfalls(plan, scope.today, scope.portal)
        steps += _milestone_steps(scope, milestones) + _other_steps(scope, objectives)
        shortfalls = [*_late_milestones(scope, milestones), *missed, *shortfalls]
        steps.sort(key=lambda one: (one.due_on, one.kind, one.title))
        wanted = read_wanted(plan, scope.portal)
        meeting = _meeting(plan)
        return ReviewSnapshot(
            **common,
            before_from=scope.before_first,
            before_to=scope.before_last,
            minutes=meeting.minutes if meeting else MINUTES,
            meeting_on=meeting.planned_on if meeting else None,
            measures=(*objectives, *_adoption(scope, adoption), _on_time(scope, milestones)),
            shortfalls=tuple(shortfalls[:MOST_SHORTFALLS]),
            shortfalls_more=max(0, len(shortfalls) - MOST_SHORTFALLS),
            steps=tuple(steps[:MOST_STEPS]),
            steps_more=max(0, len(steps) - MOST_STEPS),
            wanted=tuple(wanted[:MOST_WANTED]),
            wanted_more=max(0, len(wanted) - MOST_WANTED),
            usage_known=bool(adoption.weeks),
        )


def _meeting(plan: Plan) -> Meeting | None:
    """The next renewal review that is planned."""
    meetings = Meeting.objects.filter(
        plan=plan, kind=MeetingKind.RENEWAL, held_at__isnull=True, cancelled_at__isnull=True
    )
    return meetings.defer("agenda", "notes").order_by("planned_on").first()


def _objectives(scope: Scope) -> tuple[list[Measure], list[Shortfall]]:
    """Two queries: what each was at the end of the period and at the end of the one before; which missed its day."""
    measured: dict[UUID, list[Measurement]] = {}
    rows = Measurement.objects.standing().filter(plan=scope.plan, measured_on__lte=scope.last)
    people = ("claimed_by", "accepted_by", "evidence")
    for one in rows.select_related(*people).order_by("measured_on", "claimed_at"):
        measured.setdefault(one.objective_id, []).append(one)
    found = [
        (one, measured.get(one.pk, []))
        for one in Objective.objects.filter(plan=scope.plan).order_by("position")
    ]
    missed = [
        Shortfall(kind="objective_missed", title=one.title, on=one.due_on)
        for one, values in found
        if one.due_on <= scope.last and not (values and one.is_reached_by(values[-1].value))
    ]
    return [_objective(scope, one, values) for one, values in found], missed


def _objective(scope: Scope, one: Objective, values: Sequence[Measurement]) -> Measure:
    earlier = [value for value in values if value.measured_on < scope.first]
    latest = values[-1] if values else None
    return Measure(
        key="objective",
        title=one.title,
        unit=one.unit,
        before=earlier[-1].value if earlier else one.baseline,
        now=latest.value if latest else None,
        more_is_better=one.direction == Direction.UP,
        target=one.target,
        due_on=one.due_on,
        measured=len(values) > len(earlier),
        reached=bool(latest and one.is_reached_by(latest.value)),
        standing=_standing(scope, latest) if latest else None,
    )


def _standing(scope: Scope, one: Measurement) -> Standing:
    found = standing(one, scope.plan.account.zone)
    return Standing(state=found.kind.value, name=found.name, day=found.day)


def _adoption(scope: Scope, adoption: Adoption) -> Iterable[Measure]:
    """The last week of each of the two periods of which anything is known."""
    now = _last_week(adoption, scope.first, scope.last)
    before = _last_week(adoption, scope.before_first, scope.before_last)
    if now is None:
        return
    if now.total.percent is not None:
        yield Measure(
            key="users",
            now=Decimal(now.total.percent),
            before=_decimal(before.total.percent if before else None),
            whole=now.total.seats,
            whole_before=before.total.seats if before else None,
        )
    if adoption.features:
        yield Measure(
            key="features",
            now=Decimal(now.features_used),
            before=_decimal(before.features_used if before and before.features else None),
            whole=adoption.features_known,
            whole_before=adoption.features_known,
        )
    yield from _support(scope, adoption)


def _support(scope: Scope, adoption: Adoption) -> Iterable[Measure]:
    """Answered late of all that was opened, over the whole of each period."""
    opened, late = _sums(adoption, scope.first, scope.last)
    opened_before, late_before = _sums(adoption, scope.before_first, scope.before_last)
    if opened:
        yield Measure(
            key="late_support",
            now=_decimal(percent_of(late, opened)),
            before=_decimal(percent_of(late_before, opened_before)),
            whole=opened,
            whole_before=opened_before or None,
            more_is_better=False,
        )


def _on_time(scope: Scope, milestones: Sequence[Milestone]) -> Measure:
    """Of the milestones that were agreed for the period: reached by the day that was agreed."""
    whole, share = _share_on_time(scope, milestones, scope.first, scope.last)
    whole_before, share_before = _share_on_time(scope, milestones, scope.before_first, scope.before_last)
    return Measure(
        key="milestones",
        now=_decimal(share),
        before=_decimal(share_before),
        whole=whole,
        whole_before=whole_before,
    )


def _share_on_time(
    scope: Scope, milestones: Sequence[Milestone], first: date, last: date
) -> tuple[int, int | None]:
    agreed = [stop for stop in milestones if stop.baseline_on and first <= stop.baseline_on <= last]
    in_time = sum(
        1
        for stop in agreed
        if stop.reached_at and stop.baseline_on and scope.on(stop.reached_at) <= stop.baseline_on
    )
    return len(agreed), percent_of(in_time, len(agreed))


def _late_milestones(scope: Scope, milestones: Sequence[Milestone]) -> Iterable[Shortfall]:
    """Reached late in the period, or past the day that holds now."""
    for stop in milestones:
        if stop.reached_at is None:
            if stop.due_on < scope.today:
                days = (scope.today - stop.due_on).days
                yield Shortfall(kind="milestone_overdue", title=stop.title, on=stop.due_on, days=days)
            continue
        reached = scope.on(stop.reached_at)
        if stop.baseline_on and reached > stop.baseline_on and scope.first <= reached <= scope.last:
            days = (reached - stop.baseline_on).days
            yield Shortfall(kind="milestone_late", title=stop.title, on=reached, days=days)


def _milestone_steps(scope: Scope, milestones: Sequence[Milestone]) -> list[Step]:
    return [
        Step(
            kind="milestone",
            title=stop.title,
            due_on=stop.due_on,
            address=scope.portal + reverse("milestone_detail", args=[scope.plan.pk, stop.pk]),
        )
        for stop in milestones
        if stop.reached_at is None and scope.today <= stop.due_on <= scope.today + timedelta(days=90)
    ]


def _other_steps(scope: Scope, objectives: Sequence[Measure]) -> list[Step]:
    """Days of objectives that are not reached yet, and the plan's end."""
    last = scope.today + timedelta(days=90)
    steps = [
        Step(kind="objective", title=one.title, due_on=one.due_on)
        for one in objectives
        if one.due_on and not one.reached and scope.today <= one.due_on <= last
    ]
    if scope.today <= scope.plan.ends_on <= last:
        steps.append(Step(kind="end", title=scope.plan.name, due_on=scope.plan.ends_on))
    return steps


def _last_week(adoption: Adoption, first: date, last: date) -> WeekUse | None:
    return next((week for week in reversed(adoption.weeks) if first <= week.last <= last), None)


def _sums(adoption: Adoption, first: date, last: date) -> tuple[int, int]:
    weeks = [week for week in adoption.support if first <= week.monday <= last]
    return sum(week.opened for week in weeks), sum(week.late for week in weeks)


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)
