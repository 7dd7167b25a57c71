"""The calendar feed, as calendars fetch it."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from accounts.access import get_calendar_person
from plans.pages.calendar_feed import calendar_of


# Public: a calendar has no session, and its address is the key. An unknown or revoked one, and that of somebody who
# may no longer sign in, is 404.
@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """304 for who has it as it is. There is no Last-Modified: what vanishes (a task done, an access that ended)
    can leave an older time behind, and a calendar that asks by time alone would keep what it must forget."""
    content = calendar_of(get_calendar_person(token))
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8", headers={"ETag": tag})
    response = get_conditional_response(request, etag=tag, response=response) or response
    patch_cache_control(response, private=True, no_cache=True)
    return response
