"""Sign-offs: asked for, signed, withdrawn, and read as a letter."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from plans.access import get_plan, get_signoff
from plans.forms.gates import SignForm, SignoffForm
from plans.models import Milestone, Plan, Stage
from plans.pages.signing import signoff_context, signoff_form_context, signoff_list_context
from plans.services.signing import end_signoff, request_signoff, sign
from plans.views.pace import keep_pace


@require_GET
def signoff_list(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "signoff.view")
    return render(request, "plans/signoff_list.html", signoff_list_context(plan, actor))


@require_http_methods(["GET", "POST"])
def signoff_create(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Of a milestone (`?milestone=`), a stage (`?stage=`) or the plan."""
    plan, actor = get_plan(request, plan_id, "signoff.request")
    milestone, stage = _thing(request, plan)
    form = None
    if request.method == "POST":
        form = SignoffForm(request.POST, plan=plan, by=actor)
        if form.is_valid():
            try:
                keep_pace(request, "write", by=actor.user)
                signoff = request_signoff(
                    by=actor,
                    plan=plan,
                    milestone=milestone,
                    stage=stage,
                    signers=list(form.cleaned_data["signers"]),
                )
            except ValidationError as error:
                form.put_errors(error)
            else:
                messages.success(request, _("They are asked to sign."))
                return redirect("signoff_detail", plan.pk, signoff.pk)
    context = signoff_form_context(plan, actor, milestone, stage, form=form)
    return render(request, "plans/signoff_create.html", context, status=422 if form else 200)


@require_GET
def signoff_detail(request: HttpRequest, plan_id: UUID, signoff_id: UUID) -> HttpResponse:
    signoff, actor = get_signoff(request, plan_id, signoff_id, "signoff.view")
    return render(request, "plans/signoff_detail.html", signoff_context(signoff, actor))


@require_POST
def signoff_sign(request: HttpRequest, plan_id: UUID, signoff_id: UUID) -> HttpResponse:
    signoff, actor = get_signoff(request, plan_id, signoff_id, "signoff.sign")
    form = SignForm(request.POST, auto_id="sign-%s")
    if form.takes(lambda: sign(by=actor, signoff=signoff, note=form.cleaned_data["note"])):
        messages.success(request, _("Signed. Thank you."))
        return redirect("signoff_detail", plan_id, signoff.pk)
    context = signoff_context(signoff, actor, form_sign=form)
    return render(request, "plans/signoff_detail.html", context, status=422)


@require_POST
def signoff_end(request: HttpRequest, plan_id: UUID, signoff_id: UUID) -> HttpResponse:
    signoff, actor = get_signoff(request, plan_id, signoff_id, "signoff.request")
    try:
        end_signoff(by=actor, signoff=signoff)
    except ValidationError as error:
        context = signoff_context(signoff, actor) | {"problem": " ".join(error.messages)}
        return render(request, "plans/signoff_detail.html", context, status=422)
    messages.success(request, _("Withdrawn. What was signed stays readable."))
    return redirect("signoff_detail", plan_id, signoff.pk)


def _thing(request: HttpRequest, plan: Plan) -> tuple[Milestone | None, Stage | None]:
    """What is to be signed. An address that names what is not there is 404, and so is one that names both."""
    asked = {name: request.GET[name] for name in ("milestone", "stage") if name in request.GET}
    if len(asked) > 1:
        raise Http404
    try:
        ids = {name: UUID(text) for name, text in asked.items()}
    except ValueError:
        raise Http404 from None
    milestone = (
        Milestone.objects.filter(plan=plan, pk=ids["milestone"]).first() if "milestone" in ids else None
    )
    stage = Stage.objects.filter(plan=plan, pk=ids["stage"]).first() if "stage" in ids else None
    if asked and milestone is None and stage is None:
        raise Http404
    return milestone, stage
