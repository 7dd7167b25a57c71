"""The ladder instead of more mail: after so many reminders without an answer, the next person is told.

Champion, sponsor, then the CSM; on the vendor's own side the account's CSM at once. Each step is an Event, which
notifying.py turns into a line of that person's digest. Anything that anybody does about the task starts it anew.
"""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.choices import Side, StakeholderRole, Verb
from accounts.models import Event, Stakeholder, User
from accounts.services.recording import record
from plans.choices import NudgeKind
from plans.models import Nudge, Plan, Task
from plans.reminding import Sent, calendar_for, is_next_rung_due
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan
from portal.lib import clock

BATCH = 200
LAST = 3
_ROLES = (StakeholderRole.CHAMPION, StakeholderRole.SPONSOR)


class Rung(NamedTuple):
    """`step`: 1 the champion, 2 the sponsor, 3 the CSM."""

    step: int
    person: User


@transaction.atomic
def escalate_plan(plan_id: UUID | str) -> int:
    """Tell the next person of each task of the plan on which nobody has answered; answers how many were told.

    Everything is read after the plan is locked, so that an act at this moment comes before or after.
    """
    plan = lock_plan(UUID(str(plan_id)))
    if plan.state != "live":
        return 0
    told = sum(_escalate(plan, task) for task in _silent_tasks().filter(plan=plan).select_related("owner"))
    if told:
        touch_plan(plan.pk)
    return told


def plans_to_escalate() -> list[str]:
    """Running plans with late tasks whose owners were reminded often enough, and nobody told since."""
    plans = Plan.objects.live().running().filter(Exists(_silent_tasks().filter(plan=OuterRef("pk"))))
    return [str(pk) for pk in plans.order_by("next_due_on", "pk").values_list("pk", flat=True)]


def _silent_tasks() -> "QuerySet[Task]":
    """Ready and late, with a reminder of something late; whether there were enough, `_escalate` counts."""
    reminded = Nudge.objects.filter(
        task=OuterRef("pk"), user=OuterRef("owner_id"), step=0, kind=NudgeKind.OVERDUE
    )
    ready = Task.objects.ready().filter(due_on__lt=clock.now().date(), owner__isnull=False)
    return ready.filter(Exists(reminded)).order_by("due_on", "position")


def _escalate(plan: Plan, task: Task) -> bool:
    account = plan.account
    days, today = calendar_for(account.country), account.today()
    events = Event.objects.filter(task_id=task.pk)
    answered = events.exclude(verb=Verb.TASK_ESCALATED).values_list("at", flat=True).first()
    answered_on = answered.astimezone(account.zone).date() if answered else None
    nudges = list(
        Nudge.objects.filter(task=task, user=task.owner_id, step=0, due_on=task.due_on).order_by("sent_on")
    )
    # As far as the ladder was climbed since the last answer.
    rungs = list(Nudge.objects.filter(task=task, step__gt=0).values_list("step", "sent_on"))
    climbed = [(step, on) for step, on in rungs if answered_on is None or on > answered_on]
    due = is_next_rung_due(
        [Sent(nudge.kind, nudge.due_on, nudge.sent_on) for nudge in nudges],
        [on for _step, on in climbed],
        today,
        days,
        answered_on=answered_on,
        most=settings.PORTAL_NUDGES_BEFORE_ESCALATION,
    )
    reached = max((step for step, _on in climbed), default=0)
    rung = next((rung for rung in _ladder(plan, task) if rung.step > reached), None) if due else None
    if rung is None:
        return False
    _tell(plan, task, rung, first=min(nudge.sent_on for nudge in nudges))
    return True


def _ladder(plan: Plan, task: Task) -> list[Rung]:
    """Who may be told, from the lowest rung on; not the owner, and nobody twice."""
    rungs = []
    if task.side == Side.CUSTOMER:
        people = Stakeholder.objects.joined().filter(
            account=plan.account_id, role__in=_ROLES, user__is_active=True
        )
        found: dict[str, User] = {}
        for one in people.exclude(user=task.owner_id).select_related("user").order_by("created_at", "id"):
            found.setdefault(one.role, one.user)
        rungs = [Rung(step, found[role]) for step, role in enumerate(_ROLES, start=1) if role in found]
    csm = plan.account.owner
    if csm and csm.is_active and csm.pk != task.owner_id:
        rungs.append(Rung(LAST, csm))
    return rungs


def _tell(plan: Plan, task: Task, rung: Rung, *, first: date) -> None:
    today = plan.account.today()
    record(
        Verb.TASK_ESCALATED,
        account_id=plan.account_id,
        plan_id=plan.pk,
        task_id=task.pk,
        by=None,
        subject=task.title,
        new={
            "owner": str(rung.person),
            "told": str(rung.person.pk),
            "step": rung.step,
            "waited_for": str(task.owner),
            "days": (today - first).days,
        },
    )
    Nudge.objects.create(
        account_id=plan.account_id,
        plan=plan,
        task=task,
        user=rung.person,
        kind=NudgeKind.OVERDUE,
        step=rung.step,
        due_on=task.due_on,
        sent_on=today,
    )
