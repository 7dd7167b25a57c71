"""Who has left an account no longer owns work there: their open tasks need an owner again, and say so."""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.choices import Side, Verb
from accounts.models import Stakeholder
from accounts.services.recording import record
from plans.models import Plan, Task
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan

BATCH = 100


def plans_with_leavers() -> list[UUID]:
    """Running plans with open customer tasks whose owner is not on the account any more."""
    left = _left_behind().filter(plan__in=Plan.objects.running())
    return list(left.order_by("plan_id").values_list("plan_id", flat=True).distinct()[:BATCH])


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
    if tasks:
        Task.objects.filter(pk__in=[task.pk for task in tasks]).update(owner=None, version=F("version") + 1)
        touch_plan(plan_id)
    return len(tasks)


def _left_behind() -> "QuerySet[Task]":
    present = Stakeholder.objects.present().filter(account=OuterRef("account_id"), user=OuterRef("owner_id"))
    return Task.objects.open().filter(~Exists(present), side=Side.CUSTOMER, owner__isnull=False)
