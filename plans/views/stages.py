"""A stage and its gates; a milestone; and what is done to them."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Actor
from plans.access import get_criterion, get_milestone, get_stage
from plans.choices import Gate
from plans.forms.base import PlanForm
from plans.forms.gates import GiveStageForm, ReopenStageForm
from plans.models import Stage
from plans.pages.gates import milestone_context, stage_context
from plans.pages.talk import talk_context
from plans.services.gates import (
    GateShut,
    close_stage,
    give_stage,
    meet_criterion,
    open_stage,
    reopen_stage,
    unmeet_criterion,
)
from plans.views.tags import live_context


@require_GET
def stage_detail(request: HttpRequest, plan_id: UUID, stage_id: UUID) -> HttpResponse:
    stage, actor = get_stage(request, plan_id, stage_id, "stage.view")
    context = stage_context(stage, actor) | live_context(stage.plan, actor)
    return render(request, "plans/stage_detail.html", context)


@require_GET
def milestone_detail(request: HttpRequest, plan_id: UUID, milestone_id: UUID) -> HttpResponse:
    milestone, actor = get_milestone(request, plan_id, milestone_id, "plan.view")
    plan = milestone.plan
    talk = talk_context(thing=milestone, actor=actor, plan=plan)
    context = milestone_context(milestone, actor) | talk | live_context(plan, actor)
    return render(request, "plans/milestone_detail.html", context)


@require_POST
def stage_open(request: HttpRequest, plan_id: UUID, stage_id: UUID) -> HttpResponse:
    stage, actor = get_stage(request, plan_id, stage_id, "stage.manage")
    return _act(request, stage, actor, lambda: open_stage(by=actor, stage=stage), _("The stage has started."))


@require_POST
def stage_close(request: HttpRequest, plan_id: UUID, stage_id: UUID) -> HttpResponse:
    stage, actor = get_stage(request, plan_id, stage_id, "stage.manage")
    return _act(request, stage, actor, lambda: close_stage(by=actor, stage=stage), _("The stage is closed."))


@require_POST
def stage_reopen(request: HttpRequest, plan_id: UUID, stage_id: UUID) -> HttpResponse:
    stage, actor = get_stage(request, plan_id, stage_id, "stage.manage")
    form = ReopenStageForm(request.POST, auto_id="reopen-%s")
    return _act(
        request,
        stage,
        actor,
        lambda: reopen_stage(by=actor, stage=stage, reason=form.cleaned_data["reason"]),
        _("The stage is open again."),
        form_reopen=form,
    )


@require_POST
def stage_give(request: HttpRequest, plan_id: UUID, stage_id: UUID) -> HttpResponse:
    stage, actor = get_stage(request, plan_id, stage_id, "stage.manage")
    form = GiveStageForm(request.POST, stage=stage, by=actor, auto_id="give-%s")
    return _act(
        request,
        stage,
        actor,
        lambda: give_stage(by=actor, stage=stage, owner=form.cleaned_data["owner"]),
        _("The stage has another owner.") if request.POST.get("owner") else _("The stage has no owner now."),
        form_give=form,
    )


@require_POST
def criterion_meet(request: HttpRequest, plan_id: UUID, criterion_id: UUID) -> HttpResponse:
    criterion, actor = get_criterion(request, plan_id, criterion_id, "criterion.confirm")
    return _act(
        request, criterion.stage, actor, lambda: meet_criterion(by=actor, criterion=criterion), _("Noted.")
    )


@require_POST
def criterion_unmeet(request: HttpRequest, plan_id: UUID, criterion_id: UUID) -> HttpResponse:
    criterion, actor = get_criterion(request, plan_id, criterion_id, "criterion.confirm")
    return _act(
        request, criterion.stage, actor, lambda: unmeet_criterion(by=actor, criterion=criterion), _("Noted.")
    )


def _act(
    request: HttpRequest, stage: Stage, actor: Actor, do: Callable[[], object], said: str, **forms: PlanForm
) -> HttpResponse:
    """Run the service and go back to the page; or show the page with what is wrong (422)."""
    refused, problem = None, ""
    form = next(iter(forms.values()), None)
    if form is None or form.is_valid():
        try:
            do()
        except GateShut as error:
            refused = Gate(error.missing[0].criterion.gate)
        except ValidationError as error:
            if form is None:
                problem = " ".join(error.messages)
            else:
                form.put_errors(error)
        else:
            messages.success(request, said)
            return redirect("stage_detail", stage.plan_id, stage.pk)
    context = stage_context(stage, actor, refused=refused, problem=problem, **forms)
    return render(request, "plans/stage_detail.html", context, status=422)
