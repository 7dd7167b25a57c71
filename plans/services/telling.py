"""The few mails that cannot wait for a digest."""

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.services.branding import current_vendor
from accounts.services.mail import day_label, queue_mail
from plans.choices import EvidenceNeed
from plans.models import Plan, Task
from plans.services.answer_links import answer_url, answering_actor


def tell_new_owner(task: Task, by: User, *, passed: bool = False, reason: str = "") -> None:
    """A task was handed to somebody else, or `passed` on by whoever had it before. A draft is nobody's work yet."""
    if task.owner is None or task.owner.pk == by.pk or not task.plan.live_at:
        return
    answers = answering_actor(task.owner, task.account_id).may("task.complete")
    queue_mail(
        "task_assigned",
        to=task.owner,
        account=task.account,
        context={
            "by": str(by),
            "passed": passed,
            "reason": reason,
            "task_title": task.title,
            "plan_name": task.plan.name,
            "due_label": day_label(task.due_on),
            "what": task.what,
            "evidence_label": EvidenceNeed(task.evidence_need).label if task.evidence_need != "none" else "",
            "url": settings.PORTAL_PUBLIC_URL + reverse("task_detail", args=[task.plan_id, task.pk]),
            "answer_url": answer_url(task, task.owner) if answers else "",
        },
    )


def tell_plan_is_live(plan: Plan, person: User) -> None:
    """Somebody who is in already gets word of a new plan; the others are invited."""
    first = plan.tasks.open().filter(owner=person).order_by("due_on", "position").first()
    queue_mail(
        "plan_live",
        to=person,
        account=plan.account,
        context={
            "plan_name": plan.name,
            "account_name": plan.account.name,
            "csm_name": str(plan.account.owner or current_vendor().name),
            "kickoff_label": day_label(plan.kickoff_on),
            "first_task_title": first.title if first else "",
            "first_due_label": day_label(first.due_on) if first else "",
            "url": settings.PORTAL_PUBLIC_URL + reverse("plan_detail", args=[plan.pk]),
        },
    )
