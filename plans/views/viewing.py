"""View as: begun from the plan's people, ended from the band above its pages."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from plans.access import get_plan
from plans.forms.plans import ViewAsForm
from plans.services.viewing import start_view
from plans.viewing_as import begin_view, end_view


@require_POST
def view_as_start(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "person.view_as")
    form = ViewAsForm(request.POST, plan=plan)
    try:
        if not form.is_valid():
            raise ValidationError(_("Choose whose eyes to look through."))
        stakeholder = form.cleaned_data["stakeholder"]
        start_view(by=actor, plan=plan, stakeholder=stakeholder)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        begin_view(request, plan, stakeholder)
    return redirect("plan_detail", plan.pk)


@require_POST
def view_as_stop(request: HttpRequest) -> HttpResponse:
    """Back to one's own eyes, on the same plan."""
    view = end_view(request)
    return redirect("plan_detail", UUID(view.plan_id)) if view else redirect("home")
