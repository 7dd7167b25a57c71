"""Mail that came back: a door for the mail provider, and two buttons for the vendor's people."""

import base64
import binascii
import json
from uuid import UUID

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.access import get_stakeholder
from plans.services.bouncing import Malformed, read_reports, resume_mail, stop_mail, take_reports


# Public: a mail provider comes here, and shows who it is by HTTP basic authentication.
@login_not_required
@csrf_exempt
@require_POST
def mail_bounces(request: HttpRequest) -> HttpResponse:
    """200 taken, 400 not understood, 401 refused, 404 no such door, 413 too large, 429 guessing (docs/operate.md)."""
    if not settings.PORTAL_BOUNCE_SECRET:
        raise Http404
    if not ratelimit.consume(request, action="bounces", dry_run=True):
        return _answer(429, "Too many wrong passwords. Try again in a minute.")
    if not _is_provider(request):
        ratelimit.consume(request, action="bounces")
        answer = _answer(401, "Wrong user or password.")
        answer["WWW-Authenticate"] = 'Basic realm="bounces"'
        return answer
    try:
        reports = read_reports(json.loads(request.body))
    except RequestDataTooBig:
        return _answer(413, "The body is larger than 1 MB.")
    except (ValueError, RecursionError):
        return _answer(400, "This is no JSON.")
    except Malformed as error:
        return _answer(400, str(error))
    return JsonResponse({"events": len(reports), "taken": take_reports(reports)})


@require_POST
def mail_stop(request: HttpRequest, account_id: UUID, stakeholder_id: UUID) -> HttpResponse:
    stakeholder, actor = get_stakeholder(request, account_id, stakeholder_id, "mail.settle")
    stop_mail(by=actor, stakeholder=stakeholder)
    messages.success(request, _("No mail goes to %(name)s now.") % {"name": stakeholder.user})
    return redirect("account_page", account_id)


@require_POST
def mail_resume(request: HttpRequest, account_id: UUID, stakeholder_id: UUID) -> HttpResponse:
    stakeholder, actor = get_stakeholder(request, account_id, stakeholder_id, "mail.settle")
    resume_mail(by=actor, stakeholder=stakeholder)
    messages.success(request, _("Mail goes to %(name)s again.") % {"name": stakeholder.user})
    return redirect("account_page", account_id)


def _is_provider(request: HttpRequest) -> bool:
    scheme, _blank, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
    return scheme.lower() == "basic" and constant_time_compare(given, settings.PORTAL_BOUNCE_SECRET.encode())


def _answer(status: int, reason: str) -> HttpResponse:
    return JsonResponse({"error": reason}, status=status)
