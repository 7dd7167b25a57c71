"""The door's own work: is it from whom it says, can it be read, and is it kept before anything else happens."""

import hashlib
import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from plans.choices import ConnectionKind
from plans.intake import salesforce
from plans.intake.notices import Malformed
from plans.intake.parsing import parse
from plans.intake.signatures import SignatureRefused, check_bearer, check_hubspot, check_standard_webhook
from plans.intake.text import storable
from plans.models import Connection, Delivery
from portal.lib import clock
from portal.lib.queue import enqueue

# Kept with the delivery. Never a bearer token, never a cookie.
KEPT_HEADERS = (
    "content-type",
    "soapaction",
    "user-agent",
    "webhook-id",
    "webhook-timestamp",
    "x-hubspot-request-timestamp",
    "x-hubspot-signature-version",
)
MINUTE = timedelta(minutes=1)
MOST_REFUSED_A_MINUTE = 30
REFUSED_BYTES = 4_000
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrival:
    """A request at the door. `headers` have lower-case names; `path_secret` is for unsigned senders."""

    connection: Connection
    endpoint: str
    headers: Mapping[str, str]
    body: bytes
    public_uri: str
    path_secret: str = ""

    @property
    def content_type(self) -> str:
        return storable(self.headers.get("content-type", ""))[:120]


def receive(arrival: Arrival) -> Delivery:
    """Keep what came. Raises SignatureRefused or Malformed, in both cases with the delivery kept."""
    try:
        _verify(arrival)
        check_organisation(arrival.connection, _sender(arrival))
        return _keep_once(arrival)
    except SignatureRefused as refusal:
        _keep_refused(arrival, refusal.reason)
        raise
    except Malformed as malformed:
        _keep(arrival, failed_at=clock.now(), reason=str(malformed))
        raise
    except Exception as error:
        # A fault of ours: the sender hears of it and will come again, and what it sent is kept to look at.
        _keep(arrival, failed_at=clock.now(), reason=f"{type(error).__name__}: {error}")
        raise


def check_organisation(connection: Connection, sender: str) -> None:
    """Raise SignatureRefused where the sender names itself, and it is not the connection's organisation."""
    if not (connection.org_id and sender):
        return
    same = salesforce.same_org if connection.kind == ConnectionKind.SALESFORCE else str.__eq__
    if not same(connection.org_id, sender):
        raise SignatureRefused("another organisation than the connection's")


def _verify(arrival: Arrival) -> None:
    connection, secret = arrival.connection, arrival.connection.secret
    if connection.kind == ConnectionKind.HUBSPOT:
        check_hubspot(
            arrival.headers,
            secret=secret,
            method="POST",
            public_uri=arrival.public_uri,
            body=arrival.body,
            now_ms=int(clock.now().timestamp() * 1000),
            allow_v2=arrival.endpoint == "workflow",
        )
    elif arrival.endpoint == "outbound":
        if not secret or not hmac.compare_digest(arrival.path_secret.encode(), secret.encode()):
            raise SignatureRefused("the secret in the address does not match")
    elif connection.kind == ConnectionKind.SALESFORCE or "webhook-signature" not in arrival.headers:
        check_bearer(arrival.headers, connection.token or secret)
    else:
        check_standard_webhook(arrival.headers, arrival.body, secret)


def _sender(arrival: Arrival) -> str:
    """Who the body says it is from. Raises Malformed when it cannot be read."""
    connection = arrival.connection
    return parse(
        connection.kind,
        arrival.endpoint,
        arrival.body,
        arrival.content_type,
        deal_object_type=connection.deal_type_id,
    ).org_id


def _keep_once(arrival: Arrival) -> Delivery:
    """Keep an accepted delivery and have it worked on; the same timed signature a second time is a replay."""
    try:
        with transaction.atomic():
            delivery = _keep(arrival, signature_digest=_signature_digest(arrival))
            enqueue("plans.process_delivery", str(delivery.pk))
            return delivery
    except IntegrityError as error:
        raise SignatureRefused("this signature was used before") from error


def _signature_digest(arrival: Arrival) -> str:
    """Of what a timed signature covers; empty where the scheme has no time, so that nothing is a replay."""
    headers, kind = arrival.headers, arrival.connection.kind
    if kind == ConnectionKind.HUBSPOT and "x-hubspot-signature-v3" in headers:
        signed = headers["x-hubspot-signature-v3"].strip()
    elif kind == ConnectionKind.WEBHOOK and "webhook-signature" in headers:
        # Not the header itself: a second signature appended to it would make a replay look new.
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{hashlib.sha256(arrival.body).hexdigest()}"
    else:
        return ""
    return hashlib.sha256(signed.encode()).hexdigest()


def _keep_refused(arrival: Arrival, reason: str) -> None:
    """Anybody can send what is refused, and nobody can have it worked on: its beginning is enough, and not of all."""
    now = clock.now()
    last_minute = Delivery.objects.filter(connection=arrival.connection, received_at__gt=now - MINUTE)
    if last_minute.filter(refused_at__isnull=False).count() >= MOST_REFUSED_A_MINUTE:
        logger.warning("Refused and not kept, being too many: %s, %s", arrival.connection, reason)
        return
    _keep(arrival, body=_kept_body(arrival)[:REFUSED_BYTES], refused_at=now, reason=reason)


def _keep(arrival: Arrival, *, body: bytes | None = None, **facts: Any) -> Delivery:
    return Delivery.objects.create(
        connection=arrival.connection,
        endpoint=arrival.endpoint,
        headers={
            name: storable(arrival.headers[name])[:500] for name in KEPT_HEADERS if name in arrival.headers
        },
        content_type=arrival.content_type,
        body=_kept_body(arrival) if body is None else body,
        **facts,
    )


def _kept_body(arrival: Arrival) -> bytes:
    return salesforce.without_session(arrival.body) if arrival.endpoint == "outbound" else arrival.body
