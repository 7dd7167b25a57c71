"""An answer from a mail: the link shows a page to whoever holds it, a posted button answers for its person."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.services.recording import recorded_from
from plans.forms.base import VersionForm
from plans.pages.answering import VERBS, mail_context, mail_form, noted_answer, noted_context
from plans.services.answer_links import Answerable, EndedLink, UnknownLink, open_answer, read_token
from plans.services.answering import pass_task
from plans.services.locking import Conflict
from plans.services.proposing import propose_date
from plans.services.working import block_task, complete_task
from plans.views.pace import keep_pace

View = Callable[[HttpRequest, str], HttpResponse]


def _kept_quiet(view: View) -> View:
    """What is no longer open looks the same whatever the reason; and nothing of these pages goes further."""

    @wraps(view)
    def answer(request: HttpRequest, link: str) -> HttpResponse:
        try:
            response = view(request, link)
        except UnknownLink:
            response = render(request, "plans/mail_answer_ended.html", status=404)
        except EndedLink:
            response = render(request, "plans/mail_answer_ended.html", status=410)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        # The address is the secret: of it only the origin is told, even to ourselves. With "no-referrer" browsers
        # would hide the origin of the posted form as well, and Django refuse it.
        response["Referrer-Policy"] = "strict-origin"
        return response

    return answer


# Public: a contributor answers from a mail, on a phone, without a session. The signed address is bound to one person
# and one task; the page names those two and nobody else, and lets nobody in.
@login_not_required
@_kept_quiet
@require_http_methods(["GET", "HEAD", "POST"])
def mail_answer(request: HttpRequest, link: str) -> HttpResponse:
    if request.method != "POST":
        return _show(request, open_answer(link))
    task_id, person_id = read_token(link)
    too_many = ratelimit.consume_or_429(request, action="answer", key=f"{task_id} {person_id}")
    if too_many:
        return too_many
    kind = request.POST.get("answer", "")
    try:
        asked = open_answer(link)
    except EndedLink:
        # The second press of the same button: the answer itself has ended the link.
        if kind in VERBS and noted_answer(task_id, person_id, kind):
            return _noted(link, again=True)
        raise
    if kind not in VERBS:
        return _show(request, asked, problem=_("Choose one of the answers."), status=422)
    return _take(request, link, asked, kind)


# Public, as above. It says only what the same link has just been used to say, and only for a few minutes.
@login_not_required
@_kept_quiet
@require_safe
def mail_answered(request: HttpRequest, link: str) -> HttpResponse:
    event = noted_answer(*read_token(link))
    if event is None:
        raise EndedLink
    if isinstance(event.actor, User):
        _speak_to(event.actor)
    return render(request, "plans/mail_answered.html", noted_context(event, again="again" in request.GET))


def _take(request: HttpRequest, link: str, asked: Answerable, kind: str) -> HttpResponse:
    form = mail_form(kind, asked, request.POST)
    _speak_to(asked.actor.user)
    if not form.is_valid():
        return _show(request, asked, {kind: form}, status=422)
    try:
        if kind == "pass":
            keep_pace(request, "hand_over", by=asked.actor.user, key=asked.task.pk)
        with recorded_from("mail"):
            _answer(kind, asked, form.cleaned_data)
    except Conflict:
        if _is_the_same(asked, kind, form.cleaned_data):
            return _noted(link, again=True)
        changed = _("The task has changed since you opened this page. Please look again, then answer.")
        return _show(request, open_answer(link), {kind: form}, problem=changed, status=409)
    except ValidationError as error:
        return _refuse(request, open_answer(link), kind, form, error)
    return _noted(link)


def _refuse(
    request: HttpRequest, asked: Answerable, kind: str, form: VersionForm, error: ValidationError
) -> HttpResponse:
    """In words of this page's own where the service's would name other tasks, or days of the plan."""
    if kind == "done":
        return _show(request, asked, problem=_("It cannot be marked as done yet."), status=422)
    form.put_errors(error)
    if form.errors.get("proposed_on"):
        form.errors["proposed_on"] = form.error_class([_("Choose a later day, before the plan ends.")])
    return _show(request, asked, {kind: form}, status=422)


def _answer(kind: str, asked: Answerable, data: dict[str, Any]) -> None:
    """Through the same services as on the task's page, as the person whose link it is."""
    do: dict[str, Callable[..., object]] = {
        "done": complete_task,
        "blocked": block_task,
        "until": propose_date,
        "pass": pass_task,
    }
    do[kind](by=asked.actor, task=asked.task, **data)


def _is_the_same(asked: Answerable, kind: str, data: dict[str, Any]) -> bool:
    """Whether the person said this very thing a moment ago: two tabs, or a button pressed twice."""
    event = noted_answer(asked.task.pk, asked.actor.user.pk, kind)
    return event is not None and event.new.get("reason", "") == data.get("reason", "").strip()


def _noted(link: str, *, again: bool = False) -> HttpResponse:
    return redirect(reverse("mail_answered", args=[link]) + ("?again=1" if again else ""))


def _show(
    request: HttpRequest,
    asked: Answerable,
    refused: dict[str, VersionForm] | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    _speak_to(asked.actor.user)
    context = mail_context(asked, refused or {})
    context["problem"] = problem or context["problem"]
    somebody_else = request.user.is_authenticated and request.user.pk != asked.actor.user.pk
    context["signed_in_as"] = str(request.user) if somebody_else else ""
    return render(request, "plans/mail_answer.html", context, status=status)


def _speak_to(person: User) -> None:
    """In the person's language, as the mail was; LocaleMiddleware names it in the answer's header."""
    if person.language:
        translation.activate(person.language)
