"""A task that no playbook foresaw: added by hand, or an action item of a meeting."""

from datetime import date, timedelta
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts.choices import Side, Verb
from accounts.models import Event, User
from accounts.permissions import CHAMPION, Actor
from plans.models import Meeting, Milestone, Plan, Task
from plans.services.locking import lock_plan
from plans.services.recording import record_on
from plans.services.taking import require_running, settle_plan
from plans.services.telling import tell_new_owner
from plans.services.working import possible_owners, settle_milestone
from portal.lib import clock
from portal.lib.days import long_day

MOST_TASKS = 500
"""In a plan. Beyond that nobody reads it, and every page of it is slow for everybody."""


MOMENT = timedelta(minutes=1)


@transaction.atomic
def add_task(
    *,
    by: Actor,
    plan: Plan,
    milestone: Milestone,
    title: str,
    side: str,
    owner: User | None,
    due_on: date,
    what: str = "",
    meeting: Meeting | None = None,
) -> Task:
    """Put a task at the end of a milestone; its day stands for itself. Its owner is told, unless they added it.

    A champion adds for the customer only. Raises ValidationError by field.
    """
    require_add(by, side)
    plan = _lock(plan)
    task = Task(
        account=plan.account,
        plan=plan,
        milestone=milestone,
        key=new_key(),
        title=title.strip(),
        side=side,
        owner=owner,
        due_on=due_on,
        what=what.strip(),
        meeting=meeting,
    )
    _require_fitting(task)
    return _just_added(by, task) or _add(by, task)


def put_task(task: Task, by: User | None) -> Task:
    """The change itself, while the plan is locked: at the end of its milestone. None is the portal. The act counts."""
    task.position = _place_after(task.milestone)
    task.save(force_insert=True)
    record_on(task, Verb.TASK_ADDED, by=by, subject=task.title, task_id=task.pk)
    # A milestone that was reached has work again.
    settle_milestone(by, task)
    return task


def new_key() -> str:
    """The key of a task that no playbook foresaw."""
    return f"added-{uuid4().hex[:12]}"


def require_add(by: Actor, side: str) -> None:
    """Raise PermissionDenied (403) unless this person may add a task of this side."""
    by.require("task.add")
    if by.role == CHAMPION and side != Side.CUSTOMER:
        raise PermissionDenied("task.add")


def _lock(plan: Plan) -> Plan:
    """Locked, with its account; it runs, and has room for one more task."""
    locked = lock_plan(plan.pk)
    locked.account = plan.account
    require_running(locked)
    if locked.tasks_total >= MOST_TASKS:
        raise ValidationError(_("A plan has at most %(n)d tasks.") % {"n": MOST_TASKS})
    return locked


def _add(by: Actor, task: Task) -> Task:
    """Put, count, tell."""
    put_task(task, by.user)
    settle_plan(task.plan)
    tell_new_owner(task, by.user)
    return task


def _require_fitting(task: Task) -> None:
    wrong = {}
    if not task.title:
        wrong["title"] = _("Say what is to be done.")
    if task.milestone.plan_id != task.plan_id:
        wrong["milestone"] = _("This milestone belongs to another plan.")
    if task.owner and not possible_owners(task).filter(pk=task.owner.pk).exists():
        wrong["owner"] = _("This person cannot own a task of this side.")
    today = task.account.today()
    if not today <= task.due_on <= task.plan.ends_on:
        wrong["due_on"] = _("Choose a day from today, %(first)s, to the end of the plan, %(last)s.") % {
            "first": long_day(today),
            "last": long_day(task.plan.ends_on),
        }
    if wrong:
        raise ValidationError(wrong)


def _just_added(by: Actor, task: Task) -> Task | None:
    """The same task, which the same person added a moment ago: a form that was sent twice."""
    lately = Event.objects.filter(
        plan_id=task.plan_id,
        verb=Verb.TASK_ADDED,
        actor=by.user,
        at__gt=clock.now() - MOMENT,
        subject=task.title,
    )
    same = Task.objects.filter(
        plan=task.plan_id, milestone=task.milestone_id, side=task.side, owner=task.owner_id, due_on=task.due_on,
        what=task.what, meeting=task.meeting_id, pk__in=lately.values("task_id"),
    )  # fmt: skip
    return same.first()


def _place_after(milestone: Milestone) -> int:
    """The position after the milestone's last task, with those behind it moved on by one."""
    tasks = Task.objects.filter(plan=milestone.plan_id)
    last = tasks.filter(milestone=milestone).aggregate(last=Max("position"))["last"]
    if last is None:
        return (tasks.aggregate(last=Max("position"))["last"] or 0) + 1
    tasks.filter(position__gt=last).update(position=F("position") + 1)
    return last + 1
