"""Security confirmations: the vendor's own, those of one account, and their files as downloads."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import get_account, get_confirmation, get_vendor_actor
from accounts.models import Account, SecurityConfirmation
from accounts.permissions import Actor
from accounts.rows import confirmation_row
from accounts.security_forms import SecurityForm
from accounts.services.security import add_confirmation, remove_confirmation
from portal.lib import clock
from portal.lib.files import path_of


@require_http_methods(["GET", "HEAD", "POST"])
def security(request: HttpRequest) -> HttpResponse:
    """The vendor's own, which every customer sees."""
    actor = get_vendor_actor(request, "security.manage" if request.method == "POST" else "security.view")
    return _page(request, actor, None, reverse("security"))


@require_http_methods(["GET", "HEAD", "POST"])
def account_security(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """The account's own, and the vendor's."""
    action = "security.manage" if request.method == "POST" else "security.view"
    account, actor = get_account(request, account_id, action)
    return _page(request, actor, account, reverse("account_security", args=[account.pk]))


@require_POST
def security_remove(request: HttpRequest, confirmation_id: UUID) -> HttpResponse:
    confirmation, actor = get_confirmation(request, confirmation_id, "security.manage")
    try:
        remove_confirmation(by=actor, confirmation=confirmation)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("“%(name)s” is removed.") % {"name": confirmation})
    if confirmation.account_id:
        return redirect("account_security", confirmation.account_id)
    return redirect("security")


@require_safe
def security_file(request: HttpRequest, confirmation_id: UUID) -> FileResponse:
    """The file as it was judged when it came in. A browser saves it and never runs it."""
    confirmation, _actor = get_confirmation(request, confirmation_id, "security.view")
    if not confirmation.file or not path_of(confirmation.file).is_file():
        raise Http404
    response = FileResponse(
        path_of(confirmation.file).open("rb"),
        as_attachment=True,
        filename=confirmation.file_name,
        content_type=confirmation.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _page(request: HttpRequest, actor: Actor, account: Account | None, here: str) -> HttpResponse:
    form, status = SecurityForm(), 200
    if request.method == "POST":
        form, status = SecurityForm(request.POST, request.FILES), 422
        if form.is_valid() and _added(actor, account, form):
            messages.success(request, _("“%(name)s” is added.") % {"name": form.cleaned_data["name"]})
            return redirect(here)
    return render(request, "accounts/security.html", _context(actor, account, form, here), status=status)


def _added(actor: Actor, account: Account | None, form: SecurityForm) -> bool:
    said = dict(form.cleaned_data)
    try:
        add_confirmation(by=actor, account=account, upload=said.pop("file"), **said)
    except ValidationError as error:
        form.put_errors(error)
        return False
    return True


def _context(actor: Actor, account: Account | None, form: SecurityForm, here: str) -> dict[str, Any]:
    standing = SecurityConfirmation.objects.standing()
    today = account.today() if account else clock.now().date()
    may = actor.may("security.manage")

    def rows(found: Any, removable: bool) -> list[dict[str, Any]]:
        return [confirmation_row(one, today, removable) for one in found]

    return {
        "account": account and {"name": account.name, "url": reverse("account_page", args=[account.pk])},
        "own": rows(standing.filter(account=account), may) if account else [],
        # From an account's page one does not take away what all the others see.
        "everybodys": rows(standing.filter(account__isnull=True), may and account is None),
        "form": form if may else None,
        "here": here,
        "all_url": reverse("security") if account and may else "",
    }
