"""The few mails that cannot wait for a digest."""

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.services.mail import queue_mail
from plans.models import Plan, Task


def tell_new_owner(task: Task, by: User) -> None:
    """A task was handed to somebody."""
    if task.owner is None:
        return
    queue_mail(
        "task_assigned",
        to=task.owner,
        account=task.account,
        context={
            "task": task,
            "plan": task.plan,
            "assigned_by": by,
            "link": settings.PORTAL_PUBLIC_URL + reverse("task_detail", args=[task.plan_id, task.pk]),
        },
    )


def tell_plan_is_live(plan: Plan, person: User) -> None:
    """Somebody who is in already gets word of a new plan; the others are invited."""
    queue_mail(
        "plan_live",
        to=person,
        account=plan.account,
        context={"plan": plan, "link": settings.PORTAL_PUBLIC_URL + reverse("plan_detail", args=[plan.pk])},
    )
