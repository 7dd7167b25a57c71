"""The optimistic lock: an act names the version that the person saw, and loses to whoever was first."""

from uuid import UUID

from django.db.models import Q

from accounts.models import Event
from plans.models import DateMove, Plan, Task
from portal.lib.prepared import PreparedObjects


class Conflict(Exception):
    """Somebody else changed the task since it was shown. Nothing was written; `latest` says who and what."""

    def __init__(self, task: Task, latest: Event | None) -> None:
        super().__init__(f"task {task.pk} is at version {task.version}")
        self.task = task
        self.latest = latest


def lock_plan(plan_id: UUID) -> Plan:
    """Every act on a plan takes this row first, so that two of them never wait for each other in a circle."""
    found = _locked_plan(plan_id)
    if not found:
        raise Plan.DoesNotExist
    return found[0]


def lock_task(task_id: UUID, version: int | None = None) -> Task:
    """The task as it is now, ours until the transaction ends.

    Raises Conflict when it is not at the version that was seen; None asks for none.
    """
    found = _locked_task(task_id)
    if not found:
        raise Task.DoesNotExist
    task = found[0]
    if version is not None and task.version != version:
        raise Conflict(task, _latest(task))
    return task


def _latest(task: Task) -> Event | None:
    """What came in between. A task that followed another has no event of its own, but a line in the ledger."""
    # Evidence comes and goes without touching the version: only acts on the task itself are the reason.
    latest = Event.objects.filter(task_id=task.pk).filter(_ON_THE_TASK).first()
    move = DateMove.objects.filter(task=task).first()
    if move is None or (latest and latest.at >= move.at):
        return latest
    return Event.objects.filter(plan_id=task.plan_id, new__act=str(move.act)).first() or latest


_ON_THE_TASK = Q(verb__startswith="task.") | Q(verb__startswith="dependency.")
_locked_plan: PreparedObjects[Plan] = PreparedObjects(
    lambda plan_id: Plan.objects.select_for_update().filter(pk=plan_id).order_by()
)
_locked_task: PreparedObjects[Task] = PreparedObjects(
    lambda task_id: Task.objects.select_for_update().filter(pk=task_id).order_by()
)
