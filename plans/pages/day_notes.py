"""What the opened task says about its day: since the start, a move that is not accepted, another day asked for."""

from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Side
from accounts.permissions import Actor
from accounts.services.branding import current_vendor
from plans.forms.dates import AnswerDateForm
from plans.models import DateMove, DateProposal, Task
from plans.pages.day_words import chain_in_words, shift_in_words
from plans.permissions import may_answer, may_on_task
from portal.lib.days import full_day, long_day, short_day
from portal.lib.prepared import PreparedObjects
from portal.lib.workdays import calendar_of


def day_notes(task: Task, actor: Actor, form: Form | None = None) -> dict[str, Any]:
    """`dates` of `templates/plans/_task_dates.html`; a query only for what there is. `form` is a refused answer."""
    running = not task.plan.is_finished and task.completed_at is None
    return {
        "why_url": reverse("date_why", args=[task.plan_id, task.pk]),
        "slipped": _slipped(task),
        "pinned": task.pinned_at is not None and running,
        "moved": _moved(task, actor) if running and task.moved_by_side else None,
        "proposal": _proposal(task, actor, form) if running and task.proposed_on else None,
    }


def _slipped(task: Task) -> str:
    if task.baseline_on is None or task.baseline_on == task.due_on:
        return ""
    words = {
        "day": long_day(task.baseline_on),
        "shift": shift_in_words(task.baseline_on, task.due_on, calendar_of(task.plan.account.country)),
    }
    return _("Agreed at the start: %(day)s. Now %(shift)s.") % words


def _moved(task: Task, actor: Actor) -> dict[str, Any] | None:
    found = _last_move(task.pk)
    if not found:
        return None
    move = found[0]
    words = {"who": move.by_name, "old": short_day(move.old_on), "new": short_day(move.new_on)}
    return {
        "label": _("%(who)s moved this from %(old)s to %(new)s.") % words,
        "chain": chain_in_words(move.chain),
        "reason": move.reason,
        "can_accept": may_on_task(actor, "task.accept_move", task),
        "waits_label": _("%(name)s has not accepted the new date yet.") % {"name": _side(task, task.side)},
    }


def _proposal(task: Task, actor: Actor, form: Form | None) -> dict[str, Any] | None:
    found = _open_proposal(task.pk)
    if not found:
        return None
    asked = found[0]
    words = {"who": asked.proposed_by, "day": full_day(asked.proposed_on)}
    return {
        "id": asked.pk,
        "label": _("%(who)s asks for this until %(day)s.") % words,
        "reason": asked.reason,
        "day_label": short_day(asked.proposed_on),
        "can_answer": may_answer(actor, asked),
        "waits_label": _("%(name)s has not answered yet.")
        % {"name": _side(task, Side(asked.proposed_side).other)},
        "form": form or AnswerDateForm(auto_id="answer-%s"),
    }


def _side(task: Task, side: str) -> str:
    return current_vendor().name if side == Side.VENDOR else task.plan.account.name


_last_move: PreparedObjects[DateMove] = PreparedObjects(
    lambda task_id: DateMove.objects.filter(task=task_id).order_by("-at")[:1]
)
_open_proposal: PreparedObjects[DateProposal] = PreparedObjects(
    lambda task_id: (
        DateProposal.objects.waiting().filter(task=task_id).select_related("proposed_by").order_by()
    )
)
