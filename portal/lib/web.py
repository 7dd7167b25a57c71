"""Middleware that knows nothing of our models."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_TEXT = ("text/html", "application/json", "image/svg+xml", "text/plain")


class TextGZipMiddleware(GZipMiddleware):
    """Django's compression (with its padding against BREACH), for text only: a PDF gains nothing."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(_TEXT):
            return response
        return super().process_response(request, response)


class RequestSizeMiddleware:
    """Refuse a body far beyond the upload limit before it is read to disk.

    Up to the cap the form answers, next to the field. A body without a length is not read at all by WSGI.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > settings.PORTAL_REQUEST_MAX_BYTES:
            return HttpResponse("The request is too large.\n", status=413, content_type="text/plain")
        return self.get_response(request)
