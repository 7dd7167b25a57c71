"""Doors that only a demo has: read the mail that was "sent", and enter as anybody. Elsewhere they are 404."""

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Stakeholder, User
from accounts.services.branding import current_vendor

PAGE = 25
MOST_PEOPLE = 100
MOST_BYTES = 1_000_000
# Django's file backend writes messages one after another with this line between them.
_RULE = re.compile(rb"^-{79}\r?\n", re.MULTILINE)


# Public: the mail holds the sign-in code, so nobody who needs it is signed in. A demo has nothing to protect.
@login_not_required
@never_cache
@require_safe
def demo_mail(request: HttpRequest) -> HttpResponse:
    _demo_only()
    page = Paginator(_files(), PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/demo_mail.html", _mailbox(page, None, None))


# Public, as above.
@login_not_required
@never_cache
@require_safe
def demo_mail_message(request: HttpRequest, name: str, number: int) -> HttpResponse:
    _demo_only()
    file = next((file for file in _files() if file.stem == name), None)
    message = dict(_messages(file)).get(number) if file else None
    if file is None or message is None:
        raise Http404
    page = Paginator(_files(), PAGE).get_page(1)
    mail = _head(file, number, message) | {"text": _text(message)}
    return render(request, "portal/demo_mail.html", _mailbox(page, mail, mail["url"]))


# Public: this is how one gets into a demo without waiting for a code.
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demo_enter(request: HttpRequest) -> HttpResponse:
    _demo_only()
    if request.method == "POST":
        person = get_object_or_404(User, email=request.POST.get("email", "").lower()[:254], is_active=True)
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("home")
    return render(request, "portal/demo_enter.html", {"groups": _groups()})


def _demo_only() -> None:
    if not settings.PORTAL_DEMO:
        raise Http404


def _files() -> list[Path]:
    """The files of the mailbox, newest first."""
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", None) or settings.VAR_DIR / "mail")
    if not folder.is_dir():
        return []
    return sorted(folder.glob("*.log"), key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)


def _mailbox(page: Any, mail: dict[str, Any] | None, current: str | None) -> dict[str, Any]:
    heads = [_head(file, number, message) for file in page for number, message in _messages(file)]
    mails = [head | {"current": head["url"] == current} for head in heads]
    return {"mails": mails, "mail": mail, "page": page, "page_query": ""}


def _messages(file: Path) -> Iterator[tuple[int, EmailMessage]]:
    with file.open("rb") as source:
        parts = _RULE.split(source.read(MOST_BYTES))
    for number, part in enumerate(parts):
        if part.strip():
            yield number, message_from_bytes(part, policy=modern)


def _head(file: Path, number: int, message: EmailMessage) -> dict[str, Any]:
    sent = _sent(message)
    return {
        "url": reverse("demo_mail_message", args=[file.stem, number]),
        "to": str(message["To"] or ""),
        "subject": str(message["Subject"] or _("(no subject)")),
        "when_label": date_format(sent, "DATETIME_FORMAT") if sent else "",
        "when_iso": sent.isoformat() if sent else "",
    }


def _sent(message: EmailMessage) -> datetime | None:
    try:
        return localtime(parsedate_to_datetime(str(message["Date"])))
    except (TypeError, ValueError):
        return None


def _text(message: EmailMessage) -> str:
    """The plain text; what cannot be decoded is shown with replacement characters, HTML never."""
    body = message.get_body(preferencelist=("plain",))
    if body is None:
        return _("This mail has no plain text.")
    try:
        return str(body.get_content())
    except (LookupError, UnicodeError):
        payload = body.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _groups() -> list[dict[str, Any]]:
    """Who can be entered as: the vendor's people, then each account's."""
    vendor = User.objects.vendor().order_by("vendor_role", "name")[:MOST_PEOPLE]
    entries = [_person(one, one.get_vendor_role_display()) for one in vendor]
    groups: list[dict[str, Any]] = [{"title": current_vendor().name, "people": entries}]
    present = Stakeholder.objects.present().filter(user__is_active=True).select_related("user", "account")
    for stakeholder in present.order_by("account__name", "created_at")[:MOST_PEOPLE]:
        if groups[-1]["title"] != stakeholder.account.name:
            groups.append({"title": stakeholder.account.name, "people": []})
        what = stakeholder.get_role_display()
        if not stakeholder.joined_at:
            what = _("%(role)s, not here yet") % {"role": what}
        groups[-1]["people"].append(_person(stakeholder.user, what))
    return groups


def _person(person: User, what: str) -> dict[str, str]:
    return {"name": str(person), "email": person.email, "what": str(what)}
