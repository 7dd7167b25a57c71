"""An objective: from–to–by with its chart, and the measurements that both sides make and confirm."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.permissions import Actor
from plans.access import get_measurement, get_objective
from plans.forms.base import PlanForm
from plans.forms.proof import MeasurementForm
from plans.models import Objective
from plans.pages.objectives import load_measurements, measurement_rows, objective_card
from plans.pages.proofs import return_form
from plans.pages.talk import talk_context
from plans.permissions import may_review
from plans.services.measuring import accept_measurement, add_measurement, return_measurement
from plans.views.tags import live_context


@require_GET
def objective_detail(request: HttpRequest, plan_id: UUID, objective_id: UUID) -> HttpResponse:
    objective, actor = get_objective(request, plan_id, objective_id, "plan.view")
    if request.htmx:  # type: ignore[attr-defined]
        # An objective is a page of its own, also when a row of "your turn" asks for it in place.
        return HttpResponseClientRedirect(request.path)
    return render(request, "plans/objective_detail.html", _page(objective, actor))


@require_POST
def measurement_add(request: HttpRequest, plan_id: UUID, objective_id: UUID) -> HttpResponse:
    objective, actor = get_objective(request, plan_id, objective_id, "measurement.add")
    form = MeasurementForm(request.POST, objective=objective)
    return _act(
        request,
        objective,
        actor,
        form,
        lambda: add_measurement(by=actor, objective=objective, **form.cleaned_data),
        _("Measured. The other side is asked to confirm it."),
        {"form_measurement": form},
    )


@require_POST
def measurement_accept(request: HttpRequest, plan_id: UUID, measurement_id: UUID) -> HttpResponse:
    measurement, actor = get_measurement(request, plan_id, measurement_id, "measurement.review")
    try:
        accept_measurement(by=actor, measurement=measurement)
    except ValidationError as error:
        context = _page(measurement.objective, actor) | {"problem": " ".join(error.messages)}
        return render(request, "plans/objective_detail.html", context, status=422)
    messages.success(request, _("Confirmed."))
    return redirect("objective_detail", measurement.plan_id, measurement.objective_id)


@require_POST
def measurement_return(request: HttpRequest, plan_id: UUID, measurement_id: UUID) -> HttpResponse:
    measurement, actor = get_measurement(request, plan_id, measurement_id, "measurement.review")
    form = return_form(measurement, request.POST)
    return _act(
        request,
        measurement.objective,
        actor,
        form,
        lambda: return_measurement(by=actor, measurement=measurement, reason=form.cleaned_data["reason"]),
        _("Returned."),
        {"returning": {measurement.pk: form}},
    )


def _act(
    request: HttpRequest,
    objective: Objective,
    actor: Actor,
    form: PlanForm,
    do: Callable[[], object],
    said: str,
    shown: dict[str, Any],
) -> HttpResponse:
    """Run the service and go back to the page; or show the page with what is wrong (422)."""
    if form.takes(do):
        messages.success(request, said)
        return redirect("objective_detail", objective.plan_id, objective.pk)
    context = _page(objective, actor, **shown)
    return render(request, "plans/objective_detail.html", context, status=422)


def _page(
    objective: Objective,
    actor: Actor,
    form_measurement: Form | None = None,
    returning: dict[UUID, Form] | None = None,
) -> dict[str, Any]:
    """The context of `templates/plans/objective_detail.html`."""
    plan, today = objective.plan, objective.plan.account.today()
    measurements = load_measurements(objective)
    running = not plan.is_finished
    judged: dict[UUID, Any] = {
        one.pk: (returning or {}).get(one.pk) or return_form(one)
        for one in measurements
        if running and may_review(actor, "measurement.review", one)
    }
    # One that was judged meanwhile has no form any more: what was wrong with it is said at the top.
    lost = [form for pk, form in (returning or {}).items() if pk not in judged]
    return {
        "plan": {"id": plan.pk, "url": reverse("plan_detail", args=[plan.pk]), "name": plan.name},
        "objective": objective_card(plan, objective, measurements, today),
        "measurements": measurement_rows(plan, objective, measurements, judged),
        **talk_context(thing=objective, actor=actor, plan=plan),
        **live_context(plan, actor),
        "form_measurement": form_measurement
        or MeasurementForm(initial={"measured_on": today}, objective=objective),
        "can": {"add_measurement": running and actor.may("measurement.add")},
        "problem": " ".join(str(text) for form in lost for texts in form.errors.values() for text in texts),
    }
