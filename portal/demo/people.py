"""The people and connections that every demo has."""

import base64
from dataclasses import dataclass

from django.conf import settings

from accounts.models import User
from accounts.services.people import get_or_create_person
from plans.models import Connection
from portal.embedded.crm import DEMO_TOKEN

ADMIN = "ada.okafor@vendor.example"
CSM = "mara.lindqvist@vendor.example"
SECOND_CSM = "diego.santos@vendor.example"
EXECUTIVE = "ruth.almeida@vendor.example"
VENDOR = [
    (ADMIN, "Ada Okafor", "admin"),
    (CSM, "Mara Lindqvist", "csm"),
    (SECOND_CSM, "Diego Santos", "csm"),
    (EXECUTIVE, "Ruth Almeida", "executive"),
]
# Known to everybody, and good on loopback only: `manage.py check --deploy` refuses the demo.
SECRET = "demo-secret-of-this-connection"  # noqa: S105
WEBHOOK_SECRET = "whsec_" + base64.b64encode(SECRET.encode()).decode()


@dataclass(frozen=True)
class Entry:
    """A line of "how to enter as each person"."""

    email: str
    who: str


def put_vendor_people() -> dict[str, User]:
    people = {}
    for email, name, role in VENDOR:
        person = get_or_create_person(email=email, name=name)
        if not person.vendor_role:
            person.vendor_role = role
            person.save(update_fields=["vendor_role"])
        people[email] = person
    return people


def put_connections() -> None:
    """One of each kind, under the kind's name; the base address follows the stand-in's port."""
    Connection.objects.update_or_create(
        name="hubspot",
        defaults={"api_base": settings.PORTAL_DEMO_CRM_URL},
        create_defaults={
            "kind": "hubspot",
            "secret": SECRET,
            "token": DEMO_TOKEN,
            "api_base": settings.PORTAL_DEMO_CRM_URL,
            "winning_stages": ["closedwon"],
        },
    )
    Connection.objects.get_or_create(
        name="salesforce",
        defaults={"kind": "salesforce", "secret": SECRET, "token": SECRET, "org_id": "00D5g000004XyZaEAK",
                  "winning_stages": ["Closed Won"]},
    )  # fmt: skip
    Connection.objects.get_or_create(
        name="webhook",
        defaults={"kind": "webhook", "secret": WEBHOOK_SECRET},
    )
