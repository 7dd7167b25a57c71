"""What concerns the signed-in person. There is no id by which to ask for somebody else's."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import signed_in
from plans.pages.inbox import inbox_page
from plans.services.inboxes import mark_all_read, mark_read


@never_cache
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    return render(request, "plans/inbox.html", inbox_page(signed_in(request)))


@require_POST
def notification_read(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    if not mark_read(by=signed_in(request), notification_id=notification_id):
        raise Http404
    return redirect("inbox")


@require_POST
def inbox_read(request: HttpRequest) -> HttpResponse:
    """All of them, as far as the page showed them."""
    try:
        until = UUID(request.POST.get("until", ""))
    except ValueError:
        until = None
    mark_all_read(by=signed_in(request), until=until)
    messages.success(request, _("All marked as read."))
    return redirect("inbox")
