"""The language and the time zone that a person has chosen, on each page that they see."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from portal.lib.zones import is_zone


class PersonMiddleware:
    """After AuthenticationMiddleware. Without a choice the browser's language stays, as LocaleMiddleware set it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Reads no row that the page would not read: who has no session is nobody, and others are asked for anyway.
        language = getattr(request.user, "language", "")
        if language in dict(settings.LANGUAGES):
            # Not put back: LocaleMiddleware, further out, names the language in the answer's header.
            translation.activate(language)
        zone = getattr(request.user, "time_zone", "")
        # None is the portal's own; an earlier request of this thread must leave nothing behind.
        with timezone.override(ZoneInfo(zone) if is_zone(zone) else None):
            return self.get_response(request)
