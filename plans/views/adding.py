"""A task that is added by hand."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from plans.access import get_plan
from plans.forms.adding import AddTaskForm
from plans.pages.meetings import current_milestone, usual_day
from plans.services.adding import add_task
from plans.views.pace import keep_pace


@require_http_methods(["GET", "HEAD", "POST"])
def task_add(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "task.add")
    milestone = request.GET.get("milestone") or current_milestone(plan)
    initial = {"milestone": milestone, "due_on": usual_day(plan)}
    form = AddTaskForm(
        request.POST if request.method == "POST" else None, plan=plan, by=actor, initial=initial
    )
    if form.is_valid():
        try:
            keep_pace(request, "write", by=actor.user)
            task = add_task(by=actor, plan=plan, **form.cleaned_data)
        except ValidationError as error:
            form.put_errors(error)
        else:
            messages.success(request, _("Added: %(task)s.") % {"task": task.title})
            return redirect("task_detail", plan.pk, task.pk)
    status = 422 if request.method == "POST" else 200
    context = {"plan": {"id": plan.pk, "name": plan.name}, "form": form}
    return render(request, "plans/task_add.html", context, status=status)
