"""The door for feeds: POST only, no session, no CSRF token; the token of the feed is the key (docs/usage.md)."""

from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from plans.usage.feeding import MOST_BYTES, Busy, take_body
from plans.usage.feeds import feed_of
from portal.lib.bodies import raw_body


# Public: machines come here, and show who they are by their token.
@login_not_required
@csrf_exempt
@require_POST
def usage_feed(request: HttpRequest) -> JsonResponse:
    """200 taken over, 401 who is this, 409 later, 413 too large, 422 nothing of it was taken, 429 slower."""
    feed = feed_of(request.headers.get("Authorization", ""))
    if feed is None:
        # Only those without a key are slowed down: a neighbour's wrong token must not shut out a right one.
        if not ratelimit.consume(request, action="usage_feed_refused"):
            return _refuse(429, "Too many wrong tokens. Try again in a minute.", retry_after=60)
        answer = _refuse(401, "The token is missing, wrong or disabled.")
        answer["WWW-Authenticate"] = 'Bearer realm="usage"'
        return answer
    if not ratelimit.consume(request, action="usage_feed", key=str(feed.pk)):
        return _refuse(429, "More than 60 requests a minute. Send more rows in each.", retry_after=60)
    body = raw_body(request, MOST_BYTES)
    if body is None:
        return _refuse(413, "The body is larger than 1 MB. Send it in parts, each with whole periods.")
    try:
        outcome = take_body(feed, body)
    except Busy:
        return _refuse(409, "Another import is being taken over. Send the same again.", retry_after=10)
    if outcome.errors_total:
        return JsonResponse({"errors": outcome.errors, "errors_total": outcome.errors_total}, status=422)
    warnings: dict[str, Any] = {"warnings": outcome.warnings} if outcome.warnings else {}
    return JsonResponse({"applied": outcome.applied, **warnings})


def _refuse(status: int, reason: str, *, retry_after: int = 0) -> JsonResponse:
    answer = JsonResponse({"error": reason}, status=status)
    if retry_after:
        answer["Retry-After"] = str(retry_after)
    return answer
