"""Tasks that a review looks at: what is late or blocked, and what falls due in the next 90 days. One query."""

from collections import Counter
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse

from plans.models import Plan, Task
from reports.review.snapshot import Shortfall, Step
from reports.snapshots import Side

AHEAD = timedelta(days=90)
READ = 500


def read_steps_and_shortfalls(
    plan: Plan, today: date, portal_address: str
) -> tuple[list[Step], list[Shortfall]]:
    """What is blocked or late is no planned step: it stands among the shortfalls, late ones counted by side."""
    pressing = Q(blocked_at__isnull=False) | Q(due_on__lte=today + AHEAD)
    rows = Task.objects.open().filter(pressing, plan=plan).select_related("owner")
    tasks = list(rows.order_by("due_on", "position", "pk")[:READ])
    blocked = [
        Shortfall(
            kind="blocked", title=one.title, side=Side(one.side), on=one.due_on, reason=one.blocked_reason
        )
        for one in tasks
        if one.blocked_at
    ]
    late = Counter(one.side for one in tasks if not one.blocked_at and one.due_on < today)
    overdue = [
        Shortfall(kind="tasks_overdue", side=side, n=late[side.value])
        for side in (Side.CUSTOMER, Side.VENDOR)
        if late[side.value]
    ]
    steps = [
        _step(one, portal_address)
        for one in tasks
        if not one.blocked_at and today <= one.due_on <= today + AHEAD
    ]
    return steps, [*overdue, *blocked]


def _step(one: Task, portal_address: str) -> Step:
    return Step(
        kind="task",
        title=one.title,
        due_on=one.due_on,
        side=Side(one.side),
        owner=str(one.owner or ""),
        address=portal_address + reverse("task_detail", args=[one.plan_id, one.pk]),
    )
