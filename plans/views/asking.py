"""The form of a task: sent, saved for later, or what is known in it confirmed."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import Actor
from plans.access import get_task
from plans.forms.asking import AnswersForm
from plans.models import Task
from plans.services.filling import fill_form
from plans.services.knowing import standing_of
from plans.services.locking import Conflict
from plans.services.taking import Act
from plans.views.answers import act_on_task


@require_POST
def task_form(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "form.fill")
    form = AnswersForm(request.POST, request.FILES, task=task, standing=standing_of(task))
    said = {"save": _("Saved: %(task)s."), "confirm": _("Confirmed: %(task)s.")}
    if not form.is_valid():
        _keep_uploads(actor, task, form)
    return act_on_task(
        request,
        task,
        actor,
        form=form,
        slot="form_answers",
        do=lambda data: _fill(actor, task, form, data),
        said=said.get(form.do, _("Sent: %(task)s.")) % {"task": task.title},
        then="plan_detail" if form.sending else "task_detail",
    )


def _fill(actor: Actor, task: Task, form: AnswersForm, data: dict[str, Any]) -> Act:
    try:
        return fill_form(
            by=actor,
            task=task,
            version=data["version"],
            answers=form.answers,
            complete=form.sending,
            confirm=form.do == "confirm",
            mark=data["mark"],
        )
    except ValidationError:
        _keep_uploads(actor, task, form)
        raise


def _keep_uploads(actor: Actor, task: Task, form: AnswersForm) -> None:
    """A browser never sends a chosen file a second time by itself: a good one is saved, whatever else is wrong."""
    version, mark = form.cleaned_data.get("version"), form.cleaned_data.get("mark")
    if form.uploads and version and mark:
        with suppress(ValidationError, Conflict):
            fill_form(by=actor, task=task, version=version, answers=form.uploads, complete=False, mark=mark)
