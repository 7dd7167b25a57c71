"""What every act on a task begins with, and what it leaves."""

from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Event
from accounts.permissions import Actor
from plans.models import Plan, Task
from plans.permissions import require_on_task
from plans.services.locking import lock_plan, lock_task


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
