"""Meetings of a plan: the list, a new one, and the meeting with all that is done in it and after it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Actor
from plans.access import get_meeting, get_plan
from plans.forms.base import PlanForm
from plans.forms.meetings import (
    ChangeDecisionForm,
    DecisionForm,
    HoldForm,
    MeetingForm,
    MoveMeetingForm,
    NotesForm,
)
from plans.models import Decision, Meeting
from plans.pages.meetings import action_form, meeting_list_page, meeting_page, usual_day
from plans.services.adding import add_task
from plans.services.meetings import (
    NotesConflict,
    add_decision,
    cancel_meeting,
    change_decision,
    hold_meeting,
    move_meeting,
    plan_meeting,
    save_notes,
)
from plans.views.pace import keep_pace
from plans.views.tags import live_context


@require_GET
def meeting_list(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "meeting.view")
    return render(request, "plans/meeting_list.html", meeting_list_page(plan, actor))


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "meeting.manage")
    initial = {"day": usual_day(plan), "kind": request.GET.get("kind", "weekly")}
    data = request.POST if request.method == "POST" else None
    form = MeetingForm(data, zone=plan.account.time_zone, initial=initial)
    if form.is_valid():
        try:
            meeting = plan_meeting(by=actor, plan=plan, **form.cleaned_data)
        except ValidationError as error:
            form.put_errors(error)
        else:
            messages.success(request, _("The meeting is planned."))
            return redirect("meeting_detail", plan.pk, meeting.pk)
    status = 422 if request.method == "POST" else 200
    context = {"plan": {"id": plan.pk, "name": plan.name}, "form": form}
    return render(request, "plans/meeting_plan.html", context, status=status)


@require_GET
def meeting_detail(request: HttpRequest, plan_id: UUID, meeting_id: UUID) -> HttpResponse:
    meeting, actor = get_meeting(request, plan_id, meeting_id, "meeting.view")
    return _answer(request, meeting, actor)


@require_POST
def meeting_move(request: HttpRequest, plan_id: UUID, meeting_id: UUID) -> HttpResponse:
    meeting, actor = get_meeting(request, plan_id, meeting_id, "meeting.manage")
    form = MoveMeetingForm(request.POST, meeting=meeting, zone=meeting.account.time_zone, auto_id="move-%s")

    def do(data: dict[str, Any]) -> None:
        move_meeting(by=actor, meeting=meeting, **{"day": meeting.planned_on, **data})

    return _act(
        request, meeting, actor, form=form, slot="form_move", do=do, said=_("The meeting is changed.")
    )


@require_POST
def meeting_cancel(request: HttpRequest, plan_id: UUID, meeting_id: UUID) -> HttpResponse:
    meeting, actor = get_meeting(request, plan_id, meeting_id, "meeting.manage")
    return _act(
        request,
        meeting,
        actor,
        form=PlanForm(request.POST),
        do=lambda _data: cancel_meeting(by=actor, meeting=meeting),
        said=_("The meeting is cancelled."),
    )


@require_POST
def meeting_notes(request: HttpRequest, plan_id: UUID, meeting_id: UUID) -> HttpResponse:
    meeting, actor = get_meeting(request, plan_id, meeting_id, "meeting.note")
    form = NotesForm(request.POST, meeting=meeting)
    return _keep_notes(request, meeting, actor, form, save_notes, _("The notes are saved."))


@require_POST
def meeting_hold(request: HttpRequest, plan_id: UUID, meeting_id: UUID) -> HttpResponse:
    meeting, actor = get_meeting(request, plan_id, meeting_id, "meeting.manage")
    form = HoldForm(request.POST, meeting=meeting)
    said = _("The meeting is held, and the recap is on its way.")
    return _keep_notes(request, meeting, actor, form, hold_meeting, said)


@require_POST
def decision_add(request: HttpRequest, plan_id: UUID, meeting_id: UUID) -> HttpResponse:
    meeting, actor = get_meeting(request, plan_id, meeting_id, "meeting.note")
    return _act(
        request,
        meeting,
        actor,
        form=DecisionForm(request.POST, auto_id="decision-%s"),
        slot="form_decision",
        do=lambda data: _write(
            request, actor, add_decision, meeting, text=data["text"], decided=data["state"] == "decided"
        ),
        said=_("The decision is noted."),
        acted="decisions",
    )


@require_POST
def decision_change(request: HttpRequest, plan_id: UUID, meeting_id: UUID, decision_id: UUID) -> HttpResponse:
    meeting, actor = get_meeting(request, plan_id, meeting_id, "meeting.note")
    decision = get_object_or_404(Decision, pk=decision_id, plan=meeting.plan_id)
    return _act(
        request,
        meeting,
        actor,
        form=ChangeDecisionForm(request.POST, auto_id=f"decision-{decision.pk}-%s"),
        slot=f"decision {decision.pk}",
        do=lambda data: change_decision(by=actor, meeting=meeting, decision=decision, **data),
        said=_("The decision is noted."),
        acted="decisions",
    )


@require_POST
def action_add(request: HttpRequest, plan_id: UUID, meeting_id: UUID) -> HttpResponse:
    meeting, actor = get_meeting(request, plan_id, meeting_id, "task.add")
    return _act(
        request,
        meeting,
        actor,
        form=action_form(meeting.plan, actor, request.POST),
        slot="form_action",
        do=lambda data: _write(request, actor, add_task, meeting, plan=meeting.plan, **data),
        said=_("The action item is a task of the plan now."),
        acted="actions",
    )


def _keep_notes(
    request: HttpRequest,
    meeting: Meeting,
    actor: Actor,
    form: NotesForm,
    keep: Callable[..., object],
    said: str,
) -> HttpResponse:
    """With the notes of somebody who was faster: both texts (409), what was typed ready to be saved on top of it."""
    try:
        return _act(
            request,
            meeting,
            actor,
            form=form,
            slot="form_notes",
            do=lambda data: keep(by=actor, meeting=meeting, **data),
            said=said,
        )
    except NotesConflict as conflict:
        return _answer_conflict(request, conflict, actor, form)


def _write(
    request: HttpRequest, actor: Actor, add: Callable[..., object], meeting: Meeting, **data: Any
) -> object:
    keep_pace(request, "write", by=actor.user)
    return add(by=actor, meeting=meeting, **data)


def _act(
    request: HttpRequest,
    meeting: Meeting,
    actor: Actor,
    *,
    form: PlanForm,
    do: Callable[[dict[str, Any]], object],
    said: str,
    slot: str = "no form",
    acted: str = "",
) -> HttpResponse:
    """Run the service and go back to the meeting; or show it with what is wrong (422).

    htmx, which asks for a section only, gets the page at once and takes the section out of it.
    """
    if form.takes(lambda: do(form.cleaned_data)):
        if acted and request.htmx:  # type: ignore[attr-defined]
            return _answer(request, _fresh(meeting), actor, acted=acted, said=said)
        messages.success(request, said)
        return redirect("meeting_detail", meeting.plan_id, meeting.pk)
    return _answer(request, _fresh(meeting), actor, status=422, forms={slot: form}, acted=acted)


def _answer(
    request: HttpRequest, meeting: Meeting, actor: Actor, *, status: int = 200, **shown: Any
) -> HttpResponse:
    context = meeting_page(meeting, actor, **shown) | live_context(meeting.plan, actor)
    response = render(request, "plans/meeting_detail.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _answer_conflict(
    request: HttpRequest, conflict: NotesConflict, actor: Actor, form: NotesForm
) -> HttpResponse:
    meeting = _fresh(conflict.meeting)
    form.name_version(meeting.version)
    who = conflict.latest.actor_name if conflict.latest else ""
    return _answer(
        request,
        meeting,
        actor,
        status=409,
        forms={"form_notes": form},
        conflict={"name": who, "notes": meeting.notes},
    )


def _fresh(meeting: Meeting) -> Meeting:
    """As it is now, and its plan with it; the account is the one at hand."""
    account = meeting.account
    found = Meeting.objects.select_related("plan", "held_by").get(pk=meeting.pk)
    found.account = found.plan.account = account
    return found
