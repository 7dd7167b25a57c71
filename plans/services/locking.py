"""The optimistic lock: an act names the version that the person saw, and loses to whoever was first."""

from uuid import UUID

from accounts.models import Event
from plans.models import Plan, Task


class Conflict(Exception):
    """Somebody else changed the task since it was shown. Nothing was written; `latest` says who and what."""

    def __init__(self, task: Task, latest: Event | None) -> None:
        super().__init__(f"task {task.pk} is at version {task.version}")
        self.task = task
        self.latest = latest


def lock_plan(plan_id: UUID) -> Plan:
    """Every act on a plan takes this row first, so that two of them never wait for each other in a circle."""
    return Plan.objects.select_for_update().get(pk=plan_id)


def lock_task(task_id: UUID, version: int) -> Task:
    """The task as it is now, ours until the transaction ends.

    Raises Conflict when it is not at the version that was seen.
    """
    task = Task.objects.select_for_update().get(pk=task_id)
    if task.version != version:
        # Evidence comes and goes without touching the version: only acts on the task itself are the reason.
        latest = Event.objects.filter(task_id=task.pk, verb__startswith="task.").first()
        raise Conflict(task, latest)
    return task
