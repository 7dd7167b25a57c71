"""Honest answers in the opened task: I need more time, and not me. Done and blocked are acts like any other."""

from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import Actor
from plans.access import get_task
from plans.forms.tasks import PassForm, UntilForm
from plans.models import Task
from plans.services.answering import pass_task
from plans.services.proposing import propose_date
from plans.services.taking import Act
from plans.views.answers import act_on_task
from plans.views.pace import keep_pace


@require_POST
def task_until(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "task.propose")
    return act_on_task(
        request,
        task,
        actor,
        form=UntilForm(request.POST, auto_id="until-%s"),
        slot="form_until",
        do=lambda data: _propose(request, actor, task, data),
        said=_("Asked for another day: %(task)s.") % {"task": task.title},
    )


@require_POST
def task_pass(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "task.pass")
    return act_on_task(
        request,
        task,
        actor,
        form=PassForm(request.POST, task=task, auto_id="pass-%s"),
        slot="form_pass",
        do=lambda data: _pass(request, actor, task, data),
        said=_("Passed on: %(task)s.") % {"task": task.title},
    )


def _propose(request: HttpRequest, actor: Actor, task: Task, data: dict[str, Any]) -> Act:
    keep_pace(request, "write", by=actor.user)
    return propose_date(by=actor, task=task, **data)


def _pass(request: HttpRequest, actor: Actor, task: Task, data: dict[str, Any]) -> Act:
    """An address may mean an invitation, which is a mail to somebody: they are limited as all invitations are."""
    if data.get("email") and not ratelimit.consume(request, action="invite", user=request.user):
        raise ValidationError(_("These are too many invitations at once. Go on in an hour."))
    keep_pace(request, "hand_over", by=actor.user, key=task.pk)
    return pass_task(by=actor, task=task, **data)
