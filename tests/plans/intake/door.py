"""Deliveries as CRMs send them, through the real door. Also imported by processes that tests start."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client

from plans.intake.addresses import address_of
from plans.intake.sending import sign
from plans.intake.services import process_delivery
from plans.models import Connection, Delivery

SECRET = "a-secret-of-more-than-thirty-two-characters"
ORG = "00D5g000004XyZaEAK"
PORTAL = "8421907"


def signed(
    connection: Connection, endpoint: str, body: bytes, *, now: datetime | None = None
) -> dict[str, str]:
    """The headers that the connection's CRM sends with the body."""
    secret = connection.token if connection.kind == "salesforce" else connection.secret
    public = address_of(connection, endpoint, secret=connection.secret)
    return sign(connection.kind, endpoint, body, secret=secret, public_url=public, now=now)


def post(
    connection: Connection,
    endpoint: str,
    body: bytes,
    headers: dict[str, str],
    *,
    path: str = "",
    **more: Any,
) -> HttpResponse:
    """Post as given, to the connection's address unless `path` names another."""
    path = path or urlsplit(address_of(connection, endpoint, secret=connection.secret)).path
    headers = dict(headers)
    return Client().post(path, body, headers.pop("Content-Type", ""), headers=headers, **more)


def deliver(
    connection: Connection, endpoint: str, body: bytes, *, now: datetime | None = None
) -> HttpResponse:
    """Sign and post."""
    return post(connection, endpoint, body, signed(connection, endpoint, body, now=now))


def take_in(connection: Connection, endpoint: str, body: bytes) -> Delivery:
    """Deliver, and do the worker's work; the delivery as it is then."""
    before = set(Delivery.objects.values_list("pk", flat=True)) if connection.kind == "salesforce" else set()
    answer = deliver(connection, endpoint, body)
    assert answer.status_code == 200, answer.content
    if endpoint == "outbound":
        (delivery,) = Delivery.objects.exclude(pk__in=before)
    else:
        delivery = Delivery.objects.get(pk=answer.json()["delivery"])
    process_delivery(delivery.pk)
    delivery.refresh_from_db()
    return delivery
