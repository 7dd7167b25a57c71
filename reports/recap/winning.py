"""Wins as outcomes: their words, who stands behind them, whom to thank."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from plans.models import Evidence, Plan, Win
from plans.values import Standing, standing, standing_of_win
from reports.snapshots import Standing as StandingFacts

MOST_CREDITED = 6


class Wins(NamedTuple):
    """Those of a plan that stand, by what they are of; `proved` are the milestones with accepted evidence."""

    of_objective: dict[UUID, Win]
    of_milestone: dict[UUID, Win]
    proved: set[UUID]


def read_wins(plan: Plan) -> Wins:
    """Three queries."""
    found = (
        Win.objects.standing()
        .filter(plan=plan)
        .select_related(
            "confirmed_by", "measurement__evidence", "measurement__claimed_by", "measurement__accepted_by"
        )
        .prefetch_related("credited")
        .order_by("found_at")
    )
    wins = list(found)
    proved = Evidence.objects.filter(plan=plan, accepted_at__isnull=False).values_list(
        "task__milestone", flat=True
    )
    return Wins(
        {win.objective_id: win for win in wins if win.objective_id},
        {win.milestone_id: win for win in wins if win.milestone_id},
        set(proved.order_by().distinct()),
    )


def standing_of(win: Win, zone: ZoneInfo, *, proved: bool = False) -> Standing:
    number = standing(win.measurement, zone) if win.measurement else None
    return standing_of_win(win, zone, number=number, proved=proved)


def kept(one: Standing) -> StandingFacts:
    return StandingFacts(state=one.kind.value, name=one.name, day=one.day)


def is_worded(win: Win) -> bool:
    """Whether somebody has said it in words of their own; without, it is the plan's numbers that are printed."""
    return bool(win.before or win.after or win.story)


def thanked(win: Win, otherwise: Sequence[str] = ()) -> tuple[str, ...]:
    others = [win.credits_others] if win.credits_others else []
    return tuple(([*map(str, win.credited.all()), *others] or list(otherwise))[:MOST_CREDITED])


def page_of(win: Win) -> str:
    return reverse("win_detail", args=[win.plan_id, win.pk])
