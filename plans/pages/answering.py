"""The four honest answers to a task: done, blocked, need until, not me. In the opened task, and from a mail."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Side, Verb
from accounts.models import Event
from accounts.permissions import Actor
from accounts.services.branding import current_vendor
from plans.choices import EvidenceNeed
from plans.forms.base import VersionForm
from plans.forms.tasks import BlockForm, PassForm, UntilForm
from plans.models import Evidence, Task
from plans.services.answer_links import Answerable
from plans.services.knowing import missing_answers
from portal.lib import clock
from portal.lib.days import full_day, long_day

# By the name of an answer: what it leaves in the history.
VERBS: dict[str, str] = {
    "done": Verb.TASK_COMPLETED,
    "blocked": Verb.TASK_BLOCKED,
    "until": Verb.TASK_DATE_PROPOSED,
    "pass": Verb.TASK_PASSED,
}
NOTED_FOR = timedelta(minutes=15)
"""How long the link says what was answered, although it may have ended with the answer."""


def has_task(actor: Actor, task: Task) -> bool:
    """Whose answer it is: the owner's, and while nobody owns it, that of those who may pass it on."""
    return task.owner_id in (None, actor.user.pk)


def mail_form(kind: str, asked: Answerable, data: Any = None) -> VersionForm:
    """The form of an answer on the public page: nobody is listed there."""
    options: dict[str, Any] = {
        "auto_id": f"{kind}-%s",
        "initial": {"version": asked.task.version},
    }
    if kind == "pass":
        return PassForm(data, task=asked.task, listed=False, **options)
    if kind == "blocked":
        options["initial"]["on"] = asked.task.side
        return BlockForm(data, names=_side_names(asked), **options)
    return {"done": VersionForm, "until": UntilForm}[kind](data, **options)


def mail_context(asked: Answerable, refused: Mapping[str, Form]) -> dict[str, Any]:
    """The context of `templates/plans/mail_answer.html`: the task's title and day, the person's name, the answers.

    Nothing else of the plan: whoever the mail was forwarded to reads this page as well.
    """
    task, person = asked
    hindrance = _hindrance(task)
    return {
        "task": {
            "title": task.title,
            "due_label": full_day(task.due_on),
            "late": task.due_on < task.account.today(),
            "version": task.version,
        },
        "person": {"name": str(person.user)},
        "hint": _hints()[hindrance] if hindrance else "",
        "sign_in_label": _sign_in_labels().get(hindrance, ""),
        "sign_in_url": sign_in_url(task.plan_id, task.pk),
        "can_complete": not hindrance,
        "answers": [
            {**words, "kind": kind, "form": refused.get(kind) or mail_form(kind, asked)}
            for kind, words in answer_words().items()
            if _is_offered(kind, asked)
        ],
        "problem": _problem(refused),
    }


def answer_words() -> dict[str, dict[str, str]]:
    """What the answers that need a word more are called, and what their button says."""
    return {
        "blocked": {"title": _("Something is in the way"), "button": _("Say that it is blocked")},
        "until": {"title": _("I need more time"), "button": _("Ask for this day")},
        "pass": {"title": _("Not me"), "button": _("Pass it on")},
    }


def panel_answers(task: Task, can: Mapping[str, bool], forms: Mapping[str, Form]) -> list[dict[str, Any]]:
    """The answers with their forms, for whoever has the task; nobody else is asked."""
    if not can.get("pass"):
        return []
    slots = {"blocked": ("form_block", "task_block"), "until": ("form_until", "task_until")}
    slots["pass"] = ("form_pass", "task_pass")
    return [
        {**words, "kind": kind, "form": forms[slot], "url": reverse(name, args=[task.plan_id, task.pk])}
        for kind, words in answer_words().items()
        for slot, name in [slots[kind]]
        if slot in forms
    ]


def sign_in_url(plan_id: UUID, task_id: UUID) -> str:
    return f"{reverse('account_login')}?next={reverse('task_detail', args=[plan_id, task_id])}"


def noted_answer(task_id: UUID, person_id: UUID, kind: str = "") -> Event | None:
    """What this person answered from a mail a moment ago; only an answer of this `kind` where one is named."""
    events = Event.objects.filter(task_id=task_id, actor_id=person_id, at__gt=clock.now() - NOTED_FOR)
    verbs = [VERBS[kind]] if kind in VERBS else list(VERBS.values())
    return events.filter(new__from="mail", verb__in=verbs).first()


def noted_context(event: Event, *, again: bool) -> dict[str, Any]:
    """The context of `templates/plans/mail_answered.html`, from the event alone."""
    return {
        "said": _said(event),
        "again": again,
        "next": _next(event.verb),
        "sign_in_url": sign_in_url(event.plan_id, event.task_id) if event.plan_id and event.task_id else "",
        "person": {"name": event.actor_name},
    }


def _is_offered(kind: str, asked: Answerable) -> bool:
    if kind == "blocked":
        return asked.task.blocked_at is None
    # At the vendor a day is changed, not asked for.
    return kind != "until" or asked.actor.side == Side.CUSTOMER


def _side_names(asked: Answerable) -> dict[str, str]:
    """Without the customer's name: the page does not tell whose plan it is."""
    ours = _("My own company") if asked.actor.side == Side.CUSTOMER else _("The customer")
    return {Side.CUSTOMER: ours, Side.VENDOR: current_vendor().name}


def _hindrance(task: Task) -> str:
    """Why "done" takes more than one press: blocked, form, evidence, waits; "" where it does not."""
    if task.blocked_at:
        return "blocked"
    if task.form and missing_answers(task):
        return "form"
    if task.evidence_need != EvidenceNeed.NONE:
        kinds = {} if task.evidence_need == EvidenceNeed.ANY else {"kind": task.evidence_need}
        if not Evidence.objects.standing().filter(task=task, **kinds).exists():
            return "evidence"
    return "" if Task.objects.ready().filter(pk=task.pk).exists() else "waits"


def _hints() -> dict[str, str]:
    return {
        "blocked": _("This task is marked as blocked."),
        "form": _("This task is a form to fill in."),
        "evidence": _("This task needs evidence to be done."),
        "waits": _("This task waits for another one and cannot be done yet."),
    }


def _sign_in_labels() -> dict[str, str]:
    return {
        "blocked": _("Sign in to go on"),
        "form": _("Sign in to fill it in"),
        "evidence": _("Sign in to add the evidence"),
        "waits": _("Sign in to see what it waits for"),
    }


def _said(event: Event) -> str:
    words = {"task": event.subject}
    if event.verb == Verb.TASK_DATE_PROPOSED:
        words["day"] = _day_of(event)
        return _("You asked for “%(task)s” until %(day)s.") % words
    return {
        Verb.TASK_COMPLETED: _("“%(task)s” is done."),
        Verb.TASK_BLOCKED: _("You said that “%(task)s” is blocked."),
        Verb.TASK_PASSED: _("You passed “%(task)s” on."),
    }[Verb(event.verb)] % words


def _next(verb: str) -> str:
    return {
        Verb.TASK_COMPLETED: _("Both sides see it now. There is nothing more to do here."),
        Verb.TASK_BLOCKED: _(
            "Both sides read why, and whoever can clear the way knows that it is their turn."
        ),
        Verb.TASK_DATE_PROPOSED: _("The other side answers; until then the date stays as it is."),
        Verb.TASK_PASSED: _("Your colleague gets a mail. You keep your access."),
    }[Verb(verb)]


def _day_of(event: Event) -> str:
    try:
        return long_day(date.fromisoformat(event.new["due_on"]))
    except (KeyError, ValueError, TypeError):
        return "–"


def _problem(refused: Mapping[str, Form]) -> str:
    """What is wrong beyond the fields that are seen."""
    return " ".join(
        str(text)
        for form in refused.values()
        for name in ("version", *(["__all__"] if len(form.fields) == 1 else []))
        for text in form.errors.get(name, [])
    )
