"""Who has left an account no longer owns work there: their open tasks and stages need an owner again, and say so."""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.choices import Side, Verb
from accounts.models import Stakeholder
from accounts.services.recording import record
from plans.models import Plan, Stage, Task
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan

BATCH = 100


def plans_with_leavers() -> list[UUID]:
    """Running plans with open customer tasks, or stages, whose owner is not on the account any more."""
    left = [_left_behind().order_by(), _stages_left_behind().order_by()]
    running = [
        rows.filter(plan__in=Plan.objects.running()).values_list("plan_id", flat=True) for rows in left
    ]
    return list(running[0].union(running[1]).order_by("plan_id")[:BATCH])


@transaction.atomic
def release_tasks(plan_id: UUID) -> int:
    """Put them back to "needs an owner", each with its line of history; answers how many. Twice is harmless."""
    plan = lock_plan(plan_id)
    tasks = list(_left_behind().filter(plan=plan).select_for_update(of=("self",)).select_related("owner"))
    for task in tasks:
        record(
            Verb.TASK_REASSIGNED,
            account_id=task.account_id,
            plan_id=plan_id,
            task_id=task.pk,
            by=None,
            subject=task.title,
            old={"owner": str(task.owner)},
            new={"owner": ""},
        )
    stages = list(_stages_left_behind().filter(plan=plan).select_related("owner"))
    for stage in stages:
        record(
            Verb.STAGE_OWNED,
            account_id=stage.account_id,
            plan_id=plan_id,
            by=None,
            subject=stage.name,
            old={"owner": str(stage.owner)},
            new={"stage": str(stage.pk), "owner": ""},
        )
    if stages:
        Stage.objects.filter(pk__in=[stage.pk for stage in stages]).update(owner=None)
    if tasks:
        Task.objects.filter(pk__in=[task.pk for task in tasks]).update(owner=None, version=F("version") + 1)
    if tasks or stages:
        touch_plan(plan_id)
    return len(tasks)


def _left_behind() -> "QuerySet[Task]":
    return Task.objects.open().filter(~Exists(_present()), side=Side.CUSTOMER, owner__isnull=False)


def _stages_left_behind() -> "QuerySet[Stage]":
    """Those that are not closed and that one of the customer's people saw to."""
    stages = Stage.objects.filter(closed_at__isnull=True, owner__isnull=False, owner__vendor_role="")
    return stages.filter(~Exists(_present()))


def _present() -> "QuerySet[Stakeholder]":
    return Stakeholder.objects.present().filter(account=OuterRef("account_id"), user=OuterRef("owner_id"))
