"""The numbers of a plan: confirmed several at once by the customer, asked for by the vendor."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from plans.access import get_plan
from plans.pages.values import values_context
from plans.services.confirming import ask_for_confirmation, confirm_values
from plans.views.tags import live_context


@require_GET
def value_list(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "value.view")
    context = values_context(plan, actor) | live_context(plan, actor)
    return render(request, "plans/value_list.html", context)


@require_POST
def values_confirm(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "value.confirm")
    chosen = request.POST.getlist("chosen")
    numbers, wins = _read(chosen)
    try:
        done = confirm_values(by=actor, plan=plan, numbers=numbers, wins=wins)
    except ValidationError as error:
        context = values_context(plan, actor, chosen=chosen, problem=" ".join(error.messages))
        return render(request, "plans/value_list.html", context | live_context(plan, actor), status=422)
    if done.titles:
        count = len(done.titles)
        said = ngettext("%(n)d number is confirmed.", "%(n)d numbers are confirmed.", count)
        messages.success(request, said % {"n": count})
    if done.left_out:
        said = _("Changed meanwhile, and therefore not confirmed: %(names)s. Look at it again.")
        messages.warning(request, said % {"names": ", ".join(done.left_out)})
    return redirect("value_list", plan.pk)


@require_POST
def values_ask(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "value.ask")
    try:
        ask_for_confirmation(by=actor, plan=plan)
    except ValidationError as error:
        context = values_context(plan, actor, problem=" ".join(error.messages))
        return render(request, "plans/value_list.html", context | live_context(plan, actor), status=422)
    messages.success(request, _("The customer's champion and sponsor are told."))
    return redirect("value_list", plan.pk)


def _read(chosen: Iterable[str]) -> tuple[list[UUID], dict[UUID, int]]:
    """What the boxes say: `number:<id>` and `win:<id>:<version>`. What is none of these is left out."""
    numbers, wins = [], {}
    for key in chosen:
        kind, _colon, rest = key.partition(":")
        text, _colon, version = rest.partition(":")
        try:
            if kind == "number":
                numbers.append(UUID(text))
            elif kind == "win":
                wins[UUID(text)] = int(version)
        except ValueError:
            continue
    return numbers, wins
