"""Signing as a CRM would: for `manage.py deliver` and for tests that go through the real door."""

from datetime import UTC, datetime
from uuid import uuid4

from standardwebhooks.webhooks import Webhook

from plans.intake.signatures import hubspot_v2, hubspot_v3


def sign(
    kind: str, endpoint: str, body: bytes, *, secret: str, public_url: str, now: datetime | None = None
) -> dict[str, str]:
    """The headers that this CRM would send with the body (POST). `public_url` is the address it knows.

    For HubSpot `secret` is the app's client secret, for a webhook the Standard Webhooks secret, for a
    Salesforce flow its bearer token; an outbound message is unsigned: its secret is in the path.
    """
    now = now or datetime.now(UTC)
    if endpoint == "outbound":
        return {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
    headers = {"Content-Type": "application/json"}
    if kind == "hubspot" and endpoint == "workflow":
        return headers | {
            "X-HubSpot-Signature-Version": "v2",
            "X-HubSpot-Signature": hubspot_v2(secret, "POST", public_url, body),
        }
    if kind == "hubspot":
        timestamp = str(int(now.timestamp() * 1000))
        return headers | {
            "X-HubSpot-Request-Timestamp": timestamp,
            "X-HubSpot-Signature-v3": hubspot_v3(secret, "POST", public_url, body, timestamp),
        }
    if kind == "salesforce":
        return headers | {"Authorization": f"Bearer {secret}"}
    # A new id each time: each sending is a message of its own, not a repeat that a receiver would refuse.
    message = f"msg_{uuid4().hex}"
    now = now.astimezone(UTC)
    return headers | {
        "webhook-id": message,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message, now, body.decode()),
    }
