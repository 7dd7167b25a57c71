"""People found later take the tasks and stages that nobody has, unless somebody left them open on purpose."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F

from plans.models import Plan, Stage, Task
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan


@transaction.atomic
def recast_plan(*, plan: Plan, owners: Mapping[str, UUID], gaps: Sequence[str]) -> int:
    """Give open tasks and stages without an owner to the person of their role; answers how many tasks found one.

    A task whose owner was changed by hand is left as it is. `gaps` is what the deal still lacks.
    """
    plan = lock_plan(plan.pk)
    if plan.is_finished:
        return 0
    filled = stages = 0
    for role, person in owners.items():
        filled += (
            Task.objects.open()
            .filter(plan=plan, role=role, owner__isnull=True)
            .exclude(edited_fields__contains=["owner"])
            .update(owner=person, version=F("version") + 1)
        )
        stages += Stage.objects.filter(
            plan=plan, owner_role=role, owner__isnull=True, closed_at__isnull=True
        ).update(owner=person)
    closed = list(gaps) != plan.gaps
    if closed:
        plan.gaps = list(gaps)
        plan.save(update_fields=["gaps"])
    if filled or stages or closed:
        touch_plan(plan.pk)
    return filled
