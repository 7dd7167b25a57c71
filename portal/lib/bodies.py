"""The raw body of a request at a door for machines."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest


def raw_body(request: HttpRequest, most: int) -> bytes | None:
    """The body, or None when it has more than `most` bytes; a length that lies is cut off while reading."""
    if request.META.get("wsgi.input_terminated") and not request.META.get("CONTENT_LENGTH"):
        # Sent in chunks, without a length: Django reads nothing then, but the server knows where it ends.
        body: bytes = request.META["wsgi.input"].read(most + 1)
        return body if len(body) <= most else None
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        return None
    try:
        return request.body if len(request.body) <= most else None
    except RequestDataTooBig:
        return None
