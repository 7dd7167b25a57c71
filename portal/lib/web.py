"""Middleware that knows nothing of our models."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from portal.lib.kept_text import forget_sent, keep_text

_TEXT = ("text/html", "application/json", "image/svg+xml", "text/plain", "text/calendar")


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
        # Header bytes are Latin-1, in which ² passes for a digit; and int() refuses thousands of them.
        counts = length.isascii() and length.isdigit() and len(length) < 16
        if not counts or int(length) > settings.PORTAL_REQUEST_MAX_BYTES:
            return HttpResponse("The request is too large.\n", status=413, content_type="text/plain")
        return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Deny by default, and lead back to the page where a person was when the session ended.

    An act is no page to come back to, and a sign-in page has no place inside the one that htmx has open. What was
    written is given back after the sign-in.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if request.method == "POST" and request.user.is_authenticated:
            forget_sent(request)
        return super().process_view(request, view_func, view_args, view_kwargs)

    # For htmx the answer is a redirect of its own kind, which the stubs do not foresee.
    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        acting = request.method not in ("GET", "HEAD") or request.htmx  # type: ignore[attr-defined]
        page = _page_of(request) if acting else request.get_full_path()
        if request.method == "POST":
            keep_text(request, page)
        sign_in = redirect_to_login(
            page, self.get_login_url(view_func), self.get_redirect_field_name(view_func)
        )
        return HttpResponseClientRedirect(sign_in.url) if request.htmx else sign_in  # type: ignore[attr-defined]


def _page_of(request: HttpRequest) -> str:
    """The path of our page on which somebody acted; the start page where the browser does not tell."""
    address = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    page = urlsplit(address)._replace(scheme="", netloc="", fragment="").geturl()
    # Two slashes would begin the name of another host.
    return page if ours and page.startswith("/") and not page.startswith(("//", "/\\")) else "/"


class PlainQueryMiddleware:
    """Refuse a NUL in the query or in a cookie (there written \\000): ours have none, and PostgreSQL takes none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "%00" in request.META.get("QUERY_STRING", "") or "\\000" in request.META.get("HTTP_COOKIE", ""):
            return HttpResponse("The request is malformed.\n", status=400, content_type="text/plain")
        return self.get_response(request)
