"""What a task waits for: added and taken away, and what that moves."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.permissions import Actor
from plans.choices import MoveCause
from plans.models import Dependency, Task
from plans.services.consenting import Consent
from plans.services.moving import given_reason, put_rescheduled
from plans.services.plan_dates import Loaded, MovedBy, load_dates, node_of
from plans.services.taking import Act, require_open, take_task


@transaction.atomic
def add_dependency(
    *, by: Actor, task: Task, version: int, before: Task, reason: str, consent: Consent | None = None
) -> Act:
    """Let `task` wait for `before`, an open task of the same plan. A circle is refused, with the way round named."""
    task = take_task(by, "plan.reschedule", task, version)
    require_open(task)
    loaded, node, other = load_dates(task.plan), node_of(task), node_of(before)
    if before.plan_id != task.plan_id or other not in loaded.behind or loaded.dates.nodes[other].done:
        raise ValidationError({"before": _("Choose an open task of this plan.")})
    if other in loaded.dates.waits.get(node, ()):
        raise ValidationError({"before": _("It waits for that task already.")})
    _require_no_circle(loaded, node, other)
    return put_rescheduled(
        by,
        task,
        loaded,
        loaded.dates.waiting(node, other),
        moved_by=MovedBy(by.user, MoveCause.DEPENDENCY, given_reason(reason)),
        verb=Verb.DEPENDENCY_ADDED,
        consent=consent,
        write=lambda: Dependency.objects.create(
            account_id=task.account_id, plan_id=task.plan_id, task=task, waits_for=before
        ),
        said={"task": before.title, "waits_for": str(before.pk)},
    )


@transaction.atomic
def remove_dependency(
    *, by: Actor, task: Task, version: int, before: Task, reason: str, consent: Consent | None = None
) -> Act:
    """Let `task` no longer wait for `before`: where that held it back, it goes to the day of its own rule."""
    task = take_task(by, "plan.reschedule", task, version)
    loaded, node, other = load_dates(task.plan), node_of(task), node_of(before)
    if before.plan_id != task.plan_id or other not in loaded.dates.waits.get(node, ()):
        raise ValidationError({"before": _("It does not wait for that task any more.")})
    return put_rescheduled(
        by,
        task,
        loaded,
        loaded.dates.not_waiting(node, other),
        moved_by=MovedBy(by.user, MoveCause.DEPENDENCY, given_reason(reason)),
        verb=Verb.DEPENDENCY_REMOVED,
        consent=consent,
        write=lambda: Dependency.objects.filter(task=task, waits_for=before).delete(),
        said={"task": before.title, "waits_for": str(before.pk)},
    )


def _require_no_circle(loaded: Loaded, node: str, before: str) -> None:
    circle = loaded.dates.circle(node, before)
    if circle:
        way = " → ".join(loaded.title(one) for one in circle)
        raise ValidationError({"before": _("They would wait for each other: %(way)s.") % {"way": way}})
