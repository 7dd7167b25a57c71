"""The link at the foot of a mail shows a page, a button there ends the mail, and a mail program may press it alone."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.services.unsubscribing import Unsubscription, read_token, unsubscribe


# Public, and without a CSRF token: RFC 8058 lets the mail program itself send the POST. What it can do is to end
# this one kind of mail to the one person that the signed token names.
@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, signed: str) -> HttpResponse:
    asked = read_token(signed)
    if asked is None:
        raise Http404
    if request.method == "POST":
        unsubscribe(asked)
    return render(request, "accounts/unsubscribe.html", _page(asked, done=request.method == "POST"))


def _page(asked: Unsubscription, *, done: bool) -> dict[str, Any]:
    """The context of `templates/accounts/unsubscribe.html`. The address is not shown: a mail may be passed on."""
    return {"done": done, "kind_label": _labels()[asked.kind]}


def _labels() -> dict[str, str]:
    return {
        "digest": _("the morning digest"),
        "weekly": _("the weekly follow-up"),
        "scoreboard": _("the Monday scoreboard"),
        "direct": _("mails at once when somebody asks for you"),
    }
