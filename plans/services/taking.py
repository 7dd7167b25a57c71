"""What every act on a task begins with, and what it leaves."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.models import Event
from accounts.permissions import Actor
from plans.models import Plan, Task
from plans.permissions import require_on_task
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan, lock_task
from plans.services.recording import record_on


class Act(NamedTuple):
    """What an act leaves: the task and its plan's counts as they are now, the line in the history, and by id what
    else moved (tasks and milestones)."""

    task: Task
    event: Event
    moved: frozenset[UUID] = frozenset()


def take_task(by: Actor, action: str, task: Task, version: int) -> Task:
    """Guard: the plan still runs, the right is there, nobody was faster."""
    plan = lock_plan(task.plan_id)
    locked = lock_task(task.pk, version)
    locked.plan = plan
    require_on_task(by, action, locked)
    require_running(plan)
    return locked


def require_running(plan: Plan) -> None:
    """Raise ValidationError where the plan is completed or closed."""
    if plan.is_finished:
        raise ValidationError(_("This plan is finished; nothing in it changes any more."))


def require_open(task: Task) -> None:
    """Raise ValidationError where the task is done."""
    if task.completed_at:
        raise ValidationError(_("This task is done already."))


def save_task(task: Task, fields: Sequence[str] = ()) -> None:
    """Every act on a task raises its version."""
    task.version += 1
    task.save(update_fields=[*fields, "version"])


def record_on_task(
    by: Actor, task: Task, verb: Verb, *, old: dict[str, Any] | None = None, new: dict[str, Any] | None = None
) -> Event:
    return record_on(
        task,
        verb,
        task_id=task.pk,
        by=by.user,
        subject=task.title,
        old=old,
        new=new,
    )


def settle_act(task: Task, event: Event, moved: frozenset[UUID] = frozenset()) -> Act:
    """As `settle_plan`, for the task's plan."""
    settle_plan(task.plan)
    return Act(task, event, moved)


def settle_plan(plan: Plan) -> None:
    """Count the plan anew; its revision and counts stand on it afterwards."""
    plan.revision, plan.tasks_total, plan.tasks_done = touch_plan(plan.pk)
