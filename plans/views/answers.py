"""How an act on a task is answered: the same three ways everywhere, with htmx and without."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import ngettext

from accounts.permissions import Actor
from plans.forms.base import PlanForm
from plans.models import Task
from plans.pages.history import conflict_sentence, history_lines
from plans.pages.loading import load_milestones, load_moved, load_reviews
from plans.pages.panel import panel_context, plan_context, state_label
from plans.pages.previews import preview_context
from plans.pages.rows import RowMaker
from plans.pages.spine import milestone_heads, row_maker, turn_headline
from plans.permissions import may_on_task
from plans.services.consenting import Unseen
from plans.services.locking import Conflict
from plans.services.plan_dates import node_of
from plans.services.taking import Act
from plans.views.tags import live_context, progress_context
from portal.lib.prepared import PreparedObjects

# By the form's name in the template: the answer in `can` that says whether it is shown.
OFFERED = {
    "form_block": "block",
    "form_reassign": "reassign",
    "form_move": "move",
    "form_answer": "answer_date",
    "form_until": "until",
    "form_pass": "pass",
    "form_evidence": "add_evidence",
    "form_answers": "fill",
}


def act_on_task(
    request: HttpRequest,
    task: Task,
    actor: Actor,
    *,
    form: PlanForm,
    do: Callable[[dict[str, Any]], object],
    said: str,
    slot: str = "",
    returning: UUID | None = None,
    then: str = "task_detail",
) -> HttpResponse:
    """Run the service `do` with the form's data and answer.

    Done: the panel with all that moved (htmx), or a short note in its place where the task was completed; else a
    redirect to `then`. Refused: 422 with the form under its name `slot` in the template (or beside the evidence
    `returning`), nothing typed lost. Somebody was faster: 409.
    """
    shown: dict[str, Any] = {"forms": {slot: form} if slot else {}}
    if returning:
        shown["returning"] = {returning: form}
    if form.is_valid():
        try:
            done = do(form.cleaned_data)
        except Conflict as conflict:
            text = conflict_sentence(conflict.latest)
            return answer_task(request, _fresh(task), actor, status=409, conflict_text=text, **shown)
        except Unseen as unseen:
            preview = preview_context(unseen, slot=slot, root=node_of(task))
            shown |= {"preview": preview, "said": preview["headline"]}
            return answer_task(request, _fresh(task), actor, status=preview["status"], **shown)
        except ValidationError as error:
            form.put_errors(error)
        else:
            return _answer_done(request, task, actor, done, said, then)
    return answer_task(request, _fresh(task), actor, status=422, refused=form, **shown)


def answer_task(
    request: HttpRequest,
    task: Task,
    actor: Actor,
    *,
    status: int = 200,
    refused: Form | None = None,
    conflict_text: str = "",
    forms: dict[str, Form] | None = None,
    **shown: Any,
) -> HttpResponse:
    """The task's page, or only its panel for htmx.

    What a person typed stays in its form; where that form is no longer offered, it is said at the top instead.
    """
    context = panel_context(
        task,
        actor,
        in_place=is_in_place(request, task),
        forms=forms,
        proofs_page=_proofs_page(request, task),
        **shown,
    )
    context |= live_context(task.plan, actor)
    gone = [form for name, form in (forms or {}).items() if not context["can"].get(OFFERED[name])]
    if refused is not None:
        context["problem"] = _problem(refused, everything=refused in gone or not forms)
    if conflict_text:
        context["conflict"] = {"text": conflict_text, "typed": " ".join(map(_typed, gone))}
    template = "plans/task_detail.html#panel" if request.htmx else "plans/task_detail.html"  # type: ignore[attr-defined]
    return _kept_in_place(render(request, template, context, status=status))


def is_in_place(request: HttpRequest, task: Task) -> bool:
    """Whether htmx shows the panel below its row, on a page that is not the task's own."""
    here = urlsplit(request.headers.get("HX-Current-URL", "")).path
    own = reverse("task_detail", args=[task.plan_id, task.pk])
    return bool(request.htmx) and not here.startswith(own)  # type: ignore[attr-defined]


def _proofs_page(request: HttpRequest, task: Task) -> str | None:
    """Which page of all its evidence is asked for, or is the one that htmx brings up to date; None for the newest."""
    asked = request.GET
    if request.htmx and not is_in_place(request, task):  # type: ignore[attr-defined]
        asked = QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query[:500])
    return asked.get("page", "1") if "all" in asked else None


def _answer_done(
    request: HttpRequest, task: Task, actor: Actor, done: object, said: str, then: str
) -> HttpResponse:
    if isinstance(done, Act) and done.moved:
        n = len(done.moved)
        more = ngettext("%(n)d other date moved with it", "%(n)d other dates moved with it", n) % {"n": n}
        said = f"{said} {more}."
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, said)
        return redirect(then, *([task.plan_id] if then == "plan_detail" else [task.plan_id, task.pk]))
    if not is_in_place(request, task):
        return answer_task(request, _fresh(task), actor, said=said)
    if isinstance(done, Act) and done.task.completed_at:
        done.task.plan.account = task.plan.account
        context = completed_context(done, actor, said)
        return _kept_in_place(render(request, "plans/_completed.html", context))
    context = changed_context(_fresh(task), actor, said)
    # Of what followed no row is sent: the page keeps its old tag, sees that it is old, and fetches itself anew.
    context["followed"] = isinstance(done, Act) and bool(done.moved)
    return _kept_in_place(render(request, "plans/_changed.html", context))


def completed_context(act: Act, actor: Actor, said: str) -> dict[str, Any]:
    """What was done, what comes next, and all that moved: the tasks that waited for it may be the viewer's turn now."""
    task, plan = act.task, act.task.plan
    maker = row_maker(plan, actor)
    return {
        "task": {
            "id": task.pk,
            "url": reverse("task_detail", args=[plan.pk, task.pk]),
            "version": task.version,
            "state_label": state_label(task, maker),
            "next_step": task.next_step,
            "said": said,
        },
        "can": {"reopen": may_on_task(actor, "task.reopen", task)},
        "task_history": history_lines([act.event], maker.clock),
        **_moved(task, actor, maker),
    }


def changed_context(task: Task, actor: Actor, said: str) -> dict[str, Any]:
    """The panel, and all that moved."""
    maker = row_maker(task.plan, actor)
    context = panel_context(task, actor, maker=maker, in_place=True, said=said)
    return context | _moved(task, actor, maker)


def _moved(task: Task, actor: Actor, maker: RowMaker) -> dict[str, Any]:
    """Of the page around the panel: progress, how many turns the viewer has, rows, and stops of the spine."""
    plan, viewer = task.plan, maker.viewer
    tasks, waited = load_moved(task, viewer)
    # The days of the others, which are not known here, stand only where an act on this task changes nothing.
    rows = [
        other for other in tasks if other.id == task.pk or (other.id in waited and other.turns_with_others)
    ]
    turns = sum(map(viewer.is_asked, tasks)) + len(load_reviews(plan, viewer))
    heads = milestone_heads(load_milestones(plan.pk), maker)
    return {
        "plan": plan_context(plan) | progress_context(plan, actor, maker.today),
        "turn": {"headline": turn_headline(turns)},
        "rows": [maker.row(other) for other in rows],
        "turn_rows": [maker.turn_row(other) for other in rows],
        "new_turns": [
            maker.turn_row(other) for other in rows if other.id in waited and viewer.is_asked_to_work(other)
        ],
        "heads": [head for head in heads if head["id"] == task.milestone_id or head["open"]],
    }


def _kept_in_place(response: HttpResponse) -> HttpResponse:
    """A panel opens on the page where it is: the browser's address stays that of the page.

    A boosted link would put the task's address there, and the next act would take the plan for the task's page.
    """
    response["HX-Push-Url"] = "false"
    patch_vary_headers(response, ["HX-Request"])
    return response


def _problem(form: Form, *, everything: bool) -> str:
    """What is wrong beyond the fields that are seen: the version always, else only where the form is not shown."""
    names = form.errors if everything else ["version", "mark"]
    return " ".join(str(text) for name in names for text in form.errors.get(name, []))


def _typed(form: Form) -> str:
    if hasattr(form, "typed"):
        return str(form.typed)
    return " ".join(form.data[name] for name in ("reason", "note") if form.data.get(name))


def _fresh(task: Task) -> Task:
    """The task as it is now, with the plan's counts; the account is the one at hand."""
    account = task.plan.account
    (fresh,) = _task_with_plan(task.pk)
    fresh.account = fresh.plan.account = account
    return fresh


_task_with_plan: PreparedObjects[Task] = PreparedObjects(
    lambda task_id: (
        Task.objects.select_related("plan", "owner", "completed_by", "milestone")
        .filter(pk=task_id)
        .order_by()
    )
)
