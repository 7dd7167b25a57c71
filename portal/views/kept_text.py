"""What a session that ended had left of somebody's writing is not wanted any more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portal.lib.kept_text import forget_text


@require_POST
def kept_text_forget(request: HttpRequest) -> HttpResponse:
    forget_text(request)
    page = request.POST.get("page", "/")
    ours = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return redirect(page if ours else "/")
