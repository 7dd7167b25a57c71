"""First-value milestones as outcomes: in the words of their win; confirmed by the customer, or signed for."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from accounts.choices import Side
from plans.models import Milestone, Plan, Signature, Task, Win
from reports.recap.snapshot import Outcome

MOST_CREDITED = 6

ToDay = Callable[[datetime], date]


class Sealed(NamedTuple):
    names: str
    at: datetime


def first_values(plan: Plan, in_period: Q, day: ToDay) -> list[Outcome]:
    """Those that were reached in the period, with those who did their tasks. `in_period` is asked of tasks, `day`
    turns a moment into a day where the account is."""
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
    wins = {
        win.milestone_id: win
        for win in Win.objects.filter(plan=plan, milestone__in=credited)
        .select_related("confirmed_by")
        .prefetch_related("credited")
        .order_by("found_at")
    }
    sealed = _signed(credited)
    return [
        _outcome(
            milestone, day(milestone.reached_at), names, wins.get(milestone.pk), sealed.get(milestone.pk), day
        )
        for milestone, names in credited.items()
        if milestone.reached_at
    ]


def _outcome(
    milestone: Milestone,
    reached_on: date,
    names: Sequence[str],
    win: Win | None,
    sealed: Sealed | None,
    day: ToDay,
) -> Outcome:
    """In the words of its win, where somebody has found some; confirmed only if the customer has confirmed that, or
    has signed for the milestone."""
    told = win if win and not win.dismissed_at else None
    if told and told.confirmed_at:
        sealed = Sealed(str(told.confirmed_by), told.confirmed_at)
    if told:
        others = [told.credits_others] if told.credits_others else []
        names = [*map(str, told.credited.all()), *others] or names
    return Outcome(
        title=told.title if told else milestone.title,
        detail=milestone.goal,
        before=told.before if told else "",
        after=told.after if told else "",
        reached_on=reached_on,
        confirmed_by=sealed.names if sealed else "",
        confirmed_on=day(sealed.at) if sealed else None,
        credited=tuple(names[:MOST_CREDITED]),
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
