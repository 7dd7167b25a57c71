"""The public addresses of a connection: what an admin types into the CRM."""

from django.conf import settings
from django.urls import reverse

from plans.intake.parsing import ENDPOINTS
from plans.models import Connection

HIDDEN = "SECRET"


def address_of(connection: Connection, endpoint: str, *, secret: str = "") -> str:
    """The full public address; an outbound message has its secret in the path."""
    path = [connection.name, endpoint, secret] if endpoint == "outbound" else [connection.name, endpoint]
    name = "intake_with_secret" if endpoint == "outbound" else "intake"
    return settings.PORTAL_PUBLIC_URL + reverse(name, args=path)


def addresses_of(connection: Connection) -> list[str]:
    """All of them, to be shown: with the secret hidden."""
    return [address_of(connection, endpoint, secret=HIDDEN) for endpoint in ENDPOINTS[connection.kind]]
