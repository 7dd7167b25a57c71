"""Dates: why a day is what it is, what moved on a plan, and the acts that move more than a task's own day."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Actor
from plans.access import get_milestone, get_objective, get_plan, get_task
from plans.forms.base import PlanForm, VersionForm
from plans.forms.dates import (
    AnswerDateForm,
    ConsentForm,
    EndForm,
    KickoffForm,
    UnpinForm,
    UnwaitForm,
    WaitForm,
)
from plans.models import DateProposal, Plan, Task
from plans.pages.dates import ledger_context, why_context
from plans.pages.history import conflict_sentence
from plans.pages.previews import preview_context
from plans.services.consenting import Unseen
from plans.services.depending import add_dependency, remove_dependency
from plans.services.framing import move_end, move_kickoff
from plans.services.locking import Conflict
from plans.services.moving import pin_task, unpin_task
from plans.services.proposing import accept_move, answer_proposal
from plans.views.answers import act_on_task


@require_GET
def date_why(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "task.view")
    return render(request, "plans/date_why.html", why_context(task, actor))


@require_GET
def milestone_why(request: HttpRequest, plan_id: UUID, milestone_id: UUID) -> HttpResponse:
    milestone, actor = get_milestone(request, plan_id, milestone_id, "plan.view")
    return render(request, "plans/date_why.html", why_context(milestone, actor))


@require_GET
def objective_why(request: HttpRequest, plan_id: UUID, objective_id: UUID) -> HttpResponse:
    objective, actor = get_objective(request, plan_id, objective_id, "plan.view")
    return render(request, "plans/date_why.html", why_context(objective, actor))


@require_GET
def date_ledger(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "plan.view")
    return render(request, "plans/date_ledger.html", ledger_context(plan, actor))


@require_POST
def kickoff_move(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "plan.reschedule")
    form = KickoffForm(request.POST, auto_id="kickoff-%s")
    return _frame(
        request, plan, actor, form, "form_kickoff", lambda: move_kickoff(by=actor, plan=plan, **form.asked())
    )


@require_POST
def end_move(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "plan.reschedule")
    form = EndForm(request.POST, auto_id="end-%s")
    return _frame(
        request, plan, actor, form, "form_end", lambda: move_end(by=actor, plan=plan, **form.asked())
    )


@require_POST
def task_pin(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "plan.reschedule")
    form = VersionForm(request.POST)
    return _on_why(
        request,
        task,
        actor,
        form,
        "",
        lambda: pin_task(by=actor, task=task, version=form.cleaned_data["version"]),
        _("Pinned to its day: %(task)s."),
    )


@require_POST
def task_unpin(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "plan.reschedule")
    form = UnpinForm(request.POST, auto_id="unpin-%s")
    return _on_why(
        request,
        task,
        actor,
        form,
        "form_unpin",
        lambda: unpin_task(by=actor, task=task, **form.asked()),
        _("It moves again: %(task)s."),
    )


@require_POST
def dependency_add(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "plan.reschedule")
    form = WaitForm(request.POST, task=task, auto_id="wait-%s")
    return _on_why(
        request,
        task,
        actor,
        form,
        "form_wait",
        lambda: add_dependency(by=actor, task=task, **form.asked()),
        _("It waits for one task more: %(task)s."),
    )


@require_POST
def dependency_remove(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "plan.reschedule")
    form = UnwaitForm(request.POST, task=task, auto_id="unwait-%s")
    return _on_why(
        request,
        task,
        actor,
        form,
        "form_unwait",
        lambda: remove_dependency(by=actor, task=task, **form.asked()),
        _("It waits for one task less: %(task)s."),
    )


@require_POST
def move_accept(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "task.accept_move")
    return act_on_task(
        request,
        task,
        actor,
        form=VersionForm(request.POST),
        do=lambda data: accept_move(by=actor, task=task, **data),
        said=_("The new date is accepted: %(task)s.") % {"task": task.title},
    )


@require_POST
def date_answer(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    """The other side's answer to another day that was asked for."""
    task, actor = get_task(request, plan_id, task_id, "date.answer")
    form = AnswerDateForm(request.POST, auto_id="answer-%s")
    return act_on_task(
        request,
        task,
        actor,
        form=form,
        slot="form_answer",
        do=lambda _data: _answer(form, task, actor),
        said=_("Answered: %(task)s.") % {"task": task.title},
    )


def _answer(form: AnswerDateForm, task: Task, actor: Actor) -> object:
    asked = form.asked()
    asked.pop("version")
    proposal = get_object_or_404(DateProposal, pk=asked.pop("proposal"), task=task)
    return answer_proposal(by=actor, proposal=proposal, **asked)


def _frame(
    request: HttpRequest, plan: Plan, actor: Actor, form: ConsentForm, slot: str, do: Callable[[], object]
) -> HttpResponse:
    """Kickoff or end: done, or the plan's dates with the form, what is wrong with it, and what would move."""
    refused = _refused(form, slot, do)
    if refused is None:
        messages.success(request, _("The dates have moved."))
        return redirect("date_ledger", plan.pk)
    status, more = refused
    context = ledger_context(plan, actor, forms={slot: form}, **more)
    return render(request, "plans/date_ledger.html", context, status=status)


def _on_why(
    request: HttpRequest,
    task: Task,
    actor: Actor,
    form: PlanForm,
    slot: str,
    do: Callable[[], object],
    said: str,
) -> HttpResponse:
    """An act on what decides a task's day: done, or the page that says why the day is what it is."""
    refused = _refused(form, slot, do)
    if refused is None:
        messages.success(request, said % {"task": task.title})
        return redirect("date_why", task.plan_id, task.pk)
    status, more = refused
    if not more:
        more = {"problem": _problem(form, shown=bool(slot))}
    task, actor = get_task(request, task.plan_id, task.pk, "task.view")
    context = why_context(task, actor, forms={slot: form} if slot else {}, **more)
    return render(request, "plans/date_why.html", context, status=status)


def _refused(form: PlanForm, slot: str, do: Callable[[], object]) -> tuple[int, dict[str, Any]] | None:
    """What the page shows where it was not done: the status, and who was faster or what would move. None: done."""
    try:
        return None if form.takes(do) else (422, {})
    except Conflict as conflict:
        return 409, {"problem": conflict_sentence(conflict.latest)}
    except Unseen as unseen:
        preview = preview_context(unseen, slot=slot)
        return preview["status"], {"preview": preview}


def _problem(form: PlanForm, *, shown: bool) -> str:
    """What the form itself cannot say: all of it where no form is shown, else what is wrong with hidden fields."""
    names = [name for name in form.errors if not shown or name in ("version", "before")]
    return " ".join(str(text) for name in names for text in form.errors[name])
