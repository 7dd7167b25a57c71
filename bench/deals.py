"""Deliveries of the generic webhook as bytes, each about a deal of its own, and their way into the outbox."""

import json
from datetime import date, timedelta

from bench.playbook import PRODUCT
from plans.models import Connection, Delivery
from portal.lib import clock

CSM = "carla.moreno@vendor.example"
SOURCE = "webhook"
PEOPLE = (
    ("Chloe Champion", "champion", "Head of operations"),
    ("Sam Sponsor", "economic buyer", "Managing director"),
    ("Uma User", "end user", "Coordinator"),
    ("Theo Trainer", "end user", "Trainer"),
)


def body(key: str, closed_on: date) -> bytes:
    """A won opportunity with a company, four contacts and a year's contract."""
    domain = f"{key}.example"
    contacts = [
        {"name": name, "email": f"{name.split()[0].lower()}@{domain}", "role": role, "title": title}
        for name, role, title in PEOPLE
    ]
    return json.dumps(
        {
            "event": "opportunity.won",
            "opportunity": {
                "id": key,
                "name": f"{key} – Yearly",
                "is_won": True,
                "amount": "96000",
                "currency": "EUR",
                "close_date": closed_on.isoformat(),
            },
            "account": {
                "id": f"company-{key}",
                "name": f"Company {key}",
                "segment": "mid-market",
                "domain": domain,
                "country": "DE",
                "time_zone": "Europe/Berlin",
            },
            "owner": {"name": "Carla Moreno", "email": CSM},
            "contacts": contacts,
            "products": [PRODUCT],
            "contract": {
                "start": closed_on.isoformat(),
                "end": (closed_on + timedelta(days=365)).isoformat(),
                "arr": "96000",
                "notice_days": 60,
            },
            "idempotency_key": key,
        }
    ).encode()


def store(key: str, closed_on: date) -> Delivery:
    """Keep a delivery as the door does once its signature is good; nobody is told to work on it."""
    connection, _made = Connection.objects.get_or_create(
        name=SOURCE, defaults={"kind": "webhook", "secret": "whsec_YmVuY2g="}
    )
    return Delivery.objects.create(
        connection=connection,
        endpoint="deals",
        content_type="application/json",
        body=body(key, closed_on),
        received_at=clock.now(),
        due_at=clock.now(),
    )
