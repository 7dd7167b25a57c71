"""Whose turn it was, in working days: the same fold as on the plan's pages (`plans.pages.turn`)."""

from plans.choices import Waiting
from plans.models import Plan
from plans.pages.loading import load_tasks
from plans.pages.turn import parts_of, past_of_plan, turns_of
from plans.turns import SIDES, Turn
from reports.recap.snapshot import WaitedDays, WaitedMilestone


def read_waiting(plan: Plan) -> WaitedDays | None:
    """None for a draft, and while nobody has been waited for. Milestones are in order, those that waited for a side.
    Three queries."""
    tasks, before = load_tasks(plan.pk)
    turns = turns_of(plan, parts_of(tasks, before), past_of_plan(plan).happenings)
    if turns is None or plan.live_at is None or not turns.plan.age:
        return None
    titles = plan.milestones.order_by("stage__position", "position").values_list("pk", "title")
    return WaitedDays(
        **_booked(turns.plan),
        since=plan.live_at.astimezone(plan.account.zone).date(),
        milestones=tuple(
            WaitedMilestone(title=title, **_booked(turn))
            for key, title in titles
            if (turn := turns.milestones.get(key)) and any(turn.booked[side] for side in SIDES)
        ),
    )


def _booked(turn: Turn) -> dict[str, int]:
    booked = turn.booked
    return {
        "customer": booked[Waiting.CUSTOMER],
        "vendor": booked[Waiting.VENDOR],
        "nobody": booked[Waiting.NOBODY],
    }
