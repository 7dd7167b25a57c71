"""The door for CRMs: POST only, no session, no CSRF token; the signature is the key."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from plans.intake import salesforce
from plans.intake.notices import Malformed
from plans.intake.parsing import ENDPOINTS
from plans.intake.receiving import Arrival, receive
from plans.intake.signatures import SignatureRefused
from plans.models import Connection
from portal.lib.bodies import raw_body

MAX_BODY = 1024 * 1024
XML = "text/xml; charset=utf-8"


# Public: machines come here, and show who they are by signature, token or the secret in the path.
@login_not_required
@csrf_exempt
@require_POST
def intake(request: HttpRequest, connection: str, endpoint: str, secret: str = "") -> HttpResponse:
    """200 kept (XML Ack for Salesforce, JSON otherwise), 400 not understood, 401 refused, 404, 405, 413."""
    found = Connection.objects.filter(name=connection, disabled_at__isnull=True).first()
    if found is None or endpoint not in ENDPOINTS[found.kind] or bool(secret) != (endpoint == "outbound"):
        raise Http404
    body = raw_body(request, MAX_BODY)
    if body is None:
        return _answer(endpoint, 413, "The body is larger than 1 MB.")
    arrival = Arrival(
        connection=found,
        endpoint=endpoint,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        public_uri=settings.PORTAL_PUBLIC_URL + request.get_full_path(),
        path_secret=secret,
    )
    try:
        delivery = receive(arrival)
    except SignatureRefused as refusal:
        return _answer(endpoint, 401, refusal.reason)
    except Malformed as malformed:
        return _answer(endpoint, 400, str(malformed))
    if endpoint == "outbound":
        return HttpResponse(salesforce.ack(), content_type=XML)
    return JsonResponse({"delivery": str(delivery.pk)})


def _answer(endpoint: str, status: int, reason: str) -> HttpResponse:
    if endpoint == "outbound":
        return HttpResponse(salesforce.fault(reason), status=status, content_type=XML)
    return JsonResponse({"error": reason}, status=status)
