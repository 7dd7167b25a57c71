"""Not me: a task goes on to the person whose work it is, and the history keeps who passed it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Side, StakeholderRole, VendorRole, Verb
from accounts.models import Stakeholder, User
from accounts.permissions import Actor
from accounts.services.invitations import call_in_colleague
from plans.models import Task
from plans.services.taking import Act, record_on_task, require_open, save_task, settle_act, take_task
from plans.services.telling import tell_new_owner
from plans.services.working import possible_owners


@transaction.atomic
def pass_task(
    *,
    by: Actor,
    task: Task,
    version: int,
    to: User | None = None,
    email: str = "",
    name: str = "",
    reason: str = "",
) -> Act:
    """Give the task to a colleague: `to`, or whoever has the address, who is invited where they are not here yet.

    The person who passes it keeps their access. Raises ValidationError by field.
    """
    task = take_task(by, "task.pass", task, version)
    require_open(task)
    old, new = task.owner, _taker(by, task, to, email, name)
    task.owner, task.edited_fields = new, sorted({*task.edited_fields, "owner"})
    save_task(task, ["owner", "edited_fields"])
    event = record_on_task(
        by,
        task,
        Verb.TASK_PASSED,
        old={"owner": str(old) if old else ""},
        new={"owner": str(new), "reason": reason.strip()},
    )
    act = settle_act(task, event)
    tell_new_owner(task, by.user, passed=True, reason=reason.strip())
    return act


def possible_takers(task: Task) -> Any:
    """Who can take the task over: those of its side who may work, without the one who has it."""
    people = possible_owners(task).exclude(pk=task.owner_id)
    if task.side == Side.VENDOR:
        return people.exclude(vendor_role=VendorRole.EXECUTIVE)
    watching = Stakeholder.objects.present().filter(account_id=task.account_id, role=StakeholderRole.VIEWER)
    return people.exclude(pk__in=watching.values("user"))


def _taker(by: Actor, task: Task, to: User | None, email: str, name: str) -> User:
    if not to and not email.strip():
        raise ValidationError({"to": _("Choose a colleague, or give a work e-mail.")})
    field = "to" if to else "email"
    person = to or _named(by, task, email, name)
    if person.pk == task.owner_id:
        raise ValidationError({field: _("This task is with this person already.")})
    if not possible_takers(task).filter(pk=person.pk).exists():
        raise ValidationError(
            {field: _("This person cannot take it over. Name somebody else, or ask your success manager.")}
        )
    return person


def _named(by: Actor, task: Task, email: str, name: str) -> User:
    if task.side == Side.CUSTOMER:
        return call_in_colleague(by=by, account=task.account, email=email, name=name)
    colleague = User.objects.vendor().filter(email=email.strip().lower()).first()
    if colleague is None:
        raise ValidationError({"email": _("Nobody at the vendor has this address.")})
    return colleague
