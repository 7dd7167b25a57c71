"""A win: its page, its words, the customer's confirmation and consent."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Actor
from plans.access import get_win
from plans.forms.base import VersionForm
from plans.forms.wins import WinConfirmForm, WinConsentForm, WinDismissForm, WinWordsForm
from plans.models import Win
from plans.pages.wins import win_context
from plans.services.winning import WinConflict, confirm_win, consent_to_share, dismiss_win, word_win


@require_GET
def win_detail(request: HttpRequest, plan_id: UUID, win_id: UUID) -> HttpResponse:
    win, actor = get_win(request, plan_id, win_id, "win.view")
    return render(request, "plans/win_detail.html", win_context(win, actor))


@require_POST
def win_word(request: HttpRequest, plan_id: UUID, win_id: UUID) -> HttpResponse:
    win, actor = get_win(request, plan_id, win_id, "win.edit")
    form = WinWordsForm(request.POST, win=win, auto_id="words-%s")
    return _act(
        request, win, actor, form, word_win, _("Kept. The customer is asked to confirm it."), "form_words"
    )


@require_POST
def win_confirm(request: HttpRequest, plan_id: UUID, win_id: UUID) -> HttpResponse:
    win, actor = get_win(request, plan_id, win_id, "win.confirm")
    form = WinConfirmForm(request.POST, auto_id="confirm-%s")
    return _act(
        request, win, actor, form, confirm_win, _("Confirmed. Well done, all of you."), "form_confirm"
    )


@require_POST
def win_consent(request: HttpRequest, plan_id: UUID, win_id: UUID) -> HttpResponse:
    win, actor = get_win(request, plan_id, win_id, "win.confirm")
    return _act(request, win, actor, WinConsentForm(request.POST), consent_to_share, _("Noted."), "")


@require_POST
def win_dismiss(request: HttpRequest, plan_id: UUID, win_id: UUID) -> HttpResponse:
    win, actor = get_win(request, plan_id, win_id, "win.dismiss")
    form = WinDismissForm(request.POST, auto_id="dismiss-%s")
    return _act(request, win, actor, form, dismiss_win, _("Taken back."), "form_dismiss")


def _act(
    request: HttpRequest,
    win: Win,
    actor: Actor,
    form: VersionForm,
    do: Callable[..., Win],
    said: str,
    slot: str,
) -> HttpResponse:
    """Run the service with the form's data; or show the page again with what is wrong, nothing typed lost."""
    try:
        if form.takes(lambda: do(by=actor, win=win, **form.cleaned_data)):
            messages.success(request, said)
            return redirect("win_detail", win.plan_id, win.pk)
    except WinConflict as conflict:
        form.add_error(None, _("Somebody changed this win meanwhile. Look at it again, then send yours."))
        form.name_version(conflict.win.version)
        return _again(request, win, actor, form, slot, 409)
    return _again(request, win, actor, form, slot, 422)


def _again(
    request: HttpRequest, win: Win, actor: Actor, form: VersionForm, slot: str, status: int
) -> HttpResponse:
    fresh, _actor = get_win(request, win.plan_id, win.pk, "win.view")
    context = win_context(fresh, actor, forms={slot: form} if slot else {})
    # Where its form is not on the page any more, the reason stands at the top.
    offered = slot and context["can"].get(slot.removeprefix("form_").replace("words", "edit"))
    context["problem"] = (
        "" if offered else " ".join(str(text) for texts in form.errors.values() for text in texts)
    )
    return render(request, "plans/win_detail.html", context, status=status)
