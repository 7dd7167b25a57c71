"""First-value milestones as outcomes: in the words of their win; confirmed by the customer, or signed for."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse

from accounts.choices import Side
from plans.models import Milestone, Plan, Signature, Task
from plans.values import Standing, Value
from reports.recap.snapshot import Outcome
from reports.recap.winning import MOST_CREDITED, Wins, kept, page_of, standing_of, thanked

ToDay = Callable[[datetime], date]


class Sealed(NamedTuple):
    names: str
    at: datetime


def first_values(plan: Plan, in_period: Q, wins: Wins, zone: ZoneInfo) -> list[Outcome]:
    """Those that were reached in the period, with those who did their tasks. `in_period` is asked of tasks."""
    rows = (
        Task.objects.filter(in_period, plan=plan)
        .filter(milestone__first_value=True)
        .order_by("milestone__position", "completed_at", "pk")
        .select_related("milestone", "completed_by")
    )
    credited: dict[Milestone, list[str]] = {}
    for task in rows:
        names = credited.setdefault(task.milestone, [])
        if task.completed_by and str(task.completed_by) not in names:
            names.append(str(task.completed_by))
    sealed = _signed(credited)

    def day(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    return [
        _outcome(milestone, day(milestone.reached_at), names, wins, sealed.get(milestone.pk), day, zone)
        for milestone, names in credited.items()
        if milestone.reached_at
    ]


def _outcome(
    milestone: Milestone,
    reached_on: date,
    names: Sequence[str],
    wins: Wins,
    sealed: Sealed | None,
    day: ToDay,
    zone: ZoneInfo,
) -> Outcome:
    """In the words of its win, where somebody has found some; confirmed only if the customer has confirmed that, or
    has signed for the milestone."""
    told = wins.of_milestone.get(milestone.pk)
    proved = milestone.pk in wins.proved
    if told and told.confirmed_at:
        sealed = Sealed(str(told.confirmed_by), told.confirmed_at)
    if sealed:
        stands = Standing(Value.CONFIRMED, sealed.names, day(sealed.at))
    elif told:
        stands = standing_of(told, zone, proved=proved)
    else:
        stands = Standing(Value.EVIDENCED if proved else Value.CLAIMED)
    return Outcome(
        title=told.title if told else milestone.title,
        detail=(told.story if told else "") or milestone.goal,
        before=told.before if told else "",
        after=told.after if told else "",
        reached_on=reached_on,
        confirmed_by=stands.name if sealed else "",
        confirmed_on=stands.day if sealed else None,
        credited=thanked(told, names) if told else tuple(names[:MOST_CREDITED]),
        standing=kept(stands),
        next_step=told.next_step if told else "",
        page=page_of(told) if told else reverse("milestone_detail", args=[milestone.plan_id, milestone.pk]),
    )


def _signed(milestones: Iterable[Milestone]) -> dict[UUID, Sealed]:
    """By milestone: the customer's people and the last of their signatures, in one query.

    Only a sign-off that all have signed and that stands counts, and only if the milestone was reached in what they
    signed, at the moment that holds now.
    """
    reached = {milestone.pk: milestone.reached_at for milestone in milestones}
    rows = Signature.objects.filter(
        side=Side.CUSTOMER,
        signed_at__isnull=False,
        signoff__milestone__in=reached,
        signoff__completed_at__isnull=False,
        signoff__ended_at__isnull=True,
    )
    found: dict[UUID, Sealed] = {}
    for one in rows.select_related("signoff").order_by("signed_at"):
        milestone_id, told = one.signoff.milestone_id, one.signoff.snapshot["milestones"][0]["reached_at"]
        if milestone_id and one.signed_at and told and datetime.fromisoformat(told) == reached[milestone_id]:
            before = found.get(milestone_id)
            names = f"{before.names}, {one.signed_name}" if before else one.signed_name
            found[milestone_id] = Sealed(names, one.signed_at)
    return found
